"""The app; the policy is checked whenever Django checks the project."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Registers the check of the policy."""

    name = "delivery"
    verbose_name = "Delivery"

    def ready(self) -> None:
        """`manage.py check`, `runserver` and `migrate` report every fault of the policy."""
        from django.core.checks import register

        from delivery.policy import check_policy

        register(check_policy)

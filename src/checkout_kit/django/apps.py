"""The Django app; the policies are checked whenever Django checks the project."""

from contextlib import suppress
from typing import Any

from django.apps import AppConfig
from django.core.checks import register
from django.utils.autoreload import autoreload_started


class CheckoutKitConfig(AppConfig):  # type: ignore[misc]
    """Registers the check, and lets `runserver` start anew when a policy is edited."""

    name = "checkout_kit.django"
    label = "checkout_kit"
    verbose_name = "Delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """`manage.py check`, `runserver` and `migrate` report every fault of settings and policies."""
        from checkout_kit.django.checks import check_delivery

        register(check_delivery)
        autoreload_started.connect(_watch, dispatch_uid="checkout_kit.django")


def _watch(sender: Any, **_kwargs: Any) -> None:
    from checkout_kit.django.policies import policy_files
    from checkout_kit.errors import InputError

    # Wrong settings are for the check to say.
    with suppress(InputError):
        for file in policy_files().values():
            sender.watch_dir(file.parent, file.name)

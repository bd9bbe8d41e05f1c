"""The Django app: its models, the system check, and the receiver that keeps an order's promise."""

from django.apps import AppConfig


class CheckoutKitOscarConfig(AppConfig):  # type: ignore[misc]
    """Add `checkout_kit_oscar.apps.CheckoutKitOscarConfig` to INSTALLED_APPS."""

    name = "checkout_kit_oscar"
    label = "checkout_kit_oscar"
    verbose_name = "Delivery promises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connects the receiver and registers the check."""
        from django.core.checks import register
        from oscar.apps.order.signals import order_placed

        from checkout_kit_oscar.checks import check_settings
        from checkout_kit_oscar.receivers import keep_promise

        register(check_settings)
        order_placed.connect(keep_promise, dispatch_uid="checkout_kit_oscar.keep_promise")

"""The fork's configuration, under the label that django-oscar expects."""

from oscar.apps.shipping.apps import ShippingConfig as OscarShippingConfig


class ShippingConfig(OscarShippingConfig):  # type: ignore[misc]
    """Same label and models, another repository."""

    name = "checkout_kit_oscar.shipping"

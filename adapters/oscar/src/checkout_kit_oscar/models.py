"""What django-oscar has no column for: the promise of an order, and the tracking of its shipments."""

from django.db import models


class OrderPromise(models.Model):  # type: ignore[misc]
    """The delivery promise an order was placed on."""

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, related_name="checkout_kit_promise")
    option_id = models.CharField(max_length=128)
    title = models.CharField(max_length=128)
    earliest = models.DateField()
    latest = models.DateField(db_index=True)
    ships_on = models.DateField(db_index=True)
    order_by = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The promised window."""
        return f"{self.title}: {self.earliest} to {self.latest}"


class OrderShipment(models.Model):  # type: ignore[misc]
    """One parcel: its tracking, and the shipping event that django-oscar knows it by."""

    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, related_name="checkout_kit_shipments")
    event = models.OneToOneField("order.ShippingEvent", on_delete=models.CASCADE)
    reference = models.CharField(max_length=128)
    carrier = models.CharField(max_length=64, blank=True)
    tracking_number = models.CharField(max_length=128)
    tracking_url = models.URLField(blank=True)

    class Meta:
        """One row per shipment, whatever happens at once."""

        constraints = (
            models.UniqueConstraint(fields=["order", "reference"], name="checkout_kit_oscar_once"),
        )

    def __str__(self) -> str:
        """Carrier and number."""
        return f"{self.carrier} {self.tracking_number}".strip()

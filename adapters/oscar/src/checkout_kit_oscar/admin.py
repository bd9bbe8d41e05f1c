"""Promises and shipments in the admin site, for reading."""

from django.contrib import admin

from checkout_kit_oscar.models import OrderPromise, OrderShipment


@admin.register(OrderPromise)
class OrderPromiseAdmin(admin.ModelAdmin):  # type: ignore[misc]
    """What was promised, soonest first."""

    list_display = ("order", "title", "earliest", "latest", "ships_on")
    list_filter = ("latest", "ships_on")
    search_fields = ("order__number",)
    readonly_fields = ("order",)


@admin.register(OrderShipment)
class OrderShipmentAdmin(admin.ModelAdmin):  # type: ignore[misc]
    """What is on its way."""

    list_display = ("order", "carrier", "tracking_number")
    search_fields = ("order__number", "tracking_number")
    readonly_fields = ("order", "event")

"""django-oscar conforms to the adapter contract, with its operations on the real database."""

from pathlib import Path

from checkout_kit.adapter import PlatformPromise, ShipmentNotice, ShippedLine
from checkout_kit.testing import AdapterConformance
from checkout_kit.testing.adapters.replay import promise_of
from django.utils.dateparse import parse_datetime
from oscar.apps.catalogue.models import Product
from oscar.apps.order.models import Order, ShippingEvent
from oscar.test.factories import create_basket, create_order

from checkout_kit_oscar import OscarAdapter, OscarSettings
from checkout_kit_oscar.models import OrderShipment
from checkout_kit_oscar.orders import write_promise, write_shipment
from store import stock_shop


class TestOscar(AdapterConformance):
    """Plays replay/; the order that the calls are about is put back before each of them."""

    adapter = OscarAdapter(OscarSettings(shop="main", secret="oscar-secret-1"))
    secret = "oscar-secret-1"
    replies = Path(__file__).parents[1] / "replay"

    def before_call(self) -> None:
        """One order of two units, of which the parcel s-0 has taken one."""
        later = OrderShipment.objects.exclude(reference="s-0")
        ShippingEvent.objects.filter(pk__in=later.values("event")).delete()
        if Order.objects.exists():
            return
        product = Product.objects.filter(title="Widget").first() or stock_shop()
        type(self).product = product
        basket = create_basket(empty=True)
        basket.add_product(product, quantity=2)
        order = create_order(number="100001", basket=basket, shipping_method=None)
        changes = {"date_placed": parse_datetime("2026-11-23T15:00:00Z"), "shipping_code": "economy"}
        Order.objects.filter(pk=order.pk).update(**changes, total_incl_tax="53.88")
        first = ShippedLine(line_id=str(order.lines.get().pk), quantity=1)
        write_shipment(
            ShipmentNotice(order_id="100001", reference="s-0", tracking_number="1Z0", lines=(first,))
        )
        promise = promise_of({"latest": "2026-12-03"})
        write_promise(
            PlatformPromise(order_id="100001", option_id="economy", title="Economy", promise=promise)
        )

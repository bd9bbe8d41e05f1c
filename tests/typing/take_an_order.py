"""How a shop's code around the service is typed; checked by mypy and never run."""

from typing import assert_type

from checkout_kit import ShippingPolicy
from checkout_kit.checkout import Checkout, ContactPatch, DeliveryPatch, PaymentMethod, Problem, Update
from checkout_kit.orders import Order
from checkout_kit.payments import PaymentProvider, TestPayments
from checkout_kit.service import (
    Access,
    AsyncCheckoutService,
    CheckoutService,
    CheckoutView,
    NewCheckout,
    Opened,
)
from checkout_kit.storage import Store, open_store

store: Store = open_store("sqlite://")
provider: PaymentProvider = TestPayments()
policy = ShippingPolicy.load("shipping.toml")
service = CheckoutService(store=store, policy=policy, payments=provider)
opened = service.create(
    NewCheckout(currency="USD", update=Update(contact=ContactPatch(email="eva@example.com")))
)
assert_type(opened, Opened)
assert_type(opened.view.checkout, Checkout)
assert_type(opened.view.problems, tuple[Problem, ...])

change = Update(deliveries=(DeliveryPatch(option_id="economy"),), payment=PaymentMethod(method="test"))
view = service.update(opened.view.checkout.id, change, access=Access(secret=opened.secret))
assert_type(view, CheckoutView)
assert_type(service.complete("co_1", idempotency_key="k").order, Order | None)
assert_type(service.get_order("or_1"), Order)

service.complete("co_1")  # type: ignore[call-arg]
service.update("co_1", {"note": "x"})  # type: ignore[arg-type]
Update(note=3)  # type: ignore[arg-type]
view.checkout.version = 2  # type: ignore[misc]


async def look(service: AsyncCheckoutService) -> None:
    """The asynchronous face gives the same values."""
    assert_type(await service.get("co_1"), CheckoutView)
    assert_type((await service.complete("co_1", idempotency_key="k")).order, Order | None)

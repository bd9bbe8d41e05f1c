"""Answers and stored texts are written from kept pieces: always what writing everything anew would give."""

import datetime as dt
import json
from random import Random

from attrs import asdict, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.address import Address
from checkout_kit.checkout import (
    Business,
    Checkout,
    ContactPatch,
    DeliveryPatch,
    Demands,
    PaymentMethod,
    Rules,
    Transition,
    Update,
    transition,
)
from checkout_kit.promise import DeliveryPromise
from checkout_kit.service import CheckoutView
from checkout_kit.shipping import Quote, ShippingPolicy
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.checkouts import empty_checkout
from tests.strategies.policies import random_loaded, random_request

Json = dict[str, object]

TEXTS = ("", "Eva", 'say "no"', "back\\slash", "Zoë 東京", "\u2028line", "</script>", "a\tb", "🧦")
randoms = st.integers(0, 2**48).map(Random)


def random_update(rng: Random) -> Update:
    """Some sections changed, with texts that JSON has to escape."""
    request = random_request(rng)
    given: Json = {"note": rng.choice(TEXTS)}
    if rng.random() < 0.5:
        given["order_discount"] = 0
        given["lines"] = tuple(evolve(line, title=rng.choice(TEXTS)) for line in request.cart.lines)
    if rng.random() < 0.7:
        address = evolve(request.destination, name=rng.choice(TEXTS), city=rng.choice(TEXTS))
        given["deliveries"] = (DeliveryPatch(address=rng.choice((address, address, None))),)
    if rng.random() < 0.5:
        given["contact"] = rng.choice((None, ContactPatch(email=rng.choice(TEXTS), accepts_marketing=True)))
    if rng.random() < 0.3:
        given["payment"] = PaymentMethod(method="test", token="secret", label=rng.choice(TEXTS))
    if rng.random() < 0.3:
        given["business"] = rng.choice((None, Business(company=rng.choice(TEXTS))))
    return Update(**given)  # type: ignore[arg-type]


def history(rng: Random, policy: ShippingPolicy) -> list[tuple[dt.datetime, Transition]]:
    """A checkout through some updates, minutes or hours apart."""
    request = random_request(rng)
    now = request.placed_at
    checkout = evolve(empty_checkout(now=now), cart=evolve(request.cart, discount_codes=()))
    found = []
    for _ in range(4):
        now += dt.timedelta(seconds=rng.randrange(1, 30_000))
        done = transition(checkout, random_update(rng), policy.quote, now, Rules())
        checkout = done.checkout
        found.append((now, done))
    return found


def instant(value: dt.datetime | None) -> str | None:
    """ISO 8601, with the Z that pydantic writes."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def plain_address(address: Address | None) -> Json | None:
    """Every member, an empty one as it is."""
    return None if address is None else asdict(address)


def plain_promise(promise: DeliveryPromise | None) -> Json | None:
    """Days as dates, the cut-off with its offset."""
    if promise is None:
        return None
    days = ("earliest", "latest", "ships_earliest", "ships_on")
    return {day: str(getattr(promise, day)) for day in days} | {"order_by": instant(promise.order_by)}


def plain_delivery(checkout: Checkout, quote: Quote | None) -> Json:
    """The one delivery with its options."""
    delivery = checkout.deliveries[0]
    choice = delivery.choice
    return {
        "id": delivery.id, "line_ids": [], "address": plain_address(delivery.address),
        "saved_address_id": None, "saved_match": None, "pickup_point": None, "pickup_points": [],
        "option_id": choice.option_id if choice else None,
        "chosen_by": None if choice is None else "buyer" if choice.by_buyer else "default",
        "wanted_option_id": delivery.wanted or None, "slot": None, "wanted_slot_id": None, "slots": [],
        "valid_until": instant(choice.valid_until if choice else None),
        "options": [
            {
                "id": o.id, "method_id": o.method_id, "title": o.title, "description": o.description,
                "service": o.service, "price": o.price.amount, "regular_price": o.regular_price.amount,
                "is_free": o.is_free, "promise": plain_promise(o.promise),
            }
            for o in (quote.options if quote else ())
        ],
        "withheld": [
            {"method_id": w.method_id, "title": w.title, "reason": w.reason, "message": w.message,
             "hint": w.hint}
            for w in (quote.withheld if quote else ())
        ],
        "free_shipping": [
            {"method_id": f.method_id, "title": f.title, "missing": f.missing.amount,
             "threshold": f.threshold.amount, "reached": f.reached}
            for f in (quote.free_shipping if quote else ())
        ],
        "quoted_at": instant(quote.placed_at if quote else None),
    }  # fmt: skip


def plain_answer(view: CheckoutView) -> Json:
    """The answer's sections that updates change, by dictionaries alone."""
    checkout = view.checkout
    contact, payment, business = checkout.contact, checkout.payment, checkout.business
    return {
        "id": checkout.id, "version": checkout.version, "status": view.status.name,
        "currency": checkout.currency, "created_at": instant(checkout.created_at),
        "updated_at": instant(checkout.updated_at), "expires_at": instant(checkout.expires_at),
        "lines": [
            {"id": n.id, "sku": n.sku, "title": n.title, "quantity": n.quantity, "unit_price": n.unit_price,
             "discount": n.discount, "total": n.total, "requires_shipping": n.requires_shipping}
            for n in checkout.cart.lines
        ],
        "contact": contact and {
            "email": contact.email, "phone": contact.phone, "marketing_consent": contact.accepts_marketing,
            "recovery_consent": contact.accepts_recovery,
        },
        "deliveries": [plain_delivery(checkout, view.quotes[0])],
        "billing": {"same_as_delivery": True, "address": plain_address(checkout.billing_address),
                    "saved_address_id": None},
        "payment": payment and {"method": payment.method, "label": payment.label},
        "business": business and asdict(business),
        "note": checkout.note,
        "components": [
            {"kind": c.kind, "label": c.label, "amount": c.amount, "line_id": c.line_id or None,
             "delivery_id": c.delivery_id or None, "included": c.is_included}
            for c in view.components
        ],
        "totals": view.totals._asdict(),
        "problems": [asdict(problem) for problem in view.problems],
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_an_answer_is_what_writing_it_anew_gives(rng: Random) -> None:
    """Two checkouts in turns, so that kept pieces of one meet the other; every section, and no secret."""
    policy = random_loaded(rng)
    for pair in zip(history(rng, policy), history(rng, policy), strict=True):
        for now, done in pair:
            quotes = done.quotes or (None,)
            view = CheckoutView(checkout=done.checkout, quotes=quotes, now=now, demands=Demands())
            for _ in range(2):
                answer = json.loads(view.to_json())
                expected = plain_answer(view)
                assert {name: answer[name] for name in expected} == expected
                assert [change["kind"] for change in answer["changes"]] == [
                    change.kind for change in done.checkout.changes
                ]
            assert b"secret" not in view.to_json()


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_a_stored_text_is_what_writing_it_anew_gives(rng: Random) -> None:
    """A writer that has seen every earlier version writes the same members as one that has seen none."""
    policy = random_loaded(rng)
    codec = CheckoutCodec()
    for _, done in history(rng, policy):
        text = codec.encode(done.checkout)
        assert json.loads(text) == json.loads(CheckoutCodec().encode(done.checkout))
        assert CheckoutCodec().decode(done.checkout.id, text) == done.checkout

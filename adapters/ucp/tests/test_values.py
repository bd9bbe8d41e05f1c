"""The small pieces: headers, addresses, discounts, stored documents."""

import datetime as dt

import pytest
from checkout_kit.adapter.protocol_orders import (
    Activity,
    Adjustment,
    FulfillmentEvent,
    pack_activity,
    unpack_activity,
)
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Component
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit_ucp.discounts import AppliedDiscount, applied_discounts, discount_json
from checkout_kit_ucp.postal import from_address, to_address
from checkout_kit_ucp.session import NamedDestination, NamedMethod, Session, pack, unpack
from checkout_kit_ucp.structured import (
    byte_sequence,
    parse_agent,
    parse_byte_sequences,
    parse_signature_inputs,
)
from checkout_kit_ucp.totals import totals_json
from judge_shop import GOODS, discounts_of, price_cart


@given(st.text(max_size=200))
def test_headers_are_read_or_refused(text: str) -> None:
    """No header makes the readers fail."""
    parse_agent(text)
    parse_signature_inputs(text)
    parse_byte_sequences(text)


@given(st.binary(max_size=100))
def test_byte_sequences_come_back(data: bytes) -> None:
    """What is written is read back."""
    assert parse_byte_sequences(f"a={byte_sequence(data)}, b=:AA==:") == {"a": data, "b": b"\0"}


@pytest.mark.parametrize(
    "header",
    ["", "sig1", 'sig1=("a"', 'sig1=("a" "a");keyid="k"', 'sig1=("a";sf);keyid="k"', 'sig1=(a);keyid="k"'],
)
def test_unreadable_signature_inputs(header: str) -> None:
    """Malformed members, a component twice, and parameters on a component are not accepted."""
    assert parse_signature_inputs(header) is None


def test_several_signatures_are_told_apart() -> None:
    """Commas inside strings and lists divide nothing."""
    found = parse_signature_inputs('a=("@method" "x");keyid="k,1";created=1, b=("@path");keyid="k2"')
    assert found is not None
    assert (found["a"].components, found["a"].parameters) == (
        ("@method", "x"), {"keyid": "k,1", "created": "1"},
    )  # fmt: skip
    assert found["b"].raw == '("@path");keyid="k2"'


NAMES = st.text(alphabet="abcdefgh ", max_size=12).map(lambda text: " ".join(text.split()))


@given(NAMES, NAMES, st.sampled_from(["", "78701", "73301-1234"]))
def test_addresses_keep_their_meaning(first: str, last: str, code: str) -> None:
    """An address of ours told to a platform and given back is the same address."""
    address = to_address(
        {"address_country": "US", "first_name": first, "last_name": last, "postal_code": code}
    )
    assert address is not None
    assert to_address(from_address(address)) == address


def test_country_may_come_from_the_context() -> None:
    """An address without a country takes the buyer's context's, and is none without either."""
    assert to_address({"postal_code": "10001"}) is None
    assert to_address({"postal_code": "10001"}, country="us") is not None


CODES = st.lists(
    st.sampled_from(["SAVE10", "welcome5", "TULIP20", "NOPE", "com.example.loyalty_gold"]), unique=True
)
QUANTITIES = st.dictionaries(st.sampled_from(["ROSES", "POT", "TULIPS"]), st.integers(1, 9), min_size=1)


def cart_of(quantities: dict[str, int], codes: list[str]) -> Cart:
    """A cart of these goods."""
    lines = tuple(
        LineItem(id=sku.lower(), sku=sku, quantity=quantity, unit_price=GOODS[sku].unit_price)
        for sku, quantity in quantities.items()
    )
    return Cart(currency="USD", lines=lines, discount_codes=codes)


@given(QUANTITIES, CODES, st.booleans())
def test_discounts_add_up(quantities: dict[str, int], codes: list[str], is_described: bool) -> None:
    """Described or not, the entries add up to what the cart takes off, on lines and on the order."""
    cart = price_cart(cart_of(quantities, codes)).cart
    found = applied_discounts(cart, discounts_of if is_described else None)
    on_lines = sum(one.amount for one in found if one.allocations)
    assert on_lines == sum(line.discount for line in cart.lines)
    assert sum(one.amount for one in found) - on_lines == cart.order_discount
    for one in found:
        assert one.amount > 0
        assert not one.allocations or sum(amount for _, amount in one.allocations) == one.amount


def test_description_that_does_not_add_up_is_not_believed() -> None:
    """The cart's own numbers win over a wrong description."""
    cart = price_cart(cart_of({"ROSES": 1}, ["SAVE10"])).cart
    told = applied_discounts(cart, lambda _: (AppliedDiscount(title="Half off", amount=1750),))
    assert [(one.amount, one.code) for one in told] == [(350, "SAVE10")]
    assert discount_json(told[0], cart, is_provisional=False) == {
        "title": "Discount", "amount": 350, "code": "SAVE10",
    }  # fmt: skip


def test_session_comes_back_from_its_text() -> None:
    """Every member of a session survives storing."""
    destination = NamedDestination(id="d", postal={"address_country": "US"})
    method = NamedMethod(
        delivery_id="delivery", id="m", group_id="g", destinations=(destination,), selected_destination_id="d"
    )
    session = Session(
        version="2026-08-25", platform="https://a.example", webhook_url="https://a.example/h",
        sealed_secret="x", first_name="Eva", last_name="Cruz",
        consent={"dev.ucp.consent.marketing": (True, "platform")}, codes=("A",), claims=("b.c",),
        are_claims_resolved=True, missed=(("out_of_stock", "X"),), methods=(method,),
        attribution={"a": "b"}, instrument={"id": "i"}, cart_id="c", checkout_id="d", is_canceled=True,
    )  # fmt: skip
    assert unpack(pack(session)) == session


def test_activity_comes_back_from_its_text() -> None:
    """Every member of an order's activity survives storing."""
    at = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    refund = Adjustment(id="a", type="refund", occurred_at=at, quantities={"l": -1}, amount=-5)
    shipped = FulfillmentEvent(id="e", type="shipped", occurred_at=at, quantities={"l": 1}, carrier="C")
    activity = Activity(is_claimed=True, adjustments=(refund,), events=(shipped,))
    assert unpack_activity(pack_activity(activity)) == activity


@st.composite
def ledgers(draw: st.DrawFn) -> list[Component]:
    """A ledger as a checkout makes it: goods first, discounts never above what they take from."""
    goods = draw(st.lists(st.integers(0, 9999), min_size=1, max_size=4))
    shipping = draw(st.integers(0, 2000))
    entries = [Component(kind="goods", label=f"g{i}", amount=one) for i, one in enumerate(goods)]
    entries.append(Component(kind="line_discount", label="", amount=-draw(st.integers(0, goods[0]))))
    entries.append(Component(kind="order_discount", label="", amount=-draw(st.integers(0, sum(goods[1:])))))
    entries.append(Component(kind="shipping", label="", amount=shipping))
    entries.append(Component(kind="shipping_discount", label="", amount=-draw(st.integers(0, shipping))))
    entries.append(Component(kind="tax", label="", amount=draw(st.integers(0, 500))))
    entries.append(Component(kind="tax", label="", amount=draw(st.integers(0, 500)), is_included=True))
    entries.append(Component(kind="refund", label="", amount=-draw(st.integers(0, 500))))
    return entries


@given(ledgers(), st.booleans())
def test_totals_add_up(ledger: list[Component], has_delivery: bool) -> None:
    """One subtotal before discounts, one total last, the sum of the rest; signs as the schema wants them."""
    rows = totals_json(ledger, has_delivery=has_delivery)
    kinds = [row["type"] for row in rows]
    assert (kinds[0], kinds[-1], len(set(kinds))) == ("subtotal", "total", len(kinds))
    by_kind = {str(row["type"]): int(str(row["amount"])) for row in rows}
    total = by_kind.pop("total")
    assert sum(by_kind.values()) == total
    assert total == sum(one.amount for one in ledger if not one.is_included and one.kind != "refund")
    assert by_kind["subtotal"] == sum(one.amount for one in ledger if one.kind == "goods")
    for kind, amount in by_kind.items():
        assert amount < 0 if kind.endswith("discount") else amount >= 0

"""JSON bodies: patches keep apart what is absent and what is null, and faults come with their paths."""

import json

import pytest

from checkout_kit.checkout import UNSET, Business, ContactPatch, DeliveryPatch, Item
from checkout_kit.errors import InputError
from checkout_kit.service.wire import parse_cancel, parse_complete, parse_new_checkout, parse_update


def paths(body: object, *, trusted: bool = False) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_update(json.dumps(body).encode(), trusted=trusted)
    return [fault.path for fault in caught.value.faults]


def test_absent_is_unset_and_null_is_none() -> None:
    """A PATCH that names nothing changes nothing; null clears."""
    update = parse_update(b"{}").update
    assert (update.contact, update.deliveries, update.billing) == (UNSET, UNSET, UNSET)
    cleared = parse_update(b'{"contact": null, "billing": null, "delivery": {"address": null}}').update
    assert (cleared.contact, cleared.billing) == (None, None)
    assert cleared.deliveries == (DeliveryPatch(address=None),)


def test_null_clears_every_member() -> None:
    """Null is taken wherever a member may be absent, and means none of it."""
    lists = parse_update(
        b'{"lines": null, "discount_codes": null, "note": null, "save_address": null}'
    ).update
    assert (lists.items, lists.discount_codes, lists.note, lists.saves_address) == ((), (), "", False)
    trusted = parse_update(b'{"lines": null, "order_discount": null}', trusted=True).update
    assert (trusted.lines, trusted.order_discount) == ((), 0)
    members = b'{"email": null, "phone": null, "marketing_consent": null, "recovery_consent": null}'
    assert parse_update(b'{"contact": ' + members + b"}").update.contact == ContactPatch(
        email="", phone="", accepts_marketing=False, accepts_recovery=False
    )
    business = parse_update(b'{"business": {"company": "C", "tax_id": null}}').update.business
    assert business == Business(company="C")
    for consent, means in ((b"null", False), (b'{"terms": null}', False), (b"{}", UNSET)):
        assert parse_update(b'{"consent": ' + consent + b"}").update.accepts_terms is means


def test_sections_are_patches() -> None:
    """One member of the contact is one member of the patch."""
    assert parse_update(b'{"contact": {"phone": "+1"}}').update.contact == ContactPatch(phone="+1")


def test_a_buyer_cannot_name_a_price() -> None:
    """Prices, discounts and customers are unknown members of a buyer's body."""
    line = {"id": "l", "sku": "MUG", "quantity": 1, "unit_price": 1}
    assert paths({"lines": [line], "order_discount": 5}) == ["lines[0].unit_price", "order_discount"]
    with pytest.raises(InputError, match="customer_id: is not a member"):
        parse_new_checkout(b'{"currency": "USD", "customer_id": "cu_1"}')
    trusted = parse_update(json.dumps({"lines": [line]}).encode(), trusted=True).update
    assert trusted.lines[0].unit_price == 1  # type: ignore[index]


def test_quantity_zero_takes_a_line_out() -> None:
    """A buyer removes goods by asking for none of them."""
    body = b'{"lines": [{"id": "a", "sku": "A", "quantity": 0}, {"id": "b", "sku": "B", "quantity": 2}]}'
    assert parse_update(body).update.items == (Item(id="b", sku="B", quantity=2),)


def test_every_fault_is_reported_together() -> None:
    """Country, postal code, quantity and a misspelt member in one answer."""
    body = {
        "delivery": {"address": {"country": "US", "postal_code": "ABC", "zip": "1"}},
        "lines": [{"sku": "A", "quantity": -1}],
        "notes": "x",
    }
    assert paths(body) == ["lines[0].quantity", "delivery.address.zip", "notes"]
    impossible = {"billing": {"address": {"country": "DE", "postal_code": "ABC"}}}
    assert paths(impossible) == ["billing.address.postal_code"]
    assert paths({"delivery": {"address": {"country": "XX"}}}) == ["delivery.address.country"]


def test_an_attribute_without_a_name_is_a_fault_of_the_attributes() -> None:
    """The path leads to a member of the body, never to a word of the validator's."""
    line = {"id": "l", "sku": "A", "quantity": 1, "unit_price": 1, "attributes": {"": "red"}}
    assert paths({"lines": [line]}, trusted=True) == ["lines[0].attributes"]


def test_a_release_day_is_written_as_a_day() -> None:
    """A number is not taken for seconds since 1970."""
    line = {"id": "l", "sku": "A", "quantity": 1, "unit_price": 1, "release_on": 86_400}
    assert paths({"lines": [line]}, trusted=True) == ["lines[0].release_on"]


def test_control_letters_are_refused_with_their_path() -> None:
    """A NUL, which PostgreSQL cannot store, is named beside every other fault; a note has lines."""
    body = {
        "lines": [{"sku": "A\0", "quantity": -1}],
        "delivery": {"address": {"country": "US", "line1": "1 \x1b[2J"}},
        "note": "two\nlines\tand a tab",
    }
    assert paths(body) == ["lines[0].sku", "delivery.address.line1", "lines[0].quantity"]
    line = {"id": "l", "sku": "A", "quantity": 1, "unit_price": 1, "attributes": {"co\x7flour": "red"}}
    assert paths({"lines": [line]}, trusted=True) == ["lines[0].attributes"]
    assert paths({"note": "\x7f"}) == ["note"]


def test_private_values_are_not_shown() -> None:
    """A fault in an address or a token does not repeat it."""
    with pytest.raises(InputError) as caught:
        parse_update(
            b'{"delivery": {"address": {"country": "US", "line1": 7}}, "payment": {"token": "sk_x"}}'
        )
    assert "sk_x" not in str(caught.value)
    assert "7" not in str(caught.value)


def test_card_numbers_are_never_accepted() -> None:
    """A number where a token belongs is refused without repeating it."""
    with pytest.raises(InputError, match=r"payment\.token: looks like a card number") as caught:
        parse_update(b'{"payment": {"method": "card", "token": "4242 4242 4242 4242"}}')
    assert "4242" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {"payment": {"method": "card", "token": "card:4242424242424242;12/29"}},
        {"payment": {"method": "card", "token": "tok_1", "label": "Visa 4242 4242 4242 4242"}},
        {"note": "please charge 3782-822463-10005, thanks"},
    ],
)
def test_a_card_number_is_found_in_other_text(body: object) -> None:
    """Also within a token, a label or a note a card number is refused unrepeated; other digits are not."""
    (path,) = paths(body)
    assert path in ("payment.token", "payment.label", "note")
    fine = {"payment": {"method": "card", "token": "pm_1Nv0FGQ9RKHgCVdK", "label": "Visa ending 4242"}}
    parse_update(json.dumps({**fine, "note": "call 0049 170 1234567, parcel 4242424242424241"}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"lines": 3}', b"\xff", b'{"note": "' + b"x" * 3000]
)
def test_broken_json_is_a_fault(body: bytes) -> None:
    """Whatever arrives, the answer is an input error."""
    with pytest.raises(InputError):
        parse_update(body)


def test_a_region_is_named_by_its_code() -> None:
    """Policies name regions by code, so a name is turned into it."""
    body = b'{"delivery": {"address": {"country": "US", "region": "New York"}}}'
    (patch,) = parse_update(body).update.deliveries  # type: ignore[misc]
    assert patch.address.region == "NY"  # type: ignore[union-attr]


def test_several_deliveries_have_ids_and_lines() -> None:
    """`deliveries` is the full list; both members at once are refused."""
    update = parse_update(b'{"deliveries": [{"id": "a", "line_ids": ["x"], "option_id": "e"}]}').update
    assert update.deliveries == (DeliveryPatch(id="a", line_ids=("x",), option_id="e"),)
    assert update.replaces_deliveries
    assert paths({"delivery": {}, "deliveries": []}) == ["deliveries"]


def test_commands_may_come_without_a_body() -> None:
    """Complete and cancel need no body, and take a version."""
    assert parse_complete(b"").version is None
    assert parse_cancel(b'{"version": 3, "reason": "x"}').version == 3


def test_a_faulty_release_day_and_too_many_lines_are_named_plainly() -> None:
    """A time for a day is one fault at its own path, and a flood of lines is told its limit."""
    line = {"id": "1", "sku": "MUG", "quantity": 1, "unit_price": 100}
    body = {"currency": "USD", "lines": [line | {"release_on": "2026-11-23T10:00:00"}]}
    with pytest.raises(InputError) as caught:
        parse_new_checkout(json.dumps(body).encode(), trusted=True)
    assert [fault.path for fault in caught.value.faults] == ["lines[0].release_on"]
    body["lines"] = [line | {"id": str(n)} for n in range(501)]
    with pytest.raises(InputError, match="lines: at most 500 entries are taken, found 501"):
        parse_new_checkout(json.dumps(body).encode(), trusted=True)


def test_the_language_a_buyer_was_met_in_comes_along() -> None:
    """A locale is a language with a country or a script; anything else is a fault."""
    assert parse_new_checkout(b'{"currency": "EUR", "locale": "de-AT"}').locale == "de-AT"
    assert parse_new_checkout(b'{"currency": "EUR", "locale": "fr"}', trusted=True).locale == "fr"
    with pytest.raises(InputError, match="locale"):
        parse_new_checkout(b'{"currency": "EUR", "locale": "../de"}')

"""A discount or a code that costs more than it saves is said, also where another discount hides it."""

from checkout_kit.shipping import Notice
from tests.unit.shipping.shop import line, policy, quote

FREE = {"price": "20.60", "free_from": "26.44"}
SLOW_DOWN = {"title": "Handling", "amount": "1.50", "when": {"codes": ["SHIP"]}}


def said(*notices: Notice) -> list[tuple[str, str]]:
    """Code and amount of each notice."""
    return [(notice.code, str(notice.amount)) for notice in notices]


def test_an_order_discount_beside_line_discounts() -> None:
    """19.80 off the order loses free shipping worth 20.60, whatever else the lines have off."""
    found = quote(policy(FREE), line(unit_price=4400, discount=1000), order_discount=1980)
    assert said(*found.notices) == [("discount_costs_shipping", "0.80 USD")]


def test_one_code_among_several() -> None:
    """The code that brings a fee is named, though all codes together bring none of the blame."""
    shop = policy(
        {"price": "1.53", "surcharges": [SLOW_DOWN]},
        promotions=[{"id": "ten", "amount": "5", "codes": ["TEN"]}, {"id": "off", "amount": "0"}],
    )
    found = quote(shop, discount_codes=("SHIP",))
    assert said(*found.notices) == [("discount_costs_shipping", "1.50 USD")]
    shop = policy(
        {"price": "10", "surcharges": [SLOW_DOWN]}, promotions=[{"id": "t", "amount": "5", "codes": ["T"]}]
    )
    (notice,) = quote(shop, discount_codes=("SHIP", "T")).notices
    assert "the code 'SHIP' costs 1.50 USD more" in notice.message


def test_nothing_is_said_where_nothing_is_lost() -> None:
    """A discount that costs less in shipping than it saves is no regret."""
    assert not quote(policy(FREE), line(unit_price=4400), order_discount=2100).notices
    assert not quote(policy(FREE), line(unit_price=9900, discount=1000), order_discount=1980).notices

"""Answers other systems' own tests and users' reports agree on, each with its public source."""

import datetime as dt
from itertools import count

import pytest

from checkout_kit import Address, Cart, LineItem, Money
from checkout_kit.money import allocate, exponent
from checkout_kit.shipping import Quote, QuoteRequest, ShippingPolicy

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
Table = dict[str, object]
_NUMBERS = count()


def policy_of(*methods: Table, currency: str = "USD", **extra: object) -> ShippingPolicy:
    """A policy with one zone that is everywhere; methods get ids and titles where they lack them."""
    listed = [{"id": f"m{i}", "title": f"M{i}"} | method for i, method in enumerate(methods)]
    return ShippingPolicy.from_dict(
        {
            "currency": currency,
            "origins": {"o": {"timezone": "UTC", "cutoff": "14:00"}},
            "zones": {"all": {"where": [{"everywhere": True}]}},
            "methods": listed,
        }
        | extra
    )


def line(**facts: object) -> LineItem:
    """One unit of something worth 10.00 that weighs nothing."""
    known: Table = {"id": f"l{next(_NUMBERS)}", "sku": "a", "quantity": 1, "unit_price": 1000, "weight_g": 0}
    return LineItem(**(known | facts))  # type: ignore[arg-type]


def quoted(policy: ShippingPolicy, *lines: LineItem, to: Address | None = None, **cart: object) -> Quote:
    """The quote for a cart of these lines."""
    made = Cart(**({"currency": policy.currency, "lines": lines} | cart))  # type: ignore[arg-type]
    return policy.quote(QuoteRequest(cart=made, destination=to or Address(country="US"), placed_at=NOW))


def only_price(policy: ShippingPolicy, *lines: LineItem, **cart: object) -> str | None:
    """The price of the first method, or None where it is withheld."""
    option = quoted(policy, *lines, **cart).option("m0")
    return None if option is None else str(option.price.decimal)


def tiers(*bands: tuple[str, str], word: str = "up_to", by: str = "weight", **extra: object) -> Table:
    """A price table of bands."""
    return {"price": {"by": by, "tiers": [{word: bound, "price": price} for bound, price in bands]} | extra}


@pytest.mark.parametrize(
    ("grams", "expected"), [(300, "5.00"), (499, "5.00"), (500, "8.00"), (1999, "12.00"), (2000, None)]
)
def test_bands_with_exclusive_upper_bounds(grams: int, expected: str | None) -> None:
    """A load at the bound belongs to the next band; above the last one nothing is offered (karrio)."""
    table = tiers(("0.5 kg", "5.00"), ("1 kg", "8.00"), ("2 kg", "12.00"), word="below")
    assert only_price(policy_of(table), line(weight_g=grams)) == expected


def test_a_weightless_load_is_charged_the_first_band() -> None:
    """Zero weight is a weight, not free shipping (django-oscar, test_model_method)."""
    assert only_price(policy_of(tiers(("1 kg", "4.00"))), line(weight_g=0)) == "4.00"


@pytest.mark.parametrize(
    ("bands", "grams", "expected"),
    [
        ((("1 kg", "1.00"), ("2 kg", "2.00")), 2500, "3.00"),
        ((("1 kg", "2.00"), ("2 kg", "6.00")), 100_000, "300.00"),
        ((("1 kg", "2.00"), ("2 kg", "6.00")), 100_010, "302.00"),
    ],
)
def test_whole_top_bands_then_the_remainder(
    bands: tuple[tuple[str, str], ...], grams: int, expected: str
) -> None:
    """Above the last band: as many top bands as fit, and the remainder by the table (django-oscar)."""
    table = tiers(*bands, above={"repeat": True})
    assert only_price(policy_of(table), line(weight_g=grams)) == expected


@pytest.mark.parametrize(
    ("currency", "prices", "expected"), [("JPY", (10, 20), "4"), ("USD", (1011, 2022), "4.04")]
)
def test_percentage_of_goods_rounds_at_the_currency(
    currency: str, prices: tuple[int, int], expected: str
) -> None:
    """Ten percent of two and one items, half-up at the currency's own minor unit (solidus, flat_percent)."""
    policy = policy_of({"price": {"by": "percent", "percent": "10"}}, currency=currency)
    lines = (line(quantity=2, unit_price=prices[0]), line(unit_price=prices[1]))
    assert only_price(policy, *lines) == expected
    assert exponent(currency) == (0 if currency == "JPY" else 2)


def test_all_lines_ship_free() -> None:
    """A cart of items that ship free pays nothing; one more item pays the order price (UCP conformance)."""
    policy = policy_of({"price": "5.00"})
    assert only_price(policy, line(ships_free=True)) == "0.00"
    assert only_price(policy, line(ships_free=True), line()) == "5.00"


def test_class_costs_with_a_price_for_no_class() -> None:
    """Base cost plus the cost of items without a class (WooCommerce, flat rate)."""
    price = {"by": "class", "base": "1", "classes": {"bulky": "9"}, "other": "3", "combine": "sum"}
    assert only_price(policy_of({"price": price}), line()) == "4.00"
    assert only_price(policy_of({"price": price}), line(shipping_class="bulky"), line()) == "13.00"
    dearest = policy_of({"price": price | {"combine": "dearest"}})
    assert only_price(dearest, line(shipping_class="bulky"), line()) == "10.00"


@pytest.mark.parametrize(
    ("bounds", "grams", "is_offered"),
    [
        ({"below": "2 kg"}, 40, True),
        ({"at_least": "1 kg"}, 10_000_000_000, True),
        ({"up_to": "4 kg"}, 4000, True),
        ({"up_to": "3 kg"}, 4000, False),
        ({"above": "4 kg"}, 4000, False),
        ({"at_least": "4 kg"}, 4000, True),
    ],
)
def test_numeric_conditions_compare_numbers(bounds: Table, grams: int, *, is_offered: bool) -> None:
    """Bounds are literal and compared as numbers, not texts (medusa 16300, saleor, spree)."""
    policy = policy_of({"price": "1", "when": {"weight": bounds}})
    assert (only_price(policy, line(weight_g=grams)) is not None) is is_offered


def test_items_without_a_class_meet_none_of() -> None:
    """A method barred for big items is offered to items of no class (Sylius)."""
    policy = policy_of({"price": "1", "when": {"classes": {"none": ["big"]}}})
    assert only_price(policy, line()) == "1.00"
    assert only_price(policy, line(shipping_class="big")) is None


def test_converted_prices_follow_the_rounding_step() -> None:
    """81.70 at 109.98779 is 8,986 and becomes 9,000 in steps of 100 upwards (WooCommerce Payments 3158)."""
    conversion = {"JPY": {"rate": "109.98779", "step": "100", "round": "up"}}
    policy = policy_of({"price": "81.70"}, currencies=conversion)
    assert quoted(policy, line(), currency="JPY").options[0].price == Money(9000, "JPY")


@pytest.mark.parametrize(
    ("needs", "goods", "codes", "is_free"),
    [
        ("both", 6000, ("F",), True),
        ("both", 6000, (), False),
        ("both", 4000, ("F",), False),
        ("either", 6000, (), True),
        ("either", 4000, ("F",), True),
        ("either", 4000, ("X", "Y"), False),
        ("code", 4000, ("X", "Y", "F"), True),
    ],
)
def test_free_by_amount_and_code(needs: str, goods: int, codes: tuple[str, ...], *, is_free: bool) -> None:
    """Threshold, coupon, either or both (WooCommerce, free shipping)."""
    free: Table = {"codes": ["F"], "needs": needs} | ({} if needs == "code" else {"amount": "50"})
    policy = policy_of({"price": "7", "free_from": free})
    option = quoted(policy, line(unit_price=goods), discount_codes=codes).options[0]
    assert option.is_free is is_free
    assert option.regular_price == Money(700, "USD")


def test_threshold_is_reached_exactly_after_the_discount() -> None:
    """40.00 less 4.23 is 35.77, which reaches 35.77 (WooCommerce)."""
    policy = policy_of({"price": "7", "free_from": "35.77"})
    assert quoted(policy, line(unit_price=4000), order_discount=423).options[0].is_free
    short = quoted(policy, line(unit_price=4000), order_discount=424)
    assert short.free_shipping[0].missing == Money(1, "USD")


def test_channel_decides() -> None:
    """A method of another store is not offered (solidus, stock estimator)."""
    policy = policy_of({"price": "5", "when": {"channels": ["s2"]}})
    cart = Cart(currency="USD", lines=(line(),))
    for channel, offers in (("s1", 0), ("s2", 1), ("", 0)):
        to = Address(country="US")
        request = QuoteRequest(cart=cart, destination=to, placed_at=NOW, channel=channel)
        assert len(policy.quote(request).options) == offers


@pytest.mark.parametrize(("total", "offered"), [(2000, ["m1", "m2"]), (4000, ["m2"]), (5000, ["m0", "m2"])])
def test_price_ranges_decide(total: int, offered: list[str]) -> None:
    """Methods from 50.00, up to 29.99, and for any total (Sylius, rules by items total)."""
    policy = policy_of(
        {"price": "1", "when": {"goods": {"at_least": "50"}}},
        {"price": "10", "when": {"goods": {"up_to": "29.99"}}},
        {"price": "20"},
    )
    assert [option.id for option in quoted(policy, line(unit_price=total)).options] == offered


def test_range_on_goods_with_tax_after_discounts() -> None:
    """47.00 less 5.00 plus 20 % is 50.40, so a method from 50.00 with tax is offered (Sylius)."""
    goods = {"at_least": "50", "goods": "after discounts", "tax": "included"}
    policy = policy_of({"price": "1", "when": {"goods": goods}})
    assert only_price(policy, line(unit_price=4700, tax_rate_bp=2000), order_discount=500) == "1.00"


def where(country: str, *codes: str, barred: tuple[str, ...] = ()) -> Table:
    """A policy's zones: one of postal codes."""
    clause: Table = {"country": country, "postal_codes": list(codes), "except_postal_codes": list(barred)}
    return {"zones": {"z": {"where": [clause]}}}


@pytest.mark.parametrize(
    ("zones", "country", "code", "is_inside"),
    [
        (where("JE", "JE2 3AA..JE2 3AG"), "JE", "JE2 3ZZ", False),
        (where("JE", "JE2 3AA..JE2 3AG"), "JE", "je23ac", True),
        (where("PL", "63-200..63-650"), "PL", "64-620", False),
        (where("PL", "63-200..63-650"), "PL", "63650", True),
        (where("GB", "SW1*"), "DE", "SW1A 1AA", False),
        (where("GB", "SW1*"), "GB", "SW1A", True),
        (where("GB", "SW1"), "GB", "SW10 9AA", False),
        (where("GB", "CB23 1GG"), "GB", "cb23-1gg", True),
        (where("US", "100*", barred=("10001",)), "US", "10001", False),
        (where("US", "9021?"), "US", "90210-1234", True),
        (where("NL", "1011..1019"), "NL", "1015 cj", True),
        (where("CA", "K1A..K1C"), "CA", "k1b 0a6", True),
        (where("PT", "1000-001..1000-150"), "PT", "1000-151", False),
    ],
)
def test_postal_codes_in_their_own_form(zones: Table, country: str, code: str, *, is_inside: bool) -> None:
    """Ranges, prefixes and exact codes in the country's normal form; an exclusion beats an inclusion.

    Sources: saleor (postal codes), spree (zone members), WooCommerce (zone matching; Stripe gateway 1198).
    """
    policy = policy_of({"price": "1", "zones": ["z"]}, **zones)
    quote = quoted(policy, line(), to=Address(country=country, postal_code=code))
    assert bool(quote.options) is is_inside


def test_most_specific_zone_wins() -> None:
    """Country beats everywhere, region beats country, postal code beats region (Magento, table rates)."""
    zones: Table = {
        "world": {"where": [{"everywhere": True}]},
        "us": {"where": [{"country": "US"}]},
        "ca": {"where": [{"country": "US", "regions": ["CA"]}]},
        "beverly": {"where": [{"country": "US", "postal_codes": ["90210"]}]},
    }
    rates = [
        {"zones": [z], "price": p} for z, p in (("world", "20"), ("us", "15"), ("ca", "10"), ("beverly", "5"))
    ]
    policy = policy_of({"rates": rates}, zones=zones)
    for region, code, price in (("CA", "94105", 1000), ("CA", "90210", 500), ("NY", "10001", 1500)):
        to = Address(country="US", region=region, postal_code=code)
        assert quoted(policy, line(), to=to).options[0].price_minor == price
    assert quoted(policy, line(), to=Address(country="FR")).options[0].price_minor == 2000


@pytest.mark.parametrize(("total", "weights", "parts"), [(299, (1000, 1000, 1000), (100, 100, 99))])
def test_proration_gives_remainders_to_the_first(
    total: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    """Shares by largest remainder, ties to the first (vendure, prorate)."""
    assert allocate(total, weights) == parts


def test_percentage_surcharge_on_the_base() -> None:
    """Fifteen percent fuel on 20.00 is 23.00 (karrio)."""
    policy = policy_of({"price": "20", "surcharges": [{"title": "Fuel", "percent": "15"}]})
    assert only_price(policy, line()) == "23.00"


@pytest.mark.parametrize(
    ("tax", "cut", "price", "contained"),
    [
        ({"prices": "included", "rate": "10"}, "10", 4500, 409),
        ({"prices": "included", "rate": "10"}, None, 5000, 455),
        ({"prices": "added", "rate": "20"}, None, 6000, 1000),
        ({"prices": "added", "rate": "10"}, "10", 4950, 450),
    ],
)
def test_tax_on_shipping(tax: Table, cut: str | None, price: int, contained: int) -> None:
    """Tax contained or added, worked out after the shipping discount (Sylius, vendure)."""
    cuts = [] if cut is None else [{"id": "cut", "percent": cut}]
    option = quoted(policy_of({"price": "50"}, tax=tax, promotions=cuts), line()).options[0]
    assert (option.price_minor, option.tax.amount) == (price, contained)


def test_percentage_promotion_on_shipping() -> None:
    """Twenty percent off 10.00 is 8.00; an amount never takes more than the price (Sylius)."""
    assert only_price(policy_of({"price": "10"}, promotions=[{"id": "p", "percent": "20"}]), line()) == "8.00"
    assert only_price(policy_of({"price": "10"}, promotions=[{"id": "p", "amount": "12"}]), line()) == "0.00"


def test_default_weight_stands_in() -> None:
    """An unknown weight counts the policy's default (django-oscar); without one the method is withheld."""
    table = tiers(("0.5 kg", "4.00"), ("1 kg", "6.00"))
    assert only_price(policy_of(table, default_item_weight="0.5 kg"), line(weight_g=None)) == "4.00"
    withheld = quoted(policy_of(table), line(weight_g=None)).withheld
    assert [each.reason for each in withheld] == ["weight_unknown"]


def test_a_currency_without_prices_withholds_everything() -> None:
    """No price is ever invented for a currency, and none is zero by accident (solidus, vendure)."""
    quote = quoted(policy_of({"price": "5"}), line(), currency="EUR")
    assert not quote.options
    assert [each.reason for each in quote.withheld] == ["currency_not_priced"]

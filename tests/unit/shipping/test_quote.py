"""What a quote says beyond prices: promises, defaults, validity, notices, traces."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit import Address, Customer, Dimensions, Money
from checkout_kit.errors import InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.shipping.live import LiveRate
from tests.unit.shipping.shop import MONDAY, US, line, policy, quote, request


def test_every_speed_from_ten_days_to_today() -> None:
    """One order, four promises, each from its service."""
    services = {
        "a": {"transit": "10 calendar days"},
        "b": {"transit": "2 business days"},
        "c": {"transit": "0 days"},
    }
    shop = policy(*({"id": name, "price": "1", "service": name} for name in services), services=services)
    found = {option.id: option.promise for option in quote(shop).options}
    assert [str(found[name].latest) for name in "abc" if found[name]] == [
        "2026-12-03",
        "2026-11-25",
        "2026-11-23",
    ]


def test_same_day_ends_with_its_cutoff() -> None:
    """At the cut-off it is still offered; a microsecond later it is withheld until the next working day's."""
    shop = policy({"price": "9", "service": "today"})
    eleven = MONDAY.replace(hour=11)
    assert quote(shop, at=eleven).option("m0")
    late = quote(shop, at=eleven + dt.timedelta(microseconds=1)).withheld[0]
    assert (late.reason, late.hint) == ("cutoff_passed", "order on Tue 24 Nov before 11:00")
    assert late.changes[0].to_dict() == {"order_before": "2026-11-24T11:00:00-05:00"}
    assert quote(shop, at=late.changes[0].at).option("m0")
    friday_night = MONDAY.replace(day=27, hour=23)
    assert quote(shop, at=friday_night).withheld[0].hint == "order on Mon 30 Nov before 11:00"


@pytest.mark.parametrize(
    ("day", "hour", "message"),
    [
        (27, 12, "today's cut-off has passed"),
        (28, 0, "nothing leaves today"),
        (29, 23, "nothing leaves today"),
    ],
)
def test_same_day_says_whether_it_is_too_late_or_the_wrong_day(day: int, hour: int, message: str) -> None:
    """On a day without work no cut-off has passed, at whatever hour."""
    shop = policy({"price": "9", "service": "today"})
    late = quote(shop, at=MONDAY.replace(day=day, hour=hour)).withheld[0]
    assert (late.message, late.hint) == (message, "order on Mon 30 Nov before 11:00")


def test_default_is_the_last_choice_else_the_cheapest_else_the_earlier() -> None:
    """The shopper's last choice stays while it is offered; ties go to the earlier promise."""
    services = {"slow": {"transit": "5 business days"}, "fast": {"transit": "1 business day"}}
    methods = [{"id": s, "price": "5", "service": s} for s in services] + [{"id": "dear", "price": "9"}]
    shop = policy(*methods, services=services)
    assert quote(shop).default_option_id == "fast"
    assert quote(shop, last_option_id="dear").default_option_id == "dear"
    assert quote(shop, last_option_id="gone").default_option_id == "fast"


@pytest.mark.parametrize(("order", "ids"), [("listed", "bca"), ("price", "bac"), ("date", "acb")])
def test_order_of_options(order: str, ids: str) -> None:
    """As listed, by price, or by date; ties by date, then price, then id."""
    services = {"s5": {"transit": "5 business days"}, "s1": {"transit": "1 business day"}}
    shop = policy(
        {"id": "b", "price": "3", "service": "s5"},
        {"id": "c", "price": "4", "service": "s1"},
        {"id": "a", "price": "4", "service": "s1"},
        services=services,
        order=order,
    )
    assert "".join(option.id for option in quote(shop).options) == ids


def test_valid_until_the_cutoff_or_the_end_of_a_window() -> None:
    """The nearest of the cut-off, the end of a time window and the end of the day."""
    shop = policy({"price": "9", "service": "fast"})
    assert quote(shop).valid_until == MONDAY.replace(hour=14)
    windowed = policy({"price": "9", "when": {"hours": {"from": "08:00", "to": "12:00"}}})
    assert quote(windowed).valid_until == MONDAY.replace(hour=12) - dt.timedelta(microseconds=1)
    undated = policy({"price": "9"})
    assert quote(undated).valid_until == MONDAY + dt.timedelta(days=1)


def test_a_package_pays_by_itself_and_is_free_by_the_order() -> None:
    """Tiers look at the package, thresholds and goods conditions at the whole order."""
    tiers = {"by": "weight", "tiers": [{"up_to": "1 kg", "price": "3"}, {"up_to": "9 kg", "price": "8"}]}
    shop = policy({"price": tiers}, {"price": "5", "free_from": "60"}, {"price": "6", "minimum_order": "60"})
    whole = request(line(quantity=4)).cart
    package = quote(shop, line(), whole_cart=whole)
    assert [option.price_minor for option in package.options] == [300, 0, 600]
    assert [option.price_minor for option in quote(shop, line()).options] == [300, 500]


def test_release_day_moves_the_promise() -> None:
    """No package starts before the latest release day of its lines or of the request."""
    shop = policy({"price": "5", "service": "fast"})
    released = quote(shop, line(release_on="2026-12-07"), line()).options[0].promise
    asked = quote(shop, release_on=dt.date(2026, 12, 7)).options[0].promise
    assert released == asked
    assert released is not None
    assert (str(released.ships_earliest), released.order_by) == ("2026-12-07", None)


def test_live_rate_of_another_currency_is_not_used() -> None:
    """A rate counts only in the cart's own currency; without one and without a table there is no price."""
    shop = policy({"id": "ups", "price": {"by": "live"}})
    euro = LiveRate(method_id="ups", price_minor=700, currency="EUR", source="x")
    assert quote(shop, live_rates=(euro,)).withheld[0].reason == "live_rate_missing"
    assert quote(shop, live_rates=(evolve(euro, currency="USD"),)).options[0].price == Money(700, "USD")


def test_nothing_to_ship() -> None:
    """A cart of things that need no shipping gets no option, and says so."""
    shop = policy({"price": "5"})
    found = quote(shop, line(requires_shipping=False))
    assert [each.reason for each in found.withheld] == ["no_shipping_needed"]
    assert not found.options


def test_an_item_that_costs_free_shipping_is_said_aloud() -> None:
    """Adding a small heavy item that ends free shipping is a notice, not a surprise."""
    free = {"amount": "30", "when": {"weight": {"up_to": "2 kg"}}}
    shop = policy({"price": "9", "free_from": free})
    light, brick = line(quantity=2), line(sku="brick", title="Brick", unit_price=300, weight_g=4000)
    assert not quote(shop, light).notices
    notice = quote(shop, light, brick).notices[0]
    assert (notice.code, notice.amount) == ("item_costs_shipping", Money(900, "USD"))
    assert notice.message == "with M0, 'Brick' adds 9.00 USD to shipping, which would be free without it"


def test_gift_cards_and_other_goods_do_not_reach_a_threshold() -> None:
    """Gift cards never count; other lines by the policy's own word."""
    counts = {"amount": "30", "counts": {"except_classes": ["sale"]}}
    shop = policy({"price": "5", "free_from": "30"}, {"price": "5", "free_from": counts})
    card = line(is_gift_card=True, requires_shipping=False, unit_price=5000)
    assert [free.missing.amount for free in quote(shop, line(), card).free_shipping] == [1000, 1000]
    sale = line(shipping_class="sale")
    assert [option.is_free for option in quote(shop, line(), sale).options] == [True, False]


def test_trace_names_zone_rule_and_steps() -> None:
    """The trace is data with the merchant's paths, and sentences for people."""
    shop = policy(
        {"id": "a", "price": "5", "surcharges": [{"title": "Fuel", "percent": "10"}]},
        {"id": "b", "price": "5", "when": {"channels": ["app"]}},
    )
    trace = quote(shop).explain()
    found = trace.to_dict()
    assert found["zones"] == [{"zone": "all", "by": "everywhere", "path": "zones.all.where[0]"}]
    offered, withheld = trace.methods
    assert [(step.op, step.amount_minor, step.path) for step in offered.steps] == [
        ("stated", 500, "methods[0].price"),
        ("percent", 50, "methods[0].surcharges[0]"),
    ]
    assert "Fuel: 10 % of 5.00 USD is 0.50 USD (methods[0].surcharges[0])." in trace.sentences()
    assert withheld.to_dict()["changes"] == [{"use_channel": ["app"]}]


def test_request_refuses_unusable_facts_together() -> None:
    """A naive time, an unknown kind and a country that is no code are reported at once."""
    made = request()
    with pytest.raises(InputError) as caught:
        QuoteRequest(
            cart=made.cart,
            destination=Address(country="usa"),
            placed_at=dt.datetime(2026, 1, 1),
            destination_kind="boat",
            distance_m=-1,
        )
    assert [fault.path for fault in caught.value.faults] == [
        "placed_at",
        "destination_kind",
        "distance_m",
        "destination.country",
    ]


def test_billable_weight_is_the_greater() -> None:
    """Volume by the service's divisor against the scales; lines without a box only weigh."""
    tiers = [{"up_to": "1 kg", "price": "1"}, {"up_to": "10 kg", "price": "2"}]
    shop = policy(
        {"price": {"by": "billable weight", "tiers": tiers}, "service": "s"},
        services={"s": {"transit": "1 business day", "dimensional_divisor": 5000}},
    )
    pillow = line(weight_g=300, dimensions=Dimensions(500, 400, 100))
    assert quote(shop, pillow).options[0].price_minor == 200
    assert quote(shop, line(weight_g=300)).options[0].price_minor == 100
    assert quote(shop, line(weight_g=3000, dimensions=Dimensions(10, 10, 10))).options[0].price_minor == 200


def test_girth_is_the_longest_side_and_twice_the_others() -> None:
    """Whichever way round the box is measured."""
    shop = policy({"id": "slim", "price": "1", "when": {"girth": {"up_to": "1 m"}}})
    for sides, is_slim in (((400, 200, 100), True), ((100, 400, 200), True), ((401, 200, 100), False)):
        found = quote(shop, line(dimensions=Dimensions(*sides)))
        assert bool(found.options) is is_slim


def test_conditions_of_every_kind_of_fact() -> None:
    """Customer group, attributes, dates, weekdays, and their negation."""
    whens = {
        "trade": {"customer_groups": ["trade"]},
        "glass": {"attributes": {"material": ["glass"]}},
        "winter": {"dates": {"from": "2026-12-01"}},
        "weekend": {"weekdays": "Sat-Sun"},
        "not-mug": {"not": {"skus": ["mug"]}},
        "big": {"any": [{"girth": {"above": "2 m"}}, {"heaviest_item": {"above": "20 kg"}}]},
    }
    shop = policy(*({"id": name, "price": "1", "when": when} for name, when in whens.items()))

    def offered(**facts: object) -> set[str]:
        return {option.id for option in quote(shop, **facts).options}  # type: ignore[arg-type]

    assert offered() == set()
    assert offered(customer=Customer(groups=("trade",))) == {"trade"}
    assert offered(at=MONDAY.replace(month=12, day=5)) == {"winter", "weekend"}
    glass = quote(shop, line(sku="vase", attributes={"material": "glass"}))
    assert {option.id for option in glass.options} == {"glass", "not-mug"}
    assert {option.id for option in quote(shop, line(weight_g=21_000)).options} == {"big"}


def test_one_zone_or_the_best_zone_per_method() -> None:
    """By default a method that names only the wider zone is offered in the narrower too; or it is not."""
    zones = {
        "city": {"where": [{"country": "US", "postal_codes": ["100*"]}]},
        "us": {"where": [{"country": "US"}]},
    }
    methods = ({"id": "wide", "price": "5", "zones": ["us"]}, {"id": "near", "price": "2", "zones": ["city"]})
    assert [option.id for option in quote(policy(*methods, zones=zones)).options] == ["wide", "near"]
    strict = policy(*methods, zones=zones, overlap="one zone")
    assert [option.id for option in quote(strict).options] == ["near"]
    ranked = {"city": zones["city"], "us": zones["us"] | {"priority": 1}}
    assert [o.id for o in quote(policy(*methods, zones=ranked, overlap="one zone")).options] == ["wide"]


def test_bounds_of_a_country_hold_every_region() -> None:
    """Country only: the cheapest and the dearest region, and whether the method is sure to be offered."""
    zones = {
        "east": {"where": [{"country": "US", "regions": ["NY"]}]},
        "west": {"where": [{"country": "US", "regions": ["CA"]}]},
    }
    rates = [{"zones": ["east"], "price": "4"}, {"zones": ["west"], "price": "7"}]
    shop = policy({"rates": rates}, zones=zones)
    bounds = shop.quote_bounds(request(to=Address(country="US"))).option("m0")
    assert bounds is not None
    assert (str(bounds.price_min), str(bounds.price_max), bounds.is_certain) == (
        "4.00 USD",
        "7.00 USD",
        False,
    )
    exact = shop.quote_bounds(request(to=US)).option("m0")
    assert exact is not None
    assert (exact.price_min, exact.price_max, exact.is_certain) == (exact.price_max, Money(400, "USD"), True)
    assert not shop.quote_bounds(request(currency="EUR")).options

"""Prices at the edges of what a policy says: exclusive bounds, unknown numbers, a class's own goods."""

import pytest

from tests.unit.shipping.shop import line, policy, quote


@pytest.mark.parametrize(
    ("weight_g", "above", "price_minor"),
    [
        (6000, {"per_kg": "5.00"}, 1000),
        (6000, {"per_kg": "5.00", "each_started": "1 kg"}, 1000),
        (6001, {"per_kg": "5.00", "each_started": "1 kg"}, 1500),
        (5000, {"per_kg": "5.00", "each_started": "1 kg"}, 500),
    ],
)
def test_what_lies_above_an_exclusive_bound_is_counted_from_it(
    weight_g: int, above: dict[str, str], price_minor: int
) -> None:
    """6 kg is one kg more than "below 5 kg", not one kg and a gram."""
    tiers = [{"below": "5 kg", "price": "5"}]
    shop = policy({"price": {"by": "weight", "tiers": tiers, "above": above}})
    assert quote(shop, line(weight_g=weight_g)).options[0].price_minor == price_minor


def test_units_above_an_exclusive_bound_are_those_no_tier_covers() -> None:
    """Below 2 units covers one, so of three units two are further ones, as with "up to 1"."""
    for bound in ({"below": 2}, {"up_to": 1}):
        above = {"per_item": "1"}
        shop = policy({"price": {"by": "quantity", "tiers": [bound | {"price": "5"}], "above": above}})
        assert quote(shop, line(quantity=3)).options[0].price_minor == 700


def test_an_unknown_weight_is_no_proof_that_a_parcel_is_light() -> None:
    """ "Not above 30 kg" asks for the weight just as "up to 30 kg" does, and says what to tell."""
    for when in (
        {"weight": {"up_to": "30 kg"}},
        {"not": {"weight": {"above": "30 kg"}}},
        {"not": {"any": [{"weight": {"above": "30 kg"}}, {"lines": {"above": 9}}]}},
    ):
        shop = policy({"price": "5", "when": when})
        assert quote(shop, line(weight_g=500)).options
        withheld = quote(shop, line(weight_g=None)).withheld[0]
        assert (withheld.reason, withheld.hint) == ("weight_unknown", "tell the weight")


def test_a_known_part_decides_beside_an_unknown_one() -> None:
    """Where another part fails for sure, what it forbids does not apply, whatever the weight."""
    shop = policy({"price": "5", "when": {"not": {"weight": {"above": "30 kg"}, "quantity": {"above": 3}}}})
    assert quote(shop, line(weight_g=None)).options
    assert quote(shop, line(weight_g=None, quantity=4)).withheld[0].hint == "remove 1 units"


def test_a_share_of_a_class_is_of_its_goods_after_all_discounts() -> None:
    """The order discount is shared out first, and a gift card is no goods, as in every goods total."""
    shop = policy({"price": {"by": "class", "classes": {"art": {"percent": "10"}}, "other": "1"}})
    art = line(shipping_class="art", unit_price=8000)
    card = line(shipping_class="art", unit_price=5000, is_gift_card=True)
    mug = line(unit_price=2000)
    assert quote(shop, art, mug, order_discount=5000).options[0].price_minor == 400 + 100
    assert quote(shop, art, card).options[0].price_minor == 800


def test_shipping_of_goods_that_cost_nothing_bears_their_tax() -> None:
    """Free samples at 20 % and a free book at 7 % share the price out by their units."""
    shop = policy({"price": "10"}, tax={"prices": "added", "rate": "proportional"})
    samples = line(unit_price=0, tax_rate_bp=2000, quantity=3)
    book = line(unit_price=0, tax_rate_bp=700)
    assert quote(shop, samples).options[0].price_minor == 1200
    assert quote(shop, samples, book).options[0].price_minor == 1000 + 150 + 18


def test_a_fee_per_item_or_kg_counts_the_lines_it_names() -> None:
    """A sofa makes no lamp oversize; where no line counts there is no fee, nor its floor."""
    fees = [
        {"title": "Oversize", "amount": "90", "per": "item", "counts": {"classes": ["bulky"]}},
        {"title": "Glass", "amount": "2", "per": "kg", "floor": "5", "counts": {"skus": ["vase"]}},
    ]
    shop = policy({"price": "10", "surcharges": fees})
    sofa, lamp = line(id="1", shipping_class="bulky", quantity=2), line(id="2", quantity=3)
    vase = line(id="3", sku="vase", weight_g=2500)
    gift = line(id="4", sku="vase", weight_g=9000, ships_free=True)
    assert quote(shop, lamp).options[0].price_minor == 1000
    assert quote(shop, sofa, lamp).options[0].price_minor == 1000 + 2 * 9000
    assert quote(shop, lamp, vase, gift).options[0].price_minor == 1000 + 600


def test_a_distance_counts_from_the_origin_the_method_ships_from() -> None:
    """Two shops of one merchant each drive within 5 km of their own door."""
    cities = {"york": (53.96, -1.08), "leeds": (53.80, -1.55)}
    hours = {"timezone": "Europe/London", "cutoff": "14:00"}
    near = {"by": "distance", "tiers": [{"up_to": "5 km", "price": "4"}]}
    shop = policy(
        {"id": "york", "origin": "york", "price": near, "carbon": {"g_per_kg_km": 1000}},
        {"id": "leeds", "origin": "leeds", "price": near},
        {"id": "bike", "origin": "leeds", "price": "9", "when": {"distance": {"below": "5 km"}}},
        {"id": "van", "origin": "leeds", "price": {"by": "formula", "per_km": "1"}},
        origins={"first": hours} | {name: hours | {"location": where} for name, where in cities.items()},
    )

    def offered(location: tuple[float, float]) -> dict[str, int]:
        return {option.id: option.price_minor for option in quote(shop, line(), location=location).options}

    assert offered(cities["leeds"]) == {"leeds": 400, "bike": 900, "van": 0}
    at_york = offered(cities["york"])
    assert (at_york["york"], at_york.keys()) == (400, {"york", "van"})
    assert 3500 < at_york["van"] < 3600
    assert quote(shop, line(weight_g=1000), location=cities["york"]).options[0].carbon_g == 0

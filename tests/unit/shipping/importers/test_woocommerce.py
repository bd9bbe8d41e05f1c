"""WooCommerce zones: cost texts, zones and requirements become policy, and price as the shop does."""

import copy

import pytest

from checkout_kit.errors import InputError
from checkout_kit.shipping.importers import import_woocommerce, woocommerce_parity
from checkout_kit.shipping.policy import ShippingPolicy


def settings(**values):
    """Settings as the REST API gives them."""
    return {name: {"id": name, "value": value} for name, value in values.items()}


def method(number, kind, **values):
    """One enabled method instance."""
    return {
        "instance_id": number,
        "title": f"Method {number}",
        "enabled": True,
        "method_id": kind,
        "settings": settings(title=f"Method {number}", **values),
    }


def export(*methods, locations=({"code": "DE", "type": "country"},), **more):
    """A shop with one zone."""
    zone = {"id": 1, "name": "Zone", "order": 0, "locations": list(locations), "methods": list(methods)}
    return {
        "currency": "EUR",
        "shipping_classes": [{"id": 12, "slug": "bulky"}, {"id": 13, "slug": "fragile"}],
        "coupons": [{"code": "free", "free_shipping": True}, {"code": "ten", "free_shipping": False}],
        "zones": [zone],
        **more,
    }


def placed(kind, code):
    """An export whose only zone has one location."""
    return {"currency": "EUR", "zones": [{"id": 1, "locations": [{"type": kind, "code": code}]}]}


def report(raw):
    """The parity report of an export against its own import."""
    return woocommerce_parity(raw, ShippingPolicy.from_dict(import_woocommerce(raw).policy))


def faults(raw):
    """Every fault of an export, as text."""
    with pytest.raises(InputError) as caught:
        import_woocommerce(raw)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "values",
    [
        {"cost": "4.50"},
        {"cost": "4,50 + 0,5 * [qty]"},
        {"cost": "[qty] * 2 * 1.25"},
        {"cost": '[fee percent="10" min_fee="8" max_fee="30"]'},
        {"cost": '3 + [fee percent="7.5" min_fee="2"] + 1 * [qty]'},
        {"cost": "[cost] * 0.05 + 2"},
        {"cost": "0"},
        {"cost": "5", "class_cost_12": "10", "class_cost_13": "2 * [qty]", "type": "class"},
        {"cost": "5", "class_cost_12": '[fee percent="10"]', "no_class_cost": "1", "type": "order"},
        {"cost": "", "class_cost_12": "39", "type": "order"},
        {"cost": "1 * [qty]", "class_cost_12": "4 + [cost] * 0.01", "no_class_cost": "3,10"},
    ],
)
def test_a_flat_rate_costs_what_the_shop_charges(values):
    """Fixed parts, parts per item, shares with limits, class costs summed or the dearest."""
    found = report(export(method(1, "flat_rate", **values)))
    assert found.differences == ()
    assert found.places == {"zones[0].methods[0]": found.cases // 2}


@pytest.mark.parametrize("requires", ["", "min_amount", "coupon", "either", "both"])
@pytest.mark.parametrize("ignore", ["yes", "no"])
def test_free_shipping_is_offered_when_the_shop_offers_it(requires, ignore):
    """Every requirement, before and after coupon discounts."""
    values = {"requires": requires, "min_amount": "50", "ignore_discounts": ignore}
    assert report(export(method(1, "free_shipping", **values))).differences == ()


@pytest.mark.parametrize(
    "locations",
    [
        [],
        [{"code": "US:CA", "type": "state"}, {"code": "US:OR", "type": "state"}],
        [{"code": "US:CA", "type": "state"}, {"code": "CA", "type": "country"}],
        [{"code": "EU", "type": "continent"}],
        [{"code": "DE", "type": "country"}, {"code": "101*", "type": "postcode"}],
        [{"code": "DE", "type": "country"}, {"code": "10500...10599", "type": "postcode"}],
        [{"code": "GB", "type": "country"}, {"code": "SW1A 1AA", "type": "postcode"}],
        [{"code": "10115", "type": "postcode"}],
    ],
)  # fmt: skip
def test_a_zone_holds_the_places_it_held(locations):
    """Countries, states, continents, postcodes with their country, and a zone for everywhere."""
    raw = export(method(1, "local_pickup", cost="1"), locations=locations, base_country="DE")
    world = {"id": 0, "name": "Rest", "locations": [], "methods": [method(2, "flat_rate", cost="25")]}
    raw["zones"].append(world)
    assert report(raw).differences == ()


def test_the_first_zone_in_the_shops_order_wins():
    """A wide zone listed first hides a narrow one, as it does in the shop."""
    raw = export(method(1, "flat_rate", cost="1"))
    narrow = copy.deepcopy(raw["zones"][0])
    narrow |= {"id": 2, "order": 1, "methods": [method(2, "flat_rate", cost="2")]}
    narrow["locations"].append({"code": "10115", "type": "postcode"})
    raw["zones"].append(narrow)
    found = report(raw)
    assert found.differences == ()
    assert found.to_dict()["never_met"] == ["zones[1].methods[0]"]


def test_what_cannot_be_carried_over_is_left_out_and_noted():
    """Methods of extensions, disabled ones and those without a cost."""
    off = method(2, "flat_rate", cost="3") | {"enabled": False}
    raw = export(method(1, "flat_rate", cost="4"), off, method(3, "ups"), method(4, "flat_rate", cost=""))
    found = import_woocommerce(raw)
    assert [entry["id"] for entry in found.policy["methods"]] == ["flat-rate-1"]
    assert [note.place for note in found.notes] == [
        "",
        "zones[0].methods[1]",
        "zones[0].methods[2]",
        "zones[0].methods[3]",
    ]


def test_a_method_that_would_be_free_by_accident_is_withheld_and_noted():
    """A class without a cost, where the method has no base cost: never free, and the report says so."""
    raw = export(method(1, "flat_rate", cost="", class_cost_12="9", no_class_cost="4"))
    found = import_woocommerce(raw)
    assert "carts with such items are not offered it here" in found.notes[-1].message
    assert all(one.policy_minor is None for one in report(raw).differences)
    assert {one.source_minor for one in report(raw).differences} == {400, 900}


def test_every_fault_of_an_export_is_reported_together():
    """Costs that are no sums, unknown requirements, places and codes, each with its path."""
    raw = export(
        method(1, "flat_rate", cost="10 / [qty]"),
        method(2, "flat_rate", cost="5 - 1"),
        method(3, "free_shipping", requires="luck"),
        method(4, "flat_rate", cost="1", class_cost_12='[fee percent="5" min_fee="2"]'),
        locations=[
            {"code": "UK", "type": "country"},
            {"code": "US:XX", "type": "state"},
            {"code": "XX", "type": "continent"},
        ],
    )
    assert [fault.partition(": ")[0] for fault in faults(raw)] == [
        "zones[0].locations",
        "zones[0].locations",
        "zones[0].locations",
        "zones[0].methods[0].settings.cost",
        "zones[0].methods[1].settings.cost",
        "zones[0].methods[2].settings.requires",
        "zones[0].methods[3].settings.class cost of bulky",
    ]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ([], ""),
        ({"currency": "EURO", "zones": [{"id": 1}]}, "currency"),
        ({"currency": "EUR"}, "zones"),
        ({"currency": "EUR", "zones": {}}, "zones"),
        ({"currency": "EUR", "zones": [{"id": "1"}]}, "zones[0].id"),
        (placed("moon", "x"), "zones[0].locations[0].type"),
        (placed("state", "CA"), "zones[0].locations[0].code"),
        ({"currency": "EUR", "zones": [{"id": 1, "methods": [7]}]}, "zones[0].methods[0]"),
        ({"currency": "EUR", "zones": [{"id": 1}]}, "zones"),
    ],
)  # fmt: skip
def test_an_export_of_another_shape_is_refused_with_its_path(raw, path):
    """What is not the documented shape is told by its place, never a traceback."""
    with pytest.raises(InputError) as caught:
        import_woocommerce(raw)
    assert path in [fault.path for fault in caught.value.faults]


def test_postcodes_without_any_country_need_the_shops_own():
    """Postcodes alone mean the shop's country, which the export has to name."""
    raw = export(method(1, "flat_rate", cost="1"), locations=[{"code": "10115", "type": "postcode"}])
    assert faults(raw) == [
        "zones[0].locations: has postcodes and names no country, found '10115'; "
        "add base_country to the export"
    ]


def test_a_requirement_of_coupons_needs_to_know_them():
    """Free shipping by coupon cannot be carried over without the coupons."""
    raw = export(method(1, "free_shipping", requires="coupon"), coupons=[])
    assert faults(raw) == [
        "zones[0].methods[0].settings.requires: needs a coupon, and none is known; "
        "add the coupons with free shipping to the export"
    ]

"""Imported policies price as their source does, for any table and any set of zones."""

from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.shipping.importers import (
    import_magento,
    import_woocommerce,
    magento_parity,
    to_toml,
    woocommerce_parity,
)
from checkout_kit.shipping.policy import ShippingPolicy

HEADS = {
    "goods": "Order Subtotal (and above)",
    "weight": "Weight (and above)",
    "quantity": "# of Items (and above)",
}
PLACES = [("*", "*", "*"), ("US", "*", "*"), ("US", "CA", "*"), ("US", "NY", "*"), ("US", "CA", "90210")]
PLACES += [
    ("US", "*", "90210"),
    ("US", "*", "10001"),
    ("US", "NY", "10001"),
    ("DE", "*", "*"),
    ("DE", "*", "10115"),
]


@given(
    measure=st.sampled_from(sorted(HEADS)),
    unit=st.sampled_from(["kg", "lb"]),
    rows=st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.sampled_from(["0", "0.5", "1", "2.25", "10", "49.99"]),
            st.integers(0, 3000),
        ),
        min_size=1,
        max_size=14,
        unique_by=lambda row: row[:2],
    ),
)
@settings(max_examples=150, deadline=None)
def test_any_table_rate_file_is_priced_alike(measure, unit, rows):
    """Whatever rows there are and wherever they begin, the policy gives the row the source would pick."""
    lines = [f"Country,Region/State,Zip/Postal Code,{HEADS[measure]},Shipping Price"]
    lines += [",".join((*place, value, f"{price / 100:.2f}")) for place, value, price in rows]
    text = "\n".join(lines)
    policy = ShippingPolicy.loads(to_toml(import_magento(text, currency="USD", weight_unit=unit).policy))
    report = magento_parity(text, policy, weight_unit=unit)
    assert report.differences == ()
    assert report.cases > 0


amounts = st.sampled_from(["", "0", "4.5", "4,5", "12"])
costs = st.lists(
    st.sampled_from(
        ["3", "1,25", "2 * [qty]", "[qty]*0.5", "[cost] * 0.1", '[fee percent="7.5" min_fee="2"]']
    ),
    max_size=3,
).map(" + ".join)
class_costs = st.lists(st.sampled_from(["3", "2 * [qty]", '[fee percent="5"]']), max_size=2, unique=True).map(
    " + ".join
)


@st.composite
def flat_rates(draw):
    """Settings of a flat rate; a base cost, so that no cart is left without one."""
    return {
        "title": "Flat",
        "cost": draw(costs.filter(bool)),
        "class_cost_12": draw(class_costs),
        "class_cost_13": draw(class_costs),
        "no_class_cost": draw(amounts),
        "type": draw(st.sampled_from(["class", "order"])),
    }


free_rates = st.fixed_dictionaries(
    {
        "title": st.just("Free"),
        "requires": st.sampled_from(["", "min_amount", "coupon", "either", "both"]),
        "min_amount": st.sampled_from(["0", "25", "49.99"]),
        "ignore_discounts": st.sampled_from(["yes", "no"]),
    }
)
LOCATIONS = [
    ("DE", "country"),
    ("EU", "continent"),
    ("US:CA", "state"),
    ("US", "country"),
    ("101*", "postcode"),
]


@given(
    zones=st.lists(
        st.tuples(
            st.lists(st.sampled_from(LOCATIONS[:4]), max_size=2, unique=True),
            st.booleans(),
            st.lists(
                flat_rates().map(lambda s: ("flat_rate", s)) | free_rates.map(lambda s: ("free_shipping", s)),
                max_size=2,
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_set_of_zones_is_priced_alike(zones):
    """Whatever zones overlap and whatever the costs say, the policy gives what the shop gives."""
    raw = {
        "currency": "EUR",
        "base_country": "DE",
        "shipping_classes": [{"id": 12, "slug": "bulky"}, {"id": 13, "slug": "fragile"}],
        "coupons": [{"code": "free", "free_shipping": True}],
        "zones": [
            {
                "id": number,
                "name": f"Zone {number}",
                "order": number,
                "locations": [
                    {"code": code, "type": kind}
                    for code, kind in [
                        *places,
                        *([LOCATIONS[4]] if by_code and ("DE", "country") in places else []),
                    ]
                ],
                "methods": [
                    {
                        "instance_id": 10 * number + i,
                        "method_id": kind,
                        "enabled": True,
                        "settings": {name: {"id": name, "value": value} for name, value in found.items()},
                    }
                    for i, (kind, found) in enumerate(methods)
                ],
            }
            for number, (places, by_code, methods) in enumerate(zones, start=1)
        ],
    }
    raw["zones"].append(
        {
            "id": 0,
            "locations": [],
            "methods": [{"instance_id": 1, "method_id": "local_pickup", "enabled": True, "settings": {}}],
        }
    )
    for zone in raw["zones"][:-1]:
        if ("101*", "postcode") in [(p["code"], p["type"]) for p in zone["locations"]]:
            zone["locations"] = [{"code": "DE", "type": "country"}, {"code": "101*", "type": "postcode"}]
    policy = ShippingPolicy.loads(to_toml(import_woocommerce(raw).policy))
    assert woocommerce_parity(raw, policy).differences == ()

"""Lint, one kind of finding each: a policy that is right, and the one change that spoils it."""

import copy

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.shipping.lint import Finding, lint_policy
from checkout_kit.shipping.policy import ShippingPolicy

CLEAN = {
    "currency": "USD",
    "origins": {"shop": {"timezone": "America/New_York", "works": "Mon-Fri", "cutoff": {"default": "14:00"}}},
    "zones": {
        "city": {"where": [{"country": "US", "postal_codes": ["100*", "112*"]}]},
        "home": {"where": [{"country": "US", "except_regions": ["AK"]}]},
    },
    "services": {"next-day": {"transit": "1 business day"}},
    "surcharges": {"fuel": {"percent": "12.5"}},
    "methods": [
        {
            "id": "parcel",
            "title": "Parcel",
            "zones": ["home"],
            "service": "next-day",
            "price": {
                "by": "weight",
                "tiers": [{"up_to": "1 kg", "price": "4.00"}, {"up_to": "5 kg", "price": "6.00"}],
                "above": {"price": "6.00", "per_kg": "1.10"},
            },
            "surcharges": ["fuel"],
        },
        {"id": "courier", "title": "Courier", "zones": ["city"], "price": "12.00"},
    ],
}


def at(policy, path):
    """The table and key that a dotted path with numbers leads to."""
    *steps, last = path.split("/")
    for step in steps:
        policy = policy[int(step) if step.isdigit() else step]
    return policy, (int(last) if last.isdigit() else last)


def changed(**changes):
    """The clean policy with some values set; `__` in a name stands for a step."""
    policy = copy.deepcopy(CLEAN)
    for path, value in changes.items():
        table, key = at(policy, path.replace("__", "/"))
        table[key] = value
    return policy


def told(policy):
    """Code and place of every finding."""
    return [(finding.severity, finding.code, finding.path) for finding in lint_policy(policy)]


def test_a_clean_policy_has_no_findings():
    """Lint is silent where there is nothing to say."""
    assert lint_policy(CLEAN) == ()


def test_a_price_function_with_something_always_due_is_clean():
    """A base, a price per item or a floor is enough, however light or cheap the order."""
    for due in ({"base": "2"}, {"per_item": "2"}, {"floor": "2"}):
        price = {"by": "formula", "per_kg": "1.20", **due}
        assert lint_policy(changed(methods__1__price=price)) == ()


def test_a_method_that_names_no_zone_uses_them_all():
    """A zone that only such a method serves is not unused."""
    policy = changed(zones__moon={"where": [{"country": "IS"}]})
    del policy["methods"][1]["zones"]
    assert told(policy) == []


def test_a_zone_inside_another_is_fine_where_no_method_prices_both():
    """Which of the two comes first decides nothing then."""
    zones = {
        "city": {"where": [{"country": "US", "regions": ["NY"]}]},
        "home": {"where": [{"country": "US"}]},
    }
    policy = changed(zones={**zones, "home": {**zones["home"], "priority": 1}})
    assert told(policy) == []
    rates = [{"zones": ["home"], "price": "9"}, {"zones": ["city"], "price": "7"}]
    policy["methods"][1] = {"id": "courier", "title": "Courier", "rates": rates}
    assert told(policy) == [("warning", "unreachable_zone", "zones.city")]


def test_names_are_checked_only_against_lists_that_are_there():
    """A policy that lists its channels may still use any shipping class."""
    condition = {"classes": ["bulky"], "channels": ["web"]}
    assert told(changed(channels=["web"], methods__0__when=condition)) == []


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"methods__0__price__tiers__1__price": "3.00"}, "price_falls", "methods[0].price.tiers[1].price"),
        ({"methods__0__price__tiers__0__price": "0"}, "free_by_accident", "methods[0].price.tiers[0].price"),
        ({"methods__0__price__tiers__1__up_to": "500 kg"}, "tier_jump", "methods[0].price.tiers[1]"),
        ({"methods__0__price__above": {"price": "5.00"}}, "price_falls", "methods[0].price.above.price"),
        ({"methods__0__price__above__per_kg": "0"}, "free_by_accident", "methods[0].price.above.per_kg"),
        (
            {"methods__1__price": {"by": "formula", "base": "0", "per_kg": "3"}},
            "free_by_accident",
            "methods[1].price",
        ),
        ({"methods__1__price": {"by": "percent", "percent": "5"}}, "free_by_accident", "methods[1].price"),
        (
            {"methods__1__price": {"by": "class", "classes": {"art": {"percent": "5"}}, "other": "4"}},
            "free_by_accident",
            "methods[1].price.classes.art",
        ),
        (
            {"methods__1__price": {"by": "item", "first": "0", "each": "2"}},
            "free_by_accident",
            "methods[1].price.first",
        ),
        (
            {"methods__0__when": {"weight": {"up_to": "900 g"}}},
            "unreachable_tier",
            "methods[0].price.tiers[1]",
        ),
        ({"methods__0__free_from": {"amount": "0"}}, "free_always", "methods[0].free_from"),
        (
            {"methods__0__free_from": {"amount": "9", "zones": ["city"]}},
            "free_never",
            "methods[0].free_from.zones",
        ),
        ({"zones__city__except": [{"country": "US"}]}, "unreachable_zone", "zones.city.except"),
        ({"zones__moon": {"where": [{"country": "IS"}]}}, "unused", "zones.moon"),
        (
            {"zones__city__where__0__postal_codes": ["100*", "10001"]},
            "shadowed_postal_code",
            "zones.city.where[0].postal_codes[1]",
        ),
        (
            {"overlap": "one zone", "zones__home": {"where": [{"country": "US"}], "priority": 1}},
            "unreachable_zone",
            "zones.city",
        ),
        ({"origins__shop__cutoff__default": "00:00"}, "early_cutoff", "origins.shop.cutoff"),
        (
            {"origins__shop__address": {"country": "DE"}, "origins__shop__timezone": "America/New_York"},
            "other_country",
            "origins.shop.timezone",
        ),
        (
            {"origins__shop__address": {"country": "US"}, "origins__shop__holidays": ["DE-BE", "2027-01-04"]},
            "other_country",
            "origins.shop.holidays",
        ),
        ({"origins__shop__cutoff__sun": "10:00"}, "idle_cutoff", "origins.shop.cutoff.sun"),
        (
            {"services__next-day__transit": "3-5 business days"},
            "name_and_transit",
            "services.next-day.transit",
        ),
        ({"services__next-day__transit": "1-90 calendar days"}, "long_time", "services.next-day.transit"),
        (
            {"services__next-day__dimensional_divisor": 139},
            "divisor_unit",
            "services.next-day.dimensional_divisor",
        ),
        ({"surcharges__fuel__percent": "1250"}, "percent_too_large", "surcharges.fuel.percent"),
        ({"surcharges__fuel__percent": "0"}, "does_nothing", "surcharges.fuel.percent"),
        ({"tax": {"prices": "included", "rate": "0.19"}}, "fraction", "tax.rate"),
        ({"default_item_weight": "500 kg"}, "default_weight", "default_item_weight"),
        (
            {"methods__1__surcharges": [{"amount": "1", "zones": ["home"]}]},
            "never_applies",
            "methods[1].surcharges[0].zones",
        ),
        ({"methods__1__when": {"zones": ["home"]}}, "unreachable_method", "methods[1].when.zones"),
        (
            {"promotions": [{"id": "p", "percent": "10", "methods": ["courier"], "zones": ["home"]}]},
            "never_applies",
            "promotions[0].zones",
        ),
        ({"promotions": [{"id": "p", "percent": "0.2"}]}, "fraction", "promotions[0].percent"),
        (
            {"promotions": [{"id": "p", "percent": "20", "codes": ["SAVE", "save "]}]},
            "repeated",
            "promotions[0].codes[1]",
        ),
    ],
)
def test_a_doubtful_policy_still_loads_and_is_warned_about(changes, code, place):
    """Each slip gives one warning of its kind at its place, and no error."""
    policy = changed(**changes)
    assert told(policy) == [("warning", code, place)]
    ShippingPolicy.from_dict(policy)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (
            {"methods__0__when": {"all": [{"weight": {"above": "5 kg"}}, {"weight": {"up_to": "2 kg"}}]}},
            "methods[0].when",
        ),
        ({"methods__0__when": {"classes": ["a"], "not": {"classes": ["a"]}}}, "methods[0].when"),
        ({"methods__0__when": {"channels": {"all": ["web", "app"]}}}, "methods[0].when"),
        (
            {"methods__0__when": {"weekdays": "Mon", "any": [{"weekdays": "Tue"}, {"weekdays": "Wed"}]}},
            "methods[0].when",
        ),
        (
            {"methods__1__minimum_order": "90", "methods__1__when": {"goods": {"below": "80"}}},
            "methods[1].minimum_order",
        ),
        (
            {
                "methods__1__when": {"weight": {"up_to": "2 kg"}},
                "methods__1__surcharges": [{"amount": "1", "when": {"weight": {"above": "3 kg"}}}],
            },
            "methods[1].surcharges[0].when",
        ),
        (
            {
                "methods__1__when": {
                    "all": [
                        {"weight": {"at_least": "3 kg"}},
                        {"weight": {"at_least": "1 kg"}},
                        {"weight": {"up_to": "2 kg"}},
                    ]
                },
            },
            "methods[1].when",
        ),
        (
            {
                "country_groups": {"isles": ["UK", "IE"]},
                "zones__isles": {"where": [{"group": "isles"}]},
                "methods__1__zones": ["city", "isles"],
            },
            "country_groups.isles[0]",
        ),
        ({"methods__0__zones": ["hoem"]}, "methods[0].zones[0]"),
        (
            {"shipping_classes": ["bulky"], "methods__0__when": {"classes": ["bulk"]}},
            "methods[0].when.classes",
        ),
        (
            {"shipping_classes": [], "methods__0__price": {"by": "class", "classes": {"a": "1"}}},
            "methods[0].price.classes.a",
        ),
        (
            {"channels": ["web"], "methods__0__when": {"not": {"channels": ["shop"]}}},
            "methods[0].when.not.channels",
        ),
        (
            {
                "customer_groups": ["trade"],
                "promotions": [{"id": "p", "percent": "5", "when": {"customer_groups": ["x"]}}],
            },
            "promotions[0].when.customer_groups",
        ),
        (
            {
                "shipping_classes": ["bulky"],
                "methods__0__free_from": {"amount": "9", "counts": {"classes": ["bilky"]}},
            },
            "methods[0].free_from.counts.classes[0]",
        ),
        ({"zones__city__where__0__postal_codes": ["SW1A 1AA"]}, "zones.city.where[0].postal_codes[0]"),
        ({"methods__0__price__tiers": []}, "methods[0].price.tiers"),
        ({"services__next-day__transit": "5-3 business days"}, "services.next-day.transit"),
    ],
)
def test_an_error_refuses_to_load_and_lint_and_loader_agree(changes, place):
    """The loader's faults and lint's errors are the same facts."""
    policy = changed(**changes)
    errors = [finding for finding in lint_policy(policy) if finding.severity == "error"]
    assert place in [error.path for error in errors]
    with pytest.raises(PolicyError) as caught:
        ShippingPolicy.from_dict(policy)
    faults = [(fault.path, fault.message, fault.found, fault.remedy) for fault in caught.value.faults]
    assert [(e.path, e.why, e.found, e.mend) for e in errors] == faults


def test_a_rule_for_several_rates_is_doubtful_only_if_it_is_so_for_all():
    """A threshold one rate's table cannot reach is fine while another rate can."""
    small = {"by": "goods", "tiers": [{"below": "50", "price": "9"}]}
    rates = [{"zones": ["city"], "price": small}, {"zones": ["home"], "price": "7"}]
    method = {"id": "m", "title": "M", "rates": rates, "free_from": "80"}
    policy = changed(methods=[CLEAN["methods"][0], method])
    assert told(policy) == []
    rates[1]["price"] = small
    assert told(policy) == [("warning", "free_never", "methods[1].free_from")]


def test_a_country_in_two_zones_that_are_priced_apart():
    """Where only the order of the zones decides the price, a word is in order; a priority settles it."""
    zones = {
        "benelux": {"where": [{"countries": ["BE", "NL"]}]},
        "west": {"where": [{"countries": ["NL", "FR"]}]},
    }
    rates = [{"zones": ["benelux"], "price": "9"}, {"zones": ["west"], "price": "7"}]
    method = {"id": "abroad", "title": "Abroad", "rates": rates}
    policy = changed(zones={**CLEAN["zones"], **zones}, methods=[*CLEAN["methods"], method])
    assert told(policy) == [("warning", "ambiguous_zones", "zones.west")]
    policy["zones"]["west"]["priority"] = 1
    assert told(policy) == []


def test_a_slot_without_room_is_pointed_out():
    """A capacity of zero offers nothing, ever."""
    window = {"days": "Mon", "from": "18:00", "to": "21:00", "capacity": 0}
    policy = changed(slots={"evening": {"timezone": "America/New_York", "windows": [window]}})
    assert told(policy) == [("warning", "no_room", "slots.evening.windows[0].capacity")]


@pytest.mark.parametrize("depth", [200, 400, 5000])
def test_conditions_nested_beyond_any_use_are_an_error_at_most(depth):
    """A hostile policy is refused with a place, never with an exhausted stack."""
    condition = {"weight": {"up_to": "5 kg"}}
    for _ in range(depth):
        condition = {"all": [condition]}
    findings = lint_policy(changed(methods__0__when=condition))
    assert all(finding.path.startswith("methods[0].when") for finding in findings)


def test_regret_in_goods_tiers():
    """Prices that fall and rise again with the order's value make a buyer regret an item."""
    tiers = [
        {"below": "50", "price": "9"},
        {"below": "100", "price": "4"},
        {"below": "200", "price": "7"},
    ]
    policy = changed(methods__1__price={"by": "goods", "tiers": tiers})
    assert told(policy) == [("warning", "threshold_regret", "methods[1].price.tiers[2].price")]


def test_dearer_tiers_for_dearer_goods_are_no_regret():
    """Insured delivery that costs more for more valuable goods is meant."""
    tiers = [{"below": "50", "price": "4"}, {"below": "100", "price": "7"}]
    assert told(changed(methods__1__price={"by": "goods", "tiers": tiers})) == []


def test_a_copied_method_is_a_twin():
    """A method that differs in nothing but its id is pointed out."""
    policy = changed(methods=[*CLEAN["methods"], {**CLEAN["methods"][1], "id": "courier-2"}])
    assert ("warning", "duplicate_method", "methods[2]") in told(policy)


def test_a_class_written_in_two_ways():
    """The rarer spelling is pointed out, digits and substitutions are not slips."""
    by_class = {"by": "class", "classes": {"bulky": "9", "size-s": "1", "size-m": "2"}, "other": "4"}
    policy = changed(methods__1__price=by_class, methods__0__when={"classes": {"none": ["bulkky"]}})
    assert told(policy) == [("warning", "misspelt", "methods[0].when.classes")]


def test_warnings_are_given_beside_errors():
    """A fault in one table does not hide a slip in another."""
    policy = changed(methods__1__price="-1", surcharges__fuel__percent="1250")
    assert [(s, p) for s, _, p in told(policy)] == [
        ("error", "methods[1].price"),
        ("warning", "surcharges.fuel.percent"),
    ]


def test_a_finding_reads_as_one_line_and_as_data():
    """Severity, kind, place, reason, value and remedy, in text and as JSON-ready data."""
    (finding,) = lint_policy(changed(surcharges__fuel__percent="1250"))
    assert str(finding) == (
        "warning percent_too_large surcharges.fuel.percent: over 100 %, found '1250'; check the decimal point"
    )
    assert finding.to_dict() == {
        "severity": "warning",
        "code": "percent_too_large",
        "place": "surcharges.fuel.percent",
        "why": "over 100 %",
        "found": "'1250'",
        "mend": "check the decimal point",
    }
    assert isinstance(finding, Finding)


def test_findings_come_in_the_policys_order():
    """Errors first; warnings as the policy lists its tables."""
    policy = changed(
        surcharges__fuel__percent="1250",
        origins__shop__cutoff__default="00:00",
        zones__moon={"where": [{"country": "IS"}]},
    )
    assert [path for _, _, path in told(policy)] == [
        "origins.shop.cutoff",
        "zones.moon",
        "surcharges.fuel.percent",
    ]


def test_one_title_for_each_origin_is_no_duplicate():
    """A method per warehouse carries the same name, and only one of them is offered for a package."""
    policy = copy.deepcopy(CLEAN)
    policy["origins"]["west"] = policy["origins"]["shop"] | {"timezone": "America/Los_Angeles"}
    policy["methods"].append(
        policy["methods"][1] | {"id": "courier-west", "origin": "west", "price": "13.00"}
    )
    assert [finding.code for finding in lint_policy(policy)] == []
    policy["methods"][-1]["origin"] = "shop"
    policy["methods"][1]["origin"] = "shop"
    assert "duplicate_method" in [finding.code for finding in lint_policy(policy)]


def test_postal_codes_where_mail_has_none():
    """A zone of postal codes in Hong Kong holds no address (spree asks the same of zone members)."""
    policy = copy.deepcopy(CLEAN)
    policy["zones"]["city"]["where"].append({"country": "HK", "postal_codes": ["999*"]})
    assert told(policy) == [("warning", "unreachable_zone", "zones.city.where[1].postal_codes")]

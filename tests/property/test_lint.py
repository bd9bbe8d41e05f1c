"""Lint and loader agree on every policy, however spoiled, and neither of them breaks."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.errors import PolicyError
from checkout_kit.shipping.lint import lint_policy
from checkout_kit.shipping.policy import ShippingPolicy

POLICY = {
    "currency": "USD",
    "currencies": {"EUR": {"rate": "0.92", "step": "0.05"}},
    "origins": {"shop": {"timezone": "America/New_York", "cutoff": {"default": "14:00", "fri": "12:00"}}},
    "zones": {
        "city": {"where": [{"country": "US", "postal_codes": ["100*", "90210..90299"]}], "priority": 1},
        "home": {"where": [{"country": "US", "except_regions": ["AK"]}]},
        "world": {"rest_of_world": True},
    },
    "services": {"next-day": {"transit": "1 business day", "dimensional_divisor": 5000}},
    "surcharges": {"fuel": {"percent": "12.5", "when": {"weight": {"above": "2 kg"}}}},
    "methods": [
        {
            "id": "parcel",
            "title": "Parcel",
            "service": "next-day",
            "rates": [
                {
                    "zones": ["home", "city"],
                    "price": {
                        "by": "billable weight",
                        "tiers": [{"up_to": "1 kg", "price": "4.00"}, {"up_to": "5 kg", "price": "6.00"}],
                        "above": {"price": "6.00", "per_kg": "1.10"},
                    },
                },
                {"zones": ["world"], "price": {"by": "item", "first": "9.00", "each": "2.00"}},
            ],
            "surcharges": ["fuel"],
            "free_from": {"amount": "60.00", "goods": "after discounts"},
        },
        {
            "id": "courier",
            "title": "Courier",
            "zones": ["city"],
            "price": {"by": "goods", "tiers": [{"below": "50", "price": "9"}], "above": {"price": "5"}},
            "when": {"any": [{"classes": ["bulky"]}, {"goods": {"at_least": "20", "up_to": "200"}}]},
            "minimum_order": "15",
        },
    ],
    "promotions": [{"id": "p", "percent": "20", "codes": ["SAVE"], "methods": ["parcel"]}],
    "tax": {"prices": "included", "rate": "8.875"},
}

TEXTS = ("", "0", "-1", "1e9", "x", "US", "UK", "5-3 business days", "50 kg")
TABLES = ({}, {"by": "weight"}, {"below": "1"}, {"any": []}, {"classes": ["a"], "not": {"classes": ["a"]}})
JUNK = st.sampled_from([None, 0, -1, 7, True, [], ["home"], [{}], *TEXTS, *TABLES])


def places(value, path=()):
    """The path of every value in the policy."""
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += places(inner, (*path, key))
    return found


@given(st.lists(st.tuples(st.sampled_from(places(POLICY)), JUNK | st.just("drop")), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_lint_errors_are_the_loaders_faults(changes):
    """For up to three spoiled values the two report the same facts, and a policy without errors loads."""
    policy = copy.deepcopy(POLICY)
    for path, junk in changes:
        here = policy
        try:
            for step in path[:-1]:
                here = here[step]
            if junk == "drop":
                del here[path[-1]]
            else:
                here[path[-1]] = junk
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    findings = lint_policy(policy)
    errors = [(f.path, f.why, f.found, f.mend) for f in findings if f.severity == "error"]
    try:
        ShippingPolicy.from_dict(policy)
        faults = []
    except PolicyError as error:
        faults = [(fault.path, fault.message, fault.found, fault.remedy) for fault in error.faults]
    assert errors == faults


def test_the_policy_to_be_spoiled_is_clean():
    """The starting point has no findings, so that every difference comes from what was spoiled."""
    assert lint_policy(POLICY) == ()

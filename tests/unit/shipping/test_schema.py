"""The printed JSON Schema shows an editor what the loader would refuse."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from checkout_kit.shipping import policy_schema

POLICIES = sorted((Path(__file__).parents[3] / "examples" / "policies").glob("*.toml"))


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.name)
def test_example_policies_satisfy_the_schema(path: Path) -> None:
    """Every example policy is valid by the schema that `checkout-kit schema` prints."""
    policy = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
    assert list(Draft202012Validator(policy_schema()).iter_errors(policy)) == []


@pytest.mark.parametrize(
    ("price", "is_valid"),
    [
        ("4.90", True),
        ({"USD": "4.90", "EUR": "4.50"}, True),
        ({}, False),
        ({"by": "wieght"}, False),
        ({"by": "percent"}, False),
        ({"XX": "1"}, False),
    ],
)
def test_a_misspelt_price_is_seen_in_an_editor(price: object, is_valid: bool) -> None:
    """An amount, or an amount per currency, is a price; a table without a known basis is not."""
    method = {"id": "m", "title": "M", "service": "s", "price": price}
    policy = {
        "currency": "USD",
        "origins": {"o": {"timezone": "UTC", "cutoff": "14:00"}},
        "zones": {"z": {"where": [{"country": "US"}]}},
        "services": {"s": {"transit": "2 business days"}},
        "methods": [method],
    }
    assert Draft202012Validator(policy_schema()).is_valid(policy) is is_valid

"""A policy that cannot be used lists every fault at the merchant's own path, and is refused."""

from pathlib import Path

import pytest

from checkout_kit.errors import PolicyError
from checkout_kit.shipping import ShippingPolicy
from tests.unit.shipping.shop import Table, mapping

FLAT = {"price": "5"}


def paths(document: Table) -> list[str]:
    """Where the faults of a policy are."""
    with pytest.raises(PolicyError) as caught:
        ShippingPolicy.from_dict(document)
    return [fault.path for fault in caught.value.faults]


def tiers(*bands: Table, **extra: object) -> Table:
    """A method priced by weight bands."""
    return {"price": {"by": "weight", "tiers": list(bands)} | extra}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ({}, "methods[0]"),
        ({"price": "5", "rates": [{"price": "5"}]}, "methods[0]"),
        ({"price": "5.005"}, "methods[0].price"),
        ({"price": 5.5}, "methods[0].price"),
        ({"price": "-1"}, "methods[0].price"),
        ({"price": {"EUR": "5"}}, "methods[0].price.EUR"),
        ({"price": {"by": "magic"}}, "methods[0].price.by"),
        (tiers(), "methods[0].price.tiers"),
        (
            tiers({"up_to": "1 kg", "price": "1"}, {"up_to": "1 kg", "price": "2"}),
            "methods[0].price.tiers[1].up_to",
        ),
        (
            tiers({"up_to": "2 kg", "price": "1"}, {"up_to": "1 kg", "price": "2"}),
            "methods[0].price.tiers[1].up_to",
        ),
        (
            tiers({"up_to": "1 kg", "price": "1"}, {"from": "2 kg", "up_to": "3 kg", "price": "2"}),
            "methods[0].price.tiers[1].from",
        ),
        (tiers({"price": "1"}), "methods[0].price.tiers[0]"),
        (tiers({"up_to": "1 kg", "price": "1"}, above={}), "methods[0].price.above"),
        (tiers({"below": "1 kg", "price": "1"}, above={"repeat": True}), "methods[0].price.above.repeat"),
        (
            {"price": {"by": "billable weight", "tiers": [{"up_to": "1 kg", "price": "1"}]}},
            "methods[0].price.by",
        ),
        ({"price": {"by": "class"}}, "methods[0].price"),
        ({"price": {"by": "formula"}}, "methods[0].price"),
        (
            {"price": {"by": "percent", "percent": "1", "floor": "5", "ceiling": "2"}},
            "methods[0].price.floor",
        ),
        ({"price": {"by": "item", "each": "5", "ceiling": "0"}}, "methods[0].price.ceiling"),
        (
            {"price": {"by": "weight card", "up_to": ["1 kg", "2 kg"], "zones": {"all": ["1"]}}},
            "methods[0].price.zones.all",
        ),
        (
            {"price": {"by": "weight card", "up_to": ["1 kg"], "zones": {"al": ["1"]}}},
            "methods[0].price.zones.al",
        ),
        (FLAT | {"zones": ["nowhere"]}, "methods[0].zones[0]"),
        (FLAT | {"service": "slow"}, "methods[0].service"),
        (FLAT | {"origin": "x"}, "methods[0].origin"),
        (FLAT | {"surcharges": ["fuel"]}, "methods[0].surcharges[0]"),
        (FLAT | {"surcharges": [{"title": "x"}]}, "methods[0].surcharges[0]"),
        (
            FLAT | {"surcharges": [{"amount": "1", "counts": {"skus": ["x"]}}]},
            "methods[0].surcharges[0].counts",
        ),
        (FLAT | {"when": {}}, "methods[0].when"),
        (FLAT | {"when": {"weight": {"at_least": "2 kg", "below": "1 kg"}}}, "methods[0].when.weight"),
        (FLAT | {"when": {"hours": {"from": "08:00", "to": "08:00"}}}, "methods[0].when.hours"),
        (FLAT | {"when": {"dates": {"from": "2026-02-01", "to": "2026-01-01"}}}, "methods[0].when.dates"),
        (FLAT | {"when": {"destination_kinds": ["boat"]}}, "methods[0].when.destination_kinds"),
        (FLAT | {"free_from": {"amount": "5", "codes": ["A"]}}, "methods[0].free_from"),
        (FLAT | {"free_from": {"needs": "code"}}, "methods[0].free_from.codes"),
        (FLAT | {"free_form": "5"}, "methods[0].free_form"),
        (FLAT | {"tax": "19"}, "methods[0].tax"),
        (FLAT | {"transit": "3 days"}, "methods[0].transit"),
        (FLAT | {"transit": "5-3 business days"}, "methods[0].transit"),
    ],
)
def test_a_faulty_method_is_named(method: Table, path: str) -> None:
    """Each fault is found at the very key that has to be mended."""
    assert path in paths(mapping(method))


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"timezone": "Mars"}, "timezone"),
        ({"origins": {}}, "origins"),
        ({"origins": {"o": {"timezone": "Mars", "cutoff": "14:00"}}}, "origins.o.timezone"),
        ({"origins": {"o": {"timezone": "UTC", "cutoff": "25:00"}}}, "origins.o.cutoff"),
        ({"origins": {"o": {"timezone": "UTC", "cutoff": {"mon": "10:00"}}}}, "origins.o.cutoff"),
        (
            {"origins": {"o": {"timezone": "UTC", "cutoff": "14:00", "holidays": "XX-YY"}}},
            "origins.o.holidays",
        ),
        ({"zones": {"all": {"where": [{}]}}}, "zones.all.where[0]"),
        ({"zones": {"all": {}}}, "zones.all.where"),
        ({"zones": {"all": {"where": [{"country": "XX"}]}}}, "zones.all.where[0].country"),
        ({"zones": {"all": {"where": [{"group": "moon"}]}}}, "zones.all.where[0].group"),
        (
            {"zones": {"all": {"where": [{"country": "US", "postal_codes": ["100*", "X1*"]}]}}},
            "zones.all.where[0].postal_codes[1]",
        ),
        (
            {"zones": {"all": {"where": [{"country": "US", "regions": ["Kent"]}]}}},
            "zones.all.where[0].regions[0]",
        ),
        ({"zones": {"all": {"where": [{"group": "EU", "regions": ["NY"]}]}}}, "zones.all.where[0].regions"),
        ({"zones": {"all": {"rest_of_world": True}, "b": {"rest_of_world": True}}}, "zones"),
        ({"promotions": [{"id": "p"}]}, "promotions[0]"),
        ({"promotions": [{"id": "p", "percent": "150"}]}, "promotions[0].percent"),
        ({"promotions": [{"id": "p", "percent": "5", "methods": ["x"]}]}, "promotions[0].methods[0]"),
        ({"tax": {"prices": "included"}}, "tax"),
        ({"currencies": {"ABC": {}}}, "currencies.ABC"),
        ({"currencies": {"EUR": {"rate": "0"}}}, "currencies.EUR.rate"),
        ({"currencies": {"EUR": {"rate": "1", "step": 0}}}, "currencies.EUR.step"),
        ({"currencies": {"EUR": {"rate": "1", "step": "0.005"}}}, "currencies.EUR.step"),
        ({"currencies": {"EUR": {"rate": "0.9", "step": "1000", "round": "down"}}}, "methods[0].price"),
        ({"currencies": {"EUR": {"rate": "0.0001"}}}, "methods[0].price"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_faulty_table_is_named(extra: dict[str, object], path: str) -> None:
    """The same beside the methods."""
    assert path in [found.removesuffix(".[key]") for found in paths(mapping(FLAT, **extra))]


def test_all_faults_come_together() -> None:
    """Faults of shape hide none of meaning: both kinds are listed, each at its place."""
    found = paths(
        mapping(
            {"id": "a", "price": "x"},
            FLAT | {"zones": ["nowhere"]},
            FLAT | {"service": "slow", "titel": "?"},
            zones={"all": {"where": [{"country": "US", "postal_codes": ["nope"]}]}},
        )
    )
    assert {"methods[0].price", "methods[1].zones[0]", "methods[2].titel"} <= set(found)
    assert "zones.all.where[0].postal_codes[0]" in found


def test_two_methods_of_one_id() -> None:
    """Ids are what a checkout stores, so they are unique."""
    assert paths(mapping(FLAT | {"id": "a"}, FLAT | {"id": "a"})) == ["methods[1].id"]


@pytest.mark.parametrize(
    ("text", "syntax", "words"),
    [
        ("currency = ", "toml", "not readable as TOML"),
        ('{"currency": "USD", "currency": "EUR"}', "json", "written twice"),
        ("[1]", "json", "not a table"),
        ("{", "json", "not readable as JSON"),
        ('{"a": ' * 100_000, "json", "not readable as JSON"),
    ],
)
def test_text_that_is_no_policy(text: str, syntax: str, words: str) -> None:
    """Broken text is one fault with the parser's own words, never a traceback."""
    with pytest.raises(PolicyError, match=words):
        ShippingPolicy.loads(text, syntax, source="shop")  # type: ignore[arg-type]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The message names the file."""
    missing = tmp_path / "shop.toml"
    with pytest.raises(PolicyError, match=r"shop\.toml: cannot be read"):
        ShippingPolicy.load(missing)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="cannot be read"):
        ShippingPolicy.load(tmp_path / "bytes.json")


def test_toml_and_json_are_the_same_policy(tmp_path: Path) -> None:
    """Equal content has an equal digest, whatever the format; bare decimals stay exact."""
    toml = tmp_path / "a.toml"
    toml.write_text(
        'currency="USD"\norigins.o={timezone="UTC",cutoff="14:00"}\nzones.z={rest_of_world=true}\n'
        '[[methods]]\nid="a"\ntitle="A"\nprice=3.90\n'
    )
    json = tmp_path / "b.json"
    json.write_text(
        '{"zones":{"z":{"rest_of_world":true}},"origins":{"o":{"timezone":"UTC","cutoff":"14:00"}},'
        '"currency":"USD","methods":[{"id":"a","title":"A","price":3.90}]}'
    )
    ours, theirs = ShippingPolicy.load(toml), ShippingPolicy.load(json)
    assert ours.digest == theirs.digest
    assert ours.id == f"policy-{ours.digest[:12]}"


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ({"price": 3.9}, "methods[0].price: not a decimal amount, found 3.9; write it in quotes"),
        ({"price": [1]}, "methods[0].price: should be a table of keys and values, found [1]"),
        ({"price": {}}, "methods[0].price.by: is required"),
        (FLAT | {"zones": "all"}, "methods[0].zones: should be a list, found 'all'"),
        (FLAT | {"title": 7}, "methods[0].title: should be a text, found 7"),
        (
            FLAT | {"when": {"quantity": {"up_to": "x"}}},
            "methods[0].when.quantity.up_to: should be a whole number",
        ),
    ],
)
def test_a_wrong_kind_of_value_is_told_in_a_merchants_words(method: dict[str, object], words: str) -> None:
    """No fault speaks of tuples, dictionaries or models."""
    with pytest.raises(PolicyError) as caught:
        ShippingPolicy.from_dict(mapping(method))
    assert words in str(caught.value)

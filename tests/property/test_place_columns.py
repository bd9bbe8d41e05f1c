"""The places of many addresses at once are the places of each."""

from random import Random

import pytest

from checkout_kit import Address
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.place_columns import list_places

COUNTRIES = ("US", "DE", "PT", "JP", "GB", "CA", "HK", "BR", "KR")
REGIONS = ("", "", "NY", "new york", "CA", "SP", "BY", "Oslo", "ON")


def random_digits(rng: Random, most: int) -> str:
    """Digits that often begin alike."""
    return "".join(rng.choice("0112") for _ in range(rng.randint(1, most)))


def random_places(rng: Random, country: str) -> dict[str, object]:
    """One `where` entry: a country, often with postal codes, a range or regions."""
    clause: dict[str, object] = {"country": country}
    kind = rng.random()
    if kind < 0.55 and country != "HK":
        codes = [random_digits(rng, 5) + "*" for _ in range(rng.randint(1, 4))]
        if rng.random() < 0.1 and country in {"US", "DE"}:
            codes.append("10000..11999")
        clause["postal_codes"] = codes if country not in {"GB", "CA"} else ["SW1*", "K1A*"]
    if country in {"US", "BR"} and rng.random() < 0.5:
        clause["regions"] = ["NY", "CA"] if country == "US" else ["SP"]
    return clause


def random_table(rng: Random) -> ShippingPolicy:
    """A policy of zones; its one method is of no interest."""
    zones: dict[str, object] = {
        f"z{i}": {"where": [random_places(rng, rng.choice(COUNTRIES)) for _ in range(rng.randint(1, 4))]}
        for i in range(rng.randint(1, 8))
    }
    if rng.random() < 0.5:
        zones["rest"] = {"rest_of_world": True}
    if rng.random() < 0.3:
        zones["all"] = {"where": [{"everywhere": True}]}
    return ShippingPolicy.from_dict(
        {
            "currency": "USD",
            "origins": {"o": {"timezone": "UTC", "cutoff": "14:00"}},
            "zones": zones,
            "methods": [{"id": "m", "title": "M", "zones": list(zones), "price": "1"}],
        }
    )


def random_address(rng: Random) -> Address:
    """Codes of all lengths, with separators, letters, other scripts' digits, or none."""
    digits = random_digits(rng, 9)
    usual = digits.ljust(5, "2")[:5]
    code = rng.choice([usual, usual, usual, usual, digits, f"{digits[:3]}-{digits[3:]}", "", "SW1A 1AA"])
    if rng.random() < 0.03:
        code = rng.choice(["\u0661\u0662\u0663\u0664\u0665", "K1A 0B1", "1" * 40, " 10001 "])
    return Address(country=rng.choice((*COUNTRIES, "FR")), postal_code=code, region=rng.choice(REGIONS))


@pytest.mark.parametrize("seed", range(40))
def test_many_at_once_are_as_each(seed: int) -> None:
    """Over random zones, whether the addresses are few or many."""
    rng = Random(seed)
    policy = random_table(rng)
    table = policy.engines["USD"].zones
    for count in (0, 1, 7, 800):
        addresses = [random_address(rng) for _ in range(count)]
        assert list_places(table, addresses).tolist() == [table.place(address) for address in addresses]


def test_each_way_of_looking_up_is_met() -> None:
    """The random cases meet zones by postal code, by region and none at all."""
    rng = Random(1)
    policy = random_table(rng)
    table = policy.engines["USD"].zones
    places = {table.place(random_address(rng)) for _ in range(600)}
    assert len(places) > 2

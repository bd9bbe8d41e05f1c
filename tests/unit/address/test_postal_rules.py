"""Merchant entries about postal codes."""

import pytest

from checkout_kit.address import PostalRule, postal_key
from checkout_kit.errors import InputError


@pytest.mark.parametrize(
    ("country", "entry", "inside", "outside"),
    [
        ("US", "10001", ["10001", "10001-1234"], ["10002"]),
        ("US", "100*", ["10001", "10099"], ["10101"]),
        ("US", "9021?", ["90210", "90219"], ["90220"]),
        ("US", "90210..90212", ["90210", "90212", "90212-9999"], ["90213", "90209"]),
        ("US", "90210...90212", ["90211"], ["90213"]),
        ("US", "90210..", ["90210", "99999"], ["90209"]),
        ("CA", "K1A", ["K1A 0B1"], ["K1B 0B1"]),
        ("CA", "K1A*", ["k1a0b1"], ["K2A 0B1"]),
        ("CA", "K?A*", ["K1A 0B1", "K9A 0B1"], ["L1A 0B1"]),
        ("CA", "A0A..B9Z", ["A1B 2C3", "B9Z 9Z9"], ["C0A 1A0"]),
        ("NL", "1000AA..1099ZZ", ["1012 AB", "1099 ZZ"], ["1100 AA"]),
        ("NL", "3852", ["3852 GC"], ["3853 AA"]),
        ("PT", "1000..1999", ["1000-205", "1999-999"], ["2000-001"]),
        ("GB", "SW1A", ["SW1A 1AA"], ["SW1B 1AA", "SW1 1AA"]),
        ("GB", "SW1", ["SW1A 1AA", "SW1 1AA"], ["SW10 1AA"]),
        ("GB", "SW1*", ["SW1A 1AA", "SW1 1AA", "SW10 1AA"], ["SW2 1AA"]),
        ("GB", "CR0*", ["CR0 4AB"], ["CR4 1AA"]),
        ("GB", "N1 *", ["N1 1AA"], ["N1C 4AG", "N10 1AA"]),
        ("GB", "N1 1*", ["N1 1AA"], ["N1 2AA", "N11 1AA"]),
        ("GB", "S*", ["S1 1AA", "SW1A 1AA"], ["T1 1AA"]),
        ("GB", "S", ["S1 1AA"], ["SW1A 1AA"]),
        ("GB", "SW?", ["SW1 1AA", "SW1A 1AA", "SW9 1AA"], ["SW10 1AA"]),
        ("GB", "SW1..SW9", ["SW1A 1AA", "SW9 9ZZ"], ["SW10 1AA"]),
        ("GB", "BH16 7HA..BH16 7HG", ["BH16 7HF"], ["BH16 7HZ"]),
        ("GB", "BH16 7HA..", ["BH16 7HZ", "BH99 1AA"], ["BL1 1AA"]),
        ("GB", "BFPO*", ["BFPO 61"], ["B1 1AA"]),
        ("IE", "D02", ["D02 XY45"], ["D04 XY45"]),
        ("LV", "LV-10*", ["LV-1010", "1010"], ["LV-2010"]),
        ("ZZ", "AB*", ["ab 12"], ["AC 12"]),
    ],
)
def test_an_entry_holds_what_it_says(country: str, entry: str, inside: list[str], outside: list[str]) -> None:
    """Codes, parts, wildcards and ranges match by the country's own structure, ends included."""
    rule = PostalRule.parse(country, entry)
    assert [code for code in inside if not rule.matches(postal_key(country, code))] == []
    assert [code for code in outside if rule.matches(postal_key(country, code))] == []


@pytest.mark.parametrize(
    ("country", "entry", "message"),
    [
        ("US", "1*0", "not a postal code pattern"),
        ("US", "*", "not a postal code pattern"),
        ("US", "", "not a postal code pattern"),
        ("US", "100", "matches no postal code of US"),
        ("US", "K1A*", "matches no postal code of US"),
        ("GB", "9999 999", "matches no postal code of GB"),
        ("GB", "S????", "too many '?'"),
        ("US", "{0.x}1?", "matches no postal code of US"),
        ("LV", "LV-*", "matches no postal code of LV"),
        ("US", "90212..90210", "ends before it starts"),
        ("US", "..90210", "a postal code at each end"),
        ("GB", "SW1..W9", "one postcode area"),
    ],
)
def test_an_entry_that_can_match_nothing_is_refused(country: str, entry: str, message: str) -> None:
    """A dead entry would silently withhold shipping, so compiling it names the place and the text."""
    with pytest.raises(InputError) as caught:
        PostalRule.parse(country, entry, path="zones.metro.where[0].postal_codes[1]")
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.path == "zones.metro.where[0].postal_codes[1]"
    assert entry in fault.found


@pytest.mark.parametrize(
    ("entry", "part", "certain", "possible"),
    [
        ("SW1A", "SW1A", True, True),
        ("SW1A 1*", "SW1A", False, True),
        ("SW1A..SW1E", "SW1", False, True),
        ("SW1A..SW1E", "SW1B", True, True),
        ("SW1A..SW1E", "SW2", False, False),
        ("SW1*", "SW", False, True),
    ],
)
def test_a_redacted_code_matches_certainly_or_possibly(
    entry: str, part: str, certain: bool, possible: bool
) -> None:
    """A wallet's outward code is inside for certain only when every code it may become is."""
    rule = PostalRule.parse("GB", entry)
    key = postal_key("GB", part)
    assert (rule.matches(key), rule.may_match(key)) == (certain, possible)


@pytest.mark.parametrize(
    ("country", "text", "remedy"),
    [
        ("US", "90210-90215", "write '90210..90215' for a range"),
        ("DE", "01000 - 01999", "write '01000..01999' for a range"),
        ("US", "902", "write '902*' for every code that begins so"),
    ],
)
def test_the_remedy_is_what_was_meant(country: str, text: str, remedy: str) -> None:
    """Two codes with a dash between them are a range written otherwise."""
    with pytest.raises(InputError) as caught:
        PostalRule.parse(country, text)
    assert caught.value.faults[0].remedy == remedy

"""Checking and tidying addresses."""

import pytest
from attrs import evolve

from checkout_kit.address import Address, check_address, normalise_address

HOME = Address(
    country="US", name="Eva Cruz", line1="9 Oak Ave", city="Austin", region="TX", postal_code="73301"
)


def paths(address: Address, *, partial: bool = False) -> list[str]:
    """Where the faults lie."""
    return [fault.path for fault in check_address(address, path="to", partial=partial)]


def test_a_whole_address_has_no_fault() -> None:
    """Nothing is found where nothing is wrong, whichever way the region is written."""
    assert [paths(evolve(HOME, region=region)) for region in ("TX", "Texas", "US-TX")] == [[], [], []]


def test_all_faults_are_found_together() -> None:
    """Missing fields, an unknown region and an impossible code are reported in one go."""
    wrong = evolve(HOME, line1=" ", city="", region="Ontario", postal_code="7330")
    assert paths(wrong) == ["to.line1", "to.city", "to.region", "to.postal_code"]


@pytest.mark.parametrize("country", ["ZZ", "us", "", "United States"])
def test_an_unknown_country_is_the_only_fault(country: str) -> None:
    """Without a country no other rule applies."""
    (fault,) = check_address(evolve(HOME, country=country))
    assert (fault.path, fault.found) == ("address.country", repr(country))


@pytest.mark.parametrize(
    ("country", "missing"),
    [
        ("HK", ["to.line1", "to.region"]),
        ("GB", ["to.line1", "to.city", "to.postal_code"]),
        ("SG", ["to.line1", "to.postal_code"]),
        ("IE", ["to.line1", "to.city"]),
        ("JP", ["to.line1", "to.region", "to.postal_code"]),
    ],
)
def test_what_is_required_depends_on_the_country(country: str, missing: list[str]) -> None:
    """A bare country lacks exactly what its post asks for."""
    assert paths(Address(country=country)) == missing


@pytest.mark.parametrize(
    ("country", "postal_code", "faults"),
    [
        ("GB", "SW1A", []),
        ("CA", "K1A", []),
        ("US", "733", []),
        ("US", "", []),
        ("GB", "9999 999", ["to.postal_code"]),
        ("CA", "733", ["to.postal_code"]),
        ("US", "733011", ["to.postal_code"]),
    ],
)
def test_a_partial_address_may_lack_fields_but_not_be_impossible(
    country: str, postal_code: str, faults: list[str]
) -> None:
    """A wallet's truncated code is enough for a quote; one that can become no code is not."""
    assert paths(Address(country=country, postal_code=postal_code), partial=True) == faults


def test_a_region_is_free_text_where_mail_needs_none() -> None:
    """Ireland's counties are known but not required, so an unknown one is accepted."""
    address = Address(country="IE", line1="1 Main St", city="Bray", region="Leinster")
    assert paths(address) == []


def test_faults_never_show_a_name_or_a_street() -> None:
    """Only the country, region and postal code may reach a log."""
    secret = "Secretperson"
    wrong = Address(
        country="US", name=secret + "\x00", line1=secret * 40, line2=f"{secret}\n", city=secret, phone=secret
    )
    faults = check_address(wrong)
    assert [fault.path for fault in faults][:3] == ["address.name", "address.line1", "address.line2"]
    assert [str(fault) for fault in faults if secret in str(fault)] == []


def test_tidying_keeps_what_it_cannot_recognise() -> None:
    """Blanks, case, region and postal code come to one form; unknown words stay as typed."""
    typed = evolve(HOME, country="us", line1=" 9  Oak\nAve ", region="texas", postal_code="73301 1234")
    assert normalise_address(typed) == evolve(HOME, postal_code="73301-1234")
    odd = evolve(HOME, region="Lone  Star", postal_code="n/a")
    assert normalise_address(odd) == evolve(HOME, region="Lone Star", postal_code="N/A")


@pytest.mark.parametrize(
    ("country", "region", "postal_code", "is_possible"),
    [
        ("US", "NY", "10001", True),
        ("US", "New York", "06390", True),
        ("US", "NY", "99501", False),
        ("US", "AK", "99501-1234", True),
        ("CA", "ON", "K1A 0B1", True),
        ("CA", "ON", "V5K 0A1", False),
        ("AU", "NSW", "2000", True),
        ("AU", "NSW", "3000", False),
        ("JP", "東京都", "100-0001", True),
        ("DE", "Bayern", "10115", True),
    ],
)
def test_a_postal_code_lies_in_its_region(
    country: str, region: str, postal_code: str, *, is_possible: bool
) -> None:
    """Prices go by the region and parcels by the code, so where mail needs both they have to agree."""
    address = Address(country=country, line1="1 Oak St", city="X", region=region, postal_code=postal_code)
    assert [fault.path for fault in check_address(address)] == (
        [] if is_possible else ["address.postal_code"]
    )
    assert check_address(address, partial=True) == ()

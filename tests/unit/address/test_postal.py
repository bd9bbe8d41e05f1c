"""Normal forms and keys of postal codes."""

import pytest

from checkout_kit.address import compact_postal_code, normalise_postal_code, postal_key


@pytest.mark.parametrize(
    ("country", "written", "normal"),
    [
        ("GB", " sw1a1aa ", "SW1A 1AA"),
        ("GB", "n1 9rt", "N1 9RT"),
        ("GB", "bfpo61", "BFPO 61"),
        ("GB", "gir0aa", "GIR 0AA"),
        ("JE", "je23ab", "JE2 3AB"),
        ("NL", "3852gc", "3852 GC"),
        ("CA", "k1a-0b1", "K1A 0B1"),
        ("PT", "1000205", "1000-205"),
        ("IE", "a65f4e2", "A65 F4E2"),
        ("PL", "00950", "00-950"),
        ("BR", "01310100", "01310-100"),
        ("JP", "〒１００－０００１", "100-0001"),
        ("KR", "03051", "03051"),
        ("SE", "11455", "114 55"),
        ("SE", "SE-114 55", "114 55"),
        ("CZ", "61200", "612 00"),
        ("SK", "99141", "991 41"),
        ("GR", "15124", "151 24"),
        ("LV", "1010", "LV-1010"),
        ("LV", "lv 1010", "LV-1010"),
        ("US", "100011234", "10001-1234"),
        ("US", "10001", "10001"),
        ("IN", "110 001", "110001"),
        ("DE", "D-80331", "80331"),
        ("CH", "CH-8001", "8001"),
        ("KY", "ky1 1100", "KY1-1100"),
        ("AD", "500", "AD500"),
        ("AR", "c1425 cla", "C1425CLA"),
        ("FK", "fiqq1zz", "FIQQ 1ZZ"),
        ("PE", "lima  23", "LIMA 23"),
        ("IR", "١١٩٣٦١٢٣٤٥", "11936-12345"),
        ("ZZ", "anything  1", "ANYTHING 1"),
    ],
)
def test_each_country_writes_its_codes_one_way(country: str, written: str, normal: str) -> None:
    """However a code is typed, its normal form is the country's own, and stays so when normalised again."""
    assert normalise_postal_code(country, written) == normal
    assert normalise_postal_code(country, normal) == normal


@pytest.mark.parametrize(
    ("country", "partial"),
    [
        ("GB", "SW1A"),
        ("GB", "N1 1"),
        ("CA", "K1A"),
        ("NL", "3852"),
        ("US", "100"),
        ("PT", "1000"),
        ("GB", ""),
    ],
)
def test_a_partial_code_stays_partial(country: str, partial: str) -> None:
    """What a wallet redacts is not filled in or split at the wrong place."""
    assert normalise_postal_code(country, partial) == partial


def test_compact_form_keeps_only_letters_and_digits() -> None:
    """A rule prefix is trimmed, upper-cased and stripped of separators."""
    assert compact_postal_code(" sw1-a ") == "SW1A"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("SW2 1AA", "SW10 1AA"), ("N1 9ZZ", "N1C 4AG"), ("N1C 4AG", "N2 8AA"), ("E1 1AA", "EC1A 1BB")],
)
def test_british_keys_sort_by_area_number_and_letter(earlier: str, later: str) -> None:
    """District 10 comes after district 2, and a lettered district after its plain one."""
    assert postal_key("GB", earlier) < postal_key("GB", later)


def test_a_space_settles_an_ambiguous_british_part() -> None:
    """`N1 1` is a sector of N1 while `N11` is another district."""
    assert postal_key("GB", "N1 1AA").startswith(postal_key("GB", "N1 1"))
    assert not postal_key("GB", "N1 1AA").startswith(postal_key("GB", "N11"))

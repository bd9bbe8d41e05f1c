"""One merchant entry about postal codes (`100*`, `SW1A`, `9021?`, `90210..90299`), compiled to keys."""

import re
from collections.abc import Iterator
from itertools import islice, product
from string import ascii_uppercase, digits

from attrs import frozen

from checkout_kit.address.national import country_rules, is_plausible_postal_code
from checkout_kit.address.postal import BRITISH, compact_postal_code, postal_key, split_british
from checkout_kit.errors import InputError

# National parts that name an area on their own: a Canadian FSA, a Dutch district, an Irish routing key.
_PARTS = {
    "BR": r"\d{5}",
    "CA": r"[A-Z]\d[A-Z]",
    "IE": r"[A-Z]\d[\dW]",
    "JP": r"\d{3}",
    "NL": r"\d{4}",
    "PT": r"\d{4}",
}
_SHAPES = {"CA": "A0A0A0", "NL": "0000AA"}
_MOST_EXPANSIONS = 1_296
# Sorts after every letter and digit, so that a bound covers all codes that begin with it.
_LAST = "~"


@frozen
class PostalRule:
    """Either key prefixes, or the inclusive bounds of a range; both compare with a `postal_key`.

    `high` is already padded, so that `low <= key <= high` decides for a complete code.
    """

    prefixes: tuple[str, ...] = ()
    low: str = ""
    high: str = ""

    @classmethod
    def parse(cls, country: str, text: str, *, path: str = "postal_codes") -> "PostalRule":
        """Compile one entry: a code or a national part of one, a `*` or `?` pattern, or a `..` range.

        A code covers whatever it begins (`10001` covers `10001-1234`, `SW1` covers `SW1A 1AA` and no `SW10`);
        `*` stands for any ending of the text, `?` for one character.

        Raises:
            InputError: the entry can match no code of the country, or is written in another form.

        >>> sw10 = postal_key("GB", "SW10 9AA")
        >>> PostalRule.parse("GB", "SW1*").matches(sw10), PostalRule.parse("GB", "SW1").matches(sw10)
        (True, False)
        """
        entry = text.strip().upper()
        if ".." in entry:
            start, _, end = entry.replace("...", "..").partition("..")
            return cls.between(country, start, end or None, path=path)
        body = entry.removesuffix("*")
        if "*" in body or not compact_postal_code(body.replace("?", "")):
            remedy = "write one '*', at the end: '100*'"
            raise InputError.of(path, "not a postal code pattern", found=text, remedy=remedy)
        codes = (body,) if "?" not in body else _expand(country, body)
        if len(codes) > _MOST_EXPANSIONS:
            raise InputError.of(path, "too many '?'", found=text, remedy="use '*' for any ending")
        find = _open_prefixes if entry.endswith("*") else _code_prefixes
        keys = tuple(dict.fromkeys(key for code in codes for key in find(country, code) if key))
        if not keys:
            remedy = _meant(country, body) if find is _code_prefixes else ""
            raise InputError.of(path, f"matches no postal code of {country}", found=text, remedy=remedy)
        return cls(prefixes=keys)

    @classmethod
    def between(
        cls, country: str, start: str, end: str | None, *, path: str = "postal_codes"
    ) -> "PostalRule":
        """An inclusive range that also holds whatever its ends begin; `end` None leaves it open above.

        A British range stays in one area: neither `SW1..W9` nor `SW1..` reaches into another.

        Raises:
            InputError: an end is no code, the range is empty, or the British areas differ.

        >>> PostalRule.between("PL", "63-200", "63-650").matches(postal_key("PL", "64-620"))
        False
        """
        found = f"{start}..{end or ''}"
        if not compact_postal_code(start) or (end is not None and not compact_postal_code(end)):
            raise InputError.of(path, "a range needs a postal code at each end", found=found)
        low = postal_key(country, start)
        high = _LAST if end is None else postal_key(country, end) + _LAST
        if country in BRITISH:
            areas = {_british_area(bound) for bound in (start, end) if bound is not None}
            if len(areas) > 1 or not all(areas):
                remedy = "give each area its own range, or list areas as prefixes: 'SW*'"
                raise InputError.of(
                    path, "a range must stay in one postcode area", found=found, remedy=remedy
                )
            high = areas.pop() + _LAST if end is None else high
        if low > high:
            raise InputError.of(path, "the range ends before it starts", found=found)
        return cls(low=low, high=high)

    def matches(self, key: str) -> bool:
        """Whether the code with this key, and every code that a partial one may become, is inside."""
        if self.prefixes:
            return key.startswith(self.prefixes)
        return self.low <= key and key + _LAST <= self.high

    def may_match(self, key: str) -> bool:
        """Whether the code with this key is inside, or a partial one may become a code that is."""
        if self.prefixes:
            return key.startswith(self.prefixes) or any(prefix.startswith(key) for prefix in self.prefixes)
        return self.low <= key + _LAST and key <= self.high


def _meant(country: str, entry: str) -> str:
    """What an entry that matches nothing was probably meant to be."""
    start, dash, end = (part.strip() for part in entry.partition("-"))
    if dash and all(_code_prefixes(country, code) for code in (start, end)):
        return f"write '{start}..{end}' for a range"
    return f"write {entry + '*'!r} for every code that begins so"


def _british_area(text: str) -> str:
    parts = split_british(text)
    return parts[0].ljust(2) if parts else ""


def _code_prefixes(country: str, code: str) -> Iterator[str]:
    """The key of a complete code or of a national part, if it is one."""
    if country in BRITISH:
        parts = split_british(code)
        if parts is not None and not parts[3]:
            yield parts[0].ljust(2) if not parts[1] else postal_key(country, code)
            return
    key = postal_key(country, code)
    part = _PARTS.get(country)
    if is_plausible_postal_code(country, code) or (part is not None and re.fullmatch(part, key)):
        yield key


def _open_prefixes(country: str, text: str) -> Iterator[str]:
    """The keys of everything whose text begins so: `SW1*` is SW1, SW1A and SW10 to SW19."""
    if country not in BRITISH:
        key = postal_key(country, text)
        if not (_is_numeric(country) and not key.isdigit()):
            yield key
        return
    parts = split_british(text)
    if parts is None:
        if text.startswith(("BFPO", "GIR")):
            yield compact_postal_code(text)
        return
    area, district, sub, inward = parts
    if not district:
        yield area
    elif sub or inward or len(district) == 2:
        yield postal_key(country, text)
    elif text != text.rstrip():
        yield postal_key(country, text) + " "
    else:
        yield postal_key(country, text)
        # No district number begins with 0 and has two digits.
        if district != "0":
            yield area.ljust(2) + district


def _expand(country: str, text: str) -> tuple[str, ...]:
    """The text with each `?` replaced by every character its place can hold, cut off beyond the most."""
    place = 0
    choices: list[str] = []
    for char in text:
        choices.append(_characters(country, place) if char == "?" else char)
        place += char not in " -"
    return tuple(map("".join, islice(product(*choices), _MOST_EXPANSIONS + 1)))


def _characters(country: str, place: int) -> str:
    if _is_numeric(country):
        return digits
    shape = _SHAPES.get(country, "")
    if place < len(shape):
        return digits if shape[place] == "0" else ascii_uppercase
    return digits + ascii_uppercase


def _is_numeric(country: str) -> bool:
    rules = country_rules(country)
    return rules is not None and rules.has_numeric_codes

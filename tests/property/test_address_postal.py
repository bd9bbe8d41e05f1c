"""Postal keys and rules against slow, independent readings of the same words."""

import re
from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.address import PostalRule, is_country, normalise_postal_code, postal_key

countries = st.sampled_from(
    ["GB", "JE", "US", "CA", "NL", "PT", "JP", "LV", "KY", "DE", "HK", "ZZ", "IE", "AR"]
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=14)

areas = st.sampled_from(["N", "S", "W", "E", "B", "SW", "SE", "EC", "CR", "BH"])
districts = st.integers(0, 99).map(str)
subs = st.sampled_from(["", "", "A", "C", "Y"])
inwards = st.builds("{}{}{}".format, st.integers(0, 9), st.sampled_from("ABDZ"), st.sampled_from("ABDZ"))
british = st.tuples(areas, districts, subs, inwards)


def written(parts: tuple[str, str, str, str]) -> str:
    """A British code as on an envelope."""
    return f"{parts[0]}{parts[1]}{parts[2]} {parts[3]}"


def rank(parts: tuple[str, str, str, str]) -> tuple[str, int, str, str]:
    """The order the oracle puts British codes in: district numbers as numbers."""
    return parts[0], int(parts[1]), parts[2], parts[3]


@given(country=countries, text=texts)
def test_normal_forms_are_stable_and_total(country: str, text: str) -> None:
    """Normalising twice changes nothing and keeps the key; no text at all is an error."""
    once = normalise_postal_code(country, text)
    assert normalise_postal_code(country, once) == once
    assert postal_key(country, once) == postal_key(country, text)
    assert not re.search("[a-z -]", postal_key(country, text).replace(" ", "", 2))


@given(code=british, start=british, end=british)
def test_british_ranges_agree_with_an_order_by_numbers(
    code: tuple[str, str, str, str], start: tuple[str, str, str, str], end: tuple[str, str, str, str]
) -> None:
    """Within one area, inside means: not before the start and not after the end."""
    start, end = sorted(((code[0], *start[1:]), (code[0], *end[1:])), key=rank)
    rule = PostalRule.between("GB", written(start), written(end))
    inside = rank(start) <= rank(code) <= rank(end)
    key = postal_key("GB", written(code))
    assert rule.matches(key) == rule.may_match(key) == inside


@given(code=british, cut=st.integers(1, 8))
def test_british_stars_agree_with_shell_patterns(code: tuple[str, str, str, str], cut: int) -> None:
    """A text and a star match what a shell would match in the code as it is written."""
    text = written(code)
    pattern = text[:cut] + "*"
    rule = PostalRule.parse("GB", pattern)
    for other in ("SW1A 1AA", "SW1 1AA", "SW10 1AA", "SW11 1AA", "S1 1AA", "N1 1AA", "N1C 4AG", text):
        assert rule.matches(postal_key("GB", other)) == fnmatchcase(other, pattern), (pattern, other)


@given(number=st.integers(0, 99_999), low=st.integers(0, 99_999), high=st.integers(0, 99_999))
def test_numeric_ranges_agree_with_integers(number: int, low: int, high: int) -> None:
    """Codes of fixed length compare as the numbers they look like, leading zeros included."""
    low, high = sorted((low, high))
    rule = PostalRule.between("US", f"{low:05}", f"{high:05}")
    assert rule.matches(postal_key("US", f"{number:05}")) == (low <= number <= high)
    assert rule.matches(postal_key("US", f"{number:05}-1234")) == (low <= number <= high)


@given(
    code=st.from_regex(r"[0-9]{5}", fullmatch=True),
    pattern=st.from_regex(r"[0-9]{1,3}[0-9?]{2}", fullmatch=True),
)
def test_question_marks_agree_with_shell_patterns(code: str, pattern: str) -> None:
    """Each `?` stands for exactly one digit."""
    pattern = pattern.rjust(5, "1")
    rule = PostalRule.parse("US", pattern)
    assert rule.matches(postal_key("US", code)) == fnmatchcase(code, pattern)


@given(code=british, cut=st.integers(0, 3), bound=british)
def test_a_partial_code_is_possible_whenever_a_completion_is_inside(
    code: tuple[str, str, str, str], cut: int, bound: tuple[str, str, str, str]
) -> None:
    """A redacted code never loses an answer its full form would have, and certainty always holds."""
    full = postal_key("GB", written(code))
    partial = postal_key("GB", "".join(code[:cut]))
    bound = (code[0], *bound[1:])
    for rule in (
        PostalRule.parse("GB", f"{bound[0]}{bound[1]}*"),
        PostalRule.between("GB", written(bound), None),
    ):
        if rule.matches(full):
            assert rule.may_match(partial)
        if cut and rule.matches(partial):
            assert rule.matches(full)


@given(text=texts)
def test_no_text_makes_the_country_lookup_touch_another_file(text: str) -> None:
    """Only two upper-case letters can be a country, whatever is typed."""
    assert not is_country(text) or re.fullmatch("[A-Z]{2}", text)

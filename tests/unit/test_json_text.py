"""JSON as merchants write it: exact decimals, no name twice, and refusals in plain words."""

import pytest

from checkout_kit.json_text import read_json_text


def test_decimals_and_constants_stay_text() -> None:
    """No amount becomes a binary float, and NaN is a text that no number field takes."""
    assert read_json_text('{"a": 3.90, "b": NaN, "c": 1e400, "d": 7}') == {
        "a": "3.90",
        "b": "NaN",
        "c": "1e400",
        "d": 7,
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "a": 2}', "'a' is written twice"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5_000, "thousands of digits"),
        (b'{"a": "\xff"}', "byte 8 is not UTF-8"),
        ("{\n  a}", "line 2, column 3"),
    ],
)
def test_refusals_in_plain_words(text: str | bytes, why: str) -> None:
    """Whatever cannot be read says why, without the parser's own vocabulary."""
    with pytest.raises(ValueError, match=why) as caught:
        read_json_text(text)
    assert "recursion" not in str(caught.value)
    assert "sys." not in str(caught.value)

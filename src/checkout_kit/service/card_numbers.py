"""Card numbers where none belong: in a token, a label or a note."""

import re
from typing import Final

# Groups of digits with single spaces or dashes between them, as cards print them and people type them.
_RUN: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_FIRST: Final = frozenset("23456")


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits in a row begin like a card's and end in its check digit.

    Source: ISO/IEC 7812-1:2017, annex B (Luhn).

    >>> holds_card_number("visa 4111 1111 1111 1111"), holds_card_number("4111 1111 1111 1112")
    (True, False)
    """
    if len(text) < 13:
        return False
    for found in _RUN.findall(text):
        digits = [int(char) for char in found if char.isdigit()]
        doubled = [2 * d - 9 * (d > 4) for d in digits[-2::-2]]
        if found[0] in _FIRST and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return True
    return False

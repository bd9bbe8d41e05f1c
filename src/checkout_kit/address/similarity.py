"""How far two normal forms lie apart, in the mistakes people make when they type an address again."""

from collections.abc import Callable
from itertools import chain

from checkout_kit.address.content import Content
from checkout_kit.address.national import country_rules
from checkout_kit.address.streets import spellings

_MOST_DIFFERENCES = 4
_MOST_LEFT_OVER = 2
# Beyond what any address holds; comparing grows with the square, and hostile text must stay cheap.
_LONGEST = 200
_MOST_WORDS = 40
_ADDITIONS = frozenset({"bis", "ter", "quater"})


def differences(saved: Content, typed: Content) -> tuple[str, ...] | None:
    """The fields that differ although both may be one address, or None for another address.

    Another country, house or door number, town, postal area or person makes it another address.
    """
    if saved.country != typed.country or _numbers(saved) != _numbers(typed):
        return None
    if saved.street.doors and typed.street.doors and saved.street.doors != typed.street.doors:
        return None
    if bool(saved.street.doors) == bool(typed.street.doors) and _is_elsewhere(saved, typed):
        return None
    found: list[str] = []
    for field, judge in _JUDGES:
        verdict = judge(saved, typed)
        if verdict is None:
            return None
        if verdict:
            found.append(field)
    return tuple(found) if len(found) <= _MOST_DIFFERENCES else None


def is_typo(one: str, other: str) -> bool:
    """Whether a slip or two of the finger turns one word into the other; the longer the word, the more.

    >>> is_typo("austin", "autsin"), is_typo("oak", "elm"), is_typo("9", "8")
    (True, False, False)
    """
    shorter = min(len(one), len(other))
    if one == other or shorter < 3 or shorter > _LONGEST:
        return one == other
    limit = 1 if shorter < 6 else 2
    return distance(one, other, limit) <= limit


def distance(one: str, other: str, limit: int) -> int:
    """Letters added, dropped, replaced or swapped with a neighbour; `limit + 1` stands for more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        older, before = before, row
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def words_agree(
    saved: tuple[str, ...], typed: tuple[str, ...], alike: Callable[[str, str], bool] = is_typo
) -> bool:
    """Whether the words are the same but for typing, order, a space, or a word or two left out on one side.

    >>> words_agree(("eva", "cruz"), ("cruz", "eva", "maria")), words_agree(("oak", "ave"), ("oak", "st"))
    (True, False)
    """
    if max(len(saved), len(typed)) > _MOST_WORDS:
        return sorted(saved) == sorted(typed)
    left, right = list(saved), list(typed)
    for same in (str.__eq__, alike):
        for word in sorted(left, key=len, reverse=True):
            partner = next((other for other in right if same(word, other)), None)
            if partner is not None:
                left.remove(word)
                right.remove(partner)
    if not left or not right:
        paired = len(saved) - len(left)
        return len(left) + len(right) <= _MOST_LEFT_OVER and paired > 0
    return is_typo("".join(sorted(left)), "".join(sorted(right))) or is_typo("".join(left), "".join(right))


def _is_elsewhere(saved: Content, typed: Content) -> bool:
    """Whether the same numbers follow the same words otherwise: stair 1 door 4 is not stair 4 door 1."""
    one, other = _numbers_by_word(saved), _numbers_by_word(typed)
    return one.keys() == other.keys() and one != other


def _numbers_by_word(content: Content) -> dict[str, list[str]]:
    """The numbers in the order they stand, under the word before them; `12 a` and `3 bis` are one."""
    found: dict[str, list[str]] = {}
    before, is_after_number = "", False
    for word in content.street.words:
        is_number = any(map(str.isdigit, word))
        is_direction = word in "nsew" and content.country in ("US", "CA")
        if is_number:
            found.setdefault(before, []).append(word)
        elif is_after_number and (len(word) == 1 or word in _ADDITIONS) and not is_direction:
            found[before][-1] += word
        else:
            before = word
        is_after_number = is_number
    return found


def _numbers(content: Content) -> tuple[str, ...]:
    doors = (door.split()[-1] for door in content.street.doors)
    return tuple(sorted((*chain.from_iterable(_numbers_by_word(content).values()), *doors)))


def _street(saved: Content, typed: Content) -> bool | None:
    if saved.street == typed.street:
        return False
    country = saved.country

    def alike(one: str, other: str) -> bool:
        return any(is_typo(a, b) for a in spellings(country, one) for b in spellings(country, other))

    if saved.street.names == typed.street.names:
        return True
    return True if words_agree(saved.street.names, typed.street.names, alike) else None


def _postal(saved: Content, typed: Content) -> bool | None:
    one, other = saved.postal, typed.postal
    if one == other:
        return False
    if one.startswith(other) or other.startswith(one):
        return True
    return True if saved.city == typed.city and saved.city and is_typo(one, other) else None


def _city(saved: Content, typed: Content) -> bool | None:
    one, other = "".join(saved.city), "".join(typed.city)
    if one == other:
        return False
    same_postal = saved.postal == typed.postal != ""
    if same_postal and (not one or not other or one.startswith(other) or other.startswith(one)):
        return True
    return True if one and other and is_typo(one, other) else None


def _region(saved: Content, typed: Content) -> bool | None:
    if saved.region == typed.region:
        return False
    if not saved.region or not typed.region:
        return True
    rules = country_rules(saved.country)
    is_known = rules is not None and saved.region in rules.regions and typed.region in rules.regions
    return None if is_known or saved.postal != typed.postal else True


def _name(saved: Content, typed: Content) -> bool | None:
    if saved.name == typed.name:
        return False
    if not saved.name or not typed.name:
        return True
    return True if words_agree(saved.name, typed.name, _same_person) else None


def _same_person(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return is_typo(one, other)


def _company(saved: Content, typed: Content) -> bool | None:
    one, other = saved.company, typed.company
    if one == other:
        return False
    return True if one.startswith(other) or other.startswith(one) or is_typo(one, other) else None


_JUDGES = (
    ("street", _street),
    ("postal_code", _postal),
    ("city", _city),
    ("region", _region),
    ("name", _name),
    ("company", _company),
)

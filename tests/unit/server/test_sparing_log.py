"""The log of a server that anybody may send requests to."""

import logging

from checkout_kit.server.sparing_log import Sparing


def record(message: str, at_s: float, level: int = logging.WARNING) -> logging.LogRecord:
    """A record written at that second."""
    made = logging.LogRecord("checkout_kit.adapter", level, "", 0, message, ("x",), None)
    made.created = at_s
    return made


def test_only_so_many_warnings_of_one_kind_are_written_in_a_minute() -> None:
    """The last one that passes says so, another kind and the next minute have their own count."""
    sparing = Sparing(per_minute=2)
    flood = [record("refused %s", 60 + i) for i in range(5)]
    assert [sparing.filter(each) for each in flood] == [True, True, False, False, False]
    assert flood[0].getMessage() == "refused x"
    assert flood[1].getMessage() == "refused x (further ones within this minute are left out)"
    assert sparing.filter(record("late %s", 65))
    assert sparing.filter(record("refused %s", 121))


def test_other_levels_are_not_counted() -> None:
    """Errors and plain information are always written."""
    sparing = Sparing(per_minute=1)
    for level in (logging.INFO, logging.ERROR):
        assert all(sparing.filter(record("again %s", 60, level)) for _ in range(3))


def test_kinds_do_not_pile_up() -> None:
    """Wordings that are all different are all written, and only so many are remembered."""
    sparing = Sparing(per_minute=1)
    assert all(sparing.filter(record(f"kind {i} %s", 60)) for i in range(2500))
    assert len(sparing._seen) <= 1000

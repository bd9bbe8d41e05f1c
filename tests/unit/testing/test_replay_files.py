"""Replay files that an author has mistyped are named, with what is wrong in them."""

import json
from pathlib import Path

import pytest

from checkout_kit.testing.adapters.replay import read_replays


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "a.json is no JSON"),
        ('"rates"', "a replay is an object"),
        ('{"kind": "rate", "case": "x"}', "kind must be one of rates"),
        ('[{"kind": "rates", "case": "x"}, {"kind": "rates", "case": "x"}]', "two replays"),
        ("\udcff", "UTF-8"),
    ],
)
def test_mistyped_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """What is wrong is said in words, not by a traceback from somewhere inside."""
    (tmp_path / "a.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(AssertionError, match=told):
        read_replays(tmp_path)


def test_empty_folder_is_told(tmp_path: Path) -> None:
    """A wrong path does not look like an adapter with nothing to prove."""
    with pytest.raises(AssertionError, match="no replay files"):
        read_replays(tmp_path)


def test_missing_member_names_its_case(tmp_path: Path) -> None:
    """Which of many recordings lacks something is said."""
    (tmp_path / "a.json").write_text(json.dumps({"kind": "rates", "case": "typical"}))
    (replay,) = read_replays(tmp_path)
    with pytest.raises(AssertionError, match="'typical' has no 'request'"):
        replay["request"]

"""Every line of the threat model is held by tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]
TESTS = {
    name
    for folder in (ROOT / "tests", ROOT / "src" / "checkout_kit" / "testing")
    for file in folder.rglob("*.py")
    for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_threat_names_tests_that_exist(row: str) -> None:
    """A row has an answer and at least one test, each of which is found in the tests."""
    _, threat, answer, tests, _ = (cell.strip() for cell in row.split("|"))
    named = re.findall(r"`(test_\w+)`", tests)
    assert threat
    assert answer
    assert named
    assert [name for name in named if name not in TESTS] == []


def test_the_page_has_its_threats() -> None:
    """An empty page cannot pass."""
    assert len(ROWS) >= 20

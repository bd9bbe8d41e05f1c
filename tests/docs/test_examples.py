"""The examples in the README and the documentation are run as a reader would run them."""

from pathlib import Path

import pytest
from sybil.document import Document
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_examples_of_a_page_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python block of a page runs, top to bottom, from the root of the checkout."""
    monkeypatch.chdir(ROOT)
    document = Document.parse(str(page), PythonCodeBlockParser())
    for example in document.examples():
        example.evaluate()


def test_there_are_pages_with_examples() -> None:
    """The README and at least ten pages are checked, so that an empty list cannot pass."""
    assert PAGES[0].name == "README.md" or ROOT / "README.md" in PAGES
    assert sum("```python" in page.read_text(encoding="utf-8") for page in PAGES) >= 10

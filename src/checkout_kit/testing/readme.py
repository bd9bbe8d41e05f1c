"""Running the examples of a README as its reader would."""

import re
import textwrap
from pathlib import Path

_BLOCK = re.compile(r"^([ ]*)```python\n(.*?)^\1```", re.S | re.M)


def run_readme(path: str | Path, **given: object) -> dict[str, object]:
    """Runs every ```python block top to bottom with these names given; the names that stand at the end.

    An AssertionError says when there is no such block, so that a check of one cannot pass by its loss.
    """
    blocks = [textwrap.dedent(match[2]) for match in _BLOCK.finditer(Path(path).read_text(encoding="utf-8"))]
    assert blocks, f"{Path(path).name} has no ```python block"
    names = dict(given)
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{Path(path).name}, block {number}", "exec"), names)  # noqa: S102 - our own text
    return names

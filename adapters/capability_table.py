"""Writes the table of docs/adapters.md from what the adapters declare; `--check` tells if it is current."""

import importlib
import sys
import tomllib
from pathlib import Path

from checkout_kit.adapter import MEANING, AnyAdapter, Capability

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "adapters.md"
BEGIN, END = "<!-- capabilities: begin -->\n", "<!-- capabilities: end -->\n"


def adapter_types() -> dict[str, tuple[type[AnyAdapter], dict[str, object]]]:
    """Each adapter class and its project file, by name, straight from the folders beside this script."""
    found = {}
    for project in sorted(HERE.glob("*/pyproject.toml")):
        table = tomllib.loads(project.read_text(encoding="utf-8"))
        for name, target in table["project"].get("entry-points", {}).get("checkout_kit.adapters", {}).items():
            sys.path.insert(0, str(project.parent / "src"))
            module, _, attribute = target.partition(":")
            adapter = getattr(importlib.import_module(module), attribute, None)
            sys.path.pop(0)
            if adapter is None:
                print(f"left out: {target} is not there", file=sys.stderr)
                continue
            found[name] = (adapter, table)
    return found


def table() -> str:
    """One row per adapter, one column per capability."""
    columns = list(Capability)
    rows = [
        "| platform | install | " + " | ".join(c.value for c in columns) + " | tested against |",
        "|---|---|" + ":-:|" * len(columns) + "---|",
    ]
    for adapter, project in adapter_types().values():
        marks = " | ".join("✓" if c in adapter.capabilities else "" for c in columns)
        against = project.get("tool", {}).get("checkout-kit", {}).get("tested-against", "")
        rows.append(f"| {adapter.title} | `{project['project']['name']}` | {marks} | {against} |")
    meanings = [f"- **{c.value}**: {MEANING[c]}" for c in columns]
    return "\n".join([*rows, "", *meanings]) + "\n"


def main() -> int:
    """Write the page, or say whether it is current."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    current = head + BEGIN + table() + END + rest.split(END)[1]
    if "--check" in sys.argv:
        if page != current:
            print("docs/adapters.md is out of date; run: python adapters/capability_table.py")
        return int(page != current)
    PAGE.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

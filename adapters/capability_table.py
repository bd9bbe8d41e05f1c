"""Writes the table of docs/adapters.md from what the adapters declare; `--check` tells if it is current."""

import ast
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from checkout_kit.adapter import MEANING, Capability

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "adapters.md"
BEGIN, END = "<!-- capabilities: begin -->\n", "<!-- capabilities: end -->\n"


@dataclass(frozen=True)
class Declared:
    """What an adapter's class says of itself, and what its project file adds."""

    title: str
    capabilities: frozenset[str]
    distribution: str
    tested_against: str


def declared_adapters() -> list[Declared]:
    """Every adapter beside this script, read from its source: none has to be installed, nor what it needs."""
    found = []
    for file in sorted(HERE.glob("*/pyproject.toml")):
        project = tomllib.loads(file.read_text(encoding="utf-8"))
        against = project.get("tool", {}).get("checkout-kit", {}).get("tested-against", "")
        points = project["project"].get("entry-points", {}).get("checkout_kit.adapters", {})
        for target in points.values():
            module, _, name = target.partition(":")
            facts = class_facts(file.parent / "src" / module, name)
            found.append(Declared(*facts, project["project"]["name"], against))
    return found


def class_facts(package: Path, name: str) -> tuple[str, frozenset[str]]:
    """Title and capabilities that the class of that name declares."""
    for source in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name == name:
                values = {
                    target.id: statement.value
                    for statement in node.body
                    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
                    for target in getattr(statement, "targets", [getattr(statement, "target", None)])
                    if isinstance(target, ast.Name)
                }
                named = {n.attr for n in ast.walk(values["capabilities"]) if isinstance(n, ast.Attribute)}
                return ast.literal_eval(values["title"]), frozenset(Capability[n].value for n in named)
    raise SystemExit(f"{package}: there is no class {name}")


def table() -> str:
    """One row per adapter, one column per capability."""
    columns = list(Capability)
    rows = [
        "| platform | install | " + " | ".join(c.value for c in columns) + " | tested against |",
        "|---|---|" + ":-:|" * len(columns) + "---|",
    ]
    for adapter in declared_adapters():
        marks = " | ".join("✓" if c in adapter.capabilities else "" for c in columns)
        rows.append(f"| {adapter.title} | `{adapter.distribution}` | {marks} | {adapter.tested_against} |")
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

"""`checkout-kit promise`: run the scenarios a merchant keeps beside the policy."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checkout_kit.errors import InputError

if TYPE_CHECKING:
    from checkout_kit.promise.scenarios import ScenarioResult


@click.command("promise", short_help="Run a file of promised dates.")
@click.option("--scenarios", "path", required=True, metavar="FILE", help="The scenario file (JSON) to run.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
def command(path: str, as_json: bool) -> None:
    """Run a file of promised dates: exit 0 when all hold, 1 when some differ, 2 when it is unreadable."""
    from checkout_kit.promise.scenarios import run_scenarios

    try:
        results = run_scenarios(Path(path).read_bytes(), source=path)
    except OSError as error:
        click.echo(f"{path}: cannot be read: {error.strerror or error}", err=True)
        sys.exit(2)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(_as_json(results) if as_json else _as_text(results))
    sys.exit(0 if all(result.holds for result in results) else 1)


def _as_text(results: "tuple[ScenarioResult, ...]") -> str:
    lines: list[str] = []
    for result in results:
        if not result.holds:
            lines.append(f"{result.id}: differs")
            for each in result.differences:
                lines.append(f"  {each.field}: expected {each.expected}, found {each.found}")
    held = sum(result.holds for result in results)
    lines.append(f"{held} of {len(results)} scenarios hold")
    return "\n".join(lines)


def _as_json(results: "tuple[ScenarioResult, ...]") -> str:
    held = sum(result.holds for result in results)
    cases = [_case(result) for result in results]
    return json.dumps({"held": held, "differ": len(results) - held, "cases": cases}, indent=2)


def _case(result: "ScenarioResult") -> dict[str, object]:
    from checkout_kit.promise.document import promise_document

    found: dict[str, object] = {"error": [str(fault) for fault in result.faults]}
    if result.promise is not None:
        found = promise_document(result.promise)
    differences = [
        {"field": each.field, "expected": each.expected, "found": each.found} for each in result.differences
    ]
    return {"id": result.id, "holds": result.holds, "found": found, "differences": differences}

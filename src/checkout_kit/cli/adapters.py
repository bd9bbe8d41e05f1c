"""`checkout-kit adapters` lists what is installed; `checkout-kit adapter new NAME` starts another one."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from checkout_kit.adapter import Capability, adapter_type, installed_adapters
from checkout_kit.errors import CheckoutKitError, InputError

_PLACES: Final = {
    "pyproject.toml.tmpl": "pyproject.toml",
    "README.md.tmpl": "README.md",
    "__init__.py.tmpl": "src/checkout_kit_acme/__init__.py",
    "adapter.py.tmpl": "src/checkout_kit_acme/adapter.py",
    "test_conformance.py.tmpl": "tests/test_conformance.py",
    "rates.json.tmpl": "replay/rates.json",
    "answers.json.tmpl": "replay/answers.json",
}


@click.command("adapters")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def command(as_json: bool) -> None:
    """List the installed adapters and what each can do."""
    found: dict[str, dict[str, object]] = {}
    for name, point in installed_adapters().items():
        version = point.dist.version if point.dist else ""
        try:
            adapter = adapter_type(name)
        except (CheckoutKitError, ImportError) as error:
            found[name] = {"title": name, "version": version, "fault": str(error), "capabilities": []}
            continue
        can = [c.value for c in Capability if c in adapter.capabilities]
        found[name] = {"title": adapter.title, "version": version, "capabilities": can}
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not found:
        click.echo("No adapter is installed; install one with: pip install checkout-kit-NAME")
    else:
        _print_table(found)


def _print_table(found: dict[str, dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("adapter", "platform", "version", "can")
    for name, facts in found.items():
        can = facts["capabilities"]
        listed = ", ".join(can) if isinstance(can, list) else ""
        table.add_row(name, str(facts["title"]), str(facts["version"]), str(facts.get("fault") or listed))
    Console().print(table)


@click.group("adapter")
def adapter_group() -> None:
    """Work on an adapter of your own."""


@adapter_group.command("new")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder to write checkout-kit-NAME into; here if not given.",
)
def new(name: str, into: Path) -> None:
    """Write a working adapter for the platform NAME, with its tests."""
    folder = write_skeleton(name, into)
    click.echo(f"Wrote {folder}. Its tests pass as it is; put your platform in the place of the made-up one:")
    click.echo(f"  cd {folder} && pip install -e . pytest && pytest")


def write_skeleton(name: str, into: Path) -> Path:
    """The folder of a new adapter distribution.

    Raises:
        InputError: a name that is no lower-case word of 2 to 40 letters, or a folder that is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or not 2 <= len(name) <= 40:
        remedy = "use 2 to 40 lower-case letters and digits, words joined by _, such as 'acme'"
        raise InputError.of("NAME", "not an adapter's name", found=name, remedy=remedy)
    dashed = name.replace("_", "-")
    folder = into / f"checkout-kit-{dashed}"
    if folder.exists():
        raise InputError.of("NAME", "is there already", found=str(folder), remedy="choose another name")
    title = "".join(part.capitalize() for part in name.split("_"))
    # Longer spellings first: the dashed one is part of a distribution's name, not of a module's.
    spelled = {
        "checkout-kit-acme": f"checkout-kit-{dashed}",
        "x-acme": f"x-{dashed}",
        "ACME": name.upper(),
        "Acme": title,
        "acme": name,
    }
    pattern = re.compile("|".join(spelled))
    for template, place in _PLACES.items():
        text = files("checkout_kit.cli").joinpath("adapter_skeleton", template).read_text(encoding="utf-8")
        target = folder / pattern.sub(lambda found: spelled[found[0]], place)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(pattern.sub(lambda found: spelled[found[0]], text), encoding="utf-8")
    return folder

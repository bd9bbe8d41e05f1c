"""`checkout-kit import`: shipping set up on another platform becomes a policy, with a parity report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checkout_kit.errors import InputError
from checkout_kit.json_text import read_json_text, why_unreadable

if TYPE_CHECKING:
    from checkout_kit.shipping.importers import Imported, ParityReport

_MOST_SHOWN = 10


@click.group("import", short_help="Turn another platform's rates into a policy.")
def command() -> None:
    """Turn the shipping rates of another platform into a policy and compare the two."""


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--report", type=click.Path(path_type=Path), help="Write the parity report as JSON."),
        click.option(
            "--out", type=click.Path(path_type=Path), help="Write the policy here (default: stdout)."
        ),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        function = option(function)
    return function


@command.command("magento", short_help="From a table-rate CSV.")
@_options
@click.option("--currency", required=True, help="The currency of the prices, such as USD.")
@click.option(
    "--weight-unit", type=click.Choice(["kg", "lb"]), default="kg", help="The shop's unit of weight."
)
@click.option(
    "--condition",
    type=click.Choice(["goods", "weight", "quantity"]),
    help="What the column `from` measures, where the heading does not say.",
)
def magento(
    *,
    file: Path,
    out: Path | None,
    report: Path | None,
    currency: str,
    weight_unit: str,
    condition: str | None,
) -> None:
    """A table-rate CSV FILE as Magento and Adobe Commerce export it."""
    from checkout_kit.shipping.importers import import_magento, magento_parity
    from checkout_kit.shipping.policy import ShippingPolicy

    text = _read(file)
    found = import_magento(text, currency=currency, weight_unit=weight_unit, condition=condition or "")
    policy = ShippingPolicy.from_dict(found.policy)
    parity = magento_parity(text, policy, weight_unit=weight_unit, condition=condition or "")
    _finish(found, parity, out, report)


@command.command("woocommerce", short_help="From its shipping zones as JSON.")
@_options
def woocommerce(file: Path, out: Path | None, report: Path | None) -> None:
    """A JSON FILE with the zones, locations and methods of the REST API v3; see the documentation."""
    from checkout_kit.shipping.importers import import_woocommerce, woocommerce_parity
    from checkout_kit.shipping.policy import ShippingPolicy

    try:
        raw = read_json_text(_read(file))
    except ValueError as error:
        raise InputError.of(str(file), f"not readable as JSON: {error}") from error
    found = import_woocommerce(raw)
    policy = ShippingPolicy.from_dict(found.policy)
    _finish(found, woocommerce_parity(raw, policy), out, report)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError.of(str(file), f"cannot be read: {why_unreadable(error)}") from error


def _finish(found: "Imported", parity: "ParityReport", out: Path | None, report: Path | None) -> None:
    """Write the policy and the report; notes and the verdict go to stderr. Exit code 1 when prices differ."""
    from checkout_kit.shipping.importers import to_toml

    text = to_toml(found.policy)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
    if report is not None:
        notes = [{"place": note.place, "message": note.message} for note in found.notes]
        content = {**parity.to_dict(), "notes": notes}
        report.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for note in found.notes:
        click.echo(f"note: {note.place + ': ' if note.place else ''}{note.message}", err=True)
    for one in parity.differences[:_MOST_SHOWN]:
        prices = f"{one.source_minor} there, {one.policy_minor} here"
        click.echo(f"differs: {one.place} {one.method} ({one.case}): {prices}", err=True)
    click.echo(f"{parity.equal} of {parity.cases} cases are priced alike", err=True)
    if parity.differences:
        click.get_current_context().exit(1)

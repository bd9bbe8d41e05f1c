"""`checkout-kit quote`: price one cart as a table, or a file of carts as JSON lines."""

import datetime as dt
import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from os import fstat
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve

from checkout_kit.cart import Customer
from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping import Quote, QuoteRequest, ShippingOption, ShippingPolicy

if TYPE_CHECKING:
    from rich.console import Console

_DAY = "%a %d %b"
_MISSING = "give --cart and --to, or --carts"
_BOTH = "give either --carts, or --cart and --to"
_FACTS = "--channel, --customer-group and --kind go with --cart; a line of --carts has its own"
_NARROW = 60


def _read(text: str, *, what: str) -> bytes | str:
    """The text itself when it is JSON, else the content of the file it names; `-` is standard input."""
    if text == "-":
        return sys.stdin.buffer.read()
    if text.lstrip().startswith(("{", "[")):
        return text
    try:
        return Path(text).read_bytes()
    except OSError as error:
        raise InputError.of(what, f"cannot be read: {error.strerror}", found=text) from error


@click.command("quote", short_help="Show the shipping options of a cart.")
@click.option("--policy", "policy_path", required=True, type=click.Path(), help="The policy, TOML or JSON.")
@click.option("--cart", help="The cart: a JSON file, or the JSON itself.")
@click.option("--to", "destination", help="The address: a JSON file, or the JSON itself.")
@click.option("--at", "at", help="When the order is placed, with an offset (default: now).")
@click.option("--channel", default="", help="The sales channel the order comes through.")
@click.option(
    "--customer-group", "groups", multiple=True, help="A group of the customer; repeat for several."
)
@click.option(
    "--kind", default="", help="The kind of destination: residential, po_box, locker and so on; see the docs."
)
@click.option(
    "--carts",
    type=click.Path(),
    help="A file with one quote request per line, as JSON; - for standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the quote as JSON.")
@click.option("--explain", is_flag=True, help="Say why every method is there or not.")
def command(  # noqa: PLR0917
    policy_path: str,
    cart: str | None,
    destination: str | None,
    at: str | None,
    channel: str,
    groups: tuple[str, ...],
    kind: str,
    carts: str | None,
    as_json: bool,
    explain: bool,
) -> None:
    """Show the shipping options of a cart: price, promised dates, and why the others are withheld."""
    from checkout_kit.shipping.request_document import parse_instant

    if carts is not None and (cart is not None or destination is not None):
        raise click.UsageError(_BOTH)
    if carts is None and (cart is None or destination is None):
        raise click.UsageError(_MISSING)
    if carts is not None and (channel or groups or kind):
        raise click.UsageError(_FACTS)
    policy = ShippingPolicy.load(policy_path)
    now = dt.datetime.now(dt.UTC) if at is None else parse_instant(at, path="--at")
    if carts is not None:
        _quote_lines(policy, carts, now, explain=explain)
        return
    assert cart is not None
    assert destination is not None
    asked = _request(cart, destination, now)
    asked = evolve(asked, channel=channel, customer=Customer(groups=groups), destination_kind=kind)
    quote = policy.quote(asked)
    if as_json:
        from checkout_kit.shipping.quote_json import quote_to_dict

        click.echo(json.dumps(quote_to_dict(quote, explain=explain), indent=2))
    else:
        _print_table(quote, explain=explain)


def _request(cart: str, destination: str, now: dt.datetime) -> QuoteRequest:
    from checkout_kit.shipping.request_document import parse_address, parse_cart, read_json

    faults: list[Fault] = []
    found_cart = found_address = None
    try:
        found_cart = parse_cart(read_json(_read(cart, what="--cart"), what="--cart"))
    except InputError as error:
        faults += error.faults
    try:
        found_address = parse_address(read_json(_read(destination, what="--to"), what="--to"), path="to")
    except InputError as error:
        faults += error.faults
    if found_cart is None or found_address is None:
        raise InputError(faults)
    return QuoteRequest(cart=found_cart, destination=found_address, placed_at=now)


def _quote_lines(policy: ShippingPolicy, file: str, now: dt.datetime, *, explain: bool) -> None:
    """One JSON line per cart on stdout; an unusable line is answered with its faults, exit code 2."""
    from rich.console import Console
    from rich.progress import wrap_file

    if file == "-":
        asked, bad = _answer_lines(policy, sys.stdin.buffer, now, explain=explain)
    else:
        with ExitStack() as stack:
            try:
                handle = stack.enter_context(Path(file).open("rb"))
            except OSError as error:
                raise InputError.of("--carts", f"cannot be read: {error.strerror}", found=file) from error
            size, console = fstat(handle.fileno()).st_size, Console(stderr=True)
            reading = wrap_file(
                handle, size, description="Quoting", console=console, disable=not console.is_terminal
            )
            asked, bad = _answer_lines(policy, stack.enter_context(reading), now, explain=explain)
    if bad:
        click.echo(f"{bad} of {asked} lines are unusable; each is answered with its faults", err=True)
        click.get_current_context().exit(2)


def _answer_lines(
    policy: ShippingPolicy, lines: Iterable[bytes], now: dt.datetime, *, explain: bool
) -> tuple[int, int]:
    """How many lines were read, and how many of them are unusable."""
    from checkout_kit.shipping.quote_json import quote_to_dict
    from checkout_kit.shipping.request_document import parse_request, read_json

    number = bad = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            request = parse_request(read_json(line, what=f"line {number}"), now=now)
            answer: dict[str, object] = {"line": number} | quote_to_dict(
                policy.quote(request), explain=explain
            )
        except InputError as error:
            bad += 1
            answer = {"line": number, "faults": [str(fault) for fault in error.faults]}
        sys.stdout.write(json.dumps(answer) + "\n")
    return number, bad


def _print_table(quote: Quote, *, explain: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    rows = [_row(option) for option in quote.options]
    if not rows:
        console.print("No method is offered.")
    elif console.width < _NARROW:
        for name, title, price, dates, by in rows:
            text = f"{name}: {title}, {price}" + (f", arrives {dates}" if dates else "")
            console.print(text + (f", order by {by}" if by else ""), markup=False, highlight=False)
    else:
        table = Table("option", "title", "price", "arrives", "order by")
        table.columns[2].justify = "right"
        for row in rows:
            table.add_row(*map(escape, row))
        console.print(table)
    _print_rest(console, quote)
    if explain:
        for sentence in quote.explain().sentences():
            console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _row(option: ShippingOption) -> tuple[str, str, str, str, str]:
    """Id, title, price, days and cut-off of an option, as text."""
    promise = option.promise
    dates = by = ""
    if promise is not None:
        dates = f"{promise.latest:{_DAY}}"
        if promise.earliest != promise.latest:
            dates = f"{promise.earliest:{_DAY}} to {dates}"
        by = "" if promise.order_by is None else f"{promise.order_by:%a %d %b, %H:%M %Z}"
    return option.id, option.title, "free" if option.is_free else str(option.price), dates, by


def _print_rest(console: "Console", quote: Quote) -> None:
    for withheld in quote.withheld:
        hint = f" ({withheld.hint})" if withheld.hint else ""
        console.print(
            f"withheld: {withheld.method_id}: {withheld.message}{hint}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    for free in quote.free_shipping:
        if not free.reached and free.missing:
            text = f"{free.missing} short of free shipping with {free.title}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    for notice in quote.notices:
        console.print(f"note: {notice.message}", markup=False, highlight=False, soft_wrap=True)

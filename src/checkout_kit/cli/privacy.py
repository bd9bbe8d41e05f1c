"""`checkout-kit privacy`: show, erase and retire personal data."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from checkout_kit.storage.personal import PersonalData

_DB = click.option(
    "--db", "url", required=True, help="sqlite:///shop.db or postgresql://user:password@host/name"
)
_VACUUM = click.option(
    "--vacuum",
    is_flag=True,
    help="rewrite a SQLite file too, whose unused pages hold what was written over; writers wait meanwhile",
)


@contextmanager
def _opened(url: str) -> "Iterator[PersonalData]":
    from checkout_kit.storage import open_store

    # Opened before anything else is imported: where the database library is missing, this names the extra.
    store = open_store(url, creates=False)
    try:
        from checkout_kit.storage.personal import PersonalData

        yield PersonalData(store)
    finally:
        store.close()


@click.group(name="privacy")
def command() -> None:
    """The personal data in a database."""


@command.command(short_help="Print everything held about a person.")
@_DB
@click.argument("customer")
def export(url: str, customer: str) -> None:
    """Print everything held about a customer id or an email address as JSON."""
    with _opened(url) as data:
        from checkout_kit.service.privacy import export_person

        click.echo(json.dumps(export_person(data, customer), indent=2, ensure_ascii=False))


@command.command(short_help="Take a person out of every record.")
@_DB
@click.option("--yes", is_flag=True, help="do not ask")
@_VACUUM
@click.argument("customer")
def erase(url: str, customer: str, yes: bool, vacuum: bool) -> None:
    """Take a customer id or an email address out of every record; the books keep amounts and goods."""
    if not yes:
        click.confirm("Erase every record of this person? It cannot be undone.", abort=True, err=True)
    with _opened(url) as data:
        from checkout_kit.service.privacy import erase_person

        done = erase_person(data, customer, dt.datetime.now(dt.UTC))
        if vacuum:
            data.compact()
    click.echo(f"erased from {done.checkouts} checkouts, {done.orders} orders, {done.profiles} profiles")


@command.command(short_help="Delete what is older than it may be.")
@_DB
@click.option("--checkouts-days", default=90, show_default=True, help="keep checkouts without an order")
@click.option("--orders-days", default=3650, show_default=True, help="keep the person in an order")
@click.option("--keys-days", default=30, show_default=True, help="keep idempotency keys")
@click.option("--slots-days", default=30, show_default=True, help="keep delivery slots that are over")
@_VACUUM
def retain(
    url: str, *, checkouts_days: int, orders_days: int, keys_days: int, slots_days: int, vacuum: bool
) -> None:
    """Delete and anonymise what is older than it may be; for a daily timer."""
    with _opened(url) as data:
        from checkout_kit.service.privacy import Retention
        from checkout_kit.service.privacy import retain as run

        rules = Retention(
            checkouts=dt.timedelta(days=checkouts_days),
            orders=dt.timedelta(days=orders_days),
            keys=dt.timedelta(days=keys_days),
            slots=dt.timedelta(days=slots_days),
        )
        done = run(data, rules, dt.datetime.now(dt.UTC))
        if vacuum:
            data.compact()
    click.echo(
        f"deleted {done.checkouts_deleted} checkouts, {done.keys_deleted} keys "
        f"and {done.slots_deleted} past slots, "
        f"anonymised {done.orders_anonymised} orders"
    )

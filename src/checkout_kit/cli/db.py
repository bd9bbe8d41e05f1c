"""`checkout-kit db`: create a database's tables, or bring an earlier schema up to date."""

import click


@click.group(name="db")
def command() -> None:
    """The database of checkouts and orders."""


@command.command(short_help="Create the tables, or migrate an earlier schema.")
@click.option("--db", "url", required=True, help="sqlite:///shop.db or postgresql://user:password@host/name")
@click.option("--revision", default="head", show_default=True, help="stop at this schema revision")
def upgrade(url: str, revision: str) -> None:
    """Create the tables, or migrate an earlier schema; a current one is left alone."""
    from checkout_kit.storage.opening import make_engine

    engine = make_engine(url)
    from checkout_kit.storage.upgrade import upgrade as run

    before, after = run(engine, revision)
    if before == after:
        click.echo(f"schema {after} is current")
    else:
        click.echo(f"schema {before or 'none'} -> {after}")

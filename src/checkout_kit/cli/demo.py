"""`checkout-kit demo`: a small shop to try the checkout in."""

import signal
import tempfile
import webbrowser
from pathlib import Path

import click

DEFAULT_PORT = 8000


@click.command("demo", short_help="Open a small shop in the browser.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"0: any free one. Without it {DEFAULT_PORT}, or a free one if that is taken.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--db",
    "database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Keep the shop in this SQLite file; without it, in a temporary folder.",
)
def command(port: int | None, no_browser: bool, database: Path | None) -> None:
    """Open a small shop in the browser: a guest's checkout, a returning customer, test cards."""
    from checkout_kit.server.demo import create_demo_app
    from checkout_kit.server.running import is_free, run

    def say(url: str) -> None:
        click.echo(f"The demo shop is open at {url}/ (press Ctrl-C to close it)")
        click.echo(f"  as a guest               {url}/guest")
        click.echo(f"  as a returning customer  {url}/returning")
        click.echo(f"  API document             {url}/openapi.json")
        if not no_browser:
            webbrowser.open(f"{url}/")

    # Told to end, it ends as on Ctrl-C, so that the temporary folder goes as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="checkout-kit-demo-", ignore_cleanup_errors=True) as folder:
        app = create_demo_app(database or Path(folder) / "demo.db")
        if port is None:
            port = DEFAULT_PORT if is_free("127.0.0.1", DEFAULT_PORT) else 0
        run(app, host="127.0.0.1", port=port, started=say)
    click.echo("The demo shop is closed.")

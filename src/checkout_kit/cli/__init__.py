"""The `checkout-kit` command: one thin module per sub-command, imported when it is called."""

import errno
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from checkout_kit.errors import CheckoutKitError, InputError

_COMMANDS: Final = {
    "adapter": "checkout_kit.cli.adapters:adapter_group",
    "adapters": "checkout_kit.cli.adapters:command",
    "backtest": "checkout_kit.cli.backtest:command",
    "db": "checkout_kit.cli.db:command",
    "demo": "checkout_kit.cli.demo:command",
    "import": "checkout_kit.cli.import_policy:command",
    "lint": "checkout_kit.cli.lint:command",
    "privacy": "checkout_kit.cli.privacy:command",
    "promise": "checkout_kit.cli.promise:command",
    "quote": "checkout_kit.cli.quote:command",
    "schema": "checkout_kit.cli.schema:command",
    "serve": "checkout_kit.cli.serve:command",
}


class _LazyGroup(click.Group):
    """Imports a sub-command's module only when it is asked for, and turns our errors into exit codes.

    Exit code 2 is unusable input (every fault on its own line), 1 any other refusal.
    """

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run from the command line; what the terminal has no letters for is written as `\\x..` escapes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(args, *rest, **more)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command of that name, or None."""
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is not a click command")
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; an error of ours becomes a message on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except CheckoutKitError as error:
            click.echo(f"{error.code}: {error}", err=True)
            ctx.exit(1)
        except OSError as error:
            # A reader that has gone away, such as `head`, is click's business.
            if error.errno == errno.EPIPE or error.filename is None:
                raise
            click.echo(f"{error.filename}: cannot be used: {error.strerror}", err=True)
            ctx.exit(2)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="checkout-kit", prog_name="checkout-kit")
def main() -> None:
    """Shipping options, promised dates and a single-page checkout from one policy."""


__all__ = ["main"]

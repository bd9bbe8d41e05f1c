"""The command group finds every sub-command and turns errors into exit codes."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from checkout_kit.cli import main
from checkout_kit.errors import InputError, NotFound


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_listed_command_explains_itself(name: str) -> None:
    """Each sub-command's module imports, and its help ends well."""
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Usage:")


def test_no_summary_is_cut_off() -> None:
    """In a terminal of 80 columns every command and sub-command is told in a whole sentence."""
    groups = [[], *([name] for name in main.list_commands(click.Context(main)))]
    for arguments in groups:
        shown = CliRunner().invoke(main, [*arguments, "--help"], terminal_width=80).output
        listed = shown.partition("Commands:")[2]
        assert "..." not in listed, shown
        assert arguments or "quote" in listed


def test_the_package_runs_as_a_module() -> None:
    """`python -m checkout_kit` is the same command, and names itself as it was called."""
    done = subprocess.run(
        [sys.executable, "-m", "checkout_kit", "--version"], capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("checkout-kit, version ")


def test_unknown_command_is_named() -> None:
    """A mistyped command exits with 2 and is repeated in the message."""
    done = CliRunner().invoke(main, ["qoute"])
    assert done.exit_code == 2
    assert "qoute" in done.output


@pytest.mark.parametrize(
    ("error", "code"), [(InputError.of("cart", "is odd", found="x"), 2), (NotFound("no such order"), 1)]
)
def test_errors_become_exit_codes(error: Exception, code: int) -> None:
    """Unusable input exits with 2, another refusal with 1, and neither shows a traceback."""

    @click.command()
    def failing() -> None:
        raise error

    group = type(main)(name="group", commands={"failing": failing})
    group.get_command = lambda ctx, name: failing  # type: ignore[method-assign]
    done = CliRunner().invoke(group, ["failing"])
    assert done.exit_code == code
    assert str(error) in done.output
    assert "Traceback" not in done.output

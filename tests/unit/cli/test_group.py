"""The command group finds every sub-command and turns errors into exit codes."""

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

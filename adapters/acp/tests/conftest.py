"""A shop for each test; with `--acp-schemas FOLDER` every answer is held to the published schemas as well."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from acp_shop import Shop, build_shop


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder of protocol schemas, which are not part of the project."""
    parser.addoption("--acp-schemas", default=None, type=Path)


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """The shop, in memory, at noon."""
    made = build_shop()
    schemas = getattr(request.config, "acp_schemas", None)
    if schemas is not None:
        made.check = schemas.check
    yield made
    made.runner.run(made.service.close())
    made.runner.close()
    made.payments.close()


def pytest_configure(config: pytest.Config) -> None:
    """Load the schemas once; a busy machine is no failure of a property, nor is luck where CI is set."""
    hypothesis.settings.register_profile("unhurried", deadline=None, derandomize="CI" in os.environ)
    hypothesis.settings.load_profile("unhurried")
    folder = config.getoption("--acp-schemas")
    if folder is not None:
        from judge_schemas import Schemas

        config.acp_schemas = Schemas(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many answers were held to which schema."""
    schemas = getattr(config, "acp_schemas", None)
    if schemas is not None:
        told = ", ".join(f"{name} {count}" for name, count in sorted(schemas.counts.items()))
        terminalreporter.write_line(f"answers held to their schema: {sum(schemas.counts.values())} ({told})")

"""The examples in docstrings hold."""

import doctest
from types import ModuleType

import pytest

from checkout_kit_acp import faults, messages, repeats


@pytest.mark.parametrize("module", [faults, messages, repeats], ids=lambda module: module.__name__)
def test_examples_hold(module: ModuleType) -> None:
    """Every example gives what it says, and there is one."""
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

"""The suite has teeth: each broken adapter has one fault, and a named test of the suite catches it."""

from typing import Any

import attrs
import pytest

from checkout_kit.adapter import Secret
from checkout_kit.testing import AdapterConformance
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import (  # noqa: F401 - each module registers its adapters
    BROKEN,
    REPLAY,
    SECRET,
    SETTINGS,
    calls,
    declarations,
    questions,
    rates,
    reading,
    refusals,
    webhooks,
    writing,
)

# Their faults would lie in the recordings, in settings (below), or in a page, which the reference has not.
OF_OTHERS = {
    "test_every_declared_operation_is_recorded",
    "test_hostile_pages_are_survived",
    "test_huge_pages_are_refused_unread",
    "test_pages_are_answered_as_recorded",
    "test_pages_log_and_echo_nothing_private",
    "test_settings_are_frozen",
}


@attrs.define(kw_only=True)
class MutableSettings:
    """Settings as they must not be."""

    shop: str
    secret: Secret
    api_url: str
    token: Secret


def suite(made: Any) -> AdapterConformance:
    """The suite set up for this adapter."""
    body = {"adapter": made, "secret": SECRET, "replies": REPLAY}
    return type("Suite", (AdapterConformance,), body)()


@pytest.mark.parametrize(("broken", "test"), BROKEN, ids=[f"{b.__name__}" for b, _ in BROKEN])
def test_broken_adapter_is_caught(broken: type[ReferenceAdapter], test: str) -> None:
    """The named test of the suite fails on the broken adapter, and passes on the right one."""
    getattr(suite(ReferenceAdapter(SETTINGS)), test)()
    with pytest.raises(AssertionError):
        getattr(suite(broken(SETTINGS)), test)()


def test_mutable_settings_are_caught() -> None:
    """Settings that can be changed after construction fail the suite."""
    settings = MutableSettings(
        shop="main", secret=Secret(SECRET), api_url="https://reference.example", token=Secret("t")
    )
    with pytest.raises(AssertionError, match="can be changed"):
        suite(ReferenceAdapter(settings)).test_settings_are_frozen()  # type: ignore[arg-type]


def test_every_test_of_the_suite_catches_something() -> None:
    """No test of the suite is there for nothing, and at least thirty different faults are seeded."""
    tests = {name for name in dir(AdapterConformance) if name.startswith("test_")}
    assert tests - {test for _, test in BROKEN} == OF_OTHERS
    assert len({broken for broken, _ in BROKEN}) >= 30

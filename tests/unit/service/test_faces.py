"""The blocking and the awaiting service are one: the same methods, taking the same, doing the same steps."""

import inspect
from types import GeneratorType
from typing import Any

import pytest

from checkout_kit.service import AsyncCheckoutService, CheckoutService

METHODS = sorted(name for name in vars(CheckoutService) if not name.startswith("_") and name != "close")


def steps_of(face: type, name: str) -> tuple[object, dict[str, Any]]:
    """The steps a method would have driven, not begun yet, and what they were given."""
    service = object.__new__(face)
    service.parts, service.deliver = "parts", "deliver"
    service._run = lambda steps: steps
    method = getattr(face, name)
    taken = list(inspect.signature(method).parameters.values())[1:]
    given = {one.name: f"the {one.name}" for one in taken}
    if inspect.iscoroutinefunction(method):

        async def driven(steps: GeneratorType) -> GeneratorType:
            return steps

        service._run = driven
        with pytest.raises(StopIteration) as stopped:
            method(service, **given).send(None)
        steps = stopped.value.value
    else:
        steps = method(service, **given)
    return steps.gi_code, inspect.getgeneratorlocals(steps)


def test_the_faces_have_the_same_methods() -> None:
    """Nothing can be done by one and not by the other."""
    others = {name for name in vars(AsyncCheckoutService) if not name.startswith("_")}
    assert others - {"close"} == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_takes_and_does_the_same_on_both_faces(name: str) -> None:
    """Equal parameters and answers; and the same steps, given the same, are driven."""
    blocking, awaiting = (
        inspect.signature(getattr(face, name)) for face in (CheckoutService, AsyncCheckoutService)
    )
    assert blocking == awaiting
    if name != "resume_token":
        assert steps_of(CheckoutService, name) == steps_of(AsyncCheckoutService, name)

"""Finding installed adapters by entry point."""

from importlib.metadata import EntryPoint

import pytest

from checkout_kit.adapter import Adapter, Capability, adapter_type
from checkout_kit.errors import InputError, NotFound, Unsupported
from checkout_kit.testing.adapters.reference import ReferenceAdapter


def point(name: str, value: str) -> dict[str, EntryPoint]:
    """One installed entry point."""
    return {name: EntryPoint(name, value, "checkout_kit.adapters")}


REFERENCE = point("reference", "checkout_kit.testing.adapters.reference:ReferenceAdapter")


def test_installed_adapter_is_loaded() -> None:
    """The class behind the entry point is returned."""
    assert adapter_type("reference", installed=REFERENCE) is ReferenceAdapter


def test_missing_adapter_names_the_installed_ones_and_the_command() -> None:
    """The message says what is there and how to install what is not."""
    with pytest.raises(NotFound) as caught:
        adapter_type("acme", installed=REFERENCE)
    assert str(caught.value) == (
        "no adapter 'acme' is installed (installed: reference); run: pip install checkout-kit-acme"
    )


@pytest.mark.parametrize("name", ["x; rm -rf /", "a" * 500, "ü"])
def test_odd_names_are_not_put_into_the_command(name: str) -> None:
    """A name that is no plain word never becomes part of a command to copy."""
    with pytest.raises(NotFound, match=r"pip install checkout-kit-NAME$"):
        adapter_type(name, installed={})


@pytest.mark.parametrize("name", ["Reference", "refrence", "ref"])
def test_slip_of_a_name_is_told(name: str) -> None:
    """Who means an installed adapter is told its name and not to install something else."""
    with pytest.raises(NotFound, match=r"did you mean 'reference'\?$"):
        adapter_type(name, installed=REFERENCE)


@pytest.mark.parametrize("value", ["no_such_package.adapter:Acme", "checkout_kit.money:Nothing"])
def test_broken_installation_is_told(value: str) -> None:
    """An adapter whose code is gone is named with a way out, not shown as a traceback."""
    with pytest.raises(InputError, match=r"cannot be loaded.*force-reinstall checkout-kit-big-shop"):
        adapter_type("big_shop", installed=point("big_shop", value))


def test_other_objects_are_refused() -> None:
    """An entry point that is no adapter, or one under a wrong name, is an error that says so."""
    with pytest.raises(InputError, match="not an Adapter class"):
        adapter_type("x", installed=point("x", "checkout_kit.money:Money"))
    with pytest.raises(InputError, match="another name"):
        adapter_type("x", installed=point("x", "checkout_kit.testing.adapters.reference:ReferenceAdapter"))


def test_undeclared_operation_says_what_is_declared() -> None:
    """Unsupported names the adapter, the capability and what there is instead."""

    class Small(ReferenceAdapter):
        name = "small"
        capabilities = frozenset({Capability.RATES})
        get_cart = Adapter.get_cart

    small = object.__new__(Small)
    with pytest.raises(Unsupported, match=r"small adapter does not declare 'carts'.*declares rates"):
        small.get_cart("1")

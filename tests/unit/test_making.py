"""Makers: the same frozen values as by calling the class."""

import copy
import datetime as dt
import pickle
import weakref
from collections.abc import Callable

import attrs
import pytest

from checkout_kit.adapter import HttpResponse, Options, WebhookEvent
from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.making import maker
from checkout_kit.money import Money
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote

NOW = dt.datetime(2026, 11, 23, 18, 50, tzinfo=dt.UTC)
LINE = {"id": "1", "sku": "A", "quantity": 2, "unit_price": 300}
CART = Cart(currency="USD", lines=(LineItem(**LINE),))
QUOTE = sample_quote(
    [SampleOption(method_id="a", title="A", price_minor=1)], currency="USD", placed_at=NOW, valid_until=NOW
)
CASES = [
    (LineItem, LINE),
    (LineItem, {**LINE, "weight_g": 5, "requires_shipping": False, "attributes": {"fragile": "yes"}}),
    (Cart, {"currency": "USD", "lines": [LineItem(**LINE)], "discount_codes": ["TEN"]}),
    (Address, {"country": "US", "postal_code": "10001"}),
    (QuoteRequest, {"cart": CART, "destination": Address(country="US"), "placed_at": NOW, "live_rates": []}),
    (HttpResponse, {}),
    (HttpResponse, {"status": 404, "headers": {"X-Why": "none"}, "body": b"?"}),
    (Options, {"quote": QUOTE, "fresh_s": 7}),
]


@attrs.frozen
class Point:
    """A value whose fields are given by place, one of them under another name."""

    x: int
    _y: int = attrs.field(default=0, kw_only=True)


@attrs.frozen(slots=False)
class Unslotted:
    """A value kept in a dict."""

    x: int = 0


@attrs.frozen
class Derived:
    """A value with a field that nobody gives."""

    x: int
    twice: int = attrs.field(init=False, default=0)


@attrs.frozen(init=False)
class Own:
    """A value with an `__init__` of its own."""

    x: int

    def __init__(self) -> None:
        self.__attrs_init__(1)  # type: ignore[attr-defined]


@attrs.frozen
class Before:
    """A value that does something before its fields are stored."""

    x: int

    def __attrs_pre_init__(self) -> None:
        """Nothing, here."""


@pytest.mark.parametrize(("cls", "given"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_made_value_is_the_one_the_class_makes(cls: Callable[..., object], given: dict[str, object]) -> None:
    """Class, fields, equality, text and hash are those of the class's own call."""
    called, made = cls(**given), maker(cls)(**given)
    assert type(made) is cls
    assert made == called
    assert repr(made) == repr(called)
    names = [field.name for field in attrs.fields(cls)]
    assert [getattr(made, name) for name in names] == [getattr(called, name) for name in names]
    assert [type(getattr(made, name)) for name in names] == [type(getattr(called, name)) for name in names]
    if cls is not HttpResponse:
        assert hash(made) == hash(called) == hash(made)


@pytest.mark.parametrize(("cls", "given"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_made_value_is_frozen(cls: Callable[..., object], given: dict[str, object]) -> None:
    """No field can be set or deleted, and none can be added."""
    made = maker(cls)(**given)
    for name in [*[field.name for field in attrs.fields(cls)], "more"]:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(made, name, 1)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(made, name)


def test_made_value_is_copied_changed_and_kept_like_any_other() -> None:
    """`evolve`, copies, pickles and weak references work."""
    made = maker(Address)(country="US", city="Austin")
    assert attrs.evolve(made, city="Reno") == Address(country="US", city="Reno")
    assert copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    assert weakref.ref(made)() is made


def test_checks_are_made() -> None:
    """What the class refuses, its maker refuses."""
    with pytest.raises(InputError, match="an ISO 4217 currency"):
        maker(Cart)(currency="XXX", lines=())


@pytest.mark.parametrize("given", [{}, {**LINE, "colour": "red"}])
def test_names_are_those_of_the_class(given: dict[str, object]) -> None:
    """A field left out or unknown is a TypeError that names the class."""
    with pytest.raises(TypeError, match="LineItem"):
        maker(LineItem)(**given)  # type: ignore[arg-type]


def test_fields_by_place_and_under_another_name() -> None:
    """Parameters have the names and the order of the class's own call."""
    assert maker(Point)(1, y=2) == Point(1, y=2)


@pytest.mark.parametrize("cls", [Money, Unslotted, Derived, Own, Before, WebhookEvent])
def test_class_that_does_more_is_refused(cls: type[object]) -> None:
    """Validators, dicts, factories, fields not given and an initialiser of its own are beyond a maker."""
    with pytest.raises(TypeError, match=f"^{cls.__name__} has no slots, or does more"):
        maker(cls)

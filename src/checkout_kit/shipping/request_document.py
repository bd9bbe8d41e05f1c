"""Carts and addresses as JSON: bytes in, one value out, every fault reported together."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checkout_kit.address import Address, check_address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.errors import Fault, InputError
from checkout_kit.json_text import read_json_text
from checkout_kit.promise.faults import prefixed
from checkout_kit.shipping.document.places import Point
from checkout_kit.shipping.loading import model_faults
from checkout_kit.shipping.values import QuoteRequest
from checkout_kit.units import Dimensions

_Minor = Annotated[int, Field(strict=True)]
_Short = Annotated[str, Field(max_length=1000)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BoxDocument(_Closed):
    """The outer box of one unit in whole millimetres."""

    length_mm: Annotated[int, Field(gt=0, strict=True)]
    width_mm: Annotated[int, Field(gt=0, strict=True)]
    height_mm: Annotated[int, Field(gt=0, strict=True)]


class LineDocument(_Closed):
    """One line; amounts in minor units of the cart's currency."""

    id: _Short = ""
    sku: _Short
    quantity: Annotated[int, Field(ge=1, strict=True)]
    unit_price: Annotated[int, Field(ge=0, strict=True)]
    title: _Short = ""
    discount: Annotated[int, Field(ge=0, strict=True)] = 0
    tax_rate_bp: Annotated[int, Field(ge=0, strict=True)] | None = None
    weight_g: Annotated[int, Field(ge=0, strict=True)] | None = None
    dimensions: BoxDocument | None = None
    shipping_class: _Short = ""
    requires_shipping: bool = True
    ships_free: bool = False
    is_gift_card: bool = False
    origin: _Short = ""
    release_on: dt.date | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class CartDocument(_Closed):
    """A cart."""

    currency: str
    lines: Annotated[tuple[LineDocument, ...], Field(max_length=10_000)]
    order_discount: _Minor = 0
    prices_include_tax: bool = False
    discount_codes: tuple[_Short, ...] = ()


class AddressDocument(_Closed):
    """A destination, or as much of one as is known."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: _Short = ""
    company: _Short = ""
    line1: _Short = ""
    line2: _Short = ""
    city: _Short = ""
    region: _Short = ""
    postal_code: _Short = ""
    phone: _Short = ""


class CustomerDocument(_Closed):
    """What rules may ask about the buyer."""

    id: _Short = ""
    groups: tuple[_Short, ...] = ()


class QuoteRequestDocument(_Closed):
    """A whole quote request."""

    cart: CartDocument
    destination: AddressDocument
    placed_at: str = ""
    channel: _Short = ""
    customer: CustomerDocument = CustomerDocument()
    destination_kind: _Short = ""
    distance_m: Annotated[int, Field(ge=0, strict=True)] | None = None
    location: Point | None = None
    origin: _Short = ""
    release_on: dt.date | None = None
    last_option_id: _Short = ""


_Model = TypeVar("_Model", bound=BaseModel)


def _validated(model: type[_Model], raw: object) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        found = model_faults(error.errors(include_url=False), raw, model)
        raise InputError(_without_addresses(fault) for fault in found) from None


def _without_addresses(fault: Fault) -> Fault:
    """Only the country and codes of an address may be shown."""
    field = fault.path.rpartition(".")[2]
    is_private = field in ("name", "company", "line1", "line2", "city", "phone", "destination", "address")
    return Fault(fault.path, fault.message, "", fault.remedy) if is_private else fault


def read_json(body: bytes | str, *, what: str) -> object:
    """The value in a JSON text; decimal numbers are kept exact as text.

    Raises:
        InputError: the text is not JSON.
    """
    try:
        return read_json_text(body)
    except ValueError as error:
        raise InputError.of(what, f"not readable as JSON: {error}") from error


def parse_cart(raw: object) -> Cart:
    """A cart from parsed JSON; a line without an id gets `line-1`, `line-2` and so on.

    Raises:
        InputError: every fault together.
    """
    return _cart(_validated(CartDocument, raw))


def _cart(document: CartDocument) -> Cart:
    lines = []
    for i, line in enumerate(document.lines):
        facts = line.model_dump(exclude={"dimensions", "release_on", "id"})
        box = line.dimensions
        lines.append(
            LineItem(
                id=line.id or f"line-{i + 1}",
                dimensions=None if box is None else Dimensions(box.length_mm, box.width_mm, box.height_mm),
                release_on="" if line.release_on is None else line.release_on.isoformat(),
                **facts,
            )
        )
    return Cart(
        currency=document.currency,
        lines=tuple(lines),
        order_discount=document.order_discount,
        prices_include_tax=document.prices_include_tax,
        discount_codes=document.discount_codes,
    )


def parse_address(raw: object, *, path: str = "address") -> Address:
    """A destination from parsed JSON; whatever is present is checked against its country's rules.

    Raises:
        InputError: every fault together; no value but country, region and postal code is shown.
    """
    try:
        document = _validated(AddressDocument, raw)
    except InputError as error:
        raise InputError(prefixed(error, path)) from None
    address = Address(**document.model_dump())
    faults = check_address(address, path=path, partial=True)
    if faults:
        raise InputError(faults)
    return address


def parse_instant(text: str, *, path: str = "placed_at") -> dt.datetime:
    """An instant in RFC 3339 form, with its offset.

    Raises:
        InputError: not a date and time, or without an offset.
    """
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        remedy = "write for example 2026-11-23T10:00:00-05:00"
        raise InputError.of(path, "not a date and time", found=text, remedy=remedy) from None
    if instant.tzinfo is None:
        raise InputError.of(path, "has no time zone", found=text, remedy="add an offset such as +00:00")
    return instant


def parse_request(raw: object, *, now: dt.datetime) -> QuoteRequest:
    """A quote request from parsed JSON; `now` stands in where it does not say when it was placed.

    Raises:
        InputError: every fault of every part together.
    """
    faults: list[Fault] = []
    if not isinstance(raw, Mapping):
        raise InputError.of("", "should be a table of keys and values", found=raw)
    document = _validated(QuoteRequestDocument, raw)
    instant, cart = now, None
    try:
        cart = _cart(document.cart)
    except InputError as error:
        faults += prefixed(error, "cart")
    address = Address(**document.destination.model_dump())
    faults += check_address(address, path="destination", partial=True)
    if document.placed_at:
        try:
            instant = parse_instant(document.placed_at)
        except InputError as error:
            faults += error.faults
    if cart is None or faults:
        raise InputError(faults)
    return QuoteRequest(
        cart=cart,
        destination=address,
        placed_at=instant,
        channel=document.channel,
        customer=Customer(id=document.customer.id, groups=document.customer.groups),
        destination_kind=document.destination_kind,
        distance_m=document.distance_m,
        location=document.location,
        origin=document.origin,
        release_on=document.release_on,
        last_option_id=document.last_option_id,
    )

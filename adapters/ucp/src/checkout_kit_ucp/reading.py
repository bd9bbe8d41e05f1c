"""Request bodies as values: what a platform asks for, in either version's words."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from checkout_kit.adapter import Tree
from checkout_kit.errors import Fault, InputError

from checkout_kit_ucp.faults import Json

MOST_LINES: Final = 200
MOST_METHODS: Final = 20
MOST_DESTINATIONS: Final = 20
MOST_CODES: Final = 20
MOST_QUANTITY: Final = 1_000_000
POSTAL_FIELDS: Final = (
    "first_name", "last_name", "street_address", "extended_address", "address_locality", "address_region",
    "postal_code", "address_country", "phone_number",
)  # fmt: skip


@frozen(kw_only=True)
class AskedLine:
    """One line: how many of what; `id` is empty for a new one."""

    sku: str
    quantity: int
    id: str = ""


@frozen(kw_only=True)
class AskedDestination:
    """A postal address as it was given, under an id."""

    id: str
    postal: Mapping[str, str] = field(repr=False, hash=False)


@frozen(kw_only=True)
class AskedMethod:
    """One fulfillment method: lines, where they may go, and what is selected."""

    id: str
    type: str
    line_ids: tuple[str, ...] = ()
    destinations: tuple[AskedDestination, ...] = ()
    selected_destination_id: str = ""
    group_id: str = ""
    option_id: str = ""


@frozen(kw_only=True)
class AskedBuyer:
    """Who buys, and what they agree to: purposes by full name, with who asked (`platform`, `business`)."""

    first_name: str = ""
    last_name: str = ""
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    consent: Mapping[str, tuple[bool, str]] = field(factory=dict, hash=False)


@frozen(kw_only=True)
class AskedInstrument:
    """A payment instrument; `credential` is used once and never stored."""

    id: str
    handler_id: str
    type: str
    credential: Mapping[str, str] = field(repr=False, hash=False)
    billing: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    display: Json = field(factory=dict, repr=False, hash=False)


@frozen(kw_only=True)
class Asked:
    """A whole checkout or cart as a platform sends it; None where a section is absent."""

    lines: tuple[AskedLine, ...]
    buyer: AskedBuyer | None = None
    methods: tuple[AskedMethod, ...] | None = None
    codes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    country: str = ""
    attribution: Mapping[str, str] | None = field(default=None, hash=False)
    cart_id: str = ""


def read_asked(body: bytes, *, needs_lines: bool = True) -> Asked:
    """A create or update body; members the platform has no say in are ignored.

    Raises:
        InputError: the body is no JSON object, or a member is of another kind than the schema says.
    """
    tree = _object(body)
    lines = tree["line_items"]
    if needs_lines and lines.is_absent:
        raise InputError.of("line_items", "is missing")
    attribution = tree["attribution"]
    methods = tree["fulfillment"]["methods"]
    return Asked(
        lines=tuple(_line(line) for line in _at_most(lines, MOST_LINES)),
        buyer=None if tree["buyer"].is_absent else _buyer(tree["buyer"]),
        methods=None if methods.is_absent else tuple(
            _method(method, i) for i, method in enumerate(_at_most(methods, MOST_METHODS))
        ),
        codes=tuple(_short(code) for code in _at_most(tree["discounts"]["codes"], MOST_CODES)),
        claims=tuple(_short(claim) for claim in _at_most(tree["context"]["eligibility"], MOST_CODES)),
        country=_short(tree["context"]["address_country"], ""),
        attribution=None if attribution.is_absent else _texts(attribution),
        cart_id=_short(tree["cart_id"], ""),
    )  # fmt: skip


def read_instruments(body: bytes) -> tuple[AskedInstrument, ...]:
    """The payment instruments of a complete body, the selected one first.

    Raises:
        InputError: a member is of another kind than the schema says.
    """
    given = _at_most(_object(body)["payment"]["instruments"], 10)
    ordered = sorted(given, key=lambda one: not one["selected"].flag(False))
    return tuple(_instrument(one) for one in ordered)


def _object(body: bytes) -> Tree:
    tree = Tree.loads(body or b"{}")
    if not isinstance(tree.value, dict):
        raise InputError.of("", "must be a JSON object")
    return tree


def _at_most(tree: Tree, limit: int) -> tuple[Tree, ...]:
    found = tree.each()
    if len(found) > limit:
        raise InputError.of(tree.path, f"has more than {limit} entries")
    return found


def _short(tree: Tree, default: str | None = None, *, limit: int = 200) -> str:
    text = tree.text(default)
    if len(text) > limit or not text.isprintable():
        raise InputError.of(tree.path, f"must be printable text of at most {limit} characters")
    return text


def _texts(tree: Tree) -> dict[str, str]:
    if not isinstance(tree.value, dict) or len(tree.value) > 50:
        raise InputError.of(tree.path, "must be an object of at most 50 strings")
    return {str(name)[:100]: _short(tree[name], limit=1000) for name in tree.value}


def _line(tree: Tree) -> AskedLine:
    quantity = tree["quantity"].whole()
    if not 1 <= quantity <= MOST_QUANTITY:
        raise InputError([Fault(f"{tree.path}.quantity", f"must lie between 1 and {MOST_QUANTITY}")])
    return AskedLine(sku=_short(tree["item"]["id"]), quantity=quantity, id=_short(tree["id"], "", limit=100))


def _buyer(tree: Tree) -> AskedBuyer:
    given = tree["consent"]
    consent: dict[str, tuple[bool, str]] = {}
    if isinstance(given.value, dict):
        for name in list(given.value)[:50]:
            state, purpose = given[name], str(name) if "." in str(name) else f"dev.ucp.consent.{name}"
            if isinstance(state.value, bool):
                consent[purpose] = (state.value, "platform")
            else:
                consent[purpose] = (state["granted"].flag(), _short(state["source"], "platform"))
    return AskedBuyer(
        first_name=_short(tree["first_name"], ""),
        last_name=_short(tree["last_name"], ""),
        email=_short(tree["email"], "", limit=254),
        phone=_short(tree["phone_number"], "", limit=40),
        consent=consent,
    )


def postal_of(tree: Tree) -> dict[str, str]:
    """The members of a postal address that were given."""
    return {name: _short(tree[name]) for name in POSTAL_FIELDS if not tree[name].is_absent}


def _method(tree: Tree, place: int) -> AskedMethod:
    groups = _at_most(tree["groups"], 20)
    group = groups[0] if groups else Tree(None)
    return AskedMethod(
        id=_short(tree["id"], "", limit=100) or f"method_{place + 1}",
        type=_short(tree["type"], "shipping"),
        line_ids=tuple(_short(one, limit=100) for one in _at_most(tree["line_item_ids"], MOST_LINES)),
        destinations=tuple(
            AskedDestination(
                id=_short(one["id"], "", limit=100) or f"destination_{i + 1}", postal=postal_of(one)
            )
            for i, one in enumerate(_at_most(tree["destinations"], MOST_DESTINATIONS))
        ),
        selected_destination_id=_short(tree["selected_destination_id"], "", limit=100),
        group_id=_short(group["id"], "", limit=100),
        option_id=_short(group["selected_option_id"], "", limit=100),
    )


def _instrument(tree: Tree) -> AskedInstrument:
    credential, display, billing = tree["credential"], tree["display"], tree["billing_address"]
    members = credential.value if isinstance(credential.value, dict) else {}
    shown = display.value if isinstance(display.value, dict) else {}
    safe = ("brand", "last_digits", "expiry_month", "expiry_year", "description")
    return AskedInstrument(
        id=_short(tree["id"], "", limit=100),
        handler_id=_short(tree["handler_id"], "", limit=100),
        type=_short(tree["type"], ""),
        credential={str(name): text for name, text in members.items() if isinstance(text, str)},
        billing=None if billing.is_absent else postal_of(billing),
        display={name: shown[name] for name in safe if isinstance(shown.get(name), str | int)},
    )

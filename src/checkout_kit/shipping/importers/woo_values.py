"""Reading a WooCommerce zone export: what the REST API v3 answers, put together; every fault with its path.

The export is one JSON object: `currency`, optional `decimal_separator`, `thousand_separator`, `base_country`,
`shipping_classes` (`GET /products/shipping_classes`), `coupons` (`GET /coupons`), and `zones`: each zone of
`GET /shipping/zones` with `locations` and `methods` holding the answers of its two sub-resources.
"""

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from checkout_kit.errors import Fault, InputError, short_repr
from checkout_kit.money import is_currency

LOCATION_TYPES = ("country", "state", "continent", "postcode")
REST_OF_WORLD_ID = 0


@frozen(kw_only=True)
class WooMethod:
    """One method instance of a zone; settings are the texts the shop's owner typed."""

    id: str
    kind: str
    title: str
    settings: Mapping[str, str] = field(hash=False)
    is_enabled: bool
    path: str


@frozen(kw_only=True)
class WooZone:
    """One zone: its codes by type, and its methods in their order. Id 0 is the rest of the world."""

    id: int
    name: str
    order: int
    countries: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    continents: tuple[str, ...]
    postcodes: tuple[str, ...]
    methods: tuple[WooMethod, ...]
    path: str


@frozen(kw_only=True)
class WooExport:
    """A whole export; zones in the order in which WooCommerce tries them."""

    currency: str
    decimal: str
    group: str
    base_country: str
    classes: Mapping[str, str] = field(hash=False)
    free_codes: tuple[str, ...]
    zones: tuple[WooZone, ...]


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str, found: object = None, remedy: str = "") -> None:
        self.faults.append(Fault(path, message, "" if found is None else short_repr(found), remedy))

    def table(self, value: object, path: str) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        self.fault(path, "should be an object", value)
        return {}

    def tables(
        self, owner: Mapping[str, object], key: str, path: str
    ) -> list[tuple[str, Mapping[str, object]]]:
        value = owner.get(key, [])
        at = f"{path}.{key}" if path else key
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fault(at, "should be a list", value)
            return []
        return [(f"{at}[{i}]", self.table(each, f"{at}[{i}]")) for i, each in enumerate(value)]

    def text(self, owner: Mapping[str, object], key: str, path: str, default: str | None = None) -> str:
        value = owner.get(key, default)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.fault(f"{path}.{key}" if path else key, "should be a text", value)
        return ""

    def number(self, owner: Mapping[str, object], key: str, path: str, default: int | None = None) -> int:
        value = owner.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(f"{path}.{key}", "should be a whole number", value)
        return 0


def read_export(raw: object) -> WooExport:
    """The export as values.

    Raises:
        InputError: every fault, with paths such as `zones[1].methods[0].settings.cost`.
    """
    reader = _Reader()
    root = reader.table(raw, "")
    currency = reader.text(root, "currency", "")
    if not is_currency(currency):
        reader.fault(
            "currency", "not an ISO 4217 currency", currency, "add the shop's currency, such as 'USD'"
        )
    zones = [_zone(reader, path, table) for path, table in reader.tables(root, "zones", "")]
    if not zones:
        reader.fault("zones", "is empty", root.get("zones"), "add the answers of GET /shipping/zones")
    classes = {
        str(reader.number(table, "id", path)): reader.text(table, "slug", path)
        for path, table in reader.tables(root, "shipping_classes", "")
    }
    coupons = [
        reader.text(table, "code", path)
        for path, table in reader.tables(root, "coupons", "")
        if table.get("free_shipping") is True
    ]
    export = WooExport(
        currency=currency,
        decimal=reader.text(root, "decimal_separator", "", "."),
        group=reader.text(root, "thousand_separator", "", ""),
        base_country=reader.text(root, "base_country", "", ""),
        classes=classes,
        free_codes=tuple(coupons),
        zones=tuple(sorted(zones, key=lambda zone: (zone.id == REST_OF_WORLD_ID, zone.order, zone.id))),
    )
    if reader.faults:
        raise InputError(reader.faults)
    return export


def _zone(reader: _Reader, path: str, table: Mapping[str, object]) -> WooZone:
    codes: dict[str, list[str]] = {kind: [] for kind in LOCATION_TYPES}
    states: list[tuple[str, str]] = []
    for at, location in reader.tables(table, "locations", path):
        kind, code = reader.text(location, "type", at, "country"), reader.text(location, "code", at)
        if kind not in codes:
            reader.fault(f"{at}.type", "not a type of location", kind, f"one of {', '.join(LOCATION_TYPES)}")
        elif kind == "state":
            country, _, state = code.partition(":")
            if not state:
                reader.fault(f"{at}.code", "not a state", code, "write country and state, such as 'US:CA'")
            states.append((country, state))
        else:
            codes[kind].append(code)
    methods = [_method(reader, at, each) for at, each in reader.tables(table, "methods", path)]
    return WooZone(
        id=reader.number(table, "id", path),
        name=reader.text(table, "name", path, ""),
        order=reader.number(table, "order", path, 0),
        countries=tuple(codes["country"]),
        states=tuple(states),
        continents=tuple(codes["continent"]),
        postcodes=tuple(codes["postcode"]),
        methods=tuple(methods),
        path=path,
    )


def _method(reader: _Reader, path: str, table: Mapping[str, object]) -> WooMethod:
    kind = reader.text(table, "method_id", path)
    instance = table.get("instance_id", table.get("id"))
    settings = {
        name: reader.text(
            reader.table(setting, f"{path}.settings.{name}"), "value", f"{path}.settings.{name}", ""
        )
        for name, setting in reader.table(table.get("settings", {}), f"{path}.settings").items()
    }
    title = settings.get("title") or reader.text(table, "title", path, kind)
    return WooMethod(
        id=f"{kind.replace('_', '-')}-{instance}",
        kind=kind,
        title=title,
        settings=settings,
        is_enabled=table.get("enabled", True) is True,
        path=path,
    )

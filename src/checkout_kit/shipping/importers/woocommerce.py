"""A WooCommerce zone export as a policy: one zone per zone, one method per enabled method instance."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from checkout_kit.address import PostalRule, is_country, normalise_region
from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping.importers.continents import CONTINENTS
from checkout_kit.shipping.importers.numerals import amount_text, parse_number, plain
from checkout_kit.shipping.importers.values import PLACEHOLDER_ORIGIN, Imported, Note
from checkout_kit.shipping.importers.woo_cost import Cost, Fee, parse_cost
from checkout_kit.shipping.importers.woo_values import (
    REST_OF_WORLD_ID,
    WooExport,
    WooMethod,
    WooZone,
    read_export,
)

_KNOWN = ("flat_rate", "free_shipping", "local_pickup")
Table = dict[str, object]


def import_woocommerce(raw: object) -> Imported:
    """The policy of an export; `woocommerce_parity` compares the two.

    Methods of extensions, disabled methods and methods without any cost are left out and noted.

    Raises:
        InputError: every fault of the export, with its path.
    """
    export = read_export(raw)
    faults: list[Fault] = []
    notes = [Note("", "origins.warehouse is a stand-in: set its time zone, working days and cut-off")]
    zones: Table = {}
    methods: list[Table] = []
    for rank, zone in enumerate(export.zones):
        name = zone_name(zone)
        zones[name] = _zone(export, zone, len(export.zones) - rank, faults)
        for method in zone.methods:
            found = _method(export, method, notes, faults)
            if found is not None:
                methods.append({"id": method.id, "title": method.title, "zones": [name]} | found)
    if not methods and not faults:
        faults.append(Fault("zones", "no enabled method has a cost"))
    if faults:
        raise InputError(faults)
    policy: Table = {
        "name": "woocommerce-zones",
        "currency": export.currency,
        "overlap": "one zone",
        "origins": dict(PLACEHOLDER_ORIGIN),
        "zones": zones,
        "methods": methods,
    }
    return Imported(policy=policy, notes=tuple(notes))


def zone_name(zone: WooZone) -> str:
    """The zone's name in the policy; its id keeps it unique."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in zone.name.casefold()).split()
    return "-".join([*words, str(zone.id)])


def _zone(export: WooExport, zone: WooZone, priority: int, faults: list[Fault]) -> Table:
    if zone.id == REST_OF_WORLD_ID:
        return {"rest_of_world": True}
    at = f"{zone.path}.locations"
    countries = list(zone.countries)
    for continent in zone.continents:
        if continent not in CONTINENTS:
            faults.append(Fault(at, "not a continent", repr(continent), f"one of {', '.join(CONTINENTS)}"))
        countries += [country for country in CONTINENTS.get(continent, ()) if is_country(country)]
    for country in (*zone.countries, *(country for country, _ in zone.states)):
        if not is_country(country):
            faults.append(Fault(at, "not a country", repr(country), "use its ISO 3166-1 code"))
    if zone.postcodes and not countries and not zone.states:
        if not export.base_country:
            remedy = "add base_country to the export"
            faults.append(Fault(at, "has postcodes and names no country", repr(zone.postcodes[0]), remedy))
            return {"where": []}
        countries = [export.base_country]
    where = [*_states(zone, at, faults), *_countries(list(dict.fromkeys(countries)), zone.postcodes)]
    if zone.postcodes:
        for place in where:
            place["postal_codes"] = list(zone.postcodes)
            _check_codes(str(place["country"]), zone.postcodes, at, faults)
    return {"where": where or [{"everywhere": True}], "priority": priority}


def _states(zone: WooZone, at: str, faults: list[Fault]) -> list[Table]:
    regions: dict[str, list[str]] = {}
    for country, state in zone.states:
        region = normalise_region(country, state)
        if region is None and is_country(country):
            faults.append(Fault(at, f"not a state of {country}", repr(state), "use its ISO 3166-2 code"))
        regions.setdefault(country, []).append(region or state)
    return [{"country": country, "regions": states} for country, states in regions.items()]


def _countries(countries: list[str], postcodes: Sequence[str]) -> list[Table]:
    if postcodes or len(countries) == 1:
        return [{"country": country} for country in countries]
    return [{"countries": countries}] if countries else []


def _check_codes(country: str, postcodes: Sequence[str], at: str, faults: list[Fault]) -> None:
    for code in postcodes:
        try:
            PostalRule.parse(country, code, path=at)
        except InputError as error:
            faults += error.faults


def _method(export: WooExport, method: WooMethod, notes: list[Note], faults: list[Fault]) -> Table | None:
    if method.kind not in _KNOWN:
        notes.append(Note(method.path, f"{method.kind!r} belongs to an extension and is left out"))
        return None
    if not method.is_enabled:
        notes.append(Note(method.path, f"{method.title!r} is disabled and left out"))
        return None
    try:
        if method.kind == "free_shipping":
            return _free(export, method)
        if method.kind == "local_pickup":
            cost = parse_cost(
                method.settings.get("cost", ""), decimal=export.decimal, path=_at(method, "cost")
            )
            return _priced(cost or Cost())
        found = _flat(export, method, notes)
    except InputError as error:
        faults += error.faults
        return None
    if found is None:
        notes.append(Note(method.path, f"{method.title!r} has no cost, is never offered and is left out"))
    return found


def _at(method: WooMethod, setting: str) -> str:
    return f"{method.path}.settings.{setting}"


def _free(export: WooExport, method: WooMethod) -> Table:
    requires = method.settings.get("requires", "")
    if requires not in ("", "min_amount", "coupon", "either", "both"):
        raise InputError.of(_at(method, "requires"), "not a known requirement", found=requires)
    if not requires:
        return {"price": "0"}
    goods: Table = {}
    if requires != "coupon":
        written = method.settings.get("min_amount", "").strip() or "0"
        amount = parse_number(written, path=_at(method, "min_amount"))
        before = method.settings.get("ignore_discounts", "no") == "yes"
        basis = "before discounts" if before else "after discounts"
        goods = {"goods": {"at_least": amount_text(amount), "goods": basis}}
    codes: Table = {"codes": list(export.free_codes)}
    if requires != "min_amount" and not export.free_codes:
        remedy = "add the coupons with free shipping to the export"
        raise InputError.of(_at(method, "requires"), "needs a coupon, and none is known", remedy=remedy)
    when = {"min_amount": goods, "coupon": codes, "either": {"any": [goods, codes]}, "both": goods | codes}
    return {"price": "0", "when": when[requires]}


def _flat(export: WooExport, method: WooMethod, notes: list[Note]) -> Table | None:
    def cost(setting: str) -> Cost | None:
        return parse_cost(method.settings.get(setting, ""), decimal=export.decimal, path=_at(method, setting))

    base = cost("cost")
    by_class = {slug: cost(f"class_cost_{number}") for number, slug in export.classes.items()}
    unclassed = cost("no_class_cost") if by_class else None
    if unclassed is None and not any(by_class.values()):
        return None if base is None else _priced(base)
    known = {slug: _charge(each, _at(method, f"class cost of {slug}")) for slug, each in by_class.items()}
    table: Table = {
        "by": "class",
        "classes": known,
        "other": _charge(unclassed, _at(method, "no_class_cost")),
        "combine": "dearest" if method.settings.get("type", "class") == "order" else "sum",
    }
    priced: Table = {"price": table}
    if base is not None:
        if base.fixed:
            table["base"] = amount_text(base.fixed)
        return priced | _fees(base)
    unpriced = [slug for slug, each in by_class.items() if each is None]
    if unclassed is None:
        priced["when"] = {"classes": [slug for slug in known if slug not in unpriced]}
    elif unpriced:
        priced["when"] = {"classes": {"none": unpriced}}
        message = f"has no cost for {', '.join(unpriced)}: carts with such items are not offered it here"
        notes.append(Note(method.path, message))
    return priced


def _charge(cost: Cost | None, path: str) -> object:
    """A class's charge; a class without a cost adds nothing, as in the source."""
    if cost is None:
        return "0"
    if len(cost.fees) > 1 or any(fee.floor is not None or fee.ceiling is not None for fee in cost.fees):
        remedy = "give the class a share without limits"
        raise InputError.of(path, "a fee with limits cannot be carried over for a class", remedy=remedy)
    charge = {"price": amount_text(cost.fixed)} if cost.fixed or not (cost.each or cost.fees) else {}
    charge |= {"each": amount_text(cost.each)} if cost.each else {}
    return charge | ({"percent": plain(cost.fees[0].percent)} if cost.fees else {})


def _priced(cost: Cost) -> Table:
    if not cost.fees and not cost.each:
        return {"price": amount_text(cost.fixed)}
    if len(cost.fees) == 1 and not cost.fixed and not cost.each:
        return {"price": {"by": "percent"} | _share(cost.fees[0])}
    return {"price": amount_text(cost.fixed)} | _fees(cost)


def _fees(cost: Cost) -> Table:
    """What comes on top of a fixed cost, as surcharges."""
    fees: list[Table] = (
        [{"title": "per item", "amount": amount_text(cost.each), "per": "item"}] if cost.each else []
    )
    fees += [{"title": "fee", "of": "goods"} | _share(fee) for fee in cost.fees]
    return {"surcharges": fees} if fees else {}


def _share(fee: Fee) -> Table:
    limits: Mapping[str, Decimal | None] = {"floor": fee.floor, "ceiling": fee.ceiling}
    stated = {name: amount_text(limit) for name, limit in limits.items() if limit is not None and limit > 0}
    return {"percent": plain(fee.percent), **stated}

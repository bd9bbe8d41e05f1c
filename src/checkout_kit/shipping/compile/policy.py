"""Compile a whole policy, once per currency, noting every fault of every table."""

from array import array

from attrs import frozen

from checkout_kit.address import postal_key
from checkout_kit.calendars import load_zone
from checkout_kit.errors import Fault
from checkout_kit.promise.faults import gathered
from checkout_kit.shipping.cells import CellBuilder, MethodTerms
from checkout_kit.shipping.compile.amounts import Amounts, NotPricedError
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.compile.methods import compile_face, compile_method
from checkout_kit.shipping.compile.places import Places
from checkout_kit.shipping.compile.terms import compile_surcharge
from checkout_kit.shipping.compile.zone_table import compile_zones
from checkout_kit.shipping.document import PolicyDocument
from checkout_kit.shipping.document.packages import PackagesDocument
from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.packages.rules import PackageRules
from checkout_kit.shipping.rate import Face
from checkout_kit.shipping.settings import Settings
from checkout_kit.shipping.slots import PickupPoint, PickupRules, SlotRules, SlotSchedule
from checkout_kit.units import parse_weight_g


@frozen
class Compiled:
    """The engines of a policy by currency, the policy's own first; none when there are faults."""

    engines: dict[str, Engine]
    faults: tuple[Fault, ...]
    slots: SlotRules
    pickup: PickupRules
    packages: PackageRules


def compile_policy(document: PolicyDocument) -> Compiled:
    """Compile for the policy's currency and each further one it declares."""
    faults: list[Fault] = []
    engines: dict[str, Engine] = {}
    for currency in dict.fromkeys((document.currency, *document.currencies)):
        engine = _engine(document, currency, faults)
        if faults:
            break
        engines[currency] = engine
    slots: dict[str, SlotSchedule] = {}
    points: dict[str, PickupPoint] = {}
    for name, schedule in document.slots.items():
        with gathered(faults, f"slots.{name}"):
            slots[name] = schedule.compiled(name)
    for name, point in document.pickup_points.items():
        points[name] = point.compiled(name)
    weight = None if document.default_item_weight is None else parse_weight_g(document.default_item_weight)
    packages = (document.packages or PackagesDocument()).compiled(weight)
    pickup = PickupRules(
        points=points,
        methods={m.id: frozenset(m.pickup_points) for m in document.methods if m.pickup_points},
        order=tuple(m.id for m in document.methods),
        default_item_weight_g=weight,
    )
    rules = SlotRules(
        schedules=slots,
        methods={m.id: m.slots for m in document.methods if m.slots},
        points={name: point.slots for name, point in document.pickup_points.items() if point.slots},
    )
    unique = tuple(dict.fromkeys(faults))
    return Compiled({} if unique else engines, unique, rules, pickup, packages)


def _engine(document: PolicyDocument, currency: str, faults: list[Fault]) -> Engine:
    amounts = Amounts(
        currency=currency,
        base_currency=document.currency,
        declared=frozenset(document.currencies),
        conversion=document.currencies.get(currency),
        faults=faults,
    )
    amounts.check_step()
    context = Context(
        document=document,
        amounts=amounts,
        faults=faults,
        zones={name: i for i, name in enumerate(document.zones)},
    )
    _check_zone(context)
    places = Places(context=context)
    places.check_origins()
    zones = compile_zones(context)
    calendars = places.zone_calendars()
    _check_shared(context)
    faces = tuple(compile_face(context, i, method) for i, method in enumerate(document.methods))
    methods: list[MethodTerms] = []
    not_priced: set[str] = set()
    for face, method in zip(faces, document.methods, strict=True):
        try:
            methods.append(compile_method(context, places, face))
        except NotPricedError:
            not_priced.add(face.method_id)
            methods.append(_unpriced(face, len(document.zones)))
            if currency == document.currency:
                context.fault(face.path, f"has an amount without one in {currency}", method.id)
    builder = CellBuilder(zone_names=tuple(document.zones), methods=tuple(methods), calendars=calendars)
    return Engine(
        settings=_settings(context),
        zones=zones,
        builder=builder,
        faces=faces,
        order=document.order,
        not_priced=frozenset(not_priced),
        origins=tuple(document.origins),
    )


def _unpriced(face: Face, zones: int) -> MethodTerms:
    return MethodTerms(face=face, rates=(), by_zone=array("i", [-1]) * max(1, zones))


def _check_zone(context: Context) -> None:
    if context.document.timezone:
        with gathered(context.faults):
            load_zone(context.document.timezone, path="timezone")


def _settings(context: Context) -> Settings:
    document = context.document
    first = next(iter(document.origins))
    # A faulty zone has been noted by now, and nothing is built from a policy with faults.
    zone = load_zone("UTC" if context.faults else document.timezone or document.origins[first].timezone)
    default_weight = document.default_item_weight
    return Settings(
        currency=context.amounts.currency,
        zone=zone,
        default_origin=first,
        default_item_weight_g=None if default_weight is None else parse_weight_g(default_weight),
        origin_locations={n: o.location for n, o in document.origins.items() if o.location is not None},
        centroids={
            country: {postal_key(country, text): point for text, point in known.items()}
            for country, known in document.centroids.items()
        },
        has_codes=_has_codes(document),
        asked=frozenset(context.asked),
    )


def _has_codes(document: PolicyDocument) -> bool:
    """Whether a discount code could change a price; conditions on codes are tested in any case."""
    return any(cut.codes for cut in document.promotions)


def _check_shared(context: Context) -> None:
    document = context.document
    seen: set[str] = set()
    for i, method in enumerate(document.methods):
        if method.id in seen:
            context.fault(f"methods[{i}].id", "is used by an earlier method", method.id, "give each its own")
        seen.add(method.id)
    for name, fee in document.surcharges.items():
        try:
            compile_surcharge(context, fee, f"surcharges.{name}", name=name)
        except NotPricedError:
            if context.amounts.currency == document.currency:
                context.fault(f"surcharges.{name}", f"has no amount in {document.currency}")
    for name, point in document.pickup_points.items():
        at = f"pickup_points.{name}"
        if point.origin is not None:
            context.known("origins", point.origin, document.origins, f"{at}.origin")
        if point.slots is not None:
            context.known("slots", point.slots, document.slots, f"{at}.slots")
    for i, cut in enumerate(document.promotions):
        for j, method_id in enumerate(cut.methods or ()):
            context.known("methods", method_id, seen, f"promotions[{i}].methods[{j}]")

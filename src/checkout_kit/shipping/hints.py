"""Withheld methods with hints that work: each is tried out before it is given."""

from attrs import evolve

from checkout_kit.shipping.conditions import IMPOSSIBLE
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.rate import Face
from checkout_kit.shipping.refusals import not_delivered
from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.values import Change, Withheld
from checkout_kit.shipping.what_if import after_changes

_ROUNDS = 4
_ZONES_TRIED = 4


def withheld_of(priced: PricedRequest, face: Face, refusals: tuple[Refusal, ...]) -> Withheld:
    """The withheld method; its changes, made together, offer it, or are `none` where no way was found."""
    found: tuple[Refusal, ...] = ()
    for start in _starts(face, refusals):
        way = _worked_out(priced, face, start)
        if way is not None and (not found or len(way) < len(found)):
            found = way
        if len(found) == 1:
            break
    stated = tuple(refusal for refusal in refusals if refusal.reason != "not_delivered_here")
    # What is learnt on the way is worth saying too: it would have stood in the way next.
    hints = [refusal.hint for refusal in found or stated if refusal.hint]
    changes = tuple(change for refusal in found for change in refusal.changes) or (IMPOSSIBLE,)
    return Withheld(
        method_id=face.method_id,
        title=face.title,
        reason=refusals[0].reason,
        message="; ".join(dict.fromkeys(refusal.message for refusal in refusals)),
        hint=" and ".join(dict.fromkeys(hints)),
        changes=tuple(dict.fromkeys(changes)),
    )


def _starts(face: Face, refusals: tuple[Refusal, ...]) -> list[tuple[Refusal, ...]]:
    """Where to begin: as refused; for a method that has no rate here, in each of its zones."""
    if refusals[0].reason != "not_delivered_here":
        return [refusals]
    return [(not_delivered(zone),) for zone in face.zone_names[:_ZONES_TRIED]]


def _worked_out(
    priced: PricedRequest, face: Face, refusals: tuple[Refusal, ...]
) -> tuple[Refusal, ...] | None:
    """The refusals with all that come up once their changes are made, or None where there is no way out."""
    known = refusals
    for _ in range(_ROUNDS):
        changes = [change for refusal in known for change in refusal.changes]
        if not changes or any(change.kind == "none" for change in changes):
            return None
        after = _after(priced, changes)
        if after is None:
            return None
        rest = after.refusals(face)
        if not rest:
            return known
        known = _merged(known, rest)
    return None


def _merged(known: tuple[Refusal, ...], rest: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Both sets; a later instant replaces an earlier one, since an order is placed only once."""
    if any(change.at is not None for refusal in rest for change in refusal.changes):
        known = tuple(
            evolve(refusal, changes=timeless)
            for refusal in known
            if (timeless := tuple(change for change in refusal.changes if change.at is None))
        )
    return (*known, *rest)


def _after(priced: PricedRequest, changes: list[Change]) -> PricedRequest | None:
    """The request after the changes, in the zone they lead to; None where they leave nothing to ship."""
    engine, cell = priced.engine, priced.cell
    names = engine.zones.names
    for change in changes:
        if change.kind == "change_destination" and change.names:
            cell = engine.cell(engine.zones.number((names.index(change.names[0]),)))
        elif change.kind == "leave_destination":
            kept = tuple(names.index(name) for name in cell.zones if name not in change.names)
            cell = engine.cell(engine.zones.number(kept))
    request = after_changes(priced.request, changes)
    if not request.cart.lines:
        return None
    return type(priced)(request, cell, engine)

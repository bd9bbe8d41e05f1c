"""The trace of a quote: the rule that matched, each price step, each reason; as data and as sentences."""

from attrs import frozen

from checkout_kit.money import Money
from checkout_kit.promise import DayStep, DeliveryPromise
from checkout_kit.shipping.steps import Step, recompute
from checkout_kit.shipping.values import QuoteRequest, Withheld


@frozen(kw_only=True)
class ZoneTrace:
    """A zone the address lies in, by which kind of rule, and where the policy states it."""

    zone: str
    by: str
    path: str


@frozen(kw_only=True)
class MethodTrace:
    """Why one method is offered at its price, or withheld; `days` lead from the order to the promised day."""

    method_id: str
    title: str
    currency: str
    zone: str = ""
    path: str = ""
    steps: tuple[Step, ...] = ()
    price_minor: int | None = None
    tax_minor: int = 0
    promise: DeliveryPromise | None = None
    days: tuple[DayStep, ...] = ()
    withheld: Withheld | None = None

    @property
    def is_offered(self) -> bool:
        """Whether the shopper may choose it."""
        return self.withheld is None

    def sentences(self) -> tuple[str, ...]:
        """The same for people."""
        if self.withheld is not None:
            hint = f" ({self.withheld.hint})" if self.withheld.hint else ""
            return (f"{self.title} is withheld: {self.withheld.message}{hint}.",)
        price = Money(self.price_minor or 0, self.currency)
        lines = [f"{self.title} costs {price}, by the rate of zone {self.zone} ({self.path})."]
        lines += [f"{_said(step, self.currency)} ({step.path})." for step in self.steps]
        if self.promise is not None:
            lines.append(f"It ships by {self.promise.ships_on} and arrives by {self.promise.latest}.")
        lines += [step.sentence for step in self.days if step.reason]
        return tuple(lines)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data."""
        if self.withheld is not None:
            return {
                "method_id": self.method_id,
                "offered": False,
                "reason": self.withheld.reason,
                "message": self.withheld.message,
                "hint": self.withheld.hint,
                "changes": [change.to_dict() for change in self.withheld.changes],
            }
        return {
            "method_id": self.method_id,
            "offered": True,
            "zone": self.zone,
            "path": self.path,
            "price_minor": self.price_minor,
            "tax_minor": self.tax_minor,
            "steps": [_step_dict(step) for step in self.steps],
            "days": [
                {"stage": each.stage, "day": each.day.isoformat(), "reason": each.reason}
                for each in self.days
            ],
        }


@frozen(kw_only=True)
class Trace:
    """Everything a quote was decided by; `zones` are most specific first, `methods` in policy order."""

    currency: str
    zones: tuple[ZoneTrace, ...]
    facts: tuple[tuple[str, int | str | None], ...]
    methods: tuple[MethodTrace, ...]

    def sentences(self) -> tuple[str, ...]:
        """The whole trace for people."""
        found = [f"The address lies in zone {each.zone} by {each.by} ({each.path})." for each in self.zones]
        lines = found or ["The address lies in no zone of the policy."]
        return (*lines, *(line for method in self.methods for line in method.sentences()))

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data, from which `replay` recomputes every price."""
        return {
            "currency": self.currency,
            "zones": [{"zone": each.zone, "by": each.by, "path": each.path} for each in self.zones],
            "facts": dict(self.facts),
            "methods": [method.to_dict() for method in self.methods],
        }


def replay(trace: Trace) -> dict[str, int]:
    """The price of every offered method in minor units, recomputed from the recorded inputs alone."""
    return {
        method.method_id: sum(recompute(step.op, step.inputs) for step in method.steps)
        for method in trace.methods
        if method.is_offered
    }


def unpriced_trace(request: QuoteRequest, withheld: tuple[Withheld, ...]) -> Trace:
    """The trace of a request in a currency that is not priced."""
    currency = request.cart.currency
    methods = tuple(
        MethodTrace(method_id=each.method_id, title=each.title, currency=currency, withheld=each)
        for each in withheld
    )
    return Trace(currency=currency, zones=(), facts=(), methods=methods)


def _said(step: Step, currency: str) -> str:
    given = dict(step.inputs)
    amount = Money(step.amount_minor, currency)
    if step.op == "per_unit":
        unit = "" if given["unit"] == 1 else f" per {given['unit']}"
        return f"{step.label}: {Money(given['price'], currency)}{unit} for {given['count']} is {amount}"
    if step.op in ("percent", "cut_percent"):
        share = 100 * given["numerator"] / given["denominator"]
        of = Money(given["of"] if step.op == "percent" else given["total"], currency)
        return f"{step.label}: {share:g} % of {of} is {amount}"
    if step.op in ("raise_to", "lower_to"):
        verb = "raised" if step.op == "raise_to" else "lowered"
        total, bound = (Money(given[key], currency) for key in ("total", "bound"))
        return f"{step.label}: {verb} from {total} to {bound}, {amount}"
    return f"{step.label}: {amount}"


def _step_dict(step: Step) -> dict[str, object]:
    return {
        "kind": step.kind,
        "label": step.label,
        "op": step.op,
        "inputs": dict(step.inputs),
        "amount_minor": step.amount_minor,
        "path": step.path,
    }

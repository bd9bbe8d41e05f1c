"""What a plain pricing knows: a request's amounts, sums and conditions, read from the policy mapping."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import atan2, ceil, cos, floor, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from checkout_kit import Address, Cart, LineItem
from checkout_kit.shipping import QuoteRequest
from tests.oracles.plain_places import district, tidy, zones_of

Table = Mapping[str, Any]
DIGITS = {"JPY": 0, "KWD": 3}
UNITS = {"g": 1, "kg": 1000, "mm": 1, "cm": 10, "m": 1000, "km": 1000}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Withheld(Exception):
    """A method that cannot be priced for this request; its argument says why."""


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves going up."""
    return floor(value + Fraction(1, 2))


def share(amount: int, percent: str | int) -> int:
    """So many per cent of an amount."""
    return half_up(amount * Fraction(str(percent)) / 100)


def is_table(value: Any, *keys: str) -> bool:
    """Whether a value is a table with one of these keys, and not an amount."""
    return isinstance(value, Mapping) and bool(value.keys() & set(keys))


def measure(text: str | int) -> int:
    """A bound in whole grams, millimetres, metres or units; "1.5 kg" is 1500, "10 km" 10,000."""
    if isinstance(text, int):
        return text
    number, unit = text.split()
    return half_up(Fraction(number) * UNITS[unit])


def share_out(amount: int, weights: list[int]) -> list[int]:
    """An amount parted in proportion, the cents left over to the largest remainders, first come first."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [amount * w // total for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


class Unknown(Withheld):
    """A number nobody knows: a price that needs it is withheld, a condition on it does not hold."""


class Reading:
    """One request read against one policy."""

    def __init__(self, policy: Table, request: QuoteRequest) -> None:
        self.policy, self.request, self.cart = policy, request, request.cart
        self.order = request.whole_cart or request.cart
        self.origin = request.origin or next(iter(policy["origins"]))
        self.zones = zones_of(policy, request.destination)
        self.sent = [line for line in self.cart.lines if line.requires_shipping]
        self.paid = [line for line in self.sent if not line.ships_free]

    # amounts

    def minor(self, amount: str | int | Table, *, stepped: bool = True) -> int:
        """A written amount in minor units of the cart's currency."""
        currency, own = self.cart.currency, self.policy["currency"]
        scale = 10 ** DIGITS.get(currency, 2)
        if isinstance(amount, Mapping) and currency in amount:
            return int(Fraction(str(amount[currency])) * scale)
        if currency == own:
            if isinstance(amount, Mapping):
                raise Withheld("currency_not_priced")
            return int(Fraction(str(amount)) * scale)
        conversion = self.policy.get("currencies", {}).get(currency, {})
        if "rate" not in conversion or (isinstance(amount, Mapping) and own not in amount):
            raise Withheld("currency_not_priced")
        stated = amount[own] if isinstance(amount, Mapping) else amount
        exact = Fraction(str(stated)) * Fraction(str(conversion["rate"]))
        step, mode = Fraction(1, scale), "half up"
        if stepped:
            step, mode = Fraction(str(conversion.get("step", step))), conversion.get("round", mode)
        rounding = {"up": ceil, "down": floor, "half up": half_up}[mode]
        return int(rounding(exact / step) * step * scale)

    def goods(
        self,
        cart: Cart,
        lines: Iterable[LineItem] | None = None,
        basis: str = "after discounts",
        tax: str = "as shown",
    ) -> int:
        """What a cart, or these lines of it, come to on a stated basis; gift cards never count."""
        total, lines = 0, cart.lines if lines is None else lines
        shares = share_out(cart.order_discount, [line.total for line in cart.lines])
        for line, share in zip(cart.lines, shares, strict=True):
            if line not in lines or line.is_gift_card:
                continue
            amount = line.quantity * line.unit_price
            amount -= 0 if basis == "before discounts" else line.discount
            amount -= share if basis == "after discounts" else 0
            total += self.taxed(amount, line, tax)
        return total

    def taxed(self, amount: int, line: LineItem, tax: str) -> int:
        shown = "included" if self.cart.prices_include_tax else "excluded"
        if tax in ("as shown", shown):
            return amount
        factor = 1 + Fraction(line.tax_rate_bp or 0, 10_000)
        return half_up(amount * factor if tax == "included" else amount / factor)

    # facts

    def line_weight_g(self, line: LineItem) -> int:
        if line.weight_g is not None:
            return line.weight_g * line.quantity
        if "default_item_weight" not in self.policy:
            raise Unknown("weight_unknown")
        return measure(self.policy["default_item_weight"]) * line.quantity

    def weight_g(self, lines: Iterable[LineItem]) -> int:
        return sum(self.line_weight_g(line) for line in lines)

    def billable_g(self, lines: list[LineItem], method: Table) -> int:
        divisor = self.policy["services"][method["service"]].get("dimensional_divisor")
        volume = sum(
            line.quantity * d.length_mm * d.width_mm * d.height_mm for line in lines if (d := line.dimensions)
        )
        dimensional = Fraction(volume, divisor) if divisor else Fraction(0)
        return max(self.weight_g(lines), ceil(dimensional))

    def distance_m(self) -> int:
        """Metres as measured, else on the great circle from the origin to the place."""
        request, to = self.request, self.request.destination
        start = self.policy["origins"][self.origin].get("location")
        end = request.location or centroid(self.policy, to)
        if request.distance_m is not None:
            return request.distance_m
        if start is None or end is None:
            raise Unknown("distance_unknown")
        return half_up(Fraction(great_circle_m(start, end)))

    # conditions

    def holds(self, when: Table | None) -> bool:
        """Whether a condition certainly holds."""
        return self.truth(when or {}) is True

    def truth(self, when: Table) -> bool | None:
        """Whether every key holds; None where that hangs on a number nobody knows."""
        return every([self.key_truth(key, wanted) for key, wanted in when.items()])

    def key_truth(self, key: str, wanted: Any) -> bool | None:
        if key == "not":
            inner = self.truth(wanted)
            return None if inner is None else not inner
        if key == "all":
            return every([self.truth(w) for w in wanted])
        if key == "any":
            found = [self.truth(w) for w in wanted]
            return True if True in found else None if None in found else False
        try:
            return self.key_holds(key, wanted)
        except Unknown:
            return None

    def key_holds(self, key: str, wanted: Any) -> bool:
        sent, request = self.sent, self.request
        if key == "goods":
            basis, tax = wanted.get("goods", "after discounts"), wanted.get("tax", "as shown")
            return self.within(self.goods(self.order, None, basis, tax), wanted, self.minor)
        if key == "weight":
            return self.within(self.weight_g(sent), wanted, measure)
        if key == "quantity":
            return self.within(sum(line.quantity for line in sent), wanted, measure)
        if key == "lines":
            return self.within(len(sent), wanted, measure)
        if key == "distance":
            return self.within(self.distance_m(), wanted, measure)
        if key == "heaviest_item":
            return self.within(max(self.line_weight_g(i) // i.quantity for i in sent), wanted, measure)
        if key == "dates":
            return bool(wanted.get("from", dt.date.min) <= self.now.date() <= wanted.get("to", dt.date.max))
        if key == "weekdays":
            first, last = (DAYS.index(day) for day in (wanted.split("-") * 2)[:2])
            return first <= self.now.weekday() <= last
        if key == "hours":
            start, end = (dt.time.fromisoformat(wanted[side]) for side in ("from", "to"))
            time = self.now.time()
            return start <= time < end if start <= end else time >= start or time < end
        return member(wanted, self.values(key, request))

    @property
    def now(self) -> dt.datetime:
        """The instant of ordering on the clock of the policy, or of its first origin."""
        zone = self.policy.get("timezone") or next(iter(self.policy["origins"].values()))["timezone"]
        return self.request.placed_at.astimezone(ZoneInfo(zone))

    def values(self, key: str, request: QuoteRequest) -> set[str]:
        one = {"channels": request.channel, "destination_kinds": request.destination_kind}
        many = {
            "classes": [line.shipping_class for line in self.sent],
            "skus": [line.sku for line in self.sent],
            "customer_groups": request.customer.groups,
            "codes": self.cart.discount_codes,
            "zones": self.zones,
        }
        return {value for value in many.get(key) or [one.get(key, "")] if value}

    def within(self, value: int, bounds: Table, read: Any) -> bool:
        """Whether a value keeps every bound that is stated."""
        tests = {
            "at_least": lambda bound: value >= bound,
            "from": lambda bound: value >= bound,
            "above": lambda bound: value > bound,
            "up_to": lambda bound: value <= bound,
            "below": lambda bound: value < bound,
        }
        return all(test(read(bounds[key])) for key, test in tests.items() if key in bounds)


def great_circle_m(start: Sequence[float], end: Sequence[float]) -> float:
    """Metres between two points on a sphere of the Earth's mean radius, by the angle between two vectors."""
    vectors = []
    for latitude, longitude in (start, end):
        phi, lam = radians(latitude), radians(longitude)
        vectors.append((cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)))
    (a, b, c), (x, y, z) = vectors
    crossed = sqrt((b * z - c * y) ** 2 + (c * x - a * z) ** 2 + (a * y - b * x) ** 2)
    return 6_371_008.8 * atan2(crossed, a * x + b * y + c * z)


def centroid(policy: Table, to: Address) -> Sequence[float] | None:
    """The middle of the smallest area whose prefix the address's postal code begins with."""
    code = tidy(to.country, to.postal_code)
    areas: Table = policy.get("centroids", {}).get(to.country, {})
    found = [prefix for prefix in areas if code.startswith(prefix) and not cuts_number(prefix, code)]
    return areas[max(found, key=len)] if found else None


def cuts_number(prefix: str, code: str) -> bool:
    """Whether a British prefix ends inside the number of a district, as SW1 does in SW10 9AA."""
    outward = district(code)
    return bool(
        len(prefix) < len(outward) and outward[0].isalpha() and (prefix[-1] + outward[len(prefix)]).isdigit()
    )


def every(found: list[bool | None]) -> bool | None:
    """Whether all are true; one false decides, one unknown leaves it open."""
    return False if False in found else None if None in found else True


def member(wanted: Any, values: set[str]) -> bool:
    """Whether the values occur as a membership asks; a bare list asks for any of them."""
    if not isinstance(wanted, Mapping):
        wanted = {"any": wanted}
    return (
        ("any" not in wanted or bool(values & set(wanted["any"])))
        and ("all" not in wanted or set(wanted["all"]) <= values)
        and ("none" not in wanted or not values & set(wanted["none"]))
    )


def counted(line: LineItem, counts: Table) -> bool:
    """Whether a line counts towards a threshold."""
    return (
        ("classes" not in counts or line.shipping_class in counts["classes"])
        and line.shipping_class not in counts.get("except_classes", ())
        and ("skus" not in counts or line.sku in counts["skus"])
        and line.sku not in counts.get("except_skus", ())
        and (line.requires_shipping or not counts.get("needs_shipping"))
    )

"""The shipping policy: loaded once, then quoted without I/O."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from checkout_kit.errors import Fault, PolicyError
from checkout_kit.json_text import why_unreadable
from checkout_kit.shipping.answers import quote
from checkout_kit.shipping.loading import Syntax, parse, read_text, salvage
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.values import QuoteRequest

if TYPE_CHECKING:
    from checkout_kit.shipping.document import PolicyDocument
    from checkout_kit.shipping.engine import Engine
    from checkout_kit.shipping.packages.rules import PackageRules
    from checkout_kit.shipping.partial import QuoteBounds
    from checkout_kit.shipping.slots import PickupPoint, PickupRules, SlotRules, SlotSchedule


@frozen(kw_only=True, eq=False)
class ShippingPolicy:
    """A merchant's shipping policy, compiled for each of its currencies.

    `id` is the policy's name with a short digest of its content; `digest` is the SHA-256 of the content,
    equal for equal policies whatever their file format. `document` is what was read, without the methods and
    promotions, which live on in `engines` in compiled form only.
    """

    name: str
    digest: str
    currency: str
    document: "PolicyDocument" = field(repr=False)
    engines: Mapping[str, "Engine"] = field(repr=False)
    slot_rules: "SlotRules" = field(repr=False)
    pickup: "PickupRules" = field(repr=False)
    packages: "PackageRules" = field(repr=False)

    @property
    def id(self) -> str:
        """A readable name for this very content."""
        return f"{self.name or 'policy'}-{self.digest[:12]}"

    @property
    def slots(self) -> Mapping[str, "SlotSchedule"]:
        """The schedules of slots by id, in policy order."""
        return self.slot_rules.schedules

    @property
    def pickup_points(self) -> Mapping[str, "PickupPoint"]:
        """The pickup points by id, in policy order."""
        return self.pickup.points

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies it prices, its own first."""
        return tuple(self.engines)

    @property
    def method_ids(self) -> tuple[str, ...]:
        """The ids of all methods, in policy order."""
        return tuple(face.method_id for face in self.engines[self.currency].faces)

    @classmethod
    def load(cls, path: str | Path) -> "ShippingPolicy":
        """The policy in a `.toml` or `.json` file.

        Raises:
            PolicyError: the file cannot be read, or every fault of the policy, with file, path and value.
        """
        file = Path(path)
        syntax: Syntax = "json" if file.suffix.lower() == ".json" else "toml"
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = f"cannot be read: {why_unreadable(error)}"
            raise PolicyError([Fault("", why)], source=str(path)) from error
        return cls.loads(text, syntax, source=str(path))

    @classmethod
    def loads(cls, text: str, format: Syntax = "toml", *, source: str = "") -> "ShippingPolicy":  # noqa: A002
        """The policy in a TOML or JSON text.

        Raises:
            PolicyError: every fault of the policy.
        """
        return cls.from_dict(read_text(text, format, source=source), source=source)

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object], *, source: str = "") -> "ShippingPolicy":
        """The policy in a mapping such as a parsed TOML or JSON file.

        Raises:
            PolicyError: every fault of the policy.
        """
        from checkout_kit.shipping.compile import compile_policy
        from checkout_kit.shipping.lint.faults import document_faults

        document, faults = parse(mapping)
        if document is None:
            rest, _ = salvage(mapping, faults)
            if rest is not None:
                faults += compile_policy(rest).faults + document_faults(rest)
            raise PolicyError(dict.fromkeys(faults), source=source)
        compiled = compile_policy(document)
        faults = compiled.faults + document_faults(document)
        if faults:
            raise PolicyError(dict.fromkeys(faults), source=source)
        return cls(
            name=document.name,
            digest=_digest(mapping),
            currency=document.currency,
            document=document.model_copy(update={"methods": (), "promotions": ()}),
            engines=compiled.engines,
            slot_rules=compiled.slots,
            pickup=compiled.pickup,
            packages=compiled.packages,
        )

    def quote(self, request: QuoteRequest) -> Quote:
        """What the shopper may choose, and what is withheld and why; the same request gets the same answer.

        A cart in a currency the policy does not price gets every method withheld as `currency_not_priced`.
        """
        engine = self.engines.get(request.cart.currency)
        if engine is None:
            from checkout_kit.shipping.unpriced import UnpricedRequest

            return UnpricedRequest(request, self.engines[self.currency].faces).quote()
        if request.origin:
            engine = engine.from_origin(request.origin)
        return quote(engine, request)

    def quote_bounds(self, request: QuoteRequest) -> "QuoteBounds":
        """What each method will cost at least and at most when only part of the destination is known.

        The final quote always lies within, whatever the rest of the address; see `QuoteBounds`.
        """
        from checkout_kit.shipping.partial import QuoteBounds, bounds_of

        engine = self.engines.get(request.cart.currency)
        if engine is None:
            return QuoteBounds(currency=request.cart.currency, options=(), places=0)
        if request.origin:
            engine = engine.from_origin(request.origin)
        return bounds_of(engine, request)


def _digest(mapping: Mapping[str, object]) -> str:
    text = json.dumps(mapping, sort_keys=True, default=str, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def policy_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a shipping policy."""
    from checkout_kit.shipping.document import PolicyDocument

    schema: dict[str, object] = PolicyDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Shipping policy"} | schema

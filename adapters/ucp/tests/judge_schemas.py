"""Every answer against the published schemas of its version."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDERS = {"2026-04-08": "ucp-2026-04-08", "2026-08-25": "ucp-main-2026-08-22"}
BASE = "https://ucp.dev/schemas/"
RESOURCES = {
    "checkout": (
        "shopping/checkout.json",
        "shopping/fulfillment.json#/$defs/dev.ucp.shopping.checkout",
        "shopping/discount.json#/$defs/dev.ucp.shopping.checkout",
        "shopping/buyer_consent.json#/$defs/dev.ucp.shopping.checkout",
    ),
    "cart": ("shopping/cart.json", "shopping/discount.json#/$defs/dev.ucp.shopping.cart"),
    "order": ("shopping/order.json",),
}
_PATH = re.compile(r"/ucp/[\d-]+/(checkout-sessions|carts|orders)")
_KINDS = {"checkout-sessions": "checkout", "carts": "cart", "orders": "order"}


@frozen
class Found:
    """How many documents of each kind were valid, and what was wrong with the others."""

    valid: Mapping[str, int]
    faults: tuple[str, ...]


class Schemas:
    """The schemas of one version, loaded by their ids; nothing is fetched."""

    def __init__(self, shared: Path, version: str) -> None:
        self.version = version
        source = shared / "protocols" / FOLDERS[version] / "source"
        registry: Registry[Any] = Registry()
        for file in sorted(source.rglob("*.json")):
            # The 2026-04-08 profile schema looks for ucp.json beside its file, not beside its own $id.
            document = json.loads(file.read_text().replace("../schemas/ucp.json", "../ucp.json"))
            if "$id" in document:
                registry = registry.with_resource(document["$id"], Resource.from_contents(document))
        self._registry = registry
        self._checkers: dict[str, Draft202012Validator] = {}
        profile = "profile.json#/$defs/business_schema"
        if version == "2026-04-08":
            found = json.loads((source / "discovery" / "profile_schema.json").read_text())
            profile = found["$id"] + "#/$defs/business_profile"
        self.profile = profile

    def faults(self, reference: str, document: object) -> list[str]:
        """What the schema at this place says against a document."""
        full = reference if reference.startswith("https:") else BASE + reference
        checker = self._checkers.get(full)
        if checker is None:
            checker = Draft202012Validator({"$ref": full}, registry=self._registry)
            self._checkers[full] = checker
        return [
            f"{full.rpartition('/')[2]} at {error.json_path}: {error.message[:200]}"
            for error in checker.iter_errors(document)
        ]

    def check(self, kind: str, document: Mapping[str, Any]) -> list[str]:
        """The faults of a checkout, cart, order or error envelope."""
        if document.get("ucp", {}).get("status") == "error":
            types = "shopping/types" if self.version == "2026-04-08" else "common/types"
            return self.faults(f"{types}/error_response.json", document)
        found = [fault for one in self._references(kind) for fault in self.faults(one, document)]
        return found + _sum_faults(kind, document)

    def _references(self, kind: str) -> tuple[str, ...]:
        extra = ("shopping/buyer_consent.json#/$defs/dev.ucp.shopping.cart",)
        return RESOURCES[kind] + (extra if kind == "cart" and self.version == "2026-08-25" else ())


def _sum_faults(kind: str, document: Mapping[str, Any]) -> list[str]:
    """The rows of the totals add up, and so do the lines' own."""
    found = []
    for name, rows in [("totals", document["totals"])] + [
        (f"line_items[{i}].totals", line["totals"]) for i, line in enumerate(document["line_items"])
    ]:
        total = [row["amount"] for row in rows if row["type"] == "total"]
        rest = sum(row["amount"] for row in rows if row["type"] != "total")
        if total != [rest]:
            found.append(f"{kind} {name}: {rest} is not {total}")
    return found


def documents_of(
    answers: Iterable[tuple[str, str, int, bytes]], webhooks: Iterable[bytes]
) -> list[tuple[str, Any]]:
    """The checkouts, carts and orders among the answers and webhooks, each with its kind."""
    found = [("order", json.loads(body)) for body in webhooks]
    for _method, path, _status, body in answers:
        place = _PATH.match(path)
        document = json.loads(body)
        if place is not None and document.get("ucp", {}).get("status") == "success":
            found.append((_KINDS[place[1]], document))
    return found


def check_answers(
    schemas: Schemas, answers: Iterable[tuple[str, str, int, bytes]], webhooks: Iterable[bytes]
) -> Found:
    """Validate what a shop answered and sent."""
    valid: Counter[str] = Counter()
    faults: list[str] = []

    def note(kind: str, label: str, wrong: list[str]) -> None:
        if wrong:
            faults.extend(f"{label}: {one}" for one in wrong)
        else:
            valid[kind] += 1

    for method, path, status, body in answers:
        label = f"{method} {path} -> {status}"
        try:
            document = json.loads(body)
        except ValueError:
            faults.append(f"{label}: not JSON")
            continue
        place = _PATH.match(path)
        if path.startswith("/.well-known/"):
            wrong = schemas.faults(schemas.profile, document) if status == 200 else []
            own = document.get("ucp", {}).get("version") == schemas.version
            note("profile", label, wrong if own else [])
        elif "ucp" in document and place is not None:
            kind = "error" if document["ucp"].get("status") == "error" else _KINDS[place[1]]
            note(kind, label, schemas.check(_KINDS[place[1]], document))
        else:
            missing = [name for name in ("code", "content") if not isinstance(document.get(name), str)]
            note("protocol error", label, [f"no {missing}"] if missing or status < 400 else [])
    for body in webhooks:
        note("webhook", "webhook", schemas.check("order", json.loads(body)))
    return Found(dict(valid), tuple(dict.fromkeys(faults)))

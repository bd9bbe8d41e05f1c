"""The floor of the update benchmark: one PATCH by hand, bytes to bytes, on the same database.

Plain functions over dictionaries: parse and check the body, read the row, apply it, quote by the hand-written
quote floor, keep or preselect an option, add up, write the row over its version, answer the same things.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json, to_json
from quote_floor import compile_floor

TEXTS = {"country": 2, "region": 200, "postal_code": 20, "line1": 200, "city": 200, "name": 200}
ADDRESS = ("country", "name", "company", "line1", "line2", "city", "region", "postal_code", "phone")


def check_body(body: bytes) -> dict[str, Any]:
    """The parsed body; anything out of place is refused."""
    given = from_json(body)
    if not isinstance(given, dict) or given.keys() - {"delivery", "contact", "version"}:
        raise ValueError(given)
    delivery = given.get("delivery")
    if delivery is not None:
        if not isinstance(delivery, dict) or delivery.keys() - {"address", "option_id"}:
            raise ValueError(delivery)
        address = delivery.get("address")
        if address is not None:
            if not isinstance(address, dict) or len(address.get("country", "")) != 2:
                raise ValueError(address)
            for name, text in address.items():
                if name not in TEXTS or not isinstance(text, str) or len(text) > TEXTS[name]:
                    raise ValueError(name)
            if address["country"] == "US":
                code = address.get("postal_code", "")
                if code and not (len(code) == 5 and code.isdecimal()):
                    raise ValueError(code)
    contact = given.get("contact")
    if contact is not None and (not isinstance(contact, dict) or not isinstance(contact.get("email"), str)):
        raise ValueError(contact)
    return given


def compile_update(
    policy: dict[str, Any],
) -> Callable[[bytes, str, int, bytes, dt.datetime], tuple[str, bytes]]:
    """The function (body, id, version, stored document, now) -> (new document, answer)."""
    quote = compile_floor(policy)
    titles = {m["id"]: (m["title"], m["service"]) for m in policy["methods"]}
    free_from = {m["id"]: int(m["free_from"]) * 100 for m in policy["methods"] if "free_from" in m}

    def update(
        body: bytes, checkout_id: str, version: int, stored: str, now: dt.datetime
    ) -> tuple[str, bytes]:
        given = check_body(body)
        doc = from_json(stored)
        at = now.isoformat()
        contact = given.get("contact")
        if contact is not None:
            doc["email"] = contact["email"]
        delivery = given.get("delivery") or {}
        moved = False
        if "address" in delivery:
            moved = doc["address"] != delivery["address"]
            doc["address"] = delivery["address"]
        if "option_id" in delivery:
            doc["choice"], doc["by_buyer"] = [delivery["option_id"]], True
        address, lines = doc["address"], doc["lines"]
        goods = 0
        for line in lines:
            goods += line["quantity"] * line["unit_price"]
        options: list[dict[str, Any]] = []
        offered = {}
        if address is not None:
            plain = tuple([(n["quantity"], n["unit_price"], n["weight_g"]) for n in lines])
            request = (
                plain,
                address["country"],
                address.get("region", ""),
                address.get("postal_code", ""),
                now,
            )
            for option, price, earliest, latest in quote(request):
                title, service = titles[option]
                offered[option] = (price, latest.isoformat())
                options.append(
                    {
                        "id": option,
                        "title": title,
                        "service": service,
                        "price": price,
                        "is_free": price == 0,
                        "promise": {"earliest": earliest.isoformat(), "latest": offered[option][1]},
                    }
                )
        changes = []
        choice = doc["choice"]
        if choice is not None and choice[0] in offered:
            now_offered = offered[choice[0]]
            if moved and len(choice) > 1 and tuple(choice[1:]) != now_offered:
                changes.append(
                    {"option_id": choice[0], "old": choice[1:], "new": now_offered, "cause": "address"}
                )
            doc["choice"] = [choice[0], *now_offered]
        elif options:
            cheapest = min(options, key=lambda o: (o["price"], o["promise"]["latest"], o["id"]))
            doc["choice"], doc["by_buyer"] = [cheapest["id"], *offered[cheapest["id"]]], False
        shipping = doc["choice"][1] if doc["choice"] is not None and len(doc["choice"]) > 1 else 0
        components = [
            {
                "kind": "goods",
                "label": n["sku"],
                "amount": n["quantity"] * n["unit_price"],
                "line_id": n["id"],
            }
            for n in lines
        ]
        components.append(
            {"kind": "shipping", "label": doc["choice"] and doc["choice"][0], "amount": shipping}
        )
        problems = []
        if not doc["email"]:
            problems.append({"code": "contact_missing", "path": "contact.email"})
        if address is None:
            problems.append({"code": "address_missing", "path": "deliveries[0].address"})
        if doc["payment"] is None:
            problems.append({"code": "payment_missing", "path": "payment"})
        doc["updated_at"] = at
        full = {name: address.get(name, "") for name in ADDRESS} if address is not None else None
        answer = {
            "id": checkout_id,
            "version": version + 1,
            "status": "incomplete" if problems else "ready",
            "currency": "USD",
            "updated_at": at,
            "created_at": doc["created_at"],
            "lines": [{**n, "total": n["quantity"] * n["unit_price"]} for n in lines],
            "contact": {"email": doc["email"]},
            "deliveries": [
                {
                    "address": full,
                    "option_id": doc["choice"] and doc["choice"][0],
                    "options": options,
                    "chosen_by": "buyer" if doc["by_buyer"] else "default",
                    "free_shipping": [
                        {"method_id": o, "missing": max(0, free_from[o] - goods), "threshold": free_from[o]}
                        for o in offered
                        if o in free_from
                    ],
                }
            ],
            "billing": {"same_as_delivery": True, "address": full},
            "components": components,
            "totals": {"goods": goods, "shipping": shipping, "total": goods + shipping},
            "problems": problems,
            "changes": changes,
        }
        return to_json(doc).decode(), to_json(answer)

    return update  # fmt: skip

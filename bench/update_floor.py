"""The floor of the update benchmark: one PATCH by hand, bytes to bytes, on the same database.

Plain functions over dictionaries that know the workload: parse and check the body, read the row, apply it,
quote 12 options with dates, keep or preselect an option and tell what changed, add up, write the row over its
version. The answer has every member of the real one with an equal value; the benchmark compares them whole.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import from_json, to_json
from quote_floor import calendar, rate_tables

Json = dict[str, Any]

TEXTS = {"country": 2, "region": 200, "postal_code": 20, "line1": 200, "city": 200, "name": 200}
ADDRESS = ("country", "name", "company", "line1", "line2", "city", "region", "postal_code", "phone")
REGION = ("US", "ES", "IT", "MX")
POSTAL_CODES = {
    "US": ("UNITED STATES", "95014"), "DE": ("GERMANY", "26133"), "FR": ("FRANCE", "33380"),
    "ES": ("SPAIN", "28039"), "IT": ("ITALY", "00144"), "FI": ("FINLAND", "00550"), "MX": ("MEXICO", "02860"),
    "TR": ("TURKEY", "01960"), "UA": ("UKRAINE", "15432"),
}  # fmt: skip
LIFETIME = dt.timedelta(days=7)


def check_body(body: bytes) -> Json:
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
            code = address.get("postal_code", "")
            if code and not (len(code) == 5 and code.isdecimal()):
                raise ValueError(code)
    contact = given.get("contact")
    if contact is not None and (not isinstance(contact, dict) or not isinstance(contact.get("email"), str)):
        raise ValueError(contact)
    return given


def address_problems(address: Json) -> list[Json]:
    """What the destination's country needs and the address lacks."""
    country, missing = address["country"], []
    name, example = POSTAL_CODES.get(country, ("", ""))
    if country in REGION and not address["region"]:
        missing.append(("region", ""))
    if name and not address["postal_code"]:
        missing.append(("postal_code", f"write it like {example!r}"))
    return [
        {"code": "address_invalid", "severity": "fixable", "path": f"deliveries[0].address.{member}",
         "message": f"required in {name}", "hint": hint}
        for member, hint in missing
    ]  # fmt: skip


def compile_update(policy: Json) -> Callable[[bytes, str, int, str, dt.datetime], tuple[str, bytes]]:
    """The function (body, id, version, stored document, now) -> (new document, answer)."""
    quote = _compile_quote(policy)

    def update(
        body: bytes, checkout_id: str, version: int, stored: str, now: dt.datetime
    ) -> tuple[str, bytes]:
        given = check_body(body)
        doc = from_json(stored)
        contact = given.get("contact")
        if contact is not None:
            doc["email"] = contact["email"]
        delivery = given.get("delivery") or {}
        moved = chosen = False
        if "address" in delivery:
            address = {name: delivery["address"].get(name, "") for name in ADDRESS}
            moved = doc["address"] != address
            doc["address"] = address
        if "option_id" in delivery:
            doc["wanted"] = delivery["option_id"]
            chosen = doc["choice"] is None or doc["choice"]["id"] != delivery["option_id"]
        address, lines = doc["address"], doc["lines"]
        changes: list[Json] = []
        options: list[Json] = []
        goals: list[Json] = []
        if address is not None:
            options, goals, valid_until, parts = quote(lines, address, now)
            _settle(doc, options, changes, now, valid_until, parts, moved=moved, chosen=chosen)
        choice = doc["choice"]
        components = [
            {
                "kind": "goods",
                "label": n["sku"],
                "amount": n["quantity"] * n["unit_price"],
                "line_id": n["id"],
                "delivery_id": None,
                "included": False,
            }
            for n in lines
        ]
        goods = sum([n["amount"] for n in components])
        shipping = waived = 0
        for kind, label, amount in choice["parts"] if choice is not None else ():
            components.append({"kind": kind, "label": label, "amount": amount, "line_id": None,
                               "delivery_id": "delivery", "included": False})  # fmt: skip
            if kind == "shipping":
                shipping += amount
            else:
                waived += amount
        problems = []
        if not doc["email"]:
            problems.append({"code": "contact_missing", "severity": "fixable", "path": "contact.email",
                             "message": "An email address is needed for the confirmation.",
                             "hint": ""})  # fmt: skip
        if address is None:
            problems.append({"code": "address_missing", "severity": "fixable",
                             "path": "deliveries[0].address", "message": "Where should this be delivered?",
                             "hint": ""})  # fmt: skip
        else:
            problems += address_problems(address)
        if doc["payment"] is None:
            problems.append({"code": "payment_missing", "severity": "fixable", "path": "payment",
                             "message": "How do you want to pay?", "hint": ""})  # fmt: skip
        doc["updated_at"], doc["expires_at"] = now, now + LIFETIME
        answer = {
            "id": checkout_id,
            "version": version + 1,
            "status": "incomplete" if problems else "ready",
            "status_reason": problems[0]["code"] if problems else None,
            "currency": "USD",
            "created_at": doc["created_at"],
            "updated_at": now,
            "expires_at": doc["expires_at"],
            "lines": [
                {
                    "id": n["id"],
                    "sku": n["sku"],
                    "title": "",
                    "quantity": n["quantity"],
                    "unit_price": n["unit_price"],
                    "discount": 0,
                    "total": n["quantity"] * n["unit_price"],
                    "requires_shipping": True,
                }
                for n in lines
            ],
            "contact": {
                "email": doc["email"],
                "phone": "",
                "marketing_consent": False,
                "recovery_consent": False,
            },
            "customer": None,
            "deliveries": [
                {
                    "id": "delivery",
                    "line_ids": [],
                    "address": address,
                    "saved_address_id": None,
                    "saved_match": None,
                    "pickup_point": None,
                    "pickup_points": [],
                    "option_id": choice and choice["id"],
                    "chosen_by": choice and ("buyer" if choice["by_buyer"] else "default"),
                    "wanted_option_id": doc["wanted"],
                    "slot": None,
                    "wanted_slot_id": None,
                    "slots": [],
                    "valid_until": choice and choice["valid_until"],
                    "options": options,
                    "withheld": [],
                    "free_shipping": goals,
                    "quoted_at": now,
                }
            ],
            "billing": {"same_as_delivery": True, "address": address, "saved_address_id": None},
            "payment": None,
            "payment_action": None,
            "discount_codes": [],
            "business": None,
            "consent": {"terms": False},
            "note": "",
            "components": components,
            "totals": {
                "goods": goods,
                "line_discount": 0,
                "order_discount": 0,
                "shipping": shipping,
                "shipping_discount": waived,
                "tax": 0,
                "fee": 0,
                "refund": 0,
                "tax_included": 0,
                "total": goods + shipping + waived,
            },
            "problems": problems,
            "changes": changes,
            "order_id": None,
            "order": None,
        }
        return to_json(doc).decode(), to_json(answer)

    return update


def _settle(
    doc: Json,
    options: list[Json],
    changes: list[Json],
    now: dt.datetime,
    valid_until: tuple[str, float],
    parts: Callable[[str], list[tuple[str, str, int]]],
    *,
    moved: bool,
    chosen: bool,
) -> None:
    """Keep the choice while it holds, take it anew after a move, or preselect the cheapest."""
    before = doc["choice"]
    if before is not None and not (moved or chosen) and now.timestamp() < before["until"]:
        before["by_buyer"] = doc["wanted"] == before["id"]
        return
    by_id = {option["id"]: option for option in options}
    if doc["wanted"] is not None:
        new = by_id[doc["wanted"]]
    elif before is not None and before["id"] in by_id:
        new = by_id[before["id"]]
    else:
        new = min(options, key=lambda o: (o["price"], o["promise"]["latest"], o["id"]))
    old_price = before["price"] if before is not None and moved else new["price"]
    if old_price != new["price"]:
        changes.append(
            {"kind": "price", "cause": "address", "delivery_id": "delivery", "option_id": new["id"],
             "title": new["title"], "old_price": old_price, "new_price": new["price"], "old_latest": None,
             "new_latest": None,
             "message": f"The price of {new['title']} has changed because the address changed."}
        )  # fmt: skip
    doc["choice"] = {
        "id": new["id"], "price": new["price"], "promise": new["promise"], "parts": parts(new["id"]),
        "by_buyer": doc["wanted"] == new["id"], "valid_until": valid_until[0], "until": valid_until[1],
    }  # fmt: skip


def _compile_quote(policy: Json) -> Callable[[list[Json], Json, dt.datetime], tuple[Any, ...]]:
    """The quote floor, giving options and distances to free shipping as the answer shows them."""
    entries, rows, countries, regions, prefixes = rate_tables(policy)
    methods = {m["id"]: m for m in policy["methods"]}
    cuts, answers = _promises(policy)
    places = {entry[0]: entry for entry in entries}

    def quote(lines: list[Json], address: Json, now: dt.datetime) -> tuple[Any, ...]:
        goods = weight = 0
        for line in lines:
            goods += line["quantity"] * line["unit_price"]
            weight += line["quantity"] * line["weight_g"]
        country, code = address["country"], address["postal_code"]
        own, zone = prefixes.get(country), None
        if own is not None and code:
            zone = own.get(code[:5])
            if zone is None:
                zone = own.get(code[:4])
                if zone is None:
                    zone = own.get(code[:3])
        if zone is None:
            zone = regions.get((country, address["region"]))
            if zone is None:
                zone = countries[country]
        row = rows[zone]
        is_heavy = weight > 10_000
        valid_until, promises = answers[bisect_left(cuts, now.timestamp())]
        options, goals = [], []
        for (option, bounds, at, free, has_fuel, has_heavy), promise in zip(entries, promises, strict=True):
            tier = bisect_left(bounds, weight)
            if tier > 7:
                continue
            price = row[at + tier]
            if has_fuel:
                price += (price * 250 + 1000) // 2000
            if has_heavy and is_heavy:
                price += 750
            method = methods[option]
            to_pay = 0 if goods >= free else price
            options.append(
                {
                    "id": option,
                    "method_id": option,
                    "title": method["title"],
                    "description": "",
                    "service": method["service"],
                    "price": to_pay,
                    "regular_price": price,
                    "is_free": to_pay == 0,
                    "promise": promise,
                }
            )
            if "free_from" in method:
                missing = max(0, free - goods)
                goals.append(
                    {"method_id": option, "title": method["title"], "missing": missing, "threshold": free,
                     "reached": not missing}
                )  # fmt: skip

        def parts(option: str) -> list[tuple[str, str, int]]:
            _, bounds, at, free, has_fuel, has_heavy = places[option]
            base = total = row[at + bisect_left(bounds, weight)]
            found = [("shipping", "shipping", base)]
            if has_fuel:
                found.append(("shipping", "fuel", (base * 250 + 1000) // 2000))
                total += found[-1][2]
            if has_heavy and is_heavy:
                found.append(("shipping", "heavy", 750))
                total += 750
            if goods >= free:
                found.append(("shipping_discount", "free shipping", -total))
            return found

        return options, goals, valid_until, parts

    return quote


def _promises(policy: Json) -> tuple[list[float], list[tuple[tuple[str, float], list[Json]]]]:
    """Per start day: its cut-off, and until when an answer holds with the promise of each option."""
    zone = ZoneInfo("America/New_York")
    cuts, leaving, arrivals = calendar(policy)
    found = []
    for cut, (ships_earliest, ships_on), ends in zip(cuts, leaving, arrivals, strict=True):
        order_by = dt.datetime.fromtimestamp(cut, zone).isoformat()
        promises = [
            {
                "earliest": earliest.isoformat(),
                "latest": latest.isoformat(),
                "ships_earliest": ships_earliest.isoformat(),
                "ships_on": ships_on.isoformat(),
                "order_by": order_by,
            }
            for earliest, latest in ends
        ]
        found.append(((f"{dt.datetime.fromtimestamp(cut, dt.UTC):%Y-%m-%dT%H:%M:%SZ}", cut), promises))
    return cuts, found

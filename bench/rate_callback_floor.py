"""The floor of a rate call-back: the least that answers the same bytes, by hand, for this one policy."""

import base64
import datetime as dt
import hmac
import json
from collections.abc import Callable

from pydantic_core import from_json
from quote_floor import compile_floor


def compile_callback(policy: dict, titles: dict[str, str], secret: bytes) -> Callable[..., bytes]:
    """Verify, parse, quote and render in one function; an option's constant JSON is made beforehand."""
    quote = compile_floor(policy)
    heads = {
        option: (
            f'{{"service_name":{json.dumps(title)},"description":"Arrives by ',
            f'","service_code":"{option}","currency":"USD","total_price":"',
        )
        for option, title in titles.items()
    }
    shown: dict[dt.date, tuple[str, str]] = {}

    def day(date: dt.date) -> tuple[str, str]:
        found = shown.get(date)
        if found is None:
            found = shown[date] = (f"{date:%a} {date.day} {date:%b}", f"{date} 10:00:00 +0000")
        return found

    def answer(signature: str, body: bytes, now: dt.datetime) -> bytes:
        expected = base64.b64encode(hmac.digest(secret, body, "sha256"))
        if not hmac.compare_digest(expected, signature.encode()):
            raise PermissionError
        rate = from_json(body)["rate"]
        if rate["currency"] != "USD":
            raise ValueError
        lines = []
        for item in rate["items"]:
            quantity, price, grams = item["quantity"], item["price"], item["grams"]
            if not (quantity > 0 and price >= 0 and grams >= 0):
                raise ValueError
            lines.append((quantity, price, grams))
        to = rate["destination"]
        offered = quote((lines, to["country"], to["province"], to["postal_code"], now))
        parts = []
        for option, cents, earliest, latest in offered:
            head, middle = heads[option]
            text, until = day(latest)
            parts.append(
                f'{head}{text}{middle}{cents}","min_delivery_date":"{day(earliest)[1]}",'
                f'"max_delivery_date":"{until}"}}'
            )
        return f'{{"rates":[{",".join(parts)}]}}'.encode()

    return answer

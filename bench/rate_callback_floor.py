"""The floor of a rate call-back: the least that answers the same bytes, by hand, for this one policy.

Two readers: a JSON parser with checks by hand, and a typed reader that skips whatever the answer does not
need and checks the rest on the way, which is faster than parsing everything.
"""

import base64
import datetime as dt
import hmac
import json
from collections.abc import Callable
from typing import Annotated

from pydantic import Field, TypeAdapter
from pydantic_core import from_json
from quote_floor import compile_floor
from typing_extensions import TypedDict

Lines = list[tuple[int, int, int]]
Read = Callable[[bytes], tuple[Lines, str, str, str]]
"""From a body to lines of (quantity, price, grams), country, region and postal code."""


class _Item(TypedDict):
    quantity: Annotated[int, Field(ge=1)]
    price: Annotated[int, Field(ge=0)]
    grams: Annotated[int, Field(ge=0)]


class _Place(TypedDict):
    country: str
    province: str
    postal_code: str


class _Rate(TypedDict):
    currency: str
    destination: _Place
    items: list[_Item]


class _CallBack(TypedDict):
    rate: _Rate


def read_untyped(body: bytes) -> tuple[Lines, str, str, str]:
    """Parse everything, then look at what is needed."""
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
    return lines, to["country"], to["province"], to["postal_code"]


def typed_reader() -> Read:
    """Parse and check only what is needed."""
    validate = TypeAdapter(_CallBack).validator.validate_json

    def read(body: bytes) -> tuple[Lines, str, str, str]:
        rate = validate(body)["rate"]
        if rate["currency"] != "USD":
            raise ValueError
        lines = [(item["quantity"], item["price"], item["grams"]) for item in rate["items"]]
        to = rate["destination"]
        return lines, to["country"], to["province"], to["postal_code"]

    return read


def compile_callback(policy: dict, titles: dict[str, str], secret: bytes, read: Read) -> Callable[..., bytes]:
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
        lines, country, region, code = read(body)
        offered = quote((lines, country, region, code, now))
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

"""The REST interface v3: how it is called, and its orders as our values.

Source: WooCommerce REST API documentation, read 2026-11. Amounts are decimal text in major units.
"""

import base64
import datetime as dt
import json
import re
from typing import Final
from urllib.parse import urlencode

from checkout_kit.adapter import HttpRequest, HttpResponse, PlatformLine, PlatformOrder, Tree, from_major
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable

from checkout_kit_woocommerce.settings import WooCommerceSettings

OPTION: Final = "checkout_kit_option"
PROMISED_ON: Final = "checkout_kit_promised_on"
PROMISE: Final = "checkout_kit_promise"
SHIPMENT: Final = "checkout_kit_shipment:"
_GONE: Final = frozenset({"cancelled", "trash"})


def rest(
    settings: WooCommerceSettings, method: str, path: str, document: object = None, **query: str | int
) -> HttpRequest:
    """A request to `/wp-json/wc/v3/<path>` with the REST keys, which travel in a header only."""
    pair = f"{settings.consumer_key.reveal()}:{settings.consumer_secret.reveal()}"
    headers = {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    body = b""
    if document is not None:
        headers["content-type"] = "application/json"
        body = json.dumps(document, separators=(",", ":")).encode()
    url = f"{settings.site_url.rstrip('/')}/wp-json/wc/v3/{path}"
    return HttpRequest(
        method=method, url=f"{url}?{urlencode(query)}" if query else url, headers=headers, body=body
    )


def accepted(response: HttpResponse, what: str) -> Tree:
    """The reply's document.

    Raises:
        NotFound: status 404.
        Refused: any other refusal, with WooCommerce's code and without its message, which may echo data.
        Unavailable: an answer that is no JSON, such as a page of a cache or a firewall.
    """
    if response.status == 404:
        raise NotFound(f"WooCommerce knows no such {what}")
    if not response.is_success:
        raise Refused(f"WooCommerce refused the {what} with status {response.status}{_code(response)}")
    try:
        return response.json()
    except InputError as error:
        raise Unavailable(f"WooCommerce gave no JSON (status {response.status}): {error}") from None


def _code(response: HttpResponse) -> str:
    try:
        code = response.json()["code"].text("")
    except InputError:
        return ""
    return f" ({code})" if re.fullmatch(r"[a-z0-9_-]{1,80}", code) else ""


def order_path(order_id: str) -> str:
    """`orders/<id>`; raises InputError for what is no order's id (it is not the order's number)."""
    if not re.fullmatch(r"[0-9]{1,19}", order_id):
        raise InputError.of(
            "id", "not the id of a WooCommerce order", found=order_id[:60], remedy="digits only"
        )
    return f"orders/{order_id}"


def order_of(order: Tree) -> PlatformOrder:
    """One order of v3."""
    currency, own = order["currency"].text(), meta_of(order)
    shipped = [meta_of(line) for line in order["shipping_lines"].each()]
    promised = first_text(PROMISED_ON, own, *shipped)
    return PlatformOrder(
        id=order["id"].text(),
        number=order["number"].text(""),
        currency=currency,
        total=from_major(order["total"].decimal(), currency),
        option_id=first_text(OPTION, own, *shipped),
        promised_on=_day(promised) if promised else None,
        is_canceled=order["status"].text("") in _GONE,
        lines=tuple(
            PlatformLine(
                line_id=line["id"].text(), sku=line["sku"].text(""), quantity=line["quantity"].whole()
            )
            for line in order["line_items"].each()
        ),
    )


def meta_of(holder: Tree) -> dict[str, Tree]:
    """The meta data of an order or a line by key; of a key that comes twice the last counts."""
    return {entry["key"].text(""): entry["value"] for entry in holder["meta_data"].each()}


def first_text(key: str, *holders: dict[str, Tree]) -> str:
    """The first of these that has a text under the key, or an empty string."""
    for holder in holders:
        if key in holder and holder[key].text(""):
            return holder[key].text()
    return ""


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError.of(f"meta_data.{PROMISED_ON}", "not a date") from None

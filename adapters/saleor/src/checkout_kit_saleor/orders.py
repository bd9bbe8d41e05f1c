"""Orders and fulfilments: Saleor's replies as our values, our shipments as its mutations."""

import datetime as dt

from checkout_kit.adapter import PlatformLine, PlatformOrder, ShipmentNotice, Tree, from_major
from checkout_kit.errors import InputError, Refused

_GONE = frozenset({"CANCELED", "EXPIRED"})


def order_of(order: Tree) -> PlatformOrder:
    """One order node."""
    total = order["total"]["gross"]
    currency = total["currency"].text()
    promised = order["promisedOn"].text("")
    return PlatformOrder(
        id=order["id"].text(),
        number=order["number"].text(""),
        currency=currency,
        total=from_major(total["amount"].decimal(), currency),
        option_id=order["option"].text(""),
        promised_on=_day(promised) if promised else None,
        is_canceled=order["status"].text("") in _GONE,
        lines=tuple(
            PlatformLine(
                line_id=line["id"].text(), sku=line["productSku"].text(""), quantity=line["quantity"].whole()
            )
            for line in order["lines"].each()
        ),
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError.of("promisedOn", "not a date") from None


def written_before(order: Tree, tracking_number: str) -> str:
    """The id of a fulfilment that already carries this tracking number, or an empty string."""
    for fulfilment in order["fulfillments"].each():
        is_gone = fulfilment["status"].text("") == "CANCELED"
        if fulfilment["trackingNumber"].text("") == tracking_number and not is_gone:
            return fulfilment["id"].text()
    return ""


def fulfil_input(order: Tree, notice: ShipmentNotice, *, warehouse_id: str) -> dict[str, object]:
    """The OrderFulfillInput: each unit from the warehouse that it is allocated in, else from `warehouse_id`.

    Raises:
        Refused: less is left than shipped, or a unit is allocated nowhere and no warehouse is set.
    """
    left = {line["id"].text(): line["quantityToFulfill"].whole() for line in order["lines"].each()}
    wanted = {line.line_id: line.quantity for line in notice.lines} or left
    shipped = {line_id: quantity for line_id, quantity in wanted.items() if quantity > 0}
    if not shipped or any(quantity > left.get(line_id, 0) for line_id, quantity in shipped.items()):
        raise Refused(f"order {notice.order_id}: not so many units are left to ship")
    lines = [
        {
            "orderLineId": line["id"].text(),
            "stocks": _stocks(line, shipped[line["id"].text()], warehouse_id=warehouse_id),
        }
        for line in order["lines"].each()
        if line["id"].text() in shipped
    ]
    return {
        "lines": lines,
        "notifyCustomer": notice.notify_buyer,
        "trackingNumber": notice.tracking_number,
        "allowStockToBeExceeded": False,
    }


def _stocks(line: Tree, quantity: int, *, warehouse_id: str) -> list[dict[str, object]]:
    stocks: dict[str, int] = {}
    for allocation in line["allocations"].each():
        taken = min(quantity, allocation["quantity"].whole())
        if taken > 0:
            place = allocation["warehouse"]["id"].text()
            stocks[place] = stocks.get(place, 0) + taken
            quantity -= taken
    if quantity and not warehouse_id:
        raise Refused(f"{quantity} unit(s) of a line are allocated in no warehouse; set warehouse_id")
    if quantity:
        stocks[warehouse_id] = stocks.get(warehouse_id, 0) + quantity
    return [{"warehouse": place, "quantity": count} for place, count in stocks.items()]

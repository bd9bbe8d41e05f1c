"""Replay files: what a platform sends and expects, as recorded or documented; a file holds one or a list.

`kind` says what it is:

    rates    a rate request, and the facts it must be read as
    answer   options (or none, or unavailable), and the exact payload the platform documents for them
    question what else it asks (`question` is its name), options to quote meanwhile, and the exact answer
    page     what the shop's own page asks (`page` is its name), options to quote meanwhile, the requests
             expected and the replies to play, and the exact answer
    webhook  what a platform reports, and the event it must be read as
    call     an operation that calls out: the requests expected, the replies to play, the result
    excuse   a case that cannot exist on this platform, with the reason
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from checkout_kit.adapter import (
    HttpRequest,
    PlatformPromise,
    ShipmentNotice,
    ShippedLine,
)
from checkout_kit.promise import DeliveryPromise
from checkout_kit.testing.quotes import SampleOption

KINDS: Final = ("rates", "answer", "question", "page", "webhook", "call", "excuse")
Json = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Replay:
    """One file: its kind, the name of its case, and its content."""

    kind: str
    case: str
    content: Json

    def __getitem__(self, key: str) -> Any:
        """A member of the content; an AssertionError names the file's case when it is missing."""
        assert key in self.content, f"replay {self.kind} {self.case!r} has no {key!r}"
        return self.content[key]

    def get(self, key: str) -> Any:
        """A member of the content or None."""
        return self.content.get(key)


def read_replays(folder: str | Path) -> tuple[Replay, ...]:
    """Every replay file of a folder, sorted by name."""
    files = sorted(Path(folder).glob("*.json"))
    assert files, f"no replay files (*.json) in {folder}"
    replays = tuple(replay for file in files for replay in _read(file))
    seen: set[tuple[str, str]] = set()
    for replay in replays:
        name = (replay.kind, replay.case)
        assert name not in seen, (
            f"two replays are of kind {replay.kind!r} and case {replay.case!r}; give each its own"
        )
        seen.add(name)
    return replays


def _read(file: Path) -> list[Replay]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AssertionError(f"{file.name} is no JSON in UTF-8: {error}") from error
    replays = []
    for one in content if isinstance(content, list) else [content]:
        assert isinstance(one, dict), f"{file.name}: a replay is an object, found {str(one)[:40]!r}"
        kind = one.get("kind")
        assert kind in KINDS, f"{file.name}: kind must be one of {', '.join(KINDS)}, found {kind!r}"
        replays.append(Replay(kind=kind, case=one.get("case") or file.stem, content=one))
    return replays


def body_bytes(message: Json) -> bytes:
    """The body of a recorded message: `raw` text as it is, else `body` as compact JSON."""
    if "raw" in message:
        return str(message["raw"]).encode()
    return json.dumps(message["body"], separators=(",", ":")).encode() if "body" in message else b""


def recorded_request(message: Json) -> HttpRequest:
    """The recorded request as a value."""
    return HttpRequest(
        method=message.get("method", "POST"),
        url=message.get("url", "/"),
        headers=message.get("headers", {}),
        body=body_bytes(message),
    )


def options_of(replay: Replay) -> tuple[SampleOption, ...]:
    """The options of an answer or call file: id, title, price_minor, and earliest, latest as dates."""
    return tuple(
        SampleOption(
            method_id=option["id"],
            title=option["title"],
            price_minor=option["price_minor"],
            description=option.get("description", ""),
            promise=promise_of(option) if "latest" in option else None,
        )
        for option in replay["options"]
    )


def promise_of(given: Json) -> DeliveryPromise:
    """A promise from `latest`, and where told `earliest`, `ships_on` and `order_by`."""
    latest = dt.date.fromisoformat(given["latest"])
    earliest = dt.date.fromisoformat(given.get("earliest", given["latest"]))
    ships_on = dt.date.fromisoformat(given.get("ships_on", given.get("earliest", given["latest"])))
    order_by = dt.datetime.fromisoformat(given["order_by"]) if "order_by" in given else None
    return DeliveryPromise(
        earliest=earliest, latest=latest, ships_earliest=ships_on, ships_on=ships_on, order_by=order_by
    )


def arguments_of(operation: str, given: Json) -> tuple[Any, ...]:
    """The arguments of an outbound operation (all but a quote) from the `given` of a call file."""
    if operation == "write_shipment":
        lines = tuple(ShippedLine(**line) for line in given.get("lines", ()))
        return (ShipmentNotice(**{**given, "lines": lines}),)
    if operation == "write_promise":
        rest = {key: given[key] for key in ("order_id", "option_id", "title")}
        return (PlatformPromise(**rest, promise=promise_of(given)),)
    if operation == "list_orders":
        return (dt.datetime.fromisoformat(given["updated_since"]),)
    return (given["cart_id"] if operation in {"get_cart", "offer_options"} else given["order_id"],)


def plain(value: Any) -> Any:
    """A value as JSON would show it: attrs as objects, tuples as arrays, dates as text."""
    if attrs.has(type(value)):
        return {a.name: plain(getattr(value, a.name)) for a in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def lacks(found: Any, expected: Any, path: str = "") -> list[str]:
    """Where `found` differs from `expected`; objects may hold more than is expected, arrays may not."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            fault
            for key, wanted in expected.items()
            for fault in (
                lacks(found[key], wanted, f"{path}.{key}") if key in found else [f"{path}.{key}: is missing"]
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        return [
            fault for i, wanted in enumerate(expected) for fault in lacks(found[i], wanted, f"{path}[{i}]")
        ]
    # 1 and True are equal in Python, and not on the wire.
    same = found == expected and isinstance(found, bool) == isinstance(expected, bool)
    return [] if same else [f"{path or 'body'}: expected {expected!r}, found {found!r}"]

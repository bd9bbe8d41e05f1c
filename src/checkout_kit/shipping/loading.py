"""Reading a policy: text to mapping to document, with every fault in the merchant's own path style."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from checkout_kit.errors import Fault, PolicyError, short_repr
from checkout_kit.json_text import read_json_text, reason_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from checkout_kit.shipping.document import PolicyDocument

Syntax = Literal["toml", "json"]


_CUTOFF_KEYS = r"^(default|mon|tue|wed|thu|fri|sat|sun|\d{4}-\d\d-\d\d)$"
_PATTERN_REMEDIES = {
    "^[A-Z]{2}$": "use a country code such as 'US'",
    "^[A-Za-z0-9][A-Za-z0-9_.-]*$": "use letters, digits and . _ - only",
    _CUTOFF_KEYS: "use default, a weekday such as mon, or a date",
}


_PLAIN_WORDS = {
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type"), "should be a table of keys and values"
    ),
    **dict.fromkeys(("tuple_type", "list_type"), "should be a list"),
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), "should be a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "should be true or false"),
    "string_type": "should be a text",
    "string_too_short": "is empty",
}


def read_text(text: str, syntax: Syntax, *, source: str = "") -> dict[str, object]:
    """The mapping in a TOML or JSON text; decimal numbers stay text, so that no amount becomes a float.

    Raises:
        PolicyError: the text is not TOML or JSON, is not a table, or repeats a key.
    """
    try:
        if syntax == "toml":
            return tomllib.loads(text, parse_float=str)
        found = read_json_text(text)
    except (ValueError, RecursionError) as error:
        why = f"not readable as {syntax.upper()}: {reason_of(error)}"
        raise PolicyError([Fault("", why)], source=source) from error
    if not isinstance(found, dict):
        raise PolicyError([Fault("", "not a table of settings", short_repr(found))], source=source)
    return found


def parse(raw: Mapping[str, object]) -> "tuple[PolicyDocument | None, tuple[Fault, ...]]":
    """The document in a mapping, or None; and every fault of shape found, in document order."""
    from pydantic import ValidationError

    from checkout_kit.shipping.document import PolicyDocument

    try:
        return PolicyDocument.model_validate(raw), ()
    except ValidationError as error:
        return None, model_faults(error.errors(include_url=False), raw, PolicyDocument)


_STAND_INS: Mapping[str, Mapping[str, object]] = {
    "origins": {"timezone": "UTC", "cutoff": "12:00"},
    "zones": {"where": [{"everywhere": True}]},
    "services": {"transit": "0 days"},
    "surcharges": {"amount": "0"},
    "methods": {"title": "left out", "price": "0"},
    "promotions": {"percent": "0"},
    "currencies": {},
}


def salvage(
    raw: Mapping[str, object], faults: Iterable[Fault]
) -> "tuple[PolicyDocument | None, frozenset[str]]":
    """The document with a harmless stand-in for each faulty table, so that the rest can be checked.

    Stand-ins keep the table's name and place: references to it are no faults, and paths stay right. The
    second value names the tables replaced, such as `zones.metro` or `methods[2]`.
    """
    kept: dict[str, object] = dict(raw)
    replaced: set[str] = set()
    for section, name in {_place(fault.path): None for fault in faults}:
        table, stand_in = kept.get(section), _STAND_INS.get(section)
        if stand_in is None:
            kept.pop(section, None)
        elif isinstance(table, Mapping) and name in table:
            kept[section] = {**table, name: stand_in}
            replaced.add(f"{section}.{name}")
        elif isinstance(table, list | tuple) and name.isdigit() and int(name) < len(table):
            at = int(name)
            own = table[at].get("id") if isinstance(table[at], Mapping) else None
            entry = {"id": own if isinstance(own, str) and own.isalnum() else f"left-out-{at}", **stand_in}
            kept[section] = [*table[:at], entry, *table[at + 1 :]]
            replaced.add(f"{section}[{at}]")
        else:
            kept.pop(section, None)
    return parse(kept)[0], frozenset(replaced)


def _place(path: str) -> tuple[str, str]:
    head, _, rest = path.partition(".")
    if "[" in head:
        section, _, index = head.partition("[")
        return section, index.rstrip("]")
    return head, rest.partition(".")[0].partition("[")[0]


def model_faults(
    errors: "Iterable[ErrorDetails]", raw: object, model: "type[BaseModel]"
) -> tuple[Fault, ...]:
    """What pydantic found, with the path as the author of the input wrote it."""
    # A list whose entries are all faulty also counts as too short; that says nothing new.
    faults = [_fault(e, raw, model) for e in errors if e["type"] != "too_short" or not e["input"]]
    return tuple(dict.fromkeys(faults))


def _fault(error: "ErrorDetails", raw: object, model: "type[BaseModel]") -> Fault:
    kind, context = error["type"], error.get("ctx") or {}
    path = _merchant_path(error["loc"], raw, keep_last=kind == "missing")
    if kind == "policy":
        return Fault(path, str(context["message"]), short_repr(error["input"]), str(context["remedy"]))
    if kind == "missing":
        return Fault(path, "is required")
    if kind == "extra_forbidden":
        return Fault(path, "unknown key", short_repr(error["loc"][-1]), _did_you_mean(error["loc"], model))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        known = context.get("expected_tags", "")
        if not known:
            return Fault(
                f"{path}.by", "is required", "", "write what the price goes by, such as by = 'weight'"
            )
        return Fault(f"{path}.by", "not a known basis", short_repr(context.get("tag")), f"use one of {known}")
    if kind == "string_pattern_mismatch":
        remedy = _PATTERN_REMEDIES.get(str(context.get("pattern")), f"match {context.get('pattern')}")
        return Fault(path, "not in the form expected", short_repr(error["input"]), remedy)
    if kind == "model_attributes_type" and isinstance(error["input"], float):
        remedy = "write it in quotes, for example '3.90'"
        return Fault(path, "not a decimal amount", short_repr(error["input"]), remedy)
    if kind in _PLAIN_WORDS:
        return Fault(path, _PLAIN_WORDS[kind], short_repr(error["input"]))
    if kind == "too_short":
        return Fault(path, "is empty", short_repr(error["input"]), "write at least one entry")
    message = error["msg"].removeprefix("Input ").removeprefix("should be ").removeprefix("Value error, ")
    return Fault(
        path, f"should be {message}" if "should be" in error["msg"] else message, short_repr(error["input"])
    )


def _merchant_path(loc: tuple[int | str, ...], raw: object, *, keep_last: bool) -> str:
    """The location without the names pydantic adds for the branch of a union."""
    path, here = "", raw
    for i, step in enumerate(loc):
        if isinstance(step, int) and isinstance(here, list | tuple) and step < len(here):
            path, here = f"{path}[{step}]", here[step]
        elif isinstance(here, Mapping) and step in here:
            path, here = f"{path}.{step}" if path else str(step), here[step]
        elif keep_last and i == len(loc) - 1:
            return f"{path}.{step}" if path else str(step)
    return path


def _did_you_mean(loc: tuple[int | str, ...], model: "type[BaseModel]") -> str:
    parts = {model} if len(loc) == 1 else _models(model, set())
    names = {name for part in parts for name in _keys(part)}
    names.discard(str(loc[-1]))
    close = get_close_matches(str(loc[-1]), sorted(names), n=1, cutoff=0.75)
    return f"did you mean {close[0]!r}?" if close else "remove it"


def _keys(model: "type[BaseModel]") -> Iterable[str]:
    return (field.alias or name for name, field in model.model_fields.items())


def _models(model: "type[BaseModel]", seen: "set[type[BaseModel]]") -> "set[type[BaseModel]]":
    from pydantic import BaseModel

    seen.add(model)
    pending: list[object] = [field.annotation for field in model.model_fields.values()]
    while pending:
        found = pending.pop()
        if isinstance(found, type) and issubclass(found, BaseModel):
            if found not in seen:
                _models(found, seen)
        else:
            pending.extend(getattr(found, "__args__", ()))
    return seen

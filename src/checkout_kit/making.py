"""Making frozen values at the cost of plain ones, for what comes by the ten thousand a second."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from attrs import NOTHING, Attribute, Converter, Factory, fields

P = ParamSpec("P")
T = TypeVar("T")

# The slot that attrs adds for `cache_hash=True`.
_KEPT_HASH = "_attrs_cached_hash"


def maker(cls: Callable[P, T]) -> Callable[P, T]:
    """A function that takes what a frozen class takes and makes the same value in a quarter of the time.

    A frozen class has to go around its own guard for every field, and any class called by names gathers them
    in a dict first. The function fills a twin instead, a subclass that may be assigned to and adds nothing
    else, and turns it into the class itself once its fields are stored, before they are checked. That a field
    is to be named is left to the type checker: names without a place of their own are found more slowly.

    Raises:
        TypeError: a class without slots, or one that does more with its fields than convert them.
    """
    made: type[Any] = cast("type[Any]", cls)
    attributes = fields(made)
    slots = {slot for each in made.__mro__ for slot in getattr(each, "__slots__", ())}
    unknown = slots - {a.name for a in attributes} - {_KEPT_HASH, "__weakref__"}
    is_own = hasattr(made, "__attrs_init__") or hasattr(made, "__attrs_pre_init__")
    if unknown or made.__dictoffset__ or is_own or not all(map(_is_plain, attributes)):
        raise TypeError(f"{made.__name__} has no slots, or does more with its fields than convert them")
    plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    # No parameter begins with an underscore, so none hides these.
    names = {"_twin": type(made.__name__, (made,), {"__slots__": (), **plain}), "_made": made}
    steps = ["_self = _twin()", *[f"_self.{a.name} = {_stored(a, names)}" for a in attributes]]
    if _KEPT_HASH in slots:
        steps.append(f"_self.{_KEPT_HASH} = None")
    steps.append("_self.__class__ = _made")
    if hasattr(made, "__attrs_post_init__"):
        steps.append("_self.__attrs_post_init__()")
    needed = [f"{a.alias}" for a in attributes if a.default is NOTHING]
    others = [f"{a.alias}=_default_{a.name}" for a in attributes if a.default is not NOTHING]
    head = f"def {made.__name__}({', '.join(needed + others)}):"
    text = "\n    ".join([head, *steps, "return _self"])
    exec(text, names)  # noqa: S102 - nothing in it but names of fields, as where attrs makes `__init__`
    return cast("Callable[P, T]", names[made.__name__])


def _is_plain(attribute: "Attribute[Any]") -> bool:
    more = attribute.validator, isinstance(attribute.converter, Converter)
    return attribute.init and not any(more) and not isinstance(attribute.default, Factory)  # type: ignore[arg-type]


def _stored(attribute: "Attribute[Any]", names: dict[str, Any]) -> str:
    """What a field gets, as an expression over `names`; its default is converted once and for all."""
    given, default, convert = attribute.alias, f"_default_{attribute.name}", f"_convert_{attribute.name}"
    if attribute.converter is None:
        names[default] = attribute.default
        return f"{given}"
    names[convert] = attribute.converter
    if attribute.default is NOTHING:
        return f"{convert}({given})"
    names[default] = names[convert](attribute.default)
    return f"{given} if {given} is {default} else {convert}({given})"

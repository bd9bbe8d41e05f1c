"""Finding installed adapters: one entry-point group, loaded only when asked for."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from checkout_kit.adapter.contract import Adapter, AnyAdapter
from checkout_kit.errors import InputError, NotFound

GROUP: Final = "checkout_kit.adapters"


def installed_adapters() -> Mapping[str, EntryPoint]:
    """The entry points of every installed adapter by name, sorted; nothing is imported."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}


def adapter_type(name: str, *, installed: Mapping[str, EntryPoint] | None = None) -> type[AnyAdapter]:
    """The adapter class of that name.

    Raises:
        NotFound: no such adapter is installed; names those that are and the command that installs it.
        InputError: the entry point cannot be loaded, is not an adapter, or declares another name.
    """
    known = installed_adapters() if installed is None else installed
    point = known.get(name)
    if point is None:
        listed = ", ".join(known) or "none"
        raise NotFound(f"no adapter {name[:40]!r} is installed (installed: {listed}); {_advice(name, known)}")
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        remedy = f"install it again: pip install --force-reinstall checkout-kit-{name.replace('_', '-')}"
        raise InputError.of(f"{GROUP}.{name}", f"cannot be loaded: {error}", remedy=remedy) from error
    if not (isinstance(loaded, type) and issubclass(loaded, Adapter)):
        raise InputError.of(f"{GROUP}.{name}", "is not an Adapter class", found=point.value)
    if loaded.name != name:
        raise InputError.of(f"{GROUP}.{name}", "declares another name", found=loaded.name)
    return loaded


def load_adapters(names: Iterable[str], environment: Mapping[str, str]) -> tuple[AnyAdapter, ...]:
    """The named adapters, set up from environment variables."""
    return tuple(adapter_type(name).from_environment(environment) for name in names)


def _advice(name: str, known: Iterable[str]) -> str:
    names, wanted = list(known), name.lower().replace("-", "_")
    near = [each for each in names if wanted and each.startswith(wanted)] or get_close_matches(wanted, names)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"run: pip install checkout-kit-{name if _is_plain(name) else 'NAME'}"


def _is_plain(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum() and name.isascii() and len(name) <= 40

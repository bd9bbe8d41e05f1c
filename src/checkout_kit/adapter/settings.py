"""Settings of an adapter: frozen values, from arguments or environment variables; secrets never shown."""

import hmac
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from checkout_kit.errors import Fault, InputError

S = TypeVar("S", bound=attrs.AttrsInstance)


class Secret:
    """A string that repr, str and format never show; `reveal()` is the only way to it.

    >>> Secret("hunter2"), f"{Secret('hunter2')}"
    (Secret('***'), '***')
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value:
            raise InputError.of("secret", "must not be empty")
        self._value = value

    def reveal(self) -> str:
        """The hidden string."""
        return self._value

    def __eq__(self, other: object) -> bool:
        """Whether both hide the same string, in constant time."""
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        """A hash that fits equality."""
        return hash(("Secret", self._value))

    def __repr__(self) -> str:
        """Nothing of the secret."""
        return "Secret('***')"

    def __str__(self) -> str:
        """Nothing of the secret."""
        return "***"


def as_secret(value: str | Secret) -> Secret:
    """An attrs converter for a secret."""
    return value if isinstance(value, Secret) else Secret(value)


def optional_secret(value: str | Secret | None) -> Secret | None:
    """An attrs converter for a secret that may be left out."""
    return None if value is None or value == "" else as_secret(value)


def secrets_in(settings: attrs.AttrsInstance) -> tuple[str, ...]:
    """Every secret among the fields of a settings value, revealed; for scrubbing."""
    found: list[str] = []
    for name in attrs.fields_dict(type(settings)):
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Secret):
                found.append(one.reveal())
    return tuple(found)


def settings_from(settings_type: type[S], environment: Mapping[str, str], *, prefix: str) -> S:
    """Settings from variables named `<prefix><FIELD>`; a tuple field is a comma-separated list.

    Raises:
        InputError: every missing or unusable variable together, values not shown.
    """
    faults: list[Fault] = []
    given: dict[str, object] = {}
    hints = get_type_hints(settings_type)
    for name, attribute in attrs.fields_dict(settings_type).items():
        variable = f"{prefix}{name.upper()}"
        text = environment.get(variable, "").strip()
        if not text:
            if attribute.default is attrs.NOTHING:
                faults.append(Fault(variable, "is not set", "", "set this environment variable"))
            continue
        try:
            given[name] = _read(text, hints[name])
            _check(attribute, given[name])
        except InputError as error:
            # A validator names the field; who sets it up knows the variable, and a secret stays unshown.
            faults += [Fault(variable, fault.message, "", fault.remedy) for fault in error.faults]
        except ValueError:
            faults.append(Fault(variable, f"not a usable {name.replace('_', ' ')}"))
    if faults:
        raise InputError(faults, source="environment")
    return settings_type(**given)


def _check(attribute: Any, value: object) -> None:
    """What constructing would find wrong with this one field, found before so that no fault hides another."""
    converter, validator = attribute.converter, attribute.validator
    # A Converter may want the other fields too, which are not there yet.
    if not isinstance(converter, attrs.Converter) and validator is not None:
        validator(None, attribute, value if converter is None else converter(value))


def _read(text: str, kind: Any) -> object:
    if get_origin(kind) in {Union, UnionType}:
        kinds = [each for each in get_args(kind) if each is not NoneType]
        return _read(text, kinds[0]) if len(kinds) == 1 else text
    if get_origin(kind) is tuple:
        return tuple(_read(part.strip(), get_args(kind)[0]) for part in text.split(",") if part.strip())
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError(text)
        return text.lower() in {"1", "true", "yes"}
    if kind is float:
        return float(text)
    return int(text) if kind is int else text


def https_url(_instance: object, attribute: "attrs.Attribute[str]", value: str) -> None:
    """An attrs validator: an https URL without credentials, or http on the loopback interface.

    Raises:
        InputError: it is another URL, or none.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(value)
    is_local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not (parts.scheme == "https" or is_local) or not parts.hostname or parts.username or parts.password:
        raise InputError.of(
            attribute.name, "must be an https URL without a user name", remedy="write https://..."
        )


def known_zone(_instance: object, attribute: "attrs.Attribute[str]", value: str) -> None:
    """An attrs validator: the name of a time zone, such as the one in which days to delivery are counted."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        remedy = "write a name such as America/New_York"
        raise InputError.of(attribute.name, "not a time zone", found=value, remedy=remedy) from None

"""The few structured header fields the protocol uses (RFC 8941), read strictly and written plainly."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

_LABEL: Final = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_COMPONENT: Final = re.compile(r'"([a-z0-9@\-]+)"')
_PARAMETER: Final = re.compile(r';\s*([a-z*][a-z0-9_\-.*]*)(?:=("(?:[^"\\]|\\.)*"|[^;,\s"]+))?')
_PROFILE: Final = re.compile(r'(?:^|[,;]\s*)profile="([^"\\]{1,2000})"')
_VERSION: Final = re.compile(r'[,;]\s*version="([^"\\]{1,40})"')


@frozen
class SignatureInput:
    """One member of Signature-Input: what is signed, with which parameters, and its text as it was sent."""

    components: tuple[str, ...]
    parameters: Mapping[str, str]
    raw: str


@frozen
class Agent:
    """The UCP-Agent header: whose request this is, and the protocol version it names, if any."""

    profile: str
    version: str = ""


def parse_agent(header: str) -> Agent | None:
    """The profile URL of a UCP-Agent header; None when there is none.

    >>> parse_agent('profile="https://agent.example/ucp"')
    Agent(profile='https://agent.example/ucp', version='')
    """
    found = _PROFILE.search(header)
    if found is None:
        return None
    version = _VERSION.search(header)
    return Agent(found[1], version[1] if version else "")


def split_members(text: str) -> list[str]:
    """The members of a dictionary, divided at commas outside strings and inner lists."""
    members, depth, quoted, start = [], 0, False, 0
    for i, char in enumerate(text):
        if char == '"' and (i == 0 or text[i - 1] != "\\"):
            quoted = not quoted
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
        elif not quoted and char == "," and depth == 0:
            members.append(text[start:i].strip())
            start = i + 1
    members.append(text[start:].strip())
    return [member for member in members if member]


def parse_signature_inputs(header: str) -> dict[str, SignatureInput] | None:
    """The members of Signature-Input by label; None when malformed or with parameters on a component."""
    found: dict[str, SignatureInput] = {}
    for member in split_members(header):
        label, equals, value = member.partition("=")
        if not equals or not _LABEL.fullmatch(label) or not value.startswith("("):
            return None
        inner, closing, rest = value[1:].partition(")")
        components = _COMPONENT.findall(inner)
        if not closing or _COMPONENT.sub("", inner).strip() or len(set(components)) != len(components):
            return None
        if _PARAMETER.sub("", rest).strip():
            return None
        parameters = {name: text.strip('"') for name, text in _PARAMETER.findall(rest)}
        found[label] = SignatureInput(tuple(components), parameters, value)
    return found or None


def parse_byte_sequences(header: str) -> dict[str, bytes] | None:
    """The members of a dictionary of byte sequences (`Signature`, `Content-Digest`); None when malformed."""
    found: dict[str, bytes] = {}
    for member in split_members(header):
        label, equals, value = member.partition("=")
        if not equals or len(value) < 2 or value[0] != ":" or value[-1] != ":":
            return None
        try:
            found[label.strip().lower()] = base64.b64decode(value[1:-1], validate=True)
        except binascii.Error:
            return None
    return found or None


def byte_sequence(data: bytes) -> str:
    """Bytes as a structured field writes them."""
    return f":{base64.b64encode(data).decode('ascii')}:"

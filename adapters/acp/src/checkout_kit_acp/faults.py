"""How a request ends other than well, in the protocol's flat error shape."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from attrs import frozen
from checkout_kit.errors import CheckoutKitError, InputError

Json = dict[str, object]
ErrorType = Literal["invalid_request", "processing_error", "service_unavailable"]
_NAMES: Final = (
    (re.compile(r"^lines\b"), "line_items"),
    (re.compile(r"^deliveries\b"), "fulfillment_groups"),
    (re.compile(r"\.line_ids\b"), ".item_ids"),
)


class AcpFault(CheckoutKitError):
    """There is no session to answer with: an HTTP status, a type, a code and a sentence.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/Error.
    """

    code = "acp_fault"

    def __init__(
        self, status: int, error_code: str, message: str, *, param: str = "",
        type: ErrorType = "invalid_request",  # noqa: A002 - the protocol's word
        headers: Mapping[str, str] | None = None, supported_versions: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.status = status
        self.error_code = error_code
        self.message = message
        self.param = param
        self.type = type
        self.headers = dict(headers or {})
        self.supported_versions = tuple(supported_versions)
        super().__init__(f"{error_code}: {message}")

    def body(self) -> Json:
        """The JSON document of the answer."""
        document: Json = {"type": self.type, "code": self.error_code, "message": self.message}
        if self.param:
            document["param"] = self.param
        if self.supported_versions:
            document["supported_versions"] = list(self.supported_versions)
        return document


@frozen(kw_only=True)
class Answer:
    """A status and the document to send with it."""

    status: int = 200
    document: Json


def invalid_request(problem: InputError) -> AcpFault:
    """A body that cannot be used: the first fault's place, every fault's sentence, and no values."""
    first = problem.faults[0]
    told = "; ".join(f"{json_path(fault.path)}: {fault.message}" for fault in problem.faults)
    code = "missing" if first.message == "Field required" else "invalid"
    return AcpFault(400, code, told, param=json_path(first.path))


def json_path(path: str) -> str:
    """A JSONPath from the root of the document, with the protocol's names for ours.

    >>> json_path("lines[0].quantity"), json_path("deliveries[1].line_ids[0]"), json_path("")
    ('$.line_items[0].quantity', '$.fulfillment_groups[1].item_ids[0]', '$')
    """
    for pattern, theirs in _NAMES:
        path = pattern.sub(theirs, path)
    return f"$.{path}" if path else "$"


def not_found(what: str) -> AcpFault:
    """No such resource, or not this agent's to see."""
    return AcpFault(404, "not_found", f"there is no such {what}")


def busy(message: str, *, retry_after_s: int = 1) -> AcpFault:
    """Something else is under way; the same request may succeed shortly."""
    return AcpFault(409, "conflict", message, headers={"retry-after": str(retry_after_s)})

"""How a request ends other than well: a protocol error, or an outcome told in the protocol's envelope."""

from collections.abc import Iterable, Mapping

from attrs import frozen
from checkout_kit.errors import CheckoutKitError, InputError

Json = dict[str, object]


class ProtocolFault(CheckoutKitError):
    """The request cannot be processed: an HTTP status, a code of the protocol and a sentence.

    Source: UCP 2026-04-08, checkout-rest "Error Responses" (protocol errors).
    """

    code = "protocol_fault"

    def __init__(
        self, status: int, error_code: str, content: str, *, messages: Iterable[Json] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.status = status
        self.error_code = error_code
        self.content = content
        self.messages = tuple(messages)
        self.headers = dict(headers or {})
        super().__init__(f"{error_code}: {content}")

    def body(self) -> Json:
        """The JSON document of the answer."""
        document: Json = {"code": self.error_code, "content": self.content}
        if self.messages:
            document["messages"] = list(self.messages)
        return document


class BusinessError(CheckoutKitError):
    """There is no resource to answer with: an error envelope with messages, under HTTP 200 unless said."""

    code = "business_error"

    def __init__(self, messages: Iterable[Json], *, status: int = 200, continue_url: str = "") -> None:
        self.messages = tuple(messages)
        self.status = status
        self.continue_url = continue_url
        super().__init__("; ".join(str(message.get("content", "")) for message in self.messages))


@frozen(kw_only=True)
class Answer:
    """A status and the document to send with it."""

    status: int = 200
    document: Json


def error(code: str, content: str, *, path: str = "", severity: str = "recoverable") -> Json:
    """An error message."""
    message: Json = {"type": "error", "code": code, "content": content, "severity": severity}
    return {**message, "path": path} if path else message


def warning(code: str, content: str, *, path: str = "") -> Json:
    """A warning message."""
    message: Json = {"type": "warning", "code": code, "content": content}
    return {**message, "path": path} if path else message


def info(code: str, content: str, *, path: str = "") -> Json:
    """An informational message."""
    message: Json = {"type": "info", "code": code, "content": content}
    return {**message, "path": path} if path else message


def invalid_request(problem: InputError) -> ProtocolFault:
    """A body that cannot be read: every fault with its place, no values."""
    messages = [error("invalid", fault.message, path=json_path(fault.path)) for fault in problem.faults]
    return ProtocolFault(400, "invalid_request", "the request body cannot be used", messages=messages)


def json_path(path: str) -> str:
    """A JSONPath from the root of the document.

    >>> json_path("line_items[0].quantity"), json_path("")
    ('$.line_items[0].quantity', '$')
    """
    return f"$.{path}" if path else "$"


def not_found(what: str) -> BusinessError:
    """No such resource, or not this platform's to see."""
    return BusinessError(
        [error("not_found", f"there is no such {what}", severity="unrecoverable")], status=404
    )

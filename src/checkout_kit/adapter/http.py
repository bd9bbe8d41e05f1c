"""An HTTP request and its answer as plain values; nothing here sends anything."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from checkout_kit.adapter.tree import Tree

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


def _lower_names(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name in headers:
        if not name.islower():
            return {name.lower(): value for name, value in headers.items()}
    return dict(headers)


@frozen(kw_only=True, repr=False)
class HttpRequest:
    """A request, received from a platform or to be sent to it; header names are lower case.

    `repeatable` says of one to be sent that sending it twice does no harm, so that it may be tried again
    after a failure that leaves open whether it was carried out.
    """

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default=_NO_HEADERS, converter=_lower_names)
    body: bytes = b""
    repeatable: bool = False

    def header(self, *names: str) -> str:
        """The first of these headers that was sent (names in lower case), or an empty string."""
        for name in names:
            value = self.headers.get(name)
            if value is not None:
                return value
        return ""

    def json(self) -> Tree:
        """The body as JSON; raises InputError when it is none."""
        return Tree.loads(self.body)

    def __repr__(self) -> str:
        """Method, host and size only: path, headers and body may hold secrets and addresses."""
        host = urlsplit(self.url).netloc.rpartition("@")[2]
        return f"<HttpRequest {self.method} {host or 'received'}, {len(self.body)} bytes>"


@frozen(kw_only=True, repr=False)
class HttpResponse:
    """An answer, received from a platform or to be given to it; header names are lower case."""

    status: int = 200
    headers: Mapping[str, str] = field(default=_NO_HEADERS, converter=_lower_names)
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300

    def json(self) -> Tree:
        """The body as JSON; raises InputError when it is none."""
        return Tree.loads(self.body)

    def __repr__(self) -> str:
        """Status and size only: headers and body may hold secrets and addresses."""
        return f"<HttpResponse {self.status}, {len(self.body)} bytes>"


def json_response(
    document: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An answer whose body is `document` as compact JSON."""
    from pydantic_core import to_json

    named = {"content-type": "application/json", **(headers or {})}
    return HttpResponse(status=status, headers=named, body=to_json(document))

"""Walking all pages of a platform's list, whatever its way of paging."""

from collections.abc import Callable
from typing import Final, TypeVar

from checkout_kit.adapter.contract import Steps
from checkout_kit.adapter.http import HttpRequest, HttpResponse
from checkout_kit.errors import Unavailable

T = TypeVar("T")
MOST_PAGES: Final = 1000


def all_pages(
    first: HttpRequest,
    *,
    items: Callable[[HttpResponse], tuple[T, ...]],
    following: Callable[[HttpResponse], HttpRequest | None],
    most_pages: int = MOST_PAGES,
) -> Steps[tuple[T, ...]]:
    """The items of every page in order; `following` makes the next page's request, or None at the end.

    Raises:
        Unavailable: more than `most_pages`, or a page that asks for itself again; never a silently cut list.
    """
    found: list[T] = []
    request: HttpRequest | None = first
    for _ in range(most_pages):
        if request is None:
            return tuple(found)
        response = yield request
        found += items(response)
        upcoming = following(response)
        if upcoming == request:
            raise Unavailable(
                f"{request!r}: a page names itself as the next one; the list cannot be read to its end"
            )
        request = upcoming
    if request is None:
        return tuple(found)
    raise Unavailable(f"{first!r}: more than {most_pages} pages; ask for a shorter span of time")

"""Driving operations: retries, waits, limits, and the same moves in both loops."""

import asyncio

import httpx
import pytest

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    RetryPolicy,
    Steps,
    all_pages,
    in_process,
    run,
    run_async,
)
from checkout_kit.errors import Forbidden, Unavailable

POST = HttpRequest(url="https://shop.example/api", body=b"{}")
GET = HttpRequest(url="https://shop.example/api", method="GET")


def ask(request: HttpRequest) -> Steps[bytes]:
    """One request; its answer's body."""
    response = yield request
    return response.body


class Shop:
    """Answers with each reply in turn; an exception is raised."""

    def __init__(self, *replies: httpx.Response | Exception) -> None:
        self.replies = list(replies)
        self.timeouts: list[object] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.timeouts.append(request.extensions["timeout"])
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def run(self, steps: Steps[bytes], waits: list[float] | None = None, **more: object) -> bytes:
        with httpx.Client(transport=httpx.MockTransport(self)) as client:
            return run(
                steps, client, sleep=(waits if waits is not None else []).append, random=lambda: 1.0, **more
            )


def test_waits_double_up_to_the_cap() -> None:
    """Each wait is a random part of a step that doubles; the random part is 1 here."""
    waits: list[float] = []
    busy = [httpx.Response(503)] * 4
    policy = RetryPolicy(attempts=5, base_s=1, cap_s=3)
    assert Shop(*busy, httpx.Response(200, content=b"ok")).run(ask(GET), waits, retry=policy) == b"ok"
    assert waits == [1, 2, 3, 3]


def test_jitter_spreads_the_wait() -> None:
    """The wait lies between the asked-for time and that plus the step."""
    policy = RetryPolicy(base_s=2)
    assert policy.wait_s(1, at_least_s=5, random=lambda: 0.0) == 5
    assert policy.wait_s(1, at_least_s=5, random=lambda: 0.5) == 6


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (
            {"retry-after": "Mon, 23 Nov 2026 15:00:30 GMT", "date": "Mon, 23 Nov 2026 15:00:00 GMT"},
            30,
        ),
        ({"retry-after": "Mon, 23 Nov 2026 15:00:30 GMT"}, 0),
        ({"retry-after": "soon", "date": "Mon, 23 Nov 2026 15:00:00 GMT"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "-5"}, 0),
    ],
)
def test_retry_after_may_be_a_date(headers: dict[str, str], seconds: int) -> None:
    """A date is counted from the answer's own; nonsense asks for no more than the usual wait."""
    waits: list[float] = []
    policy = RetryPolicy(base_s=1, total_s=60)
    replies = (httpx.Response(429, headers=headers), httpx.Response(200, content=b"ok"))
    assert Shop(*replies).run(ask(POST), waits, retry=policy) == b"ok"
    assert waits == [seconds + 1]


def test_retry_after_is_a_lower_bound() -> None:
    """A throttled request waits at least as long as the platform asks."""
    waits: list[float] = []
    shop = Shop(httpx.Response(429, headers={"retry-after": "9"}), httpx.Response(200))
    shop.run(ask(POST), waits)
    assert waits[0] >= 9


def test_patience_is_limited_in_total() -> None:
    """A wait that would exceed the total time is not begun."""
    waits: list[float] = []
    shop = Shop(httpx.Response(429, headers={"retry-after": "120"}))
    with pytest.raises(Unavailable, match=r"429.*asks to wait 120 s"):
        shop.run(ask(POST), waits)
    assert waits == []


def garbled(_request: httpx.Request) -> httpx.Response:
    """What a broken proxy makes of an answer."""
    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"junk"))


def test_answer_that_cannot_be_unpacked_is_unavailable() -> None:
    """It is the platform's failure, and no exception of the client library comes through."""
    once = RetryPolicy(attempts=1)
    with (
        httpx.Client(transport=httpx.MockTransport(garbled)) as client,
        pytest.raises(Unavailable, match="DecodingError"),
    ):
        run(ask(GET), client, retry=once)

    async def ask_in_loop() -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(garbled)) as client:
            return await run_async(ask(GET), client, retry=once)

    with pytest.raises(Unavailable, match="DecodingError"):
        asyncio.run(ask_in_loop())


def test_patience_is_that_of_each_request() -> None:
    """A list of many pages, each throttled for a while, is read to its end."""

    def following(response: HttpResponse) -> HttpRequest | None:
        left = int(response.body)
        return HttpRequest(url=f"https://shop.example/{left}", method="GET") if left else None

    pages: list[httpx.Response | Exception] = []
    for left in range(9, -1, -1):
        pages += [httpx.Response(429, headers={"retry-after": "30"}), httpx.Response(200, text=str(left))]
    waits: list[float] = []
    steps = all_pages(GET, items=lambda response: (response.body,), following=following)
    with httpx.Client(transport=httpx.MockTransport(Shop(*pages))) as client:
        assert len(run(steps, client, sleep=waits.append)) == 10
    assert sum(waits) > 300


@pytest.mark.parametrize(
    ("request_", "failure", "sends"),
    [
        (POST, httpx.ReadTimeout("slow"), 1),
        (POST, httpx.ConnectError("down"), 4),
        (GET, httpx.ReadTimeout("slow"), 4),
        (POST, httpx.Response(503), 1),
        (GET, httpx.Response(503), 4),
    ],
)
def test_only_harmless_repeats(request_: HttpRequest, failure: Exception, sends: int) -> None:
    """What may have been carried out is not sent again; what was never sent, or reads only, is."""
    shop = Shop(*[failure] * 4)
    with pytest.raises(Unavailable):
        shop.run(ask(request_))
    assert len(shop.timeouts) == sends


def test_lost_post_says_that_it_may_have_happened() -> None:
    """The error tells the operator to look before sending again."""
    with pytest.raises(Unavailable, match="may have been carried out"):
        Shop(httpx.ReadTimeout("slow")).run(ask(POST))


def test_own_throttling_is_honoured() -> None:
    """A platform that throttles inside a 200 is waited for too."""
    waits: list[float] = []

    def throttle(response: HttpResponse) -> float | None:
        return 4.0 if response.body == b"throttled" else None

    shop = Shop(httpx.Response(200, content=b"throttled"), httpx.Response(200, content=b"ok"))
    assert shop.run(ask(POST), waits, throttle=throttle) == b"ok"
    assert waits[0] >= 4


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_end_at_once(status: int) -> None:
    """No second attempt is made with credentials that were refused."""
    shop = Shop(httpx.Response(status))
    with pytest.raises(Forbidden, match="token"):
        shop.run(ask(GET))
    assert len(shop.timeouts) == 1


def test_every_request_has_a_timeout() -> None:
    """The policy's time-out reaches the transport."""
    shop = Shop(httpx.Response(200))
    shop.run(ask(GET), retry=RetryPolicy(timeout_s=2.5))
    assert shop.timeouts == [{"connect": 2.5, "read": 2.5, "write": 2.5, "pool": 2.5}]


def test_async_loop_makes_the_same_moves() -> None:
    """Waits and result are those of the blocking loop."""

    def shop() -> Shop:
        throttled = httpx.Response(429, headers={"retry-after": "3"})
        return Shop(throttled, httpx.ConnectError("down"), httpx.Response(200))

    sync_waits: list[float] = []
    shop().run(ask(POST), sync_waits)
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    async def go() -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(shop())) as client:
            return await run_async(ask(POST), client, sleep=pause, random=lambda: 1.0)

    assert asyncio.run(go()) == b""
    assert waits == sync_waits


def test_in_process_work_needs_no_request() -> None:
    """An adapter inside the platform runs through the same driver and sends nothing."""
    assert Shop().run(in_process(lambda: b"done")) == b"done"


def test_paging_walks_to_the_end() -> None:
    """Items come in page order."""
    shop = Shop(httpx.Response(200, content=b"a"), httpx.Response(200, content=b"b"))
    steps = all_pages(
        GET,
        items=lambda page: (page.body,),
        following=lambda page: (
            HttpRequest(url="https://shop.example/2", method="GET") if page.body == b"a" else None
        ),
    )
    assert shop.run(steps) == (b"a", b"b")


def test_paging_in_a_circle_is_an_error() -> None:
    """A page that names itself as the next does not loop for ever, nor ends as a short list."""
    with pytest.raises(Unavailable, match="next"):
        Shop(httpx.Response(200)).run(all_pages(GET, items=lambda _: (), following=lambda _: GET))


def test_too_many_pages_are_an_error() -> None:
    """The limit of pages is an error, never a silently cut list."""
    pages = iter(range(100))

    def following(_page: HttpResponse) -> HttpRequest:
        return HttpRequest(url=f"https://shop.example/{next(pages)}", method="GET")

    with pytest.raises(Unavailable, match="more than 3 pages"):
        Shop(*[httpx.Response(200)] * 9).run(
            all_pages(GET, items=lambda _: (), following=following, most_pages=3)
        )

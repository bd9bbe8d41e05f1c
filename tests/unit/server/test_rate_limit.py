"""A client that is too fast is told to wait; others are not."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from checkout_kit.server.rate_limit import MAX_CLIENTS, Buckets, LimitRate, RateLimit, bucket_of


@given(
    per_s=st.sampled_from([0.5, 1.0, 8.0]),
    burst=st.integers(1, 5),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_never_more_than_the_burst_and_the_rate(per_s: float, burst: int, gaps: list[float]) -> None:
    """Within any span of time at most burst + rate x span requests pass."""
    buckets = Buckets(RateLimit(per_s=per_s, burst=burst))
    now, passed = 0.0, []
    for gap in gaps:
        now += gap
        if not buckets.wait_s("client", now):
            passed.append(now)
    for i, first in enumerate(passed):
        for k, last in enumerate(passed[i:], start=1):
            assert k <= burst + (last - first) * per_s + 1e-6


@given(st.floats(0.1, 50), st.integers(1, 5))
def test_the_wait_it_names_is_enough(per_s: float, burst: int) -> None:
    """Coming back after the named wait, the request passes."""
    buckets = Buckets(RateLimit(per_s=per_s, burst=burst))
    wait = 0.0
    while not wait:
        wait = buckets.wait_s("client", 0.0)
    assert buckets.wait_s("client", wait * (1 + 1e-9) + 1e-9) == 0.0


def test_clients_do_not_share_and_are_forgotten() -> None:
    """One client's haste is not another's, and memory is bounded."""
    buckets = Buckets(RateLimit(per_s=1, burst=1))
    assert buckets.wait_s("a", 0.0) == 0.0
    assert buckets.wait_s("a", 0.0) > 0
    assert buckets.wait_s("b", 0.0) == 0.0
    for number in range(MAX_CLIENTS):
        buckets.wait_s(f"client {number}", 0.0)
    assert buckets.wait_s("a", 0.0) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("2001:db8::1", "2001:db8::ffff:2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("not:an:address", "not:an:addresses", False),
    ],
)
def test_one_subscriber_is_one_client(one: str, other: str, *, is_shared: bool) -> None:
    """Whoever has a /64 of IPv6 addresses cannot draw from a bucket for each of them."""
    assert (bucket_of(one) == bucket_of(other)) is is_shared


@pytest.mark.parametrize("limit", [{"per_s": 0}, {"burst": 0}, {"per_s": -1.0}])
def test_a_limit_of_nothing_is_refused(limit: dict[str, int]) -> None:
    """A limit that lets nobody in is a mistake."""
    with pytest.raises(ValueError, match="above 0"):
        RateLimit(**limit)


def test_the_refusal_is_a_problem_document() -> None:
    """429 with Retry-After, and through again when the time has come."""
    now = [0.0]
    app = LimitRate(PlainTextResponse("in"), limit=RateLimit(per_s=0.5, burst=1), clock=lambda: now[0])

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://x.example"
        ) as client:
            return await client.get("/")

    assert asyncio.run(get()).status_code == 200
    refused = asyncio.run(get())
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    now[0] += float(refused.headers["retry-after"])
    assert asyncio.run(get()).status_code == 200

"""The cache of live rates: bounded, timed by the caller's clock, keyed by content."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.carriers import JsonRateSource, Parcel, RateCache, RateReply, RateRequest
from checkout_kit.carriers.cache import content_key
from checkout_kit.errors import InputError
from checkout_kit.shipping.live import LiveRate

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RATE = LiveRate(method_id="m", price_minor=1, currency="USD", source="s")
REQUEST = RateRequest(
    origin=Address(country="US", postal_code="11201"),
    destination=Address(country="US", postal_code="60601"),
    parcels=(Parcel(weight_g=1), Parcel(weight_g=2)),
    currency="USD",
)


def test_an_entry_is_fresh_until_its_time_to_live_and_kept_longer():
    """Fresh before 15 minutes, then a stand-in, then gone after the keeping time."""
    cache = RateCache(ttl=dt.timedelta(minutes=15), keep=dt.timedelta(hours=1))
    cache.put("k", (RATE,), NOW)
    assert cache.get("k", NOW + dt.timedelta(minutes=14, seconds=59)) == ((RATE,), True)
    assert cache.get("k", NOW + dt.timedelta(minutes=15)) == ((RATE,), False)
    assert cache.get("k", NOW + dt.timedelta(hours=1)) is None
    assert len(cache) == 0


def test_the_least_recently_used_entry_goes_first():
    """Reading an entry keeps it; the bound is never passed."""
    cache = RateCache(max_entries=2)
    cache.put("a", (RATE,), NOW)
    cache.put("b", (RATE,), NOW)
    cache.get("a", NOW)
    cache.put("c", (RATE,), NOW)
    assert [cache.get(key, NOW) is not None for key in "abc"] == [True, False, True]
    assert len(cache) == 2


def test_a_late_older_answer_does_not_replace_a_newer_one():
    """An exchange that outlived its deadline may come back after a later one."""
    cache = RateCache()
    cache.put("k", (RATE,), NOW)
    cache.put("k", (), NOW - dt.timedelta(seconds=5))
    assert cache.get("k", NOW) == ((RATE,), True)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"parcels": (Parcel(weight_g=2), Parcel(weight_g=1))}, True),
        ({"destination": Address(country="US", postal_code="60601", name="B", phone="1")}, True),
        ({"destination": Address(country="US", postal_code="60602")}, False),
        ({"parcels": (Parcel(weight_g=3),)}, False),
        ({"currency": "CAD"}, False),
    ],
)
def test_the_key_holds_what_a_rate_depends_on(change, same):
    """Parcel order and the buyer's name do not matter; place, weight and currency do."""
    assert (content_key("s", evolve(REQUEST, **change)) == content_key("s", REQUEST)) is same


def test_two_sources_never_share_an_entry():
    """The source is part of the key."""
    assert content_key("a", REQUEST) != content_key("b", REQUEST)


def test_impossible_bounds_are_refused():
    """A cache that can hold nothing, or keeps shorter than it trusts, is a mistake."""
    with pytest.raises(ValueError, match="max_entries"):
        RateCache(max_entries=0)
    with pytest.raises(ValueError, match="keep"):
        RateCache(ttl=dt.timedelta(hours=2), keep=dt.timedelta(hours=1))


def test_secrets_stay_out_of_reprs():
    """Neither the source nor its prepared call shows the token; the call carries it."""
    source = JsonRateSource(id="s", url="http://rates.example/", methods={}, token="hush-hush")
    call = source.prepare(REQUEST)
    assert call.headers["authorization"] == "Bearer hush-hush"
    assert "hush" not in repr(source) + repr(call)


def test_services_without_a_method_are_left_out():
    """A service the shop does not sell is no fault."""
    source = JsonRateSource(id="s", url="http://rates.example/", methods={"GND": "ground"})
    body = b'{"rates": [{"service": "AIR"}, {"service": "GND", "price_minor": 5, "currency": "USD"}]}'
    rates = source.interpret(REQUEST, RateReply(status=200, content=body))
    assert [(rate.method_id, rate.price_minor) for rate in rates] == [("ground", 5)]


def test_a_rate_with_reversed_transit_days_cannot_exist():
    """At least 5 and at most 3 days is refused where the value is made."""
    with pytest.raises(InputError, match="transit_min_days: is above transit_max_days 3, found 5"):
        LiveRate(
            method_id="m", price_minor=1, currency="USD", source="s", transit_min_days=5, transit_max_days=3
        )


def test_every_fault_of_a_rate_is_told():
    """A price below zero and a currency nobody knows are refused together."""
    with pytest.raises(InputError) as caught:
        LiveRate(method_id="m", price_minor=-1, currency="US", source="s")
    assert [fault.path for fault in caught.value.faults] == ["price_minor", "currency"]

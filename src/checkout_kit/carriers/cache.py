"""A bounded cache of live rates by content: the same parcels to the same place are asked for once."""

import datetime as dt
import hashlib
import json
from collections import OrderedDict
from threading import Lock

from attrs import asdict

from checkout_kit.carriers.port import RateRequest
from checkout_kit.shipping.live import LiveRate


def content_key(source_id: str, request: RateRequest) -> str:
    """A digest of everything a rate depends on; names, phones and the order of parcels are left out."""
    facts = asdict(request)
    for place in ("origin", "destination"):
        for unpriced in ("name", "company", "phone"):
            facts[place].pop(unpriced)
    facts["parcels"] = sorted(json.dumps(parcel, sort_keys=True) for parcel in facts["parcels"])
    text = json.dumps([source_id, facts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class RateCache:
    """Rates by content, least recently used first out; safe to share between threads.

    The clock is the caller's: `now` is an aware datetime. An entry is fresh for `ttl`, and kept as a stand-in
    for a failing source until `keep` has passed.

    Raises:
        ValueError: room for less than one entry, or `keep` shorter than `ttl`.
    """

    def __init__(
        self,
        *,
        max_entries: int = 10_000,
        ttl: dt.timedelta = dt.timedelta(minutes=15),
        keep: dt.timedelta = dt.timedelta(hours=24),
    ) -> None:
        if max_entries < 1 or keep < ttl:
            raise ValueError(f"need max_entries >= 1 and keep >= ttl, got {max_entries!r}, {keep!r}, {ttl!r}")
        self._max_entries = max_entries
        self._ttl = ttl
        self._keep = keep
        self._entries: OrderedDict[str, tuple[dt.datetime, tuple[LiveRate, ...]]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many entries are held, fresh or not."""
        return len(self._entries)

    def get(self, key: str, now: dt.datetime) -> tuple[tuple[LiveRate, ...], bool] | None:
        """The rates under `key` and whether they are fresh at `now`; None when unknown or past keeping."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            age = now - entry[0]
            if age >= self._keep:
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return entry[1], age < self._ttl

    def put(self, key: str, rates: tuple[LiveRate, ...], now: dt.datetime) -> None:
        """Remember rates fetched at `now`; an older answer never replaces a newer one."""
        with self._lock:
            known = self._entries.get(key)
            if known is not None and known[0] > now:
                return
            self._entries[key] = (now, rates)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

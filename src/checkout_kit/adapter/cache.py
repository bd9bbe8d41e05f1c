"""Keeping answers until the instant at which they may differ; bounded, and with no clock of its own."""

import datetime as dt
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class AnswerCache(Generic[V]):
    """The most recently used answers, each with the instant from which it no longer holds.

    `now` is an argument, so that a kept promise can never outlive its cut-off by a cache's own idea of time.
    Safe to share between threads.
    """

    def __init__(self, most_entries: int = 10_000) -> None:
        self._entries: OrderedDict[object, tuple[dt.datetime, V]] = OrderedDict()
        self._most = most_entries
        self._lock = threading.Lock()

    def get(self, key: object, *, now: dt.datetime) -> V | None:
        """The answer kept for this key, or None when there is none that still holds."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry[0] <= now:
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: object, value: V, *, until: dt.datetime) -> None:
        """Keep an answer until this instant; the least recently used one makes room."""
        with self._lock:
            self._entries[key] = (until, value)
            self._entries.move_to_end(key)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._entries)

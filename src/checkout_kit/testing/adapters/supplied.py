"""What all parts of the adapter suite share: the things supplied, replays, signing, required cases."""

import datetime as dt
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import attrs

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse, RateOutcome
from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.alone import printed
from checkout_kit.testing.adapters.documents import leaves, replaced
from checkout_kit.testing.adapters.replay import Replay, promise_of, read_replays, recorded_request
from checkout_kit.testing.quotes import SampleOption, sample_quote

_read_once = cache(read_replays)


class Supplied:
    """Set `adapter`, `secret` (what the platform signs with) and `replies` (the folder of replay files)."""

    adapter: ClassVar[AnyAdapter]
    secret: ClassVar[str]
    replies: ClassVar[str | Path]
    now: ClassVar[dt.datetime] = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
    promise: ClassVar[DeliveryPromise] = promise_of(
        {"earliest": "2026-11-26", "latest": "2026-11-27", "ships_on": "2026-11-24"}
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Leave out the tests of capabilities that the adapter does not declare."""
        super().__init_subclass__(**kwargs)
        adapter = getattr(cls, "adapter", None)
        if adapter is None:
            return
        for base in cls.__mro__:
            needed = base.__dict__.get("needs")
            if needed is not None and needed.isdisjoint(adapter.capabilities):
                for name in [name for name in base.__dict__ if name.startswith("test_")]:
                    setattr(cls, name, None)

    def before_call(self) -> None:
        """Called before each recorded call; an adapter inside its platform restores the data here."""

    def replays(self, kind: str) -> dict[str, Replay]:
        """The replay files of one kind by case."""
        return {replay.case: replay for replay in _read_once(str(self.replies)) if replay.kind == kind}

    def replay(self, kind: str, case: str) -> Replay | None:
        """A required replay file, or None where an excuse file says why there is none."""
        found = self.replays(kind).get(case)
        assert found is not None or self.excused(f"{kind}/{case}"), (
            f"add a replay file of kind {kind!r}, case {case!r} (or an excuse for it)"
        )
        return found

    def excused(self, case: str) -> bool:
        """Whether an excuse file says, with its reason, that this cannot exist on the platform."""
        excuse = self.replays("excuse").get(case)
        assert excuse is None or len(excuse["reason"]) > 20, f"excuse {case}: give the reason in a sentence"
        return excuse is not None

    def typical(self) -> Replay:
        """The rate request that most tests start from."""
        found = self.replay("rates", "typical")
        assert found is not None, "the typical rate request cannot be excused"
        return found

    def plain_request(self) -> HttpRequest:
        """The typical rate request without a signature."""
        return recorded_request(self.typical()["request"])

    def read(self, replay: Replay) -> QuoteRequest:
        """A recorded rate request in our terms."""
        try:
            return self.adapter.parse_rates(recorded_request(replay["request"]), now=self.now)
        except InputError as error:
            raise AssertionError(f"rates {replay.case!r} is refused: {error}") from error

    def render(self, outcome: RateOutcome, request: QuoteRequest | str | None = "typical") -> HttpResponse:
        """An outcome in the platform's terms, for the typical request or another."""
        read = self.read(self.typical()) if isinstance(request, str) else request
        return self.adapter.render_rates(outcome, read)

    def signed(
        self, request: HttpRequest, *, secret: str | None = None, at: dt.datetime | None = None
    ) -> HttpRequest:
        """The request as the platform would sign it."""
        scheme = self.adapter.signature
        assert scheme is not None, "an adapter that answers rates declares a signature"
        return scheme.sign(request, secret=secret or self.secret, now=at or self.now)

    def signed_body(self, body: bytes) -> HttpRequest:
        """The typical request with another body, signed."""
        return self.signed(attrs.evolve(recorded_request(self.typical()["request"]), body=body))

    def sample(
        self, currency: str, *options: SampleOption, valid_s: int = 3600, at: dt.datetime | None = None
    ) -> Quote:
        """A quote that holds for `valid_s` seconds from now, or from another instant."""
        placed_at = at or self.now
        until = placed_at + dt.timedelta(seconds=valid_s)
        return sample_quote(options, currency=currency, placed_at=placed_at, valid_until=until)

    def private_words(self) -> tuple[str, ...]:
        """What must never be logged or echoed: the secret and the personal data listed in the replays."""
        words = [self.secret]
        for kind in ("rates", "webhook", "call"):
            for replay in self.replays(kind).values():
                words += replay.get("private") or []
        return tuple(words)


@contextmanager
def every_log_line() -> Iterator[list[str]]:
    """Collects what any logger says meanwhile, at every level, with tracebacks, and what is printed."""
    lines: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter().format(record))

    root, handler = logging.getLogger(), Collect(0)
    ours = logging.getLogger("checkout_kit")
    before = (root.level, ours.level)
    root.addHandler(handler)
    root.setLevel(1)
    ours.setLevel(1)
    try:
        with printed() as text:
            yield lines
        lines.append(text.getvalue())
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        ours.setLevel(before[1])


def hostile_bodies(document: Any) -> Iterator[tuple[str, bytes]]:
    """The document with each leaf in turn replaced by each of many unusable values."""
    values: tuple[Any, ...] = (
        None,
        "",
        -1,
        10**30,
        1.5,
        "\u202e" * 2000,
        [],
        {},
        True,
        "1e999",
        "'\"><script>",
    )
    for path, _ in leaves(document):
        for value in values:
            altered = replaced(document, path, value)
            yield f"{'.'.join(map(str, path))}={str(value)[:20]!r}", json.dumps(altered).encode()

"""The part of the adapter suite about webhooks: what is let in, what it is read as, repeats."""

import datetime as dt
import json

import attrs

from checkout_kit.adapter import (
    EVENT_KINDS,
    Capability,
    HttpRequest,
    SharedToken,
    WebhookAnswer,
    answer_webhook,
)
from checkout_kit.testing.adapters.replay import Replay, lacks, plain, recorded_request
from checkout_kit.testing.adapters.supplied import Supplied, every_log_line, hostile_bodies

_UNKNOWN = "unknown_shop"


class WebhooksSuite(Supplied):
    """Inherited by AdapterConformance; plays every recorded webhook."""

    needs = frozenset({Capability.WEBHOOKS})

    def test_webhooks_are_read_as_recorded(self) -> None:
        """Each recorded webhook is read as the event its file states; an expected null is a ping."""
        assert self._taken(), "add at least one replay file of kind 'webhook'"
        for replay in self._taken():
            answer = self._take(self._signed(replay))
            assert answer.response.status == 200, f"webhook {replay.case!r}: {answer.response.status}"
            faults = lacks(plain(answer.event), replay.get("expect"))
            assert not faults, f"webhook {replay.case!r}: {'; '.join(faults)}"

    def test_webhook_of_an_unknown_shop_is_404(self) -> None:
        """An event of another shop, correctly signed, is refused with 404 and acted on by nobody."""
        replay = self.replay("webhook", _UNKNOWN)
        if replay is not None:
            answer = self._take(self._signed(replay))
            assert answer.event is None, (
                "an event of another shop is taken; compare the shop before reading on"
            )
            assert answer.response.status == 404, f"404 expected, {answer.response.status} answered"

    def test_event_kinds_are_known(self) -> None:
        """Every event is of a kind that the core knows."""
        for replay in self._taken():
            event = self._take(self._signed(replay)).event
            assert event is None or event.kind in EVENT_KINDS, (
                f"webhook {replay.case!r}: kind {event.kind!r} is none of {', '.join(EVENT_KINDS)}"
            )

    def test_unsigned_webhook_is_401(self) -> None:
        """Without its signature, or with that of another secret, a webhook is refused."""
        for replay in self.replays("webhook").values():
            plain_request = recorded_request(replay["request"])
            for request in (plain_request, self._signed(replay, secret="not-" + self.secret)):
                assert self._take(request).response.status == 401, f"webhook {replay.case!r} was let in"

    def test_altered_webhook_is_401(self) -> None:
        """One byte changed after signing is refused; schemes that sign nothing cannot see it.

        Where a platform signs less than the body (excuse `webhook/altered`), nothing in it is to be trusted.
        """
        signs_body = not self.excused("webhook/altered")
        for replay in self.replays("webhook").values():
            request = self._signed(replay)
            if signs_body and not isinstance(self._scheme, SharedToken):
                altered = attrs.evolve(request, body=request.body + b" ")
                assert self._take(altered).response.status == 401, f"webhook {replay.case!r} was let in"

    def test_old_webhook_is_401(self) -> None:
        """Where the signature carries its time, a webhook captured a day ago or dated ahead is refused."""
        for replay in self.replays("webhook").values():
            request = recorded_request(replay["request"])
            for days in (-1, 1):
                captured = self._sign(request, at=self.now + dt.timedelta(days=days))
                if captured != self._sign(request):
                    assert self._take(captured).response.status == 401, f"webhook {replay.case!r} was let in"

    def test_repeated_webhook_is_taken_once(self) -> None:
        """The same event delivered again is answered with 200 and acted on once."""
        for replay in self._taken():
            first, second = self._take(self._signed(replay)), self._take(self._signed(replay))
            if first.event is None:
                continue
            assert second.event is not None
            assert first.event.id, f"webhook {replay.case!r}: the event has no id"
            assert first.event.id == second.event.id, (
                f"webhook {replay.case!r}: the id changes between deliveries"
            )
            name = f"{self.adapter.name}:{first.event.id}"
            again = answer_webhook(
                self.adapter,
                self._signed(replay),
                now=self.now,
                is_known={name}.__contains__,
            )
            assert (again.response.status, again.event) == (200, None)

    def test_different_webhooks_have_different_ids(self) -> None:
        """Two recorded events never share an id, or one of them would be dropped as a repeat."""
        events = [self._take(self._signed(replay)).event for replay in self._taken()]
        ids = [event.id for event in events if event is not None]
        assert len(ids) == len(set(ids)), "two different webhooks have the same id"

    def test_hostile_webhooks_are_survived(self) -> None:
        """A signed webhook with any single value unusable is taken, ignored or refused, never a crash."""
        for replay in self.replays("webhook").values():
            request = recorded_request(replay["request"])
            bodies = [("not JSON", b"{"), ("empty", b""), ("array", b"[]"), ("null", b"null")]
            if "body" in replay["request"]:
                bodies += hostile_bodies(json.loads(request.body))
            for what, body in bodies:
                try:
                    answer = self._take(self._sign(attrs.evolve(request, body=body)))
                except Exception as error:
                    raise AssertionError(f"webhook {replay.case!r}: {what}: {error!r}") from error
                assert answer.response.status in {200, 400, 404}, f"webhook {replay.case!r}: {what}"

    def test_webhooks_log_nothing_private(self) -> None:
        """No webhook leaves the secret or personal data in any log, nor in the event it becomes."""
        with every_log_line() as lines:
            for replay in self.replays("webhook").values():
                lines.append(repr(self._take(self._signed(replay))))
                self._take(recorded_request(replay["request"]))
        text = "\n".join(lines)
        assert not [word for word in self.private_words() if word in text], (
            "a log or event shows a private value"
        )

    # Shared by the tests above

    def _taken(self) -> list[Replay]:
        """The recorded webhooks that are this shop's own."""
        return [replay for case, replay in self.replays("webhook").items() if case != _UNKNOWN]

    @property
    def _scheme(self) -> object:
        return self.adapter.webhook_signature or self.adapter.signature

    def _sign(
        self, request: HttpRequest, *, secret: str | None = None, at: dt.datetime | None = None
    ) -> HttpRequest:
        scheme = self.adapter.webhook_signature or self.adapter.signature
        assert scheme is not None, "an adapter that takes webhooks declares a signature"
        return scheme.sign(request, secret=secret or self.secret, now=at or self.now)

    def _signed(self, replay: Replay, *, secret: str | None = None) -> HttpRequest:
        return self._sign(recorded_request(replay["request"]), secret=secret)

    def _take(self, request: HttpRequest) -> WebhookAnswer:
        return answer_webhook(self.adapter, request, now=self.now, is_known=lambda _: False)

"""The part of the adapter suite about what the shop's own page asks from the browser."""

import json
from typing import Any

import attrs

from checkout_kit.adapter import Adapter, Capability, HttpRequest, HttpResponse, RetryPolicy, run
from checkout_kit.errors import CheckoutKitError
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.player import Player
from checkout_kit.testing.adapters.replay import Replay, lacks, options_of, recorded_request
from checkout_kit.testing.adapters.supplied import Supplied, every_log_line, hostile_bodies

_PATIENCE = RetryPolicy(attempts=1)


class PagesSuite(Supplied):
    """Inherited by AdapterConformance; plays every recorded page. Most platforms need none."""

    needs = frozenset({Capability.OPTIONS})

    def test_every_declared_page_is_recorded(self) -> None:
        """The pages declared, those recorded and those answered are the same."""
        recorded = {replay["page"] for replay in self.replays("page").values()}
        wrong = recorded ^ set(self.adapter.pages)
        assert not wrong, f"declared or recorded, but not both: {', '.join(sorted(wrong))}"
        answers = type(self.adapter).answer_page is not Adapter.answer_page
        assert answers == bool(recorded), "pages and answer_page belong together"
        assert self.adapter.page_failed.status >= 500, "a failure is told as one"

    def test_pages_are_answered_as_recorded(self) -> None:
        """Each recorded page sends exactly the recorded requests and gets exactly the recorded answer."""
        for replay in self.replays("page").values():
            player = Player(replay, None)
            answer, wanted = (
                self._ask_page(replay, recorded_request(replay["request"]), player),
                replay["expect"],
            )
            player.check_finished()
            assert answer.status == wanted["status"], f"page {replay.case!r}: status {answer.status}"
            found = json.loads(answer.body)
            faults = lacks(found, wanted["body"]) + lacks(wanted["body"], found)
            assert not faults, f"page {replay.case!r}: {'; '.join(faults)}"

    def test_hostile_pages_are_survived(self) -> None:
        """A request with any single value unusable is answered or refused, and never our failure."""
        import httpx

        def nothing(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(404)

        for replay in self.replays("page").values():
            request = recorded_request(replay["request"])
            bodies = [("not JSON", b"{"), ("empty", b""), ("array", b"[]"), ("null", b"null")]
            for what, body in (*bodies, *hostile_bodies(json.loads(request.body))):
                answer = self._ask_page(replay, attrs.evolve(request, body=body), nothing)
                assert answer.status < 500, f"page {replay.case!r}: {what}: {answer.status}"

    def test_huge_pages_are_refused_unread(self) -> None:
        """A body beyond the limit is a 413 without a call."""
        for replay in self.replays("page").values():
            request = HttpRequest(url="/", body=b" " * (self.adapter.most_bytes + 1))
            assert self._ask_page(replay, request, Player(replay, None)).status == 413

    def test_pages_log_and_echo_nothing_private(self) -> None:
        """Neither an answer nor a log shows the secret or what the buyer typed, even when the call fails."""
        import httpx

        private = self.private_words()
        for replay in self.replays("page").values():
            words = (*private, *(replay.get("private") or []))
            for status in (200, 401, 422, 503):
                with every_log_line() as lines:
                    try:
                        answer = self._ask_page(
                            replay,
                            recorded_request(replay["request"]),
                            lambda _, status=status: httpx.Response(status, text=f'"{self.secret}"'),
                        )
                    except CheckoutKitError as error:
                        lines.append(str(error))
                    else:
                        lines.append(answer.body.decode())
                shown = [word for word in words if word in "\n".join(lines)]
                assert not shown, f"page {replay.case!r}: {len(shown)} private value(s) are shown"

    # Shared by the tests above

    def _ask_page(self, replay: Replay, request: HttpRequest, transport: Any) -> HttpResponse:
        import httpx

        def quoter(asked: QuoteRequest) -> Quote:
            return self.sample(asked.cart.currency, *options_of(replay))

        steps = self.adapter.answer_page(replay["page"], request, quoter, now=self.now)
        with httpx.Client(transport=httpx.MockTransport(transport)) as client:
            return run(steps, client, retry=_PATIENCE, sleep=lambda _: None)

"""The part of the adapter suite about calling out: recordings, both loops, retries, repeats, credentials."""

import asyncio
from collections.abc import Callable
from typing import Any

from checkout_kit.adapter import (
    OPERATIONS,
    Capability,
    HttpRequest,
    RetryPolicy,
    Steps,
    run,
    run_async,
)
from checkout_kit.adapter.retry import is_repeatable
from checkout_kit.errors import CheckoutKitError, Forbidden, Unavailable
from checkout_kit.testing.adapters.alone import nothing_by_itself
from checkout_kit.testing.adapters.player import Player, in_turn
from checkout_kit.testing.adapters.replay import (
    Replay,
    arguments_of,
    body_bytes,
    lacks,
    options_of,
    plain,
)
from checkout_kit.testing.adapters.supplied import Supplied, every_log_line

OUTBOUND = (
    Capability.CARTS,
    Capability.OPTIONS,
    Capability.ORDERS,
    Capability.PROMISES,
    Capability.SHIPMENTS,
)
_PATIENCE = RetryPolicy(attempts=3, base_s=0.01)


class CallsSuite(Supplied):
    """Inherited by AdapterConformance; plays the recorded exchanges through real httpx clients."""

    needs = frozenset(OUTBOUND)

    def test_every_declared_operation_is_recorded(self) -> None:
        """For each operation declared there is at least one recorded call."""
        recorded = {replay["operation"] for replay in self.replays("call").values()}
        wanted = {name for c in OUTBOUND if c in self.adapter.capabilities for name in OPERATIONS[c]}
        assert not wanted - recorded, f"no recorded call for {', '.join(sorted(wanted - recorded))}"

    def test_calls_send_and_return_what_is_recorded(self) -> None:
        """Each operation sends exactly the recorded requests and returns the recorded result."""
        for replay in self.replays("call").values():
            self._play_and_check(replay)

    def test_sync_equals_async(self) -> None:
        """The asynchronous loop sends the same bytes and returns the same result as the blocking one."""
        for replay in self.replays("call").values():
            sync, sent = self._outcome(replay, self._play)
            again, sent_async = self._outcome(replay, self._play_async)
            if not replay["exchange"]:
                # Inside the platform each call makes rows of its own, so only what is recorded must agree.
                assert not lacks(again, replay.get("expect")), f"call {replay.case!r}: async differs: {again}"
                continue
            assert sync == again, f"call {replay.case!r}: sync and async differ"
            assert sent == sent_async, f"call {replay.case!r}: sync and async send different requests"

    def test_throttling_is_waited_out(self) -> None:
        """A 429 with Retry-After is waited for and the request sent again, whatever it does."""
        for replay in self.replays("call").values():
            waits: list[float] = []
            self._play_and_check(replay, first={"status": 429, "headers": {"retry-after": "7"}}, waits=waits)
            assert not replay["exchange"] or waits[0] >= 7, f"call {replay.case!r}: Retry-After is not heeded"

    def test_lost_answer_is_not_sent_twice(self) -> None:
        """After a 503 a request is repeated only if that does no harm; else it is Unavailable, sent once."""
        for replay in self.replays("call").values():
            for turn in range(len(replay["exchange"])):
                player, yielded = Player(replay, {"status": 503}, turn=turn), list[HttpRequest]()
                again = f"call {replay.case!r}: sent again although that may repeat its effect"
                try:
                    self._play_and_check(replay, player=player, yielded=yielded)
                except Unavailable:
                    assert player.calls == turn + 1, again
                    continue
                # A throttled request is sent twice and was yielded once.
                assert is_repeatable(yielded[min(turn, len(yielded) - 1)]), again

    def test_repeatable_writes_carry_a_key(self) -> None:
        """A POST that may be sent twice is a query, or carries an idempotency key that stays the same."""
        for replay in self.replays("call").values():
            for first, second in zip(self._yielded(replay), self._yielded(replay), strict=True):
                if first.repeatable and first.method in {"POST", "PATCH"} and not _is_query(first):
                    keys = [v for name, v in first.headers.items() if "idempotency" in name]
                    assert keys, f"call {replay.case!r}: {first!r} is called repeatable and carries no key"
                    assert set(keys) <= set(second.headers.values()), (
                        f"call {replay.case!r}: the idempotency key changes from call to call"
                    )

    def test_reads_may_be_repeated(self) -> None:
        """A reading operation survives a passing failure of the platform."""
        for replay in self.replays("call").values():
            if replay["operation"].startswith(("get_", "list_")) and replay["exchange"]:
                try:
                    self._play_and_check(replay, first={"status": 502})
                except Unavailable as error:
                    raise AssertionError(f"call {replay.case!r}: a read is given up: {error}") from error

    def test_silent_platform_is_unavailable(self) -> None:
        """No connection at all ends as Unavailable, which says that it may be tried again."""
        import httpx

        def dead(_request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no route")

        for replay in self.replays("call").values():
            if replay["exchange"]:
                with httpx.Client(transport=httpx.MockTransport(dead)) as client:
                    self._fails(replay, client, Unavailable)

    def test_refusals_are_not_taken_for_success(self) -> None:
        """Whichever request the platform refuses, the operation ends there as one of our errors."""
        for replay in self.replays("call").values():
            for turn, exchange in enumerate(replay["exchange"]):
                # The body is that of success, so that only the status tells.
                refusal = {**exchange["response"], "status": 422}
                player = Player(replay, refusal, turn=turn)
                try:
                    self._play(replay, player=player)
                except CheckoutKitError:
                    assert player.calls == turn + 1, self._goes_on(replay, turn)
                    continue
                except AssertionError as error:
                    raise AssertionError(self._goes_on(replay, turn)) from error
                raise AssertionError(self._goes_on(replay, turn))

    def test_two_calls_at_once_do_not_mix(self) -> None:
        """The same operation twice, step by step in turn, sends and returns what it does alone."""
        for replay in self.replays("call").values():
            if replay["exchange"] and not replay.get("raises"):
                alone = in_turn(replay, self._steps(replay))
                together = in_turn(replay, self._steps(replay), self._steps(replay))
                assert together == alone * 2, (
                    f"call {replay.case!r}: run twice at once it sends or returns something else; "
                    "keep pages and cursors in the generator, not on the adapter"
                )

    def test_calls_are_left_to_the_driver(self) -> None:
        """An operation yields what it wants sent: it opens no connection and does not wait by itself."""
        for replay in self.replays("call").values():
            if replay["exchange"]:
                with nothing_by_itself() as tried:
                    self._outcome(replay, self._play)
                assert not tried, (
                    f"call {replay.case!r}: the adapter {tried[0]} by itself; yield an HttpRequest, and "
                    "leave retries and waits to the driver"
                )

    def test_refused_credentials_are_forbidden(self) -> None:
        """A 401 of the platform is Forbidden at once, without further attempts."""
        import httpx

        for replay in self.replays("call").values():
            if replay["exchange"]:
                with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(401))) as client:
                    self._fails(replay, client, Forbidden)

    def test_garbled_replies_are_our_errors(self) -> None:
        """A reply that is no JSON, or of another shape, is one of our errors, never a bare KeyError."""
        import httpx

        for body in (b"<html>busy</html>", b"", b"[]", b"null", b"{}", b'{"data": 1}', b'{"data": null}'):
            for replay in self.replays("call").values():
                if replay["exchange"]:
                    answer = httpx.MockTransport(lambda _, body=body: httpx.Response(200, content=body))
                    with httpx.Client(transport=answer) as client:
                        self._survives(replay, client, body)

    def test_shipment_written_again_changes_nothing(self) -> None:
        """The second writing of one shipment finds the first, sends nothing that writes, and says so."""
        if Capability.SHIPMENTS in self.adapter.capabilities:
            replay = self.replay("call", "shipment_repeated")
            if replay is not None:
                receipt, _ = self._play(replay)
                assert receipt.is_repeat is True, "the repeated shipment is not recognised"

    def test_secret_stays_out_of_addresses(self) -> None:
        """No request carries a secret in its URL, where proxies and logs would keep it."""
        for replay in self.replays("call").values():
            _, sent = self._outcome(replay, self._play)
            for url, _body in sent:
                assert self.secret not in url, f"call {replay.case!r}: the secret is in the URL"

    def test_calls_log_nothing_private(self) -> None:
        """No call leaves the secret, a token or personal data in any log or error, even when it fails."""
        with every_log_line() as lines:
            for replay in self.replays("call").values():
                self._outcome(replay, self._play)
                if replay["exchange"]:
                    refusal = {"status": 422, "body": {"errors": [f"bad key {self.secret}"]}}
                    lines.append(self._message(replay, refusal))
        text = "\n".join(lines)
        shown = [word for word in self.private_words() if word in text]
        assert not shown, f"a log or error shows {len(shown)} private value(s)"

    # Shared by the tests above

    def _steps(self, replay: Replay) -> Steps[Any]:
        operation, given = replay["operation"], replay["given"]
        arguments = arguments_of(operation, given)
        if operation == "offer_options":
            arguments += (self.sample(given["currency"], *options_of(replay)),)
        self.before_call()
        steps: Steps[Any] = getattr(self.adapter, operation)(*arguments)
        return steps

    def _play(
        self,
        replay: Replay,
        *,
        first: Any = None,
        waits: list[float] | None = None,
        player: Player | None = None,
        yielded: list[HttpRequest] | None = None,
    ) -> tuple[Any, list[tuple[str, bytes]]]:
        import httpx

        player = player or Player(replay, first)
        watched = _watch(self._steps(replay), yielded if yielded is not None else [])
        with httpx.Client(transport=httpx.MockTransport(player)) as client:
            pause: Callable[[float], object] = (waits if waits is not None else []).append
            result = run(
                watched,
                client,
                retry=_PATIENCE,
                throttle=self.adapter.throttled_s,
                sleep=pause,
                random=lambda: 0.5,
            )
        player.check_finished()
        return result, player.sent

    def _goes_on(self, replay: Replay, turn: int) -> str:
        return (
            f"call {replay.case!r}: it goes on after its request {turn + 1} was refused with 422; look at "
            "the status of every response before reading it, and raise Refused or NotFound"
        )

    def _yielded(self, replay: Replay) -> list[HttpRequest]:
        requests: list[HttpRequest] = []
        try:
            self._play(replay, yielded=requests)
        except CheckoutKitError:
            return requests
        return requests

    def _play_async(self, replay: Replay) -> tuple[Any, list[tuple[str, bytes]]]:
        import httpx

        async def pause(_seconds: float) -> None:
            await asyncio.sleep(0)

        steps = self._steps(replay)

        async def play() -> tuple[Any, list[tuple[str, bytes]]]:
            player = Player(replay, None)
            async with httpx.AsyncClient(transport=httpx.MockTransport(player)) as client:
                throttle = self.adapter.throttled_s
                result = await run_async(steps, client, retry=_PATIENCE, throttle=throttle, sleep=pause)
            player.check_finished()
            return result, player.sent

        return asyncio.run(play())

    def _outcome(self, replay: Replay, play: Callable[..., Any]) -> tuple[Any, list[tuple[str, bytes]]]:
        try:
            result, sent = play(replay)
        except CheckoutKitError as error:
            return (type(error).__name__, str(error)), []
        return plain(result), sent

    def _play_and_check(self, replay: Replay, **more: Any) -> None:
        """Play it, and compare the result, or the error recorded as `raises`, with what came of it."""
        wanted = replay.get("raises")
        try:
            played = self._play(replay, **more)
        except CheckoutKitError as error:
            if type(error).__name__ != wanted:
                raise
            return
        assert not wanted, f"call {replay.case!r}: {wanted} expected, {played[0]!r} returned"
        faults = lacks(plain(played[0]), replay.get("expect"))
        assert not faults, f"call {replay.case!r}: {'; '.join(faults)}"

    def _run(self, replay: Replay, client: Any) -> None:
        throttle = self.adapter.throttled_s
        run(self._steps(replay), client, retry=_PATIENCE, throttle=throttle, sleep=_at_once)

    def _fails(self, replay: Replay, client: Any, kind: type[CheckoutKitError]) -> None:
        raised: CheckoutKitError | None = None
        try:
            self._run(replay, client)
        except CheckoutKitError as error:
            raised = error
        assert isinstance(raised, kind), f"call {replay.case!r}: {kind.__name__} expected, got {raised!r}"

    def _survives(self, replay: Replay, client: Any, body: bytes) -> None:
        try:
            self._run(replay, client)
        except CheckoutKitError:
            return
        except Exception as error:
            raise AssertionError(f"call {replay.case!r}: reply {body!r} raises {error!r}") from error

    def _message(self, replay: Replay, refusal: Any) -> str:
        import httpx

        reply = httpx.Response(refusal["status"], content=body_bytes(refusal))
        with httpx.Client(transport=httpx.MockTransport(lambda _: reply)) as client:
            try:
                self._run(replay, client)
            except CheckoutKitError as error:
                return str(error)
        return ""


def _at_once(_seconds: float) -> None:
    return None


def _is_query(request: HttpRequest) -> bool:
    # A GraphQL query changes nothing, and neither does logging in twice.
    plain_start = request.body[:40].replace(b'": "', b'":"')
    return plain_start.startswith((b'{"query":"query', b'{"query":"mutation login'))


def _watch(steps: Steps[Any], sent: list[HttpRequest]) -> Steps[Any]:
    request = next(steps, None)
    while request is not None:
        if isinstance(request, HttpRequest):
            sent.append(request)
        response = yield request
        try:
            request = steps.send(response)
        except StopIteration as stop:
            return stop.value
    return None

"""Playing recorded exchanges: one call through a real client, or several in turn without any."""

import json
from collections.abc import Mapping
from typing import Any

from checkout_kit.adapter import HttpResponse, Steps
from checkout_kit.errors import CheckoutKitError
from checkout_kit.testing.adapters.replay import Replay, body_bytes, lacks, plain


def _response(message: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(
        status=message.get("status", 200), headers=message.get("headers", {}), body=body_bytes(message)
    )


def in_turn(replay: Replay, *operations: Steps[Any]) -> list[tuple[list[object], Any]]:
    """What each operation yields and returns when all are answered step by step from the recording."""
    sent: list[list[object]] = [[] for _ in operations]
    results: list[Any] = [None] * len(operations)
    waiting = {number: next(steps, None) for number, steps in enumerate(operations)}
    for exchange in replay["exchange"]:
        for number, steps in enumerate(operations):
            if number in waiting:
                sent[number].append(waiting.pop(number))
                try:
                    waiting[number] = steps.send(_response(exchange["response"]))
                except StopIteration as stop:
                    results[number] = plain(stop.value)
                except CheckoutKitError as error:
                    results[number] = repr(error)
    return list(zip(sent, results, strict=True))


class Player:
    """An httpx transport handler that expects the recorded requests in order and plays their replies.

    The request of that turn gets the reply `first` before its own.
    """

    def __init__(self, replay: Replay, first: Any, *, turn: int = 0) -> None:
        self.replay, self.first, self.turn, self.at, self.calls = replay, first, turn, 0, 0
        self.sent: list[tuple[str, bytes]] = []

    def __call__(self, request: Any) -> Any:
        import httpx

        self.calls += 1
        if self.first is not None and self.at == self.turn:
            reply, self.first = self.first, None
            return httpx.Response(
                reply["status"], headers=reply.get("headers", {}), content=body_bytes(reply)
            )
        exchange, case = self.replay["exchange"], self.replay.case
        assert self.at < len(exchange), f"call {case!r}: request {self.at + 1} is not in the recording"
        wanted, reply = exchange[self.at]["request"], exchange[self.at]["response"]
        self.at += 1
        assert (request.method, str(request.url)) == (wanted["method"], wanted["url"]), (
            f"call {case!r}: {request.method} {request.url} sent, {wanted['method']} {wanted['url']} recorded"
        )
        self._check_body(request, wanted)
        self.sent.append((str(request.url), request.content))
        return httpx.Response(
            reply.get("status", 200), headers=reply.get("headers", {}), content=body_bytes(reply)
        )

    def _check_body(self, request: Any, wanted: Any) -> None:
        case = self.replay.case
        if "body" in wanted:
            faults = lacks(json.loads(request.content or b"null"), wanted["body"])
            assert not faults, f"call {case!r}, request {self.at}: {'; '.join(faults)}"
        if "form" in wanted:
            from urllib.parse import parse_qsl

            faults = lacks(dict(parse_qsl(request.content.decode())), wanted["form"])
            assert not faults, f"call {case!r}, request {self.at}: {'; '.join(faults)}"
        faults = lacks(dict(request.headers), wanted.get("headers", {}))
        assert not faults, f"call {case!r}, request {self.at}: {'; '.join(faults)}"

    def check_finished(self) -> None:
        left = len(self.replay["exchange"]) - self.at
        assert left == 0, f"call {self.replay.case!r}: {left} recorded request(s) were not sent"

"""Faults in calling the platform."""

import asyncio
import datetime as dt
import json
import logging
import random
import socket
import sys
import time
from contextlib import suppress
from typing import Any

import attrs

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    PlatformOrder,
    PlatformPromise,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
)
from checkout_kit.errors import NotFound, Refused
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import caught_by


@caught_by("test_calls_log_nothing_private")
class LogsItsRequests(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        logging.getLogger("acme").info("%s: %s", what, response.body)
        return super()._accepted(response, what)


@caught_by("test_calls_send_and_return_what_is_recorded")
class ForgetsTheCarrier(ReferenceAdapter):
    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        return super().write_shipment(attrs.evolve(notice, carrier=""))


@caught_by("test_calls_send_and_return_what_is_recorded")
class StopsAfterThePageOne(ReferenceAdapter):
    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        page = yield self._request("GET", f"orders?since={int(updated_since.timestamp())}")
        return tuple(self._order(order) for order in page.json()["orders"].each())


@caught_by("test_shipment_written_again_changes_nothing")
class ShipsTwice(ReferenceAdapter):
    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        receipt = yield from super().write_shipment(notice)
        return attrs.evolve(receipt, is_repeat=False)


@caught_by("test_repeatable_writes_carry_a_key")
class RepeatsWithoutKey(ReferenceAdapter):
    def _request(self, *args: Any, key: str = "", **more: Any) -> HttpRequest:
        return super()._request(*args, **more)


@caught_by("test_repeatable_writes_carry_a_key")
class MakesAKeyEachTime(ReferenceAdapter):
    def _request(self, *args: Any, key: str = "", **more: Any) -> HttpRequest:
        return super()._request(*args, key=key and str(random.random()), **more)


@caught_by("test_garbled_replies_are_our_errors")
class TrustsReplies(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        tree = super()._accepted(response, what)
        assert isinstance(tree.value, dict)
        tree.value.setdefault("currency", tree.value["id"])
        return tree


@caught_by("test_secret_stays_out_of_addresses")
class AsksWithItsSecret(ReferenceAdapter):
    def _request(self, *args: Any, **more: Any) -> HttpRequest:
        request = super()._request(*args, **more)
        return attrs.evolve(request, url=f"{request.url}?key={self.settings.secret.reveal()}")


@caught_by("test_sync_equals_async")
class CountsItsCalls(ReferenceAdapter):
    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        count = vars(self).setdefault("count", [])
        count.append(1)
        document = json.loads((next(super().write_promise(promise))).body) | {"attempt": len(count)}
        yield self._request("PUT", f"orders/{promise.order_id}/promise", document)


@caught_by("test_throttling_is_waited_out")
class IgnoresRetryAfter(ReferenceAdapter):
    def throttled_s(self, response: HttpResponse) -> float | None:
        return 0.0 if response.status == 429 else None


@caught_by("test_refused_credentials_are_forbidden")
class TakesRefusalsForThrottling(ReferenceAdapter):
    def throttled_s(self, response: HttpResponse) -> float | None:
        return 0.0 if response.status == 401 else None


@caught_by("test_lost_answer_is_not_sent_twice")
class PostsAgainAfterAFailure(ReferenceAdapter):
    def _request(self, *args: Any, repeatable: bool = False, **more: Any) -> HttpRequest:
        return super()._request(*args, **more)

    def throttled_s(self, response: HttpResponse) -> float | None:
        return 0.0 if response.status == 503 else None


@caught_by("test_reads_may_be_repeated")
class ReadsByPost(ReferenceAdapter):
    def _request(self, method: str, *args: Any, **more: Any) -> HttpRequest:
        return attrs.evolve(super()._request(method, *args, **more), method="POST")


@caught_by("test_sync_equals_async")
class BehavesOtherwiseInALoop(ReferenceAdapter):
    def _request(self, method: str, path: str, document: object = None, **more: Any) -> HttpRequest:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super()._request(method, path, document, **more)
        return super()._request(method, path, None, **more)


@caught_by("test_calls_log_nothing_private")
class RepeatsWhatItWasTold(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        if not response.is_success:
            raise Refused(f"the platform says {response.body.decode()}")
        return super()._accepted(response, what)


@caught_by("test_silent_platform_is_unavailable")
class AnswersFromMemory(ReferenceAdapter):
    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        return PlatformOrder(id=order_id, currency="USD", total=0)
        yield


@caught_by("test_refusals_are_not_taken_for_success")
class IgnoresRefusals(ReferenceAdapter):
    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        yield next(super().write_promise(promise))


@caught_by("test_refusals_are_not_taken_for_success")
class ShipsAfterARefusedLook(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        return response.json() if what == "order" else super()._accepted(response, what)


@caught_by("test_two_calls_at_once_do_not_mix")
class KeepsItsPlaceOnItself(ReferenceAdapter):
    place = ""

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        first, found = f"orders?since={int(updated_since.timestamp())}", list[PlatformOrder]()
        self.place = first
        while self.place:
            page = self._accepted((yield self._request("GET", self.place)), "list")
            found += [self._order(order) for order in page["orders"].each()]
            cursor = page["next"].text("")
            self.place = f"{first}&cursor={cursor}" if cursor and cursor not in self.place else ""
        return tuple(found)


@caught_by("test_calls_are_left_to_the_driver")
class WaitsByItself(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        time.sleep(0.001)
        return super()._accepted(response, what)


@caught_by("test_calls_are_left_to_the_driver")
class LooksUpTheHostFirst(ReferenceAdapter):
    def _request(self, *args: Any, **more: Any) -> HttpRequest:
        with suppress(OSError):
            socket.getaddrinfo("reference.example", 443)
        return super()._request(*args, **more)


@caught_by("test_calls_log_nothing_private")
class PrintsWhatItGot(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        print(response.body, file=sys.stderr)  # noqa: T201 - the fault
        return super()._accepted(response, what)


@caught_by("test_calls_send_and_return_what_is_recorded")
class InventsUnknownOrders(ReferenceAdapter):
    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        try:
            return (yield from super().get_order(order_id))
        except NotFound:
            return PlatformOrder(id=order_id, currency="USD", total=0)

"""Faults in taking webhooks."""

import datetime as dt
import json
import random

import attrs

from checkout_kit.adapter import (
    HttpRequest,
    TimestampedHmac,
    WebhookEvent,
)
from checkout_kit.errors import InputError, NotFound
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import caught_by


@caught_by("test_unsigned_webhook_is_401")
class LetsWebhooksIn(ReferenceAdapter):
    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        return None


@caught_by("test_repeated_webhook_is_taken_once")
class NamesEventsAnew(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, id=str(random.random()))


@caught_by("test_different_webhooks_have_different_ids")
class NamesEventsByOrder(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, id=event.subject_id)


@caught_by("test_event_kinds_are_known")
class InventsKinds(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, kind="order_created")


@caught_by("test_webhooks_log_nothing_private")
class KeepsTheEmail(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, facts={"email": request.json()["email"].text("")})


@caught_by("test_hostile_webhooks_are_survived")
class TrustsWebhooks(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        json.loads(request.body)["topic"].upper()
        return super().parse_webhook(request)


@caught_by("test_webhooks_are_read_as_recorded")
class ForgetsTheOrder(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, subject_id="")


@caught_by("test_altered_webhook_is_401")
class TrimsWebhooks(ReferenceAdapter):
    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        super().verify_webhook(attrs.evolve(request, body=request.body.strip()), now=now)


@caught_by("test_old_webhook_is_401")
class TakesOldWebhooks(ReferenceAdapter):
    webhook_signature = TimestampedHmac("x-checkout-kit-signature", tolerance_s=10**9)


@caught_by("test_webhook_of_an_unknown_shop_is_404")
class TakesAnyShopsWebhooks(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        document = json.loads(request.body)
        if isinstance(document, dict):
            document.pop("shop", None)
        return super().parse_webhook(attrs.evolve(request, body=json.dumps(document).encode()))


@caught_by("test_webhook_of_an_unknown_shop_is_404")
class CallsStrangersMalformed(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        try:
            return super().parse_webhook(request)
        except NotFound:
            raise InputError.of("shop", "unknown") from None

"""The contract for platform plug-ins: sans-I/O, typed, capabilities declared on the class.

Write one by subclassing `Adapter`; prove it with `checkout_kit.testing.AdapterConformance`.
"""

from checkout_kit.adapter.amounts import (
    from_major,
    from_scale,
    to_dimensions,
    to_grams,
    to_major,
    to_scale,
)
from checkout_kit.adapter.answer import (
    REASON_HEADER,
    WebhookAnswer,
    answer_quote,
    answer_rates,
    answer_webhook,
    parse_let_in,
    quote_for_cache,
    read_rates,
    refuse_rates,
    render_quote,
    unavailable,
)
from checkout_kit.adapter.cache import AnswerCache
from checkout_kit.adapter.capability import MEANING, OPERATIONS, Capability
from checkout_kit.adapter.companion import CompanionAdapter, CompanionSettings, promise_form
from checkout_kit.adapter.contract import (
    Adapter,
    AnyAdapter,
    NotServed,
    Steps,
    Work,
    in_process,
    known_currency,
)
from checkout_kit.adapter.drive import run, run_async
from checkout_kit.adapter.http import HttpRequest, HttpResponse, json_response
from checkout_kit.adapter.loader import adapter_type, installed_adapters, load_adapters
from checkout_kit.adapter.paging import all_pages
from checkout_kit.adapter.question import answer_question
from checkout_kit.adapter.retry import RetryPolicy
from checkout_kit.adapter.scrub import scrub, scrub_headers
from checkout_kit.adapter.settings import (
    Secret,
    as_secret,
    https_url,
    known_zone,
    optional_secret,
    settings_from,
)
from checkout_kit.adapter.signature import BodyHmac, SharedToken, Signature, TimestampedHmac
from checkout_kit.adapter.tree import Tree
from checkout_kit.adapter.values import (
    EVENT_KINDS,
    NoOptions,
    Options,
    PlatformLine,
    PlatformOrder,
    PlatformPromise,
    RateOutcome,
    RatesUnavailable,
    ShipmentNotice,
    ShipmentReceipt,
    ShippedLine,
    WebhookEvent,
    event_instant,
)
from checkout_kit.adapter.wire import Wire

__all__ = [
    "EVENT_KINDS",
    "MEANING",
    "OPERATIONS",
    "REASON_HEADER",
    "Adapter",
    "AnswerCache",
    "AnyAdapter",
    "BodyHmac",
    "Capability",
    "CompanionAdapter",
    "CompanionSettings",
    "HttpRequest",
    "HttpResponse",
    "NoOptions",
    "NotServed",
    "Options",
    "PlatformLine",
    "PlatformOrder",
    "PlatformPromise",
    "RateOutcome",
    "RatesUnavailable",
    "RetryPolicy",
    "Secret",
    "SharedToken",
    "ShipmentNotice",
    "ShipmentReceipt",
    "ShippedLine",
    "Signature",
    "Steps",
    "TimestampedHmac",
    "Tree",
    "WebhookAnswer",
    "WebhookEvent",
    "Wire",
    "Work",
    "adapter_type",
    "all_pages",
    "answer_question",
    "answer_quote",
    "answer_rates",
    "answer_webhook",
    "as_secret",
    "event_instant",
    "from_major",
    "from_scale",
    "https_url",
    "in_process",
    "installed_adapters",
    "json_response",
    "known_currency",
    "known_zone",
    "load_adapters",
    "optional_secret",
    "parse_let_in",
    "promise_form",
    "quote_for_cache",
    "read_rates",
    "refuse_rates",
    "render_quote",
    "run",
    "run_async",
    "scrub",
    "scrub_headers",
    "settings_from",
    "to_dimensions",
    "to_grams",
    "to_major",
    "to_scale",
    "unavailable",
]

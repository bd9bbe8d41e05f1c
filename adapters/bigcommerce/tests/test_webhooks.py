"""Webhooks, with signatures made and checked by the library of the Standard Webhooks project."""

import base64
import datetime as dt
import json
import time

import attrs
import pytest
from checkout_kit.adapter import HttpRequest, answer_webhook
from standardwebhooks.webhooks import Webhook

from checkout_kit_bigcommerce import BigCommerceAdapter, BigCommerceSettings

SETTINGS = BigCommerceSettings(
    store_hash="abc123",
    store_id="1000",
    callback_secret="path-1",
    client_secret="client-1",
    access_token="token-1",
)
ADAPTER = BigCommerceAdapter(SETTINGS)
EVENT = {
    "scope": "store/order/created",
    "store_id": "1000",
    "data": {"type": "order", "id": 118},
    "hash": "h1",
    "created_at": 1795446000,
    "producer": "stores/abc123",
}
BODY = json.dumps(EVENT).encode()
AT = 1795446000


def library(secret: str) -> Webhook:
    """The project's own implementation; it takes the secret in base64."""
    return Webhook(base64.b64encode(secret.encode()).decode())


def status(
    signature: str, *, at: int = AT, body: bytes = BODY, adapter: BigCommerceAdapter = ADAPTER, **more: str
) -> int:
    """What is answered to a webhook received at that second."""
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(AT), "webhook-signature": signature}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    request = HttpRequest(url="/", headers=headers, body=body)
    now = dt.datetime.fromtimestamp(at, dt.UTC)
    return answer_webhook(adapter, request, now=now, is_known=lambda _: False).response.status


def signed(secret: str = "client-1", body: bytes = BODY, name: str = "msg_1") -> str:
    """A signature made by the library."""
    return library(secret).sign(name, dt.datetime.fromtimestamp(AT, dt.UTC), body.decode())


@pytest.mark.parametrize(("secret", "expected"), [("client-1", 200), ("path-1", 401), ("token-1", 401)])
def test_only_the_client_secret_opens_webhooks(secret: str, expected: int) -> None:
    """The secret of the quote URL, which lies in logs of proxies, opens no webhook."""
    assert status(signed(secret)) == expected


def test_our_signature_is_accepted_by_the_library() -> None:
    """What this scheme signs, and so every recording played in tests, the library accepts."""
    now = dt.datetime.fromtimestamp(int(time.time()), dt.UTC)
    request = ADAPTER.webhook_signature.sign(HttpRequest(url="/", body=BODY), secret="client-1", now=now)
    assert library("client-1").verify(BODY.decode(), dict(request.headers)) == EVENT


def test_without_a_client_secret_nothing_opens() -> None:
    """An adapter that was given none takes no webhook."""
    adapter = BigCommerceAdapter(attrs.evolve(SETTINGS, client_secret=None))
    assert status(signed(), adapter=adapter) == 401


@pytest.mark.parametrize(("later_s", "expected"), [(0, 200), (299, 200), (301, 401), (-301, 401)])
def test_old_webhook_is_refused(later_s: int, expected: int) -> None:
    """A captured event does not pass after five minutes, nor one dated ahead."""
    assert status(signed(), at=AT + later_s) == expected


def test_id_and_time_are_signed() -> None:
    """Neither can be exchanged for another, so a repeat cannot be made to look new."""
    assert status(signed(), webhook_id="msg_2") == 401
    assert status(signed(), webhook_timestamp=str(AT + 1)) == 401


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is changed several stand side by side."""
    assert status(f"v1,AAAA v1a,zzzz {signed()}") == 200


@pytest.mark.parametrize("signature", ["", "v1,", "v2,x", "x" * 5000, "v1,é", signed()[:-2], signed()[3:]])
def test_nonsense_is_401(signature: str) -> None:
    """What is no signature is refused, not a failure of ours."""
    assert status(signature) == 401


@pytest.mark.parametrize("stamp", ["", "x", "-1", "9" * 30, "1.5", "١"])
def test_nonsense_for_a_time_is_401(stamp: str) -> None:
    """What is no time is refused."""
    assert status(signed(), webhook_timestamp=stamp) == 401


@pytest.mark.parametrize(
    "change", [{"producer": "stores/other"}, {"producer": None}, {"producer": "stores/abc1234"}]
)
def test_other_store_of_the_app_is_404(change: dict[str, str | None]) -> None:
    """One client secret signs for every store that has the app."""
    body = json.dumps({**EVENT, **change}).encode()
    assert status(signed(body=body), body=body) == 404


@pytest.mark.parametrize("change", [{"hash": ""}, {"hash": None}, {"scope": ""}, {"data": 1}])
def test_malformed_is_400(change: dict[str, object]) -> None:
    """Signed bytes that are no event are refused."""
    body = json.dumps({**EVENT, **change}).encode()
    assert status(signed(body=body), body=body) == 400

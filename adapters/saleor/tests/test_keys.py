"""The instance's keys: fetched when a signature names one that is not known, and no oftener than bounded."""

import datetime as dt
import json

import httpx
import pytest
from checkout_kit.adapter import HttpRequest, RetryPolicy, read_rates, run
from checkout_kit.errors import Unavailable
from checkout_kit.shipping import QuoteRequest
from joserfc import jws
from joserfc.jwk import RSAKey

from checkout_kit_saleor import SaleorAdapter, SaleorSettings

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
OLD = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
NEW = RSAKey.generate_key(2048, {"kid": "2", "use": "sig"})
LINE = {"id": "a", "quantity": 1, "undiscountedUnitPrice": {"amount": 1}}
CHECKOUT = {
    "channel": {"slug": "web", "currencyCode": "USD"},
    "shippingAddress": {"country": {"code": "US"}},
    "lines": [LINE],
}
BODY = json.dumps({"checkout": CHECKOUT}).encode()


def published(*keys: RSAKey) -> str:
    """The key set with the public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def signed(key: RSAKey, *, alg: str = "RS256") -> HttpRequest:
    """A request signed with this key."""
    header = {"alg": alg, "b64": False, "crit": ["b64"], "kid": key.kid}
    head, _, rest = jws.serialize_compact(header, BODY, key, algorithms=["RS256", "RS512"]).split(".")
    sent = {"saleor-signature": f"{head}..{rest}", "saleor-domain": "shop.example"}
    return HttpRequest(url="/", headers=sent, body=BODY)


def adapter(jwks: str = "") -> SaleorAdapter:
    """An adapter that starts with these keys."""
    return SaleorAdapter(SaleorSettings(api_url="https://shop.example/graphql/", app_token="t", jwks=jwks))


def fetch(made: SaleorAdapter, request: HttpRequest, answer: httpx.Response, now: dt.datetime = NOW) -> str:
    """Carry out what is to be fetched first; the URL asked, or an empty string when there is nothing."""
    steps, asked = made.fetch_first(request, now=now), []

    def instance(sent: httpx.Request) -> httpx.Response:
        asked.append(str(sent.url))
        return answer

    if steps is not None:
        with httpx.Client(transport=httpx.MockTransport(instance)) as client:
            run(steps, client, retry=RetryPolicy(attempts=1))
    return "".join(asked)


def is_let_in(made: SaleorAdapter, request: HttpRequest) -> bool:
    """Whether the request passes."""
    return isinstance(read_rates(made, request, now=NOW), QuoteRequest)


def test_keys_are_fetched_at_the_first_request() -> None:
    """Without keys in the settings the instance's own are fetched from its well-known address."""
    made = adapter()
    url = fetch(made, signed(OLD), httpx.Response(200, text=published(OLD)))
    assert url == "https://shop.example/.well-known/jwks.json"
    assert is_let_in(made, signed(OLD))
    assert fetch(made, signed(OLD), httpx.Response(500)) == ""


def test_changed_key_is_fetched_and_the_old_one_no_longer_opens() -> None:
    """What the instance publishes counts, so that a key it has withdrawn is refused."""
    made = adapter(published(OLD))
    assert fetch(made, signed(OLD), httpx.Response(500)) == ""
    assert fetch(made, signed(NEW), httpx.Response(200, text=published(NEW)))
    assert is_let_in(made, signed(NEW))
    assert not is_let_in(made, signed(OLD))


def test_unknown_keys_ask_the_instance_once_a_minute() -> None:
    """A flood of forged signatures, each naming another key, is one request a minute; all are refused."""
    made = adapter(published(OLD))
    forged = [signed(RSAKey.generate_key(2048, {"kid": f"x{n}"})) for n in range(3)]
    answer = httpx.Response(200, text=published(OLD))
    assert [bool(fetch(made, request, answer)) for request in forged] == [True, False, False]
    assert not any(is_let_in(made, request) for request in forged)
    assert not fetch(made, forged[0], answer, NOW + dt.timedelta(seconds=59))
    assert fetch(made, forged[0], answer, NOW + dt.timedelta(seconds=60))


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest(url="/", body=BODY),
        HttpRequest(url="/", headers={"saleor-signature": "ab" * 32}, body=BODY),
        HttpRequest(url="/", headers={"saleor-signature": "..."}, body=BODY),
        HttpRequest(url="/", headers={"saleor-signature": "é..é"}, body=BODY),
        HttpRequest(url="/", headers={"saleor-signature": "a" * 9000 + "..b"}, body=BODY),
        signed(NEW, alg="RS512"),
    ],
    ids=["unsigned", "hexadecimal", "nonsense", "no ascii", "huge", "other algorithm"],
)
def test_nothing_is_fetched_for_what_is_no_signature(request_: HttpRequest) -> None:
    """Only a well-formed detached signature makes us ask the instance."""
    assert adapter().fetch_first(request_, now=NOW) is None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, content=b"\xff"),
        httpx.Response(200, text='{"keys": []}'),
        httpx.Response(503),
    ],
    ids=["404", "page", "bytes", "none", "503"],
)
def test_failed_fetch_keeps_the_keys_that_are_known(answer: httpx.Response) -> None:
    """An instance that answers nonsense takes no key away, and is left alone for a minute."""
    made = adapter(published(OLD))
    with pytest.raises(Unavailable):
        fetch(made, signed(NEW), answer)
    assert is_let_in(made, signed(OLD))
    with pytest.raises(Unavailable):
        fetch(made, signed(NEW), httpx.Response(200, text=published(NEW)))
    assert fetch(made, signed(NEW), httpx.Response(200, text=published(NEW)), NOW + dt.timedelta(minutes=1))
    assert is_let_in(made, signed(NEW))


def test_silent_instance_is_unavailable_for_a_minute_and_asked_once() -> None:
    """Saleor repeats a webhook after 503 and never after 401, so no event is lost while keys are missing."""
    made, asked = adapter(), []

    def silent(sent: httpx.Request) -> httpx.Response:
        asked.append(sent.url)
        raise httpx.ConnectError("no route")

    for _ in range(3):
        steps = made.fetch_first(signed(OLD), now=NOW)
        assert steps is not None
        with httpx.Client(transport=httpx.MockTransport(silent)) as client, pytest.raises(Unavailable):
            run(steps, client, retry=RetryPolicy(attempts=1))
    assert len(asked) == 1

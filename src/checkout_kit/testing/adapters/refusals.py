"""The part of the adapter suite about requests that must not get in: unsigned, altered, malformed, huge."""

import datetime as dt
import json

import attrs

from checkout_kit.adapter import (
    BodyHmac,
    Capability,
    HttpRequest,
    HttpResponse,
    Secret,
    SharedToken,
    Steps,
    TimestampedHmac,
    answer_rates,
    read_rates,
)
from checkout_kit.errors import CheckoutKitError, Forbidden
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.replay import recorded_request
from checkout_kit.testing.adapters.supplied import Supplied, every_log_line, hostile_bodies

_NOT_OBJECTS = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"12",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"a":NaN}',
    b"{}",
    b"<xml/>",
)

_FORGED = 1000
_ADVICE = {
    400: "read the body by request.json() and its accessors, which raise InputError",
    401: "verify_rates has to raise Forbidden before anything is parsed",
    404: "raise NotFound for a shop that is not served",
    413: "the core refuses what is larger than most_bytes",
}


class RefusalsSuite(Supplied):
    """Inherited by AdapterConformance; every request here has to be turned away in the right way."""

    needs = frozenset({Capability.RATES})

    def test_recorded_signature_is_accepted(self) -> None:
        """A request recorded with its signature, made by the platform or by other tools, is let in."""
        replay = self.replay("rates", "signed")
        if replay is not None:
            at = dt.datetime.fromisoformat(replay["at"])
            try:
                self.adapter.verify_rates(recorded_request(replay["request"]), now=at)
            except Forbidden as error:
                raise AssertionError(f"the recorded signature is refused: {error}") from error

    def test_signed_request_is_accepted(self) -> None:
        """A request signed with the shop's secret is let in."""
        assert isinstance(self._let_in(self.signed(self.plain_request())), QuoteRequest)

    def test_missing_signature_is_401(self) -> None:
        """An unsigned request is refused."""
        self._refused(self.plain_request(), 401, "an unsigned request")

    def test_wrong_secret_is_401(self) -> None:
        """A request signed with another secret is refused."""
        signed = self.signed(self.plain_request(), secret="not-" + self.secret)
        self._refused(signed, 401, "a request signed with another secret")

    def test_other_secrets_sign_nothing(self) -> None:
        """A token for calling the platform does not sign requests to us; only the shared secret does."""
        settings = self.adapter.settings
        for field in attrs.fields(type(settings)):
            value = getattr(settings, field.name)
            if isinstance(value, Secret) and value.reveal() != self.secret and "former" not in field.name:
                signed = self.signed(self.plain_request(), secret=value.reveal())
                self._refused(signed, 401, f"a request signed with the setting {field.name}")

    def test_altered_body_is_401(self) -> None:
        """One byte changed after signing is refused; schemes that sign nothing cannot see it."""
        signed = self.signed(self.plain_request())
        if not isinstance(self.adapter.signature, SharedToken):
            self._refused(attrs.evolve(signed, body=signed.body + b" "), 401, "a body altered by a space")

    def test_malformed_signatures_are_401(self) -> None:
        """Nonsense where the signature belongs is refused, not a failure of ours."""
        signed, plain = self.signed(self.plain_request()), self.plain_request()
        added = [name for name in signed.headers if signed.headers[name] != plain.headers.get(name)]
        for name in added:
            for value in (
                "",
                "x",
                "é" * 40,
                signed.headers[name][:-2],
                "t=,v1=",
                "t=1,v1=" + "0" * 64,
                "a" * 5000,
            ):
                forged = attrs.evolve(signed, headers={**signed.headers, name: value})
                self._refused(forged, 401, f"{name}: {value[:20]!r}")

    def test_old_request_is_401(self) -> None:
        """Where the signature carries its time, a request captured a day ago or dated ahead is refused."""
        for days in (-1, 1):
            captured = self.signed(self.plain_request(), at=self.now + dt.timedelta(days=days))
            if captured != self.signed(self.plain_request()):
                self._refused(captured, 401, f"a request signed {days:+} day(s) from now")

    def test_signature_is_checked_before_parsing(self) -> None:
        """An unsigned request is refused for its signature even when it is malformed too."""
        for body in _NOT_OBJECTS:
            self._refused(attrs.evolve(self.plain_request(), body=body), 401, f"unsigned {body[:20]!r}")

    def test_signature_covers_the_raw_bytes(self) -> None:
        """The same JSON in other bytes (spacing, key order) does not pass with the old signature."""
        signed = self.signed(self.plain_request())
        respaced = json.dumps(json.loads(signed.body), indent=1, sort_keys=True).encode()
        if isinstance(self.adapter.signature, BodyHmac | TimestampedHmac):
            self._refused(attrs.evolve(signed, body=respaced), 401, "the same JSON in other bytes")

    def test_malformed_payloads_are_400(self) -> None:
        """Signed bytes that are no rate request are refused with 400, never answered and never a crash."""
        for body in _NOT_OBJECTS:
            self._refused(self.signed_body(body), 400, f"the signed body {body[:20]!r}")

    def test_hostile_values_are_survived(self) -> None:
        """Whatever single value in the payload is unusable: read, refused or a definite none, no crash."""
        document = json.loads(self.plain_request().body)
        for what, body in hostile_bodies(document):
            try:
                read = self._let_in(self.signed_body(body))
            except Exception as error:
                raise AssertionError(f"{what}: {type(error).__name__}: {error}") from error
            if isinstance(read, HttpResponse):
                assert read.status in {200, 400, 404}, f"{what}: status {read.status}"

    def test_negative_quantities_are_not_priced(self) -> None:
        """A negative number anywhere never reaches the pricing as a negative quantity, price or weight."""
        for what, body in hostile_bodies(json.loads(self.plain_request().body)):
            if what.endswith("='-1'"):
                read = self._let_in(self.signed_body(body))
                if isinstance(read, QuoteRequest):
                    for line in read.cart.lines:
                        assert line.quantity > 0, what
                        assert line.unit_price >= 0, what
                        assert (line.weight_g or 0) >= 0, what

    def test_forged_requests_cause_no_flood_of_calls(self) -> None:
        """What is fetched before verifying is fetched for forged requests too, so it is bounded how often."""
        signed, plain, fetches = self.signed(self.plain_request()), self.plain_request(), 0
        added = [name for name in signed.headers if signed.headers[name] != plain.headers.get(name)]
        for number in range(_FORGED):
            forged = {name: f"{signed.headers[name][:-6]}{number:06}" for name in added}
            request = attrs.evolve(plain, headers={**plain.headers, **forged})
            try:
                fetches += _fetches(self.adapter.fetch_first(request, now=self.now))
            except CheckoutKitError:
                continue
        assert fetches <= _FORGED // 10, (
            f"{_FORGED} forged requests in one second made {fetches} calls to the platform; "
            "remember refusals and count fetches against `now`"
        )

    def test_huge_payload_is_413(self) -> None:
        """A payload above the adapter's limit is refused unread, signed or not."""
        body = b" " * (self.adapter.most_bytes + 1)
        self._refused(self.signed_body(body), 413)

    def test_large_cart_is_read(self) -> None:
        """The limit leaves room for real carts: a hundred times the typical payload fits."""
        assert self.adapter.most_bytes >= 100 * len(self.plain_request().body)

    def test_unknown_shop_is_404(self) -> None:
        """A correctly signed request of a shop that is not served is refused with 404."""
        replay = self.replay("rates", "unknown_shop")
        if replay is not None:
            self._refused(self.signed(recorded_request(replay["request"])), 404, "another shop's request")

    def test_malformed_is_answered_as_documented(self) -> None:
        """The refusal of a malformed payload has the platform's own error shape."""
        replay = self.replay("answer", "malformed")
        if replay is not None:
            found = self._refused(self.signed_body(b"{"), replay["expect"]["status"])
            wanted = replay["expect"]["body"]
            assert set(json.loads(found.body)) == set(wanted), f"malformed: the error shape is {found.body!r}"

    def test_refusals_echo_nothing(self) -> None:
        """No refusal shows the secret, or a word of what was sent."""
        marked = self.signed_body(b'{"rate": "EchoProbe-71", "EchoProbe-71": 1, "cart": ["EchoProbe-71"]}')
        for request in (marked, attrs.evolve(self.plain_request(), headers={"x-probe": "EchoProbe-71"})):
            response = answer_rates(self.adapter, request, self._unused, now=self.now)
            shown = response.body + repr(dict(response.headers)).encode()
            assert b"EchoProbe-71" not in shown, "a refusal echoes what was sent"
            assert self.secret.encode() not in shown, "a refusal shows the secret"

    def test_logs_hold_nothing_private(self) -> None:
        """Neither a read, a refused nor a failed request leaves the secret or personal data in any log."""
        private = self.typical()["private"]
        assert private, "list the personal data of the typical request under 'private'"
        with every_log_line() as lines:
            for request in (self.signed(self.plain_request()), self.plain_request(), self.signed_body(b"{")):
                answer_rates(self.adapter, request, self._leaky, now=self.now)
        text = "\n".join(lines)
        shown = [word for word in self.private_words() if word in text]
        assert not shown, f"the log shows {len(shown)} private value(s), the first starts {shown[0][:2]!r}"

    # Shared by the tests above

    def _let_in(self, request: HttpRequest) -> QuoteRequest | HttpResponse:
        return read_rates(self.adapter, request, now=self.now)

    def _refused(self, request: HttpRequest, status: int, what: str = "the request") -> HttpResponse:
        advice = f"{what}: {status} expected; {_ADVICE.get(status, 'as recorded')}"
        try:
            read = self._let_in(request)
        except Exception as error:
            raise AssertionError(f"{advice}; raised is {type(error).__name__}: {error}") from error
        assert isinstance(read, HttpResponse), f"{advice}; it was let in"
        assert read.status == status, f"{advice}; answered is {read.status}"
        return read

    def _unused(self, request: QuoteRequest) -> Quote:
        raise AssertionError("a refused request must not be quoted")

    def _leaky(self, request: QuoteRequest) -> Quote:
        raise RuntimeError(f"no route with {self.secret}")


def _fetches(steps: Steps[None] | None) -> int:
    """How many requests are made when the platform answers each with 404."""
    made = 0
    try:
        request = next(steps) if steps is not None else None
        while request is not None and steps is not None:
            made += isinstance(request, HttpRequest)
            request = steps.send(HttpResponse(status=404))
    except StopIteration:
        return made
    return made

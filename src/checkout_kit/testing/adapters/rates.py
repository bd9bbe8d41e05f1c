"""The part of the adapter suite about answering rates: reading, writing, the three outcomes."""

import datetime as dt
import json
from typing import Any

import attrs

from checkout_kit.adapter import (
    REASON_HEADER,
    Capability,
    HttpRequest,
    HttpResponse,
    NoOptions,
    Options,
    RatesUnavailable,
    answer_quote,
    answer_rates,
)
from checkout_kit.errors import InputError, NotFound
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.replay import Replay, lacks, options_of, recorded_request
from checkout_kit.testing.adapters.supplied import Supplied
from checkout_kit.testing.quotes import SampleOption

_PROMISE = Supplied.promise
_STANDARD = SampleOption(method_id="std-5d", title="Standard", price_minor=499, promise=_PROMISE)
_FREE = SampleOption(method_id="eco-10d", title="Economy", price_minor=0, promise=_PROMISE)
_UNDATED = SampleOption(method_id="collect", title="Collect", price_minor=100)


class RatesSuite(Supplied):
    """Inherited by AdapterConformance; nothing here needs more than the three things supplied."""

    needs = frozenset({Capability.RATES})

    def test_rates_are_read_as_the_facts_recorded(self) -> None:
        """Every recorded rate request is read as the cart and destination its file states."""
        for replay in self.replays("rates").values():
            if "expect" in replay.content:
                self._check_facts(replay, tuple(replay["expect"]))

    def test_amounts_without_decimals_are_read_right(self) -> None:
        """A yen cart is read in yen, whatever scale the platform writes."""
        self._check_case("jpy", ("currency", "goods_total"))

    def test_amounts_with_three_decimals_are_read_right(self) -> None:
        """A Kuwaiti cart is read in fils, whatever scale the platform writes."""
        self._check_case("kwd", ("currency", "goods_total"))

    def test_weights_are_read_in_grams(self) -> None:
        """The weight of the typical cart is in grams, unit times quantity."""
        self._check_facts(self.typical(), ("weight_g",))

    def test_other_units_of_weight_are_read(self) -> None:
        """The same cart in another unit, such as pounds or ounces, has the same weight in grams."""
        self._check_case("weight_unit", ("weight_g",))

    def test_partial_address_is_read(self) -> None:
        """A destination of which only the country is known is a request, not a fault."""
        self._check_case("partial_address", ("country",))

    def test_reading_is_repeatable(self) -> None:
        """The same bytes at the same instant are the same request, so that answers may be kept."""
        assert self.read(self.typical()) == self.read(self.typical())

    def test_only_the_body_counts_where_that_is_declared(self) -> None:
        """With `reads_only_body`, the same body under any address and headers is the same request."""
        if self.adapter.reads_only_body:
            typical = self.typical()
            bare = HttpRequest(url="/", body=recorded_request(typical["request"]).body)
            try:
                read = self.adapter.parse_rates(bare, now=self.now)
            except (InputError, NotFound) as error:
                raise AssertionError(f"not the body alone counts: {error}") from error
            assert read == self.read(typical), "not the body alone counts"

    def test_request_carries_the_given_instant(self) -> None:
        """Unless the payload says when, the order is placed at the instant given, never at a clock's."""
        assert self.read(self.typical()).placed_at == self.now

    def test_options_are_written_as_documented(self) -> None:
        """Options become exactly the payload that the platform documents."""
        self._check_answer("options")

    def test_amounts_without_decimals_are_written_right(self) -> None:
        """A price in yen is written in the platform's scale."""
        self._check_answer("jpy")

    def test_amounts_with_three_decimals_are_written_right(self) -> None:
        """A price in fils is written in the platform's scale."""
        self._check_answer("kwd")

    def test_none_is_written_as_documented(self) -> None:
        """A definite none is exactly what makes the platform say that it cannot ship."""
        self._check_answer("none")

    def test_unavailable_is_written_as_documented(self) -> None:
        """Unavailable is exactly what makes the platform fall back."""
        self._check_answer("unavailable")

    def test_three_outcomes_differ(self) -> None:
        """No two of options, none and unavailable give the same answer."""
        outcomes = (
            Options(quote=self.sample("USD", _STANDARD)),
            NoOptions(reason="not_delivered_here"),
            RatesUnavailable(),
        )
        seen = [self.render(outcome) for outcome in outcomes]
        pairs = {(response.status, response.body) for response in seen}
        assert len(pairs) == 3, "two of the outcomes options, none and unavailable look the same"

    def test_free_option_is_offered(self) -> None:
        """A price of zero is a price: the free option is written like any other."""
        body = self.render(Options(quote=self.sample("USD", _FREE))).body
        assert self._mark(_FREE) in body, "the free option is not in the answer"

    def test_option_without_dates_is_offered(self) -> None:
        """An option for which nothing is promised is still an option."""
        body = self.render(Options(quote=self.sample("USD", _UNDATED))).body
        assert self._mark(_UNDATED) in body, "the option without a promise is not in the answer"

    def test_option_ids_are_carried_unchanged(self) -> None:
        """The platform gets every option under its own id, so that an order can be traced to its promise.

        Where a platform knows no ids (excuse `option/id`), the title has to do; where it takes one option
        only (excuse `option/others`), it is the first.
        """
        body = self.render(Options(quote=self.sample("USD", _STANDARD, _FREE))).body
        others = () if self.excused("option/others") else (_FREE,)
        for option in (_STANDARD, *others):
            assert self._mark(option) in body, (
                f"{option.method_id} is not in the answer; a platform without ids has the excuse 'option/id'"
            )

    def test_promise_reaches_the_payload(self) -> None:
        """Another promise gives another payload: earliest and latest are both carried."""
        before = self.render(Options(quote=self.sample("USD", _STANDARD))).body
        for name in self._promise_fields():
            moved = getattr(_PROMISE, name) + dt.timedelta(days=1 if name == "latest" else -1)
            option = attrs.evolve(_STANDARD, promise=attrs.evolve(_PROMISE, **{name: moved}))
            after = self.render(Options(quote=self.sample("USD", option))).body
            assert before != after, f"promise.{name} is lost on the way to the platform"

    def test_days_are_the_same_wherever_the_server_stands(self) -> None:
        """The same instant written in another zone gives the same answer: days are the origin's, not ours."""
        request = self.read(self.typical())
        seen = set()
        for hours in (-11, 0, 14):
            at = self.now.astimezone(dt.timezone(dt.timedelta(hours=hours)))
            options = Options(quote=self.sample(request.cart.currency, _STANDARD, at=at))
            seen.add(self.adapter.render_rates(options, attrs.evolve(request, placed_at=at)).body)
        assert len(seen) == 1, (
            "days are counted in the zone in which the instant happens to be written, not in the origin's"
        )

    def test_currency_not_supported_is_a_definite_none(self) -> None:
        """An unknown currency is answered with none and the reason in a header, not as our failure."""
        replay = self.replay("rates", "unknown_currency")
        if replay is not None:
            response = self._answer(self.signed(recorded_request(replay["request"])))
            assert response.headers.get(REASON_HEADER) == "currency_not_supported", response
            assert response.body == self.render(NoOptions(reason="currency_not_supported"), None).body

    def test_own_failure_is_never_an_empty_list(self) -> None:
        """When quoting breaks, the platform is told "unavailable", with nothing about the cause."""

        def broken(_request: QuoteRequest) -> Quote:
            raise ZeroDivisionError(f"broken near {self.secret}")

        response = self._answer(self.signed(recorded_request(self.typical()["request"])), broken)
        expected = self.render(RatesUnavailable(), self.read(self.typical()))
        assert (response.status, response.body) == (expected.status, expected.body)
        assert self.secret.encode() not in response.body, "the answer shows our secret"

    def test_answer_is_kept_no_longer_than_its_cutoff(self) -> None:
        """An answer that may change in 10 s is not declared fresh for longer."""
        request = self.read(self.typical())
        quote = self.sample(request.cart.currency, _STANDARD, valid_s=10)
        kept = answer_quote(self.adapter, request, lambda _: quote, now=self.now).headers["cache-control"]
        age = kept.partition("max-age=")[2].partition(",")[0]
        assert kept == "no-store" or int(age) <= 10, (
            f"cache-control is {kept!r} and the quote changes in 10 s"
        )

    def test_platform_cache_is_quoted_ahead(self) -> None:
        """Where the platform keeps answers whatever we say, a cut-off within that time has already passed."""
        asked: list[dt.datetime] = []

        def quoter(request: QuoteRequest) -> Quote:
            asked.append(request.placed_at)
            return self.sample(request.cart.currency, _STANDARD, valid_s=5)

        answer_quote(self.adapter, self.read(self.typical()), quoter, now=self.now)
        assert asked[-1] >= self.now + dt.timedelta(seconds=self.adapter.platform_cache_s)

    def test_time_to_answer_is_stated(self) -> None:
        """The deadline is a positive number of seconds, also when its header is missing or nonsense."""
        request = recorded_request(self.typical()["request"])
        nonsense = dict.fromkeys(request.headers, "nonsense")
        for each in (request, attrs.evolve(request, headers={}), attrs.evolve(request, headers=nonsense)):
            try:
                deadline_s = self.adapter.deadline_s(each)
            except ValueError as error:
                raise AssertionError(f"the deadline cannot be read: {error}") from error
            assert 0 < deadline_s <= 60, f"a deadline of {deadline_s} s"

    # Shared by the tests above

    def _mark(self, option: SampleOption) -> bytes:
        has_id = not self.excused("option/id")
        return (option.method_id if has_id else option.title).encode()

    def _promise_fields(self) -> tuple[str, ...]:
        return ("latest",) if self.excused("promise/earliest") else ("earliest", "latest")

    def _answer(self, request: HttpRequest, quoter: Any = None) -> HttpResponse:
        return answer_rates(
            self.adapter, request, quoter or (lambda r: self.sample(r.cart.currency, _STANDARD)), now=self.now
        )

    def _check_case(self, case: str, names: tuple[str, ...]) -> None:
        replay = self.replay("rates", case)
        if replay is not None:
            self._check_facts(replay, names)

    def _check_facts(self, replay: Replay, names: tuple[str, ...]) -> None:
        facts = facts_of(self.read(replay))
        expected = {name: replay["expect"].get(name) for name in names}
        assert set(names) <= set(replay["expect"]), f"rates {replay.case!r} must state {', '.join(names)}"
        faults = lacks(facts, expected)
        assert not faults, f"rates {replay.case!r}: {'; '.join(faults)}"

    def _check_answer(self, case: str) -> None:
        replay = self.replay("answer", case)
        if replay is None:
            return
        asked = self.replays("rates").get(replay.get("for") or "typical", self.typical())
        request = self.read(asked)
        outcome: Any = {
            "none": NoOptions(reason="not_delivered_here"),
            "unavailable": RatesUnavailable(),
        }.get(case)
        outcome = outcome or Options(
            quote=self.sample(request.cart.currency, *options_of(replay)), fresh_s=60
        )
        response = self.adapter.render_rates(outcome, request)
        expected = replay["expect"]
        assert response.status == expected["status"], f"answer {case!r}: status {response.status}"
        if "body" in expected:
            found = json.loads(response.body)
            wanted = expected["body"]
            # Both ways: the payload is exactly the documented one, with nothing missing and nothing more.
            faults = lacks(found, wanted) + lacks(wanted, found)
            assert not faults, f"answer {case!r}: {'; '.join(faults)}"


def facts_of(request: QuoteRequest) -> dict[str, object]:
    """The facts of a request that a replay file may state."""
    cart, to = request.cart, request.destination
    shipped = [line for line in cart.lines if line.requires_shipping]
    known = [line.weight_g * line.quantity for line in shipped if line.weight_g is not None]
    volumes = [line.dimensions.volume_mm3 * line.quantity for line in shipped if line.dimensions is not None]
    return {
        "currency": cart.currency,
        "goods_total": cart.goods_total,
        "order_discount": cart.order_discount,
        "quantity": cart.quantity,
        "needs_shipping": cart.needs_shipping,
        "prices_include_tax": cart.prices_include_tax,
        "discount_codes": list(cart.discount_codes),
        "weight_g": sum(known) if len(known) == len(shipped) else None,
        "volume_mm3": sum(volumes) if len(volumes) == len(shipped) else None,
        "gift_cards": sum(line.quantity for line in cart.lines if line.is_gift_card),
        "skus": [line.sku for line in cart.lines],
        "country": to.country,
        "region": to.region,
        "postal_code": to.postal_code,
        "city": to.city,
        "customer_id": request.customer.id,
        "customer_groups": list(request.customer.groups),
        "channel": request.channel,
        "release_on": request.release_on.isoformat() if request.release_on else None,
    }

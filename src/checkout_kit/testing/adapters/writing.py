"""The part of the adapter suite about answers: every option, every letter and every cent of it arrives."""

import json
import re
from decimal import Decimal
from typing import Any

from checkout_kit.adapter import (
    Capability,
    HttpResponse,
    NoOptions,
    Options,
    RatesUnavailable,
    answer_rates,
)
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.documents import Path, leaves
from checkout_kit.testing.adapters.supplied import Supplied
from checkout_kit.testing.quotes import SampleOption

_PRICES = (0, 1, 5, 10, 99, 100, 435, 1999, 2675, 123_456_789)
_WORD = re.compile(r"[a-z-]+")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_TITLES = ("Früh bis 10 Uhr – ½ Tag 🚚", "翌日お届け", 'The "quick" one \\ today', "Smith & Sons <express>")


class WritingSuite(Supplied):
    """Inherited by AdapterConformance; needs no further recordings."""

    needs = frozenset({Capability.RATES})

    def test_all_options_are_offered_in_their_order(self) -> None:
        """Thirty options are thirty in the answer, and stand as the policy ranks them.

        Where a platform takes one only (excuse `option/others`), it is the first.
        """
        names = [f"way-{number:02}-of-30" for number in range(30)]
        options = [
            SampleOption(method_id=name, title=name, price_minor=900 - i) for i, name in enumerate(names)
        ]
        text = self.render(Options(quote=self.sample("USD", *options))).body.decode()
        if self.excused("option/others"):
            assert names[0] in text, "the first option is not in the answer"
            return
        missing = [name for name in names if name not in text]
        assert not missing, f"{len(missing)} of 30 options are not in the answer, the first is {missing[0]!r}"
        places = [text.index(name) for name in names]
        assert places == sorted(places), (
            "the options are not in the quote's order, in which the policy ranks them"
        )

    def test_titles_of_any_letters_reach_the_shopper(self) -> None:
        """Umlauts, other scripts, quotation marks and brackets arrive as they are, in valid JSON."""
        for title in _TITLES:
            for promise in (None, self.promise):
                option = SampleOption(method_id="m", title=title, price_minor=499, promise=promise)
                body = self.render(Options(quote=self.sample("USD", option))).body
                try:
                    texts = [leaf for _, leaf in leaves(json.loads(body)) if isinstance(leaf, str)]
                except ValueError as error:
                    raise AssertionError(
                        f"with the title {title!r} the answer is no JSON: {error}"
                    ) from error
                assert any(title in text for text in texts), (
                    f"the title {title!r} is not in the answer; use json_response, which writes every letter"
                )

    def test_long_texts_break_nothing(self) -> None:
        """A title and a description beyond every limit still make an option; cut them where they must be."""
        option = SampleOption(
            method_id="std-5d", title="Delivery " * 60, price_minor=499, description="By day. " * 400
        )
        try:
            body = self.render(Options(quote=self.sample("USD", option))).body
        except Exception as error:
            raise AssertionError(f"a long title or description breaks the answer: {error!r}") from error
        has_id = not self.excused("option/id")
        assert (b"std-5d" if has_id else b"Delivery") in body, "an option with a long title is not offered"

    def test_prices_are_exact_at_any_size(self) -> None:
        """From nothing to a million, the price written is the price: one scale, no tail, no separators."""
        found: dict[Path, list[Decimal | None]] = {}
        for price in _PRICES:
            option = SampleOption(method_id="m", title="Standard", price_minor=price)
            body = self.render(Options(quote=self.sample("USD", option))).body
            for path, leaf in leaves(json.loads(body, parse_float=Decimal)):
                found.setdefault(path, []).append(_number(leaf))
        scales = {}
        for path, written in found.items():
            if len(written) == len(_PRICES) and None not in written and len(set(written)) > len(_PRICES) // 2:
                pairs = zip(written, _PRICES, strict=True)
                scales[path] = {number / price for number, price in pairs if number is not None and price}
        assert scales, (
            f"no number in the answer follows the price (tried {_PRICES} cents); use to_major or to_scale"
        )
        for path, seen in scales.items():
            assert len(seen) == 1, (
                f"the price in {'.'.join(map(str, path))} is not exact: cents are written in the scales "
                f"{sorted(map(float, seen))}; compute in Decimal or int, never in float"
            )

    def test_none_and_unavailable_need_no_request(self) -> None:
        """What could not be read is answered too: both outcomes are written without a request."""
        for outcome in (NoOptions(reason="currency_not_supported"), RatesUnavailable()):
            name = type(outcome).__name__
            try:
                alone = self.render(outcome, None)
            except Exception as error:
                raise AssertionError(
                    f"{name} cannot be written without a request (it is None where none was read): {error!r}"
                ) from error
            assert alone.status == self.render(outcome).status, f"{name} has another status without a request"

    def test_answers_say_that_they_are_json(self) -> None:
        """Every answer and refusal names its content type; some platforms drop what does not."""
        for what, response in self._all_answers():
            kind = response.headers.get("content-type", "")
            assert kind.partition(";")[0].strip().endswith("json"), (
                f"{what}: content-type is {kind!r}; use json_response, or name application/json"
            )

    def test_answers_show_no_secret(self) -> None:
        """Neither the body nor a header of any answer or refusal holds the secret."""
        for what, response in self._all_answers():
            shown = response.body + repr(dict(response.headers)).encode()
            assert self.secret.encode() not in shown, f"{what}: the answer shows the secret"

    def test_answers_are_kept_by_nobody_else(self) -> None:
        """A price for one cart is no matter for shared caches, and a failure is kept by nobody at all."""
        for what, response in self._all_answers():
            kept = response.headers.get("cache-control", "")
            assert not {"public", "s-maxage"} & set(_WORD.findall(kept)), f"{what}: cache-control is {kept!r}"
            if what not in {"options", "none"}:
                assert kept == "no-store", (
                    f"{what}: cache-control is {kept!r}; leave it to the core, or it outlives its cause"
                )

    # Shared by the tests above

    def _all_answers(self) -> list[tuple[str, HttpResponse]]:
        option = SampleOption(method_id="m", title="Standard", price_minor=499, promise=self.promise)

        def offering(request: QuoteRequest) -> Quote:
            return self.sample(request.cart.currency, option)

        def offering_none(request: QuoteRequest) -> Quote:
            return self.sample(request.cart.currency)

        def broken(_request: QuoteRequest) -> Quote:
            raise ZeroDivisionError

        plain = self.plain_request()
        asked: list[tuple[str, Any, Any]] = [
            ("options", self.signed(plain), offering),
            ("none", self.signed(plain), offering_none),
            ("unavailable", self.signed(plain), broken),
            ("unsigned", plain, offering),
            ("malformed", self.signed_body(b"{"), offering),
        ]
        return [(what, answer_rates(self.adapter, r, quoter, now=self.now)) for what, r, quoter in asked]


def _number(leaf: object) -> Decimal | None:
    if isinstance(leaf, int | Decimal) and not isinstance(leaf, bool):
        return Decimal(leaf)
    return Decimal(leaf) if isinstance(leaf, str) and _NUMBER.fullmatch(leaf) else None

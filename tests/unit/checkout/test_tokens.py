"""Signed tokens, quote locks, resume links and experiments."""

import datetime as dt
from collections import Counter

import pytest
from attrs import evolve

from checkout_kit.checkout import (
    Checkout,
    Complete,
    DeliveryPatch,
    Experiment,
    Expired,
    QuoteRefused,
    Rules,
    SigningKeys,
    Update,
    assign,
    lock_options,
    open_lock,
    open_resume_token,
    quote_request,
    resume_token,
    transition,
)
from checkout_kit.errors import Forbidden, InputError, Unsupported
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.checkouts import ECONOMY, HOME, MUG, NOON, POLICY, ready_checkout
from checkout_kit.testing.policies import FixedPolicy

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = SigningKeys({"2026-11": OLD})
RULES = Rules(keys=KEYS)
DEARER = FixedPolicy(methods=(evolve(ECONOMY, price_minor=999),))
MINUTE = dt.timedelta(minutes=1)


def _request(checkout: Checkout | None = None, at: dt.datetime = NOON) -> QuoteRequest:
    found = quote_request(checkout or ready_checkout(), (checkout or ready_checkout()).deliveries[0], at)
    assert found is not None
    return found


def _lock(option_id: str = "economy") -> str:
    locked = lock_options(POLICY.quote(_request()), _request(), KEYS)
    return next(lock.token for lock in locked if lock.option_id == option_id)


def test_a_locked_price_is_charged_although_the_policy_became_dearer() -> None:
    """Shown at 3.90, locked, selected with its token a little later: 3.90, and its promise."""
    update = Update(deliveries=(DeliveryPatch(lock=_lock()),))
    done = transition(ready_checkout(), update, DEARER.quote, NOON + 5 * MINUTE, RULES)
    choice = done.checkout.deliveries[0].choice
    assert choice is not None
    assert (choice.price, choice.by_buyer) == (390, True)
    paying = transition(done.checkout, Complete(), DEARER.quote, NOON + 20 * MINUTE, RULES).checkout
    assert paying.attempt is not None
    assert paying.attempt.amount == 1590


def test_a_lock_ends_with_its_quote() -> None:
    """After thirty minutes the token is refused, with the fresh quote attached."""
    late = _request(at=NOON + 30 * MINUTE)
    with pytest.raises(QuoteRefused, match="ended at") as caught:
        open_lock(_lock(), late, DEARER.quote, KEYS)
    assert [option.price_minor for option in caught.value.quote.options] == [999]


@pytest.mark.parametrize(
    "other",
    [
        evolve(ready_checkout(), cart=evolve(ready_checkout().cart, lines=(evolve(MUG, quantity=2),))),
        evolve(
            ready_checkout(),
            deliveries=(evolve(ready_checkout().deliveries[0], address=evolve(HOME, postal_code="73344")),),
        ),
    ],
)
def test_a_lock_is_for_its_cart_and_address(other: Checkout) -> None:
    """Another quantity or postal code is another price."""
    with pytest.raises(QuoteRefused, match="another cart or address"):
        open_lock(_lock(), _request(other), POLICY.quote, KEYS)


def test_line_order_does_not_break_a_lock() -> None:
    """The same goods in another order are the same cart."""
    two = (MUG, evolve(MUG, id="l2", sku="BOWL"))
    forth, back = (
        _request(evolve(ready_checkout(), cart=evolve(ready_checkout().cart, lines=lines)))
        for lines in (two, two[::-1])
    )
    token = lock_options(POLICY.quote(forth), forth, KEYS)[0].token
    assert open_lock(token, back, POLICY.quote, KEYS).option_id == "economy"


def test_any_altered_token_is_refused() -> None:
    """Whatever single character of a token is changed, it does not open."""
    token = _lock()
    for i, char in enumerate(token):
        altered = token[:i] + ("A" if char != "A" else "B") + token[i + 1 :]
        with pytest.raises(QuoteRefused):
            open_lock(altered, _request(), POLICY.quote, KEYS)


@pytest.mark.parametrize("junk", ["", "v1", "v1...", "v1.a.b.c.d", "v2.eA.eA.eA", "v1.é.x.y", "x" * 9000])
def test_junk_is_not_a_token(junk: str) -> None:
    """Anything at all may arrive; it is refused, not crashed on."""
    with pytest.raises(Forbidden):
        KEYS.open("quote-lock", junk, NOON)


def test_keys_rotate() -> None:
    """The new key signs, the old one still opens until it is dropped."""
    token = KEYS.sign("p", {"a": 1}, until=NOON + MINUTE)
    both = SigningKeys({"2026-12": NEW, "2026-11": OLD})
    assert both.open("p", token, NOON) == {"a": 1}
    newer = both.sign("p", {"a": 2}, until=NOON + MINUTE)
    assert SigningKeys({"2026-12": NEW}).open("p", newer, NOON) == {"a": 2}
    with pytest.raises(Forbidden, match="retired"):
        SigningKeys({"2026-12": NEW}).open("p", token, NOON)


def test_short_keys_are_refused_and_keys_never_show() -> None:
    """A key under 32 bytes is a fault; no key is in a repr."""
    with pytest.raises(InputError, match="shorter than 32 bytes"):
        SigningKeys({"k": b"short"})
    assert "oooo" not in repr(KEYS)
    with pytest.raises(InputError):
        SigningKeys({})


def test_a_shop_without_keys_honours_no_lock() -> None:
    """A lock sent to a shop that signs none is refused, not ignored."""
    with pytest.raises(Unsupported, match="no signing keys"):
        transition(ready_checkout(), Update(deliveries=(DeliveryPatch(lock="x"),)), POLICY.quote, NOON)


def test_a_resume_link_opens_in_its_shop_until_it_ends() -> None:
    """The same token is nothing in another shop, for another purpose, or later."""
    token = resume_token("co_1", KEYS, shop="a", until=NOON + MINUTE, channel="email")
    found = open_resume_token(token, KEYS, shop="a", now=NOON)
    assert (found.checkout_id, found.channel) == ("co_1", "email")
    with pytest.raises(Forbidden, match="something else"):
        open_resume_token(token, KEYS, shop="b", now=NOON)
    with pytest.raises(Expired):
        open_resume_token(token, KEYS, shop="a", now=NOON + MINUTE)
    with pytest.raises(QuoteRefused):
        open_lock(token, _request(), POLICY.quote, KEYS)


def test_assignment_is_stable_and_keeps_the_shares() -> None:
    """Of 10,000 customers a fifth sees the variant with a fifth of the shares, each always the same."""
    test = Experiment(name="free-from", shares=(("a", 4), ("b", 1)))
    counts = Counter(assign(test, f"cu_{i}").variant for i in range(10_000))
    assert 1800 < counts["b"] < 2200
    other = Experiment(name="another", shares=test.shares)
    moved = sum(assign(test, f"cu_{i}").variant != assign(other, f"cu_{i}").variant for i in range(1000))
    assert 200 < moved < 440


def test_an_experiment_needs_variants_with_shares() -> None:
    """Every fault of an experiment is named at once."""
    with pytest.raises(InputError) as caught:
        Experiment(name="", shares=(("a", 0),))
    assert [fault.path for fault in caught.value.faults] == ["name", "shares", "shares"]

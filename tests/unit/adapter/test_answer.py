"""The core's part in answering: outcomes, caching and cut-offs."""

import datetime as dt
from pathlib import Path

import pytest

from checkout_kit.adapter import NoOptions, Options, Tree, answer_quote, quote_for_cache
from checkout_kit.adapter.answer import outcome_of
from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.shipping import Quote, QuoteRequest, Withheld
from checkout_kit.testing import SampleOption, sample_quote
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

NOW = dt.datetime(2026, 11, 23, 18, 50, tzinfo=dt.UTC)
CUTOFF = NOW + dt.timedelta(minutes=10)
ADAPTER = ReferenceAdapter(
    ReferenceSettings(shop="main", secret="s", api_url="https://reference.example", token="t")
)
REQUEST = QuoteRequest(
    cart=Cart(currency="USD", lines=(LineItem(id="1", sku="A", quantity=1, unit_price=100),)),
    destination=Address(country="US"),
    placed_at=NOW,
)


def until_the_cutoff(request: QuoteRequest) -> Quote:
    """Same-day until the cut-off, next-day after it."""
    is_late = request.placed_at > CUTOFF
    option = SampleOption(method_id="late" if is_late else "early", title="x", price_minor=1)
    until = CUTOFF + dt.timedelta(days=1) if is_late else CUTOFF
    return sample_quote([option], currency="USD", placed_at=request.placed_at, valid_until=until)


@pytest.mark.parametrize(
    ("keeps_s", "expected"), [(0, "early"), (599, "early"), (600, "late"), (900, "late")]
)
def test_platform_that_keeps_answers_gets_one_that_stays_true(keeps_s: int, expected: str) -> None:
    """The answer is the later one as soon as the platform would show it after the cut-off."""
    quote = quote_for_cache(until_the_cutoff, REQUEST, keeps_s=keeps_s)
    # The last instant at which the cut-off still allows the early answer is the cut-off itself.
    assert quote.options[0].id == ("early" if keeps_s == 600 else expected)


def test_freshness_ends_at_the_cutoff() -> None:
    """An answer is fresh until it may change, and never longer than the adapter's limit."""
    quote = until_the_cutoff(REQUEST)
    assert outcome_of(quote, now=NOW, most_fresh_s=300) == Options(quote=quote, fresh_s=300)
    late = CUTOFF - dt.timedelta(seconds=7)
    assert outcome_of(quote, now=late, most_fresh_s=300) == Options(quote=quote, fresh_s=7)
    assert outcome_of(quote, now=CUTOFF + dt.timedelta(hours=1), most_fresh_s=300).fresh_s == 0


def test_reason_of_none_is_that_of_every_method() -> None:
    """One shared reason is told, several are summed up."""

    def none(*reasons: str) -> object:
        withheld = [Withheld(method_id=r, title=r, reason=r, message=r) for r in reasons]
        quote = sample_quote([], currency="USD", placed_at=NOW, valid_until=CUTOFF, withheld=withheld)
        return outcome_of(quote, now=NOW, most_fresh_s=60)

    assert none("not_here", "not_here") == NoOptions(reason="not_here", fresh_s=60)
    assert none("a", "b") == NoOptions(reason="none_offered", fresh_s=60)


def test_unavailable_source_is_unavailable_to_the_platform() -> None:
    """An error of ours is 503 here, not kept, and nothing of its message shows."""

    def broken(_request: QuoteRequest) -> Quote:
        raise Unavailable("postgresql at 10.0.0.7 is down")

    response = answer_quote(ADAPTER, REQUEST, broken, now=NOW)
    assert response.status == 503
    assert response.headers["cache-control"] == "no-store"
    assert b"10.0.0.7" not in response.body


def test_tree_names_the_place_of_every_fault() -> None:
    """A wrong kind is reported with its path and without its value."""
    document = Tree.loads(b'{"items": [{"price": "ten"}], "on": "yes", "n": 1.5, "big": 1e400}')
    for path, read in (
        ("items[0].price", document["items"].each()[0]["price"].decimal),
        ("items[0].price", document["items"].each()[0]["price"].whole),
        ("on", document["on"].flag),
        ("n", document["n"].whole),
        ("big", document["big"].decimal),
        ("nothing.here", document["nothing"]["here"].text),
        ("items", lambda: document["items"]["price"]),
    ):
        with pytest.raises(InputError) as caught:
            read()
        assert caught.value.faults[0].path == path
        assert "ten" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ['"--5"', '"-"', '"5.0"', '"٣"', "1e999999999", "1e-5", '"' + "9" * 5000 + '"']
)
def test_tree_reads_no_odd_text_as_an_integer(text: str) -> None:
    """What only looks like a whole number is refused at once, however large it would be."""
    with pytest.raises(InputError, match="whole number"):
        Tree.loads(text.encode()).whole()


@pytest.mark.parametrize(("text", "number"), [("2", 2), ('"-7"', -7), ("4e1", 40), ("3.0", 3)])
def test_tree_reads_integers_in_any_spelling(text: str, number: int) -> None:
    """A whole number may be written as a string or with decimals that are zero."""
    assert Tree.loads(text.encode()).whole() == number


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000])
def test_tree_refuses_what_is_not_json(raw: bytes) -> None:
    """Anything that is not JSON is one InputError, however deep or broken."""
    with pytest.raises(InputError, match="JSON"):
        Tree.loads(raw)


def test_nothing_names_a_platform() -> None:
    """The contract's modules know no platform by name."""
    room = Path(__file__).parents[3] / "src" / "checkout_kit" / "adapter"
    names = ("shopify", "oscar", "vendure", "medusa", "saleor", "woocommerce", "bigcommerce", "magento")
    text = "".join(module.read_text(encoding="utf-8").lower() for module in room.glob("*.py"))
    assert [name for name in names if name in text] == []

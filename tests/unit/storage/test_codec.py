"""Texts of checkouts: equal both ways, remembered or not, and never mixed up."""

from attrs import evolve

from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.checkouts import MUG, ready_checkout


def test_a_text_reads_back_equal_with_and_without_memory() -> None:
    """The writer's own memory and a stranger's fresh reader agree."""
    first = ready_checkout()
    codec = CheckoutCodec()
    text = codec.encode(first)
    assert codec.decode("co_1", text) is first
    assert CheckoutCodec().decode("co_1", text) == first


def test_an_unchanged_cart_is_written_from_memory_and_a_changed_one_is_not() -> None:
    """Whatever was remembered, the text says what the checkout is now."""
    codec = CheckoutCodec()
    first = ready_checkout()
    noted = evolve(first, note='ring "twice"')
    fuller = evolve(noted, cart=evolve(noted.cart, lines=(evolve(MUG, quantity=9),)))
    for checkout in (first, noted, fuller, first):
        assert CheckoutCodec().decode("co_1", codec.encode(checkout)) == checkout


def test_another_process_may_have_written_meanwhile() -> None:
    """A text that differs from the remembered one is read, not guessed."""
    codec = CheckoutCodec()
    codec.encode(ready_checkout())
    newer = evolve(ready_checkout(), note="from elsewhere", version=9)
    assert codec.decode("co_1", CheckoutCodec().encode(newer)) == newer


def test_memory_is_bounded() -> None:
    """Only the latest are remembered, and the others still read back."""
    codec = CheckoutCodec(remembers=2)
    texts = {i: codec.encode(ready_checkout(f"co_{i}")) for i in range(5)}
    for i, text in texts.items():
        assert codec.decode(f"co_{i}", text) == ready_checkout(f"co_{i}")

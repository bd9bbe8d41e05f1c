"""The README's example runs as it stands."""

from pathlib import Path

from checkout_kit.testing import run_readme


def test_the_subscriptions_named_are_there() -> None:
    """All four queries that the set-up tells to register."""
    made = run_readme(Path(__file__).parents[1] / "README.md")
    for name in ("SHIPPING_METHODS", "FILTERED_METHODS", "FILTERED_ORDER_METHODS", "ORDER_EVENTS"):
        assert str(made[name]).startswith("subscription")

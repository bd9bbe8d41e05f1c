"""Methods without a day to arrive on are withheld, whichever walk prices them."""

import datetime as dt

import pytest

from tests.unit.shipping.shop import line, policy, quote

SATURDAYS = [str(dt.date(2026, 11, 21) + dt.timedelta(weeks=n)) for n in range(110)]
NOWHERE_SOON = {"all": {"where": [{"everywhere": True}], "delivers": "Sat", "holidays": SATURDAYS}}


@pytest.mark.parametrize("terms", [{}, {"free_from": {"amount": "90", "keeps_surcharges": True}}])
def test_a_method_that_never_arrives_is_withheld(terms: dict[str, object]) -> None:
    """A year without a day of delivery: no date is made up, and methods without dates stay on offer."""
    dated = {"service": "fast", "price": "4", **terms}
    answer = quote(policy(dated, {"price": "9"}, zones=NOWHERE_SOON), line())
    assert [option.id for option in answer.options] == ["m1"]
    assert [(one.method_id, one.reason) for one in answer.withheld] == [("m0", "no_delivery_day")]

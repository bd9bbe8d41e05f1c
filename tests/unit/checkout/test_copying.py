"""Copies are what evolve makes, and a misspelt field is refused."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.checkout import ContactPatch, Update
from checkout_kit.checkout.copying import copied
from checkout_kit.testing.checkouts import ready_checkout


def test_a_copy_is_what_evolve_makes() -> None:
    """Equal in every field, and the value it came from is as it was."""
    before, again = ready_checkout(), ready_checkout()
    fields = {"version": 9, "note": "ring", "updated_at": before.updated_at + dt.timedelta(days=1)}
    assert copied(before, fields) == evolve(before, **fields)
    assert copied(Update(), {"contact": None}) == Update(contact=None)
    assert copied(Update(), {"contact": ContactPatch()}) == Update(contact=ContactPatch())
    assert before == again
    assert hash(copied(before, {})) == hash(before)


def test_a_misspelt_field_is_refused() -> None:
    """A name that is no field would otherwise be lost without a word."""
    with pytest.raises(TypeError, match="no such field: nota"):
        copied(ready_checkout(), {"nota": "ring"})

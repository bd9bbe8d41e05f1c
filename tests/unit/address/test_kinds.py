"""Kinds of places that an address gives away."""

import pytest

from checkout_kit.address import Address, destination_kinds


@pytest.mark.parametrize(
    "line",
    [
        "PO Box 12",
        "P.O.Box 12",
        "p o box 9",
        "POB 5",
        "Post Office Box 7",
        "GPO Box B",
        "Postfach 12 34",
        "Boîte postale n° 5",
        "12 rue Haute, B.P. 40",
        "Apartado de Correos 5",
        "Apdo. 5",
        "Caixa Postal 123",
        "Casella Postale 4",
        "Postbus 99",
        "skr. poczt. 5",
        "а/я 12",
        "私書箱1号",
    ],
)
def test_post_office_boxes_are_known_in_many_languages(line: str) -> None:
    """A box is a box on either street line."""
    assert destination_kinds(Address(country="US", line1=line)) == ("po_box",)
    assert destination_kinds(Address(country="US", line1="Acme", line2=line)) == ("po_box",)


@pytest.mark.parametrize(
    "line",
    ["9 Postbox Lane", "12 Pobox Rd", "1 Box Hill", "Calle Apartado 5", "Hidalgo 5 CP 06000", "PO Box", ""],
)
def test_a_street_is_not_taken_for_a_box(line: str) -> None:
    """Words that only look like a box do not withhold a carrier."""
    assert destination_kinds(Address(country="MX", line1=line)) == ()


def test_military_mail_is_known_by_region_or_code() -> None:
    """American APO, FPO and DPO regions and British BFPO numbers."""
    assert destination_kinds(Address(country="US", line1="Unit 1", region="ap")) == ("military",)
    assert destination_kinds(Address(country="GB", postal_code="bfpo 61")) == ("military",)
    assert destination_kinds(Address(country="DE", region="AE")) == ()

"""Magento table rates: faults by row and column, and a policy that prices as the table does."""

import pytest

from checkout_kit.errors import InputError
from checkout_kit.shipping.importers import import_magento, magento_parity
from checkout_kit.shipping.policy import ShippingPolicy

HEAD = "Country,Region/State,Zip/Postal Code,Order Subtotal (and above),Shipping Price\n"


def faults(text, **settings):
    """Every fault of a file, as text."""
    with pytest.raises(InputError) as caught:
        import_magento(text, **{"currency": "USD", **settings})
    return [str(fault) for fault in caught.value.faults]


def parity(text, **settings):
    """The parity report of a file against its own import."""
    settings = {"currency": "USD", **settings}
    policy = ShippingPolicy.from_dict(import_magento(text, **settings).policy)
    settings.pop("currency")
    return magento_parity(text, policy, **settings)


def test_an_unknown_region_is_named_by_row_and_column():
    """Military mail is not a region; the row is counted from the heading."""
    filler = "".join(f"US,NY,*,{n},9\n" for n in range(118))
    text = "country,region,postcode,from,price\n" + filler + "US,AA,,40,350\n"
    assert faults(text, condition="goods") == [
        "row 120, column region: military mail, not a region, found 'AA'; leave the row out and price it "
        "by a condition on destination_kinds = ['military']"
    ]


def test_every_fault_of_a_file_is_reported_together():
    """Country, region, postcode, value and price, each with its place."""
    text = (
        HEAD
        + "UK,*,*,0,5\nUS,Bavaria,*,0,5\n*,NY,*,0,5\n*,*,10001,0,5\n"
        + "US,*,*,x,5\nUS,*,*,0,-5\nUS,*,*,1,5.999\nUS\n"
    )
    assert [fault.partition(":")[0] for fault in faults(text)] == [
        "row 2, column country",
        "row 3, column region",
        "row 4, column region",
        "row 5, column postcode",
        "row 6, column from",
        "row 7, column price",
        "row 8, column price",
        "row 9",
    ]


def test_the_same_place_and_value_twice_is_a_fault():
    """Which of the two prices is meant cannot be known."""
    assert faults(HEAD + "US,*,*,0,5\nUSA,,,0.00,7\n") == [
        "row 3: the same place and value as row 2; remove one"
    ]


def test_a_postcode_no_address_has_is_a_fault():
    """A table never matches a wildcard, and no German code is British."""
    assert faults(HEAD + "DE,*,SW1A 1AA,0,5\n")[0].startswith(
        "row 2, column postcode: matches no postal code"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "row 1"),
        (HEAD, "row 2"),
        ("Country,Region/State,Zip/Postal Code,Order Subtotal (and above)\nUS,*,*,0\n", "row 1"),
        ("Country,Region/State,Zip/Postal Code,Volume,Shipping Price\nUS,*,*,0,1\n", "row 1"),
    ],
)
def test_a_file_without_rows_or_columns_is_a_fault(text, place):
    """The heading has to name all five columns, and there has to be a row."""
    assert faults(text)[0].startswith(f"{place}: ")


def test_the_most_specific_row_decides():
    """A country's row beats the world's, a region's the country's and a postcode's that of its place."""
    text = HEAD + "*,*,*,0,20\nUS,*,*,0,15\nUS,CA,*,0,10\nUS,CA,90210,0,5\nUS,*,10001,0,4\n"
    report = parity(text)
    assert report.differences == ()
    assert all(report.places.values())


def test_below_its_own_first_value_a_region_falls_back_to_the_wider_rows():
    """A region that begins at 50 pays the country's price below, and its postcode's where there is one."""
    text = HEAD + "US,*,*,0,15\nUS,*,*,30,12\nUS,CA,*,50,3\nUS,*,94105,0,7\n"
    report = parity(text)
    assert report.differences == ()
    assert report.cases > 20


def test_a_table_that_begins_above_zero_is_not_offered_below():
    """Nothing is priced zero by accident: under the first value there is no option."""
    report = parity(HEAD + "US,*,*,25,9\n")
    assert (report.equal, report.differences) == (report.cases, ())


@pytest.mark.parametrize("unit", ["kg", "lb"])
def test_weights_meet_their_values_to_the_gram(unit):
    """Two pounds are 907.18 g: 907 g are below, 908 g are not."""
    head = HEAD.replace("Order Subtotal", "Weight")
    report = parity(head + "*,*,*,0,5\n*,*,*,2,8\n*,*,*,0.5,6\n*,*,*,3.3333,9\n", weight_unit=unit)
    assert report.differences == ()


def test_numbers_of_items_are_whole():
    """From 2.5 items on means from three on."""
    head = HEAD.replace("Order Subtotal (and above)", "# of Items (and above)")
    assert parity(head + "*,*,*,0,5\n*,*,*,2.5,8\n").differences == ()


def test_postcodes_that_cost_the_same_share_a_zone():
    """A thousand codes with two prices are two zones, not a thousand."""
    rows = "".join(f"US,*,{10001 + n},0,{5 + n % 2}\n" for n in range(400))
    policy = import_magento(HEAD + rows, currency="USD").policy
    assert sorted(policy["zones"]) == ["us-codes", "us-codes-2"]


def test_what_the_merchant_should_know_is_noted():
    """The stand-in origin, and codes that are not full ones."""
    found = import_magento(HEAD + "GB,*,SW1A,0,5\n", currency="GBP")
    assert [note.place for note in found.notes] == ["", "row 2, column postcode"]


def test_a_row_nothing_ever_meets_shows_in_the_report():
    """Rows that never decide a case are listed, so that the merchant can ask why they are there."""
    report = parity(HEAD + "US,*,*,0,5\nUS,NY,*,0,5\n")
    assert report.to_dict()["never_met"] == []


def test_a_decimal_comma_never_loses_its_cents():
    """4,50 without quotes is two cells: the row is refused, not read as 4.00."""
    assert faults(HEAD + "*,*,*,0,4,50\n") == [
        "row 2: has 6 columns, the heading has 5; write decimals with a point, or quote the cell"
    ]

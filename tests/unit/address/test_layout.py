"""Label lines."""

from checkout_kit.address import Address, format_address

TOKYO = Address(
    country="JP",
    name="山田太郎",
    line1="千代田1-1",
    region="Tokyo",
    postal_code="1000001",
    company="山田商店",
)


def test_each_country_has_its_own_order_and_script() -> None:
    """A Japanese label runs from the code to the person, and the other way round in Latin letters."""
    assert format_address(TOKYO) == ("〒100-0001", "東京都", "千代田1-1", "山田商店", "山田太郎", "JAPAN")
    latin = ("山田太郎", "山田商店", "千代田1-1, TOKYO", "100-0001", "JAPAN")
    assert format_address(TOKYO, latin=True) == latin


def test_an_empty_field_takes_its_separator_along() -> None:
    """No stray comma, dash or country prefix is left where a field is missing."""
    assert format_address(Address(country="US", city="Austin", postal_code="73301")) == (
        "AUSTIN 73301",
        "UNITED STATES",
    )
    assert format_address(Address(country="CH", line1="Bahnhofstr. 1", city="Chur")) == (
        "Bahnhofstr. 1",
        "Chur",
        "SWITZERLAND",
    )


def test_both_street_lines_and_fixed_lines_are_printed() -> None:
    """The second line follows the first, and Jersey's own line stands where its post wants it."""
    address = Address(country="JE", line1="1 King St", line2="Flat 2", city="St Helier", postal_code="je23ab")
    assert format_address(address) == (
        "1 King St",
        "Flat 2",
        "ST HELIER",
        "JERSEY",
        "JE2 3AB",
        "CHANNEL ISLANDS",
    )


def test_an_unknown_country_gets_a_plain_label() -> None:
    """Nothing that was typed is lost where no layout is known."""
    address = Address(country="ZZ", name="Eva", line1="1 Road", city="Town", postal_code="X1")
    assert format_address(address) == ("Eva", "1 Road", "X1 Town", "ZZ")

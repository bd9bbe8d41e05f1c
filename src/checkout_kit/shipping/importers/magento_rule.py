"""Magento's own choice of a table-rate row, written from its documented order and not from our policy.

Source: Magento Open Source 2.4, offline shipping, table rate lookup: of the rows for the country, region and
postcode (each also `any`) whose value is not above the measured one, the first decides; they are ordered by
country, region, postcode and value, each falling.
"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from checkout_kit.shipping.importers.magento_rows import ANY, TableRate


@frozen(kw_only=True)
class Place:
    """A destination as Magento sees it."""

    country: str
    region: str = ""
    postcode: str = ""


def pick_row(rows: Sequence[TableRate], place: Place, value: Decimal) -> TableRate | None:
    """The row that decides, or None when the method is not offered."""
    met = [row for row in rows if row.value <= value and _meets(row, place)]
    return max(met, key=_rank, default=None)


def _meets(row: TableRate, place: Place) -> bool:
    if row.country == ANY:
        return row.region == ANY and row.postcode == ANY
    if row.country != place.country or row.region not in (ANY, place.region):
        return False
    before_dash = place.postcode.rpartition("-")[0] or place.postcode
    return row.postcode == ANY or row.postcode.upper() in (place.postcode.upper(), before_dash.upper())


def _rank(row: TableRate) -> tuple[bool, bool, bool, int, Decimal]:
    is_exact = row.postcode != ANY
    return (row.country != ANY, row.region != ANY, is_exact, len(row.postcode), row.value)

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


class RateTable:
    """The rows of a file, found by the place they are for."""

    def __init__(self, rows: Sequence[TableRate]) -> None:
        self._rows: dict[tuple[str, str, str], list[TableRate]] = {}
        for row in rows:
            self._rows.setdefault((row.country, row.region, row.postcode.upper()), []).append(row)

    def meeting(self, place: Place) -> list[TableRate]:
        """Every row that holds for a place, whatever its value."""
        code = place.postcode.upper()
        before_dash = code.rpartition("-")[0]
        codes = dict.fromkeys((code, before_dash, ANY))
        keys = [(place.country, region, each) for region in (place.region, ANY) for each in codes]
        return [row for key in dict.fromkeys([*keys, (ANY, ANY, ANY)]) for row in self._rows.get(key, ())]

    def pick(self, place: Place, value: Decimal) -> TableRate | None:
        """The row that decides, or None when the method is not offered."""
        return max((row for row in self.meeting(place) if row.value <= value), key=_rank, default=None)


def _rank(row: TableRate) -> tuple[bool, bool, bool, int, Decimal]:
    is_exact = row.postcode != ANY
    return (row.country != ANY, row.region != ANY, is_exact, len(row.postcode), row.value)

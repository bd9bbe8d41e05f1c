"""Stock over the store's database: holds that expire, holds an order keeps, never more than there is."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from checkout_kit.errors import InputError
from checkout_kit.storage import codec
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.port import Shortage
from checkout_kit.storage.schema import STOCK, STOCK_HOLDS
from checkout_kit.storage.sql import SqlStore
from checkout_kit.storage.transactions import transaction


class SqlInventory:
    """Stock by sku, in whole units; a sku that was never counted is not limited."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store.engine

    def set_stock(self, sku: str, on_hand: int) -> None:
        """Count `on_hand` units of a sku, holds and sold units that have not left included.

        Raises:
            InputError: the count is negative.
        """
        if on_hand < 0:
            raise InputError.of("on_hand", "must not be negative", found=on_hand)
        with transaction(self._engine) as connection:
            done = connection.execute(update(STOCK).where(STOCK.c.sku == sku).values(on_hand=on_hand))
            if done.rowcount == 0:
                connection.execute(insert(STOCK).values(sku=sku, on_hand=on_hand))

    def available(self, sku: str, now: dt.datetime) -> int | None:
        """Units nobody holds; None for a sku that is not counted."""
        with our_errors(), self._engine.connect() as connection:
            counted = connection.execute(select(STOCK.c.on_hand).where(STOCK.c.sku == sku)).scalar()
            return None if counted is None else counted - _held(connection, sku, now, but="")

    def hold(
        self, checkout_id: str, wanted: Mapping[str, int], *, now: dt.datetime, until: dt.datetime
    ) -> tuple[Shortage, ...]:
        """Hold all of `wanted` for a checkout until then, in place of what it held, or nothing at all.

        Returns:
            What is short, sku by sku; empty when everything is held.
        """
        with transaction(self._engine) as connection:
            short = []
            # One order for everyone, so that two baskets never wait for each other's rows.
            for sku in sorted(wanted):
                on_hand = connection.execute(
                    select(STOCK.c.on_hand).where(STOCK.c.sku == sku).with_for_update()
                ).scalar()
                if on_hand is None:
                    continue
                left = on_hand - _held(connection, sku, now, but=checkout_id)
                if left < wanted[sku]:
                    short.append(Shortage(sku=sku, wanted=wanted[sku], available=max(0, left)))
            if short:
                return tuple(short)
            connection.execute(
                delete(STOCK_HOLDS).where(
                    STOCK_HOLDS.c.checkout_id == checkout_id, STOCK_HOLDS.c.expires_at.is_not(None)
                )
            )
            for sku, quantity in wanted.items():
                connection.execute(
                    insert(STOCK_HOLDS).values(
                        checkout_id=checkout_id, sku=sku, quantity=quantity, expires_at=codec.to_ms(until)
                    )
                )
        return ()

    def release(self, checkout_id: str) -> None:
        """Give up what a checkout holds; what an order made permanent stays."""
        with our_errors(), self._engine.connect() as connection:
            connection.execute(
                delete(STOCK_HOLDS).where(
                    STOCK_HOLDS.c.checkout_id == checkout_id, STOCK_HOLDS.c.expires_at.is_not(None)
                )
            )

    def ship(self, checkout_id: str) -> None:
        """The goods of an order have left: take them off the count; a second call finds nothing to do."""
        with transaction(self._engine) as connection:
            rows = connection.execute(
                select(STOCK_HOLDS.c.sku, STOCK_HOLDS.c.quantity)
                .where(STOCK_HOLDS.c.checkout_id == checkout_id, STOCK_HOLDS.c.expires_at.is_(None))
                .order_by(STOCK_HOLDS.c.sku)
            ).all()
            for sku, quantity in rows:
                left = STOCK.c.on_hand - quantity
                connection.execute(update(STOCK).where(STOCK.c.sku == sku).values(on_hand=left))
            connection.execute(delete(STOCK_HOLDS).where(STOCK_HOLDS.c.checkout_id == checkout_id))


def _held(connection: Connection, sku: str, now: dt.datetime, *, but: str) -> int:
    is_live: ColumnElement[bool] = or_(
        STOCK_HOLDS.c.expires_at.is_(None), STOCK_HOLDS.c.expires_at > codec.to_ms(now)
    )
    total = connection.execute(
        select(func.coalesce(func.sum(STOCK_HOLDS.c.quantity), 0)).where(
            STOCK_HOLDS.c.sku == sku, STOCK_HOLDS.c.checkout_id != but, is_live
        )
    ).scalar()
    return int(total or 0)

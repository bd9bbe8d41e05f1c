"""The test provider: real states, idempotency and a durable ledger, without a bank."""

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import ClassVar, TypeVar

from checkout_kit.errors import InputError, Refused, Unavailable
from checkout_kit.payments.port import (
    PaymentNews,
    PaymentRequest,
    PaymentResult,
    PaymentState,
    SavedMethod,
    Steps,
)
from checkout_kit.payments.signature import check_signature, sign

_T = TypeVar("_T")

_DECLINES = {
    "tok_decline": "declined",
    "tok_insufficient": "insufficient_funds",
    "tok_expired": "expired_card",
    "tok_fraud": "fraud_suspected",
}
GOOD_TOKEN, LOST_ANSWER = "tok_ok", "tok_unknown"
_FAILS_AT_THE_BANK = ("tok_3ds_fail",)
_AT_THE_BANK = ("tok_3ds", *_FAILS_AT_THE_BANK)
_TABLES = """
create table if not exists payments (
    id text primary key, key text not null unique, reference text not null, attempt integer not null,
    amount integer not null,
    currency text not null, token text not null, state text not null, code text not null default '',
    captured integer not null default 0, refunded integer not null default 0
);
create table if not exists operations (key text primary key, kind text not null, payment_id text not null,
    amount integer not null);
"""


def _at_once(work: Callable[[], _T]) -> Steps[_T]:
    yield from ()
    return work()


class TestPayments:
    """A provider for tests and demos; the token decides what happens.

    `tok_ok` is authorised; `tok_decline`, `tok_insufficient`, `tok_expired` and `tok_fraud` are declined;
    `tok_3ds` wants authentication and then succeeds, `tok_3ds_fail` then fails; `tok_unknown` is authorised
    but its first answer is lost, as after a time-out. Any other token is declined as incorrect details.
    Pass a path to keep the ledger in a SQLite file, so that it outlives the process as a bank does.
    """

    __test__: ClassVar[bool] = False

    def __init__(
        self,
        path: str = ":memory:",
        *,
        action_url: str = "https://bank.example/authenticate/",
        webhook_secret: str = "whsec_test",  # noqa: S107 - of a fake
    ) -> None:
        self._secret = webhook_secret
        self._lock = threading.Lock()
        self._action_url = action_url
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode=wal")
        self._db.executescript(_TABLES)

    @property
    def name(self) -> str:
        """The provider's word on orders."""
        return "test"

    def close(self) -> None:
        """Close the ledger's file."""
        self._db.close()

    def authorise(self, request: PaymentRequest) -> Steps[PaymentResult]:
        """Hold the amount, or answer as the token's name says."""
        return _at_once(lambda: self._authorise(request))

    def continue_authentication(self, payment_id: str) -> Steps[PaymentResult]:
        """The buyer has been at the bank's page; `tok_3ds_fail` failed there."""
        return _at_once(lambda: self._continue(payment_id))

    def capture(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Take what is held."""
        return _at_once(lambda: self._operate("capture", payment_id, amount, key))

    def void(self, payment_id: str, *, key: str) -> Steps[PaymentResult]:
        """Release what is held, or give back what was taken."""
        return _at_once(lambda: self._operate("void", payment_id, 0, key))

    def refund(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Give back some or all of what was taken."""
        return _at_once(lambda: self._operate("refund", payment_id, amount, key))

    def status(self, payment_id: str) -> Steps[PaymentResult]:
        """The payment as it stands."""
        return _at_once(lambda: self._result(self._row(payment_id)))

    def saved_methods(self, customer_ref: str) -> Steps[tuple[SavedMethod, ...]]:
        """One test card for every customer."""
        card = SavedMethod(token=GOOD_TOKEN, label="Test card", is_default=True)
        return _at_once(lambda: (card,) if customer_ref else ())

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> PaymentNews | None:
        """A webhook made by `webhook`."""
        check_signature(headers.get("test-signature", ""), body, (self._secret,), now)
        try:
            payment_id = str(json.loads(body)["payment_id"])
        except (ValueError, KeyError, TypeError):
            raise InputError.of("", "not a webhook of the test provider") from None
        with self._lock:
            row = self._row(payment_id)
        return PaymentNews(payment_id=payment_id, reference=row["reference"], attempt=row["attempt"])

    def webhook(self, payment_id: str, now: dt.datetime) -> tuple[dict[str, str], bytes]:
        """Headers and body of the webhook that a provider would send about this payment."""
        body = json.dumps({"payment_id": payment_id}).encode()
        return {"test-signature": sign(body, self._secret, now)}, body

    def ledger(self) -> tuple[tuple[str, str, str, int, int, int], ...]:
        """Every payment as (reference, id, state, amount, captured, refunded), for checks and demos."""
        with self._lock:
            rows = self._db.execute(
                "select reference, id, state, amount, captured, refunded from payments order by rowid"
            )
            return tuple(tuple(row) for row in rows)

    def capture_count(self, reference: str) -> int:
        """How many captures were carried out for one checkout."""
        with self._lock:
            found = self._db.execute(
                "select count(*) from operations o join payments p on p.id = o.payment_id"
                " where o.kind = 'capture' and p.reference = ?",
                (reference,),
            ).fetchone()
            return int(found[0])

    def _transaction(self) -> AbstractContextManager[object]:
        return _Immediate(self._db, self._lock)

    def _authorise(self, request: PaymentRequest) -> PaymentResult:
        with self._transaction():
            row = self._db.execute("select * from payments where key = ?", (request.key,)).fetchone()
            if row is None:
                state, code = _first_state(request)
                payment_id = f"test_{request.key}"
                self._db.execute(
                    "insert into payments (id, key, reference, attempt, amount, currency, token, state,"
                    " code, captured) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (payment_id, request.key, request.reference, request.attempt, request.amount,
                     request.currency, request.token, state, code,
                     request.amount if state == "captured" else 0),
                )  # fmt: skip
                result = self._result(self._row(payment_id))
            else:
                if (row["amount"], row["currency"]) != (request.amount, request.currency):
                    raise Refused(f"payment key {request.key!r} was used before for another amount")
                return self._result(row)
        if request.token == LOST_ANSWER:
            raise Unavailable("the test provider's answer was lost; ask again with the same key")
        return result

    def _continue(self, payment_id: str) -> PaymentResult:
        with self._transaction():
            row = self._row(payment_id)
            if row["state"] == "authentication":
                failed = row["token"] in _FAILS_AT_THE_BANK
                self._db.execute(
                    "update payments set state = ?, code = ? where id = ?",
                    (
                        "declined" if failed else "authorised",
                        "authentication_failed" if failed else "",
                        payment_id,
                    ),
                )
            return self._result(self._row(payment_id))

    def _operate(self, kind: str, payment_id: str, amount: int, key: str) -> PaymentResult:
        with self._transaction():
            row = self._row(payment_id)
            known = self._db.execute("select kind, amount from operations where key = ?", (key,)).fetchone()
            if known is not None:
                if tuple(known) != (kind, amount):
                    raise Refused(f"payment key {key!r} was used before for something else")
                return self._result(row)
            changed = _operation(kind, row, amount)
            self._db.execute("insert into operations values (?, ?, ?, ?)", (key, kind, payment_id, amount))
            self._db.execute(
                "update payments set state = ?, captured = ?, refunded = ? where id = ?",
                (*changed, payment_id),
            )
            return self._result(self._row(payment_id))

    def _row(self, payment_id: str) -> sqlite3.Row:
        row = self._db.execute("select * from payments where id = ?", (payment_id,)).fetchone()
        if row is None:
            raise Refused(f"the test provider knows no payment {payment_id!r}")
        return row  # type: ignore[no-any-return]

    def _result(self, row: sqlite3.Row) -> PaymentResult:
        waits = row["state"] == "authentication"
        return PaymentResult(
            state=row["state"], payment_id=row["id"], code=row["code"],
            action_url=self._action_url + row["id"] if waits else "",
            captured=row["captured"], refunded=row["refunded"],
        )  # fmt: skip


class _Immediate:
    """One write transaction of the ledger, one thread at a time."""

    def __init__(self, db: sqlite3.Connection, lock: threading.Lock) -> None:
        self._db, self._lock = db, lock

    def __enter__(self) -> None:
        self._lock.acquire()
        self._db.execute("begin immediate")

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._db.execute("commit" if kind is None else "rollback")
        finally:
            self._lock.release()


def _first_state(request: PaymentRequest) -> tuple[PaymentState, str]:
    if request.token in _DECLINES:
        return "declined", _DECLINES[request.token]
    if request.token in _AT_THE_BANK:
        return "authentication", ""
    if request.token in (GOOD_TOKEN, LOST_ANSWER):
        return ("captured" if request.captures else "authorised"), ""
    return "declined", "incorrect_details"


def _operation(kind: str, row: sqlite3.Row, amount: int) -> tuple[str, int, int]:
    state, held, captured, refunded = row["state"], row["amount"], row["captured"], row["refunded"]
    if kind == "capture" and state == "authorised" and 0 < amount <= held:
        return "captured", amount, refunded
    if kind == "void" and state in ("authorised", "authentication", "voided"):
        return "voided", captured, refunded
    if kind == "void" and state == "captured":
        return "voided", captured, captured
    if kind == "refund" and state == "captured" and 0 < amount <= captured - refunded:
        return "captured", captured, refunded + amount
    raise Refused(f"a payment that is {state} with {captured} taken cannot {kind} {amount}")

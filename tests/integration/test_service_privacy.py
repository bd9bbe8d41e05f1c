"""Personal data: shown whole, erased everywhere, retired in time; on the command line too."""

import datetime as dt
import json
import sqlite3
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner
from sqlalchemy import MetaData, select

from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.address import AddressBook
from checkout_kit.cart import Customer
from checkout_kit.checkout import Billing, Business, Contact, Profile
from checkout_kit.cli.privacy import command
from checkout_kit.errors import Refused
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.service.privacy import Retention, erase_person, export_person, retain
from checkout_kit.storage.personal import PersonalData
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import HOME, NOON, POLICY, filled_in

TRACES = ("Eva", "Oak", "73301", "eva@example.com", "cu_1", "ring twice", "Cruz Ltd", "tok_", "Billing Lane")


def shop(store: SqlStore) -> CheckoutService:
    return CheckoutService(store=store, policy=POLICY, payments=TestPayments(), clock=lambda: NOON)


def buy(service: CheckoutService, customer: str = "cu_1", token: str = "tok_ok") -> str:
    """A completed checkout with every personal section filled in, and a forgotten one."""
    elsewhere = Billing(address=evolve(HOME, line1="7 Billing Lane"))
    update = evolve(
        filled_in(token), note="ring twice", business=Business(company="Cruz Ltd"), billing=elsewhere
    )
    opened = service.create(NewCheckout(currency="USD", update=update, customer=Customer(id=customer)))
    service.complete(opened.view.checkout.id, idempotency_key="k")
    service.create(NewCheckout(currency="USD", update=update, customer=Customer(id=customer)))
    return opened.view.checkout.id


def all_text(store: SqlStore) -> str:
    """Every value of every table there is."""
    tables = MetaData()
    tables.reflect(store.engine)
    assert {"checkouts", "orders", "customers", "outbox", "idempotency"} < tables.tables.keys()
    with store.engine.connect() as connection:
        rows = [tuple(row) for table in tables.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(map(str, rows))


def leave_traces_in_unused_pages(url: str) -> None:
    """As SQLite does wherever it was not built to overwrite what it lets go."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("pragma secure_delete = off")
    connection.execute("create table gone (text)")
    connection.execute("insert into gone values (?)", ("ring twice " * 2000,))
    connection.execute("drop table gone")
    connection.close()


def assert_nothing_is_left_in_the_file(url: str) -> None:
    files = Path(url.removeprefix("sqlite:///")).parent.iterdir()
    whole = b"".join(file.read_bytes() for file in files)
    assert [trace for trace in TRACES if trace.encode() in whole] == []


def note_by_protocol(store: SqlStore, checkout_id: str) -> None:
    """What an agent protocol keeps beside a checkout: a document, and an answer to a repeated request."""
    documents = ProtocolStore(store)
    documents.put("ucp.checkout", checkout_id, '{"buyer": "Eva Cruz"}')
    documents.claim("ucp:agent", "key-1", "digest", now=NOON)
    body = f'{{"id": "{checkout_id}", "line": "9 Oak Ave"}}'.encode()
    documents.keep("ucp:agent", "key-1", status=201, headers="{}", body=body)


def test_an_export_shows_everything_and_no_token(store: SqlStore) -> None:
    """Profile, checkouts and orders of this customer, and of nobody else."""
    service = shop(store)
    book, _ = AddressBook().save(HOME, id="ad_1")
    service.save_profile("cu_1", lambda _: Profile(book=book, contact=Contact(email="eva@example.com")))
    note_by_protocol(store, buy(service))
    other = evolve(filled_in(), note="someone else's")
    service.create(NewCheckout(currency="USD", update=other, customer=Customer(id="cu_2")))
    left = service.create(NewCheckout(currency="USD", update=filled_in(), customer=Customer(id="cu_1")))
    service.cancel(left.view.checkout.id, reason="found it cheaper")
    found = export_person(PersonalData(store), "cu_1")
    text = json.dumps(found)
    assert (len(found["checkouts"]), len(found["orders"])) == (3, 1)
    assert [one["ended_because"] for one in found["checkouts"]].count("found it cheaper") == 1
    assert found["profiles"][0]["addresses"][0]["address"]["line1"] == "9 Oak Ave"
    assert {one["business"]["company"] for one in found["checkouts"] if one["business"]} == {"Cruz Ltd"}
    assert found["protocols"][0]["document"] == {"buyer": "Eva Cruz"}
    assert "ring twice" in text
    assert "someone else's" not in text
    assert "tok_ok" not in text


def test_erasing_leaves_no_trace_and_keeps_the_books(store: SqlStore) -> None:
    """No name, address, mail, note or token is left in any table; amounts, goods and region are."""
    service = shop(store)
    book, _ = AddressBook().save(HOME, id="ad_1")
    service.save_profile("cu_1", lambda _: Profile(book=book))
    checkout_id = buy(service)
    note_by_protocol(store, checkout_id)
    given_up = service.create(NewCheckout(currency="USD", update=filled_in(), customer=Customer(id="cu_1")))
    service.cancel(given_up.view.checkout.id, reason="Eva has changed her mind")
    before = service.get(checkout_id).order
    assert before is not None
    assert all(trace in all_text(store) for trace in TRACES)
    done = erase_person(PersonalData(store), "cu_1", NOON)
    assert (done.checkouts, done.orders, done.profiles) == (3, 1, 1)
    assert [trace for trace in TRACES if trace in all_text(store)] == []
    after = service.get_order(before.id)
    assert (after.components, after.payment, after.cart) == (before.components, before.payment, before.cart)
    assert after.deliveries[0].address is not None
    assert after.deliveries[0].address.region == "TX"


def test_a_guest_is_found_by_mail(store: SqlStore) -> None:
    """Someone without an account asks by address, in whatever case they write it."""
    buy(shop(store), customer="")
    assert erase_person(PersonalData(store), "EVA@example.com", NOON).orders == 1
    assert "eva@example.com" not in all_text(store)
    assert erase_person(PersonalData(store), "eva@example.com", NOON).checkouts == 0


def test_a_mail_finds_the_profile_and_letters_of_any_alphabet(store: SqlStore) -> None:
    """An email address leads to the address book kept under it, and accents are no way to stay hidden."""
    contact = Contact(email="Éva@example.com")
    shop(store).save_profile("cu_9", lambda _: Profile(contact=contact))
    assert export_person(PersonalData(store), "Éva@EXAMPLE.com")["profiles"][0]["customer_id"] == "cu_9"
    assert erase_person(PersonalData(store), "Éva@EXAMPLE.com", NOON).profiles == 1
    assert "example.com" not in all_text(store)


def test_a_payment_under_way_is_finished_first(store: SqlStore) -> None:
    """Erasing would lose whose money it is."""
    buy(shop(store), token="tok_3ds")
    with pytest.raises(Refused, match="under way"):
        erase_person(PersonalData(store), "cu_1", NOON)


def test_nothing_is_kept_longer_than_the_rules_say(store: SqlStore) -> None:
    """Old carts go, the person leaves old orders, old keys go; young ones stay."""
    service = shop(store)
    note_by_protocol(store, buy(service))
    rules = Retention(
        checkouts=dt.timedelta(days=30), orders=dt.timedelta(days=60), keys=dt.timedelta(days=30)
    )
    young = retain(PersonalData(store), rules, NOON + dt.timedelta(days=29))
    assert (young.checkouts_deleted, young.orders_anonymised, young.keys_deleted) == (0, 0, 0)
    later = retain(PersonalData(store), rules, NOON + dt.timedelta(days=61))
    assert (later.checkouts_deleted, later.orders_anonymised, later.keys_deleted) == (1, 1, 1)
    PersonalData(store).forget_profiles("cu_1")  # an account stays until its owner goes
    assert [trace for trace in TRACES if trace in all_text(store)] == []
    again = retain(PersonalData(store), rules, NOON + dt.timedelta(days=61))
    assert (again.checkouts_deleted, again.orders_anonymised, again.keys_deleted) == (0, 0, 0)


def test_the_commands_do_the_same(store: SqlStore, url: str) -> None:
    """Export prints JSON, erase asks first, retain says what it did."""
    buy(shop(store))
    if url.startswith("sqlite"):
        leave_traces_in_unused_pages(url)
    runner = CliRunner()
    shown = runner.invoke(command, ["export", "--db", url, "cu_1"])
    assert json.loads(shown.output)["orders"][0]["contact"]["email"] == "eva@example.com"
    refused = runner.invoke(command, ["erase", "--db", url, "cu_1"], input="n\n")
    assert refused.exit_code == 1
    done = runner.invoke(command, ["erase", "--db", url, "--yes", "--vacuum", "cu_1"])
    assert done.output == "erased from 2 checkouts, 1 orders, 1 profiles\n"
    if url.startswith("sqlite"):
        assert_nothing_is_left_in_the_file(url)
    kept = runner.invoke(command, ["retain", "--db", url])
    assert kept.output == "deleted 0 checkouts, 0 keys and 0 past slots, anonymised 0 orders\n"

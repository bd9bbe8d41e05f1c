"""`checkout-kit backtest`: promises out, figures shown, bad input refused with exit code 2."""

import csv
import gzip
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from checkout_kit.cli.backtest import command
from checkout_kit.errors import MissingExtra
from tests.oracles.invented_shop import OPENED, invented_orders

SINCE = (OPENED + timedelta(days=70)).date()
HEADER = ("order_id", "seller_id", "purchase_ts", "carrier_ts", "delivered_ts", "customer_state", "weight_g")


def history(orders, *, delivered=True):
    """The orders as CSV text."""
    lines = [",".join(HEADER)]
    for order in orders:
        facts = order.facts
        cells = (
            facts.order_id,
            facts.seller,
            facts.purchased_at.isoformat(),
            order.handed_over_at.isoformat(timespec="seconds"),
            order.delivered_at.isoformat(timespec="seconds") if delivered else "",
            facts.zone,
            f"{facts.numbers[0][1]:.0f}",
        )
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def shop():
    """Eighty days of an invented shop, ten of them after SINCE."""
    return invented_orders(days=80)


def run(*arguments):
    """The command as the shell would run it."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_every_order_of_the_window_gets_a_promise(tmp_path, shop):
    """The file holds a date for each order bought in the window, and standard output the figures."""
    path, out = tmp_path / "history.csv", tmp_path / "predictions.csv"
    path.write_text(history(shop))
    done = run(path, "--since", SINCE, "--confidence", "0.9", "--out", out)
    assert done.exit_code == 0, done.output
    written = list(csv.DictReader(out.read_text().splitlines()))
    wanted = [order.facts.order_id for order in shop if order.facts.purchased_at.date() >= SINCE]
    assert [row["order_id"] for row in written] == wanted
    assert all(row["promised_date"] >= SINCE.isoformat() for row in written)
    assert "confidence 0.9, 200 delivered orders" in done.stdout
    assert "200 promises rest on: learned" in done.stdout


def test_the_figures_alone_need_no_file(tmp_path, shop):
    """Without --out nothing is written, and the figures are the same."""
    path = tmp_path / "history.csv"
    path.write_text(history(shop))
    arguments = (path, "--since", SINCE)
    with_file = run(*arguments, "--out", tmp_path / "p.csv").stdout
    before = set(tmp_path.iterdir())
    alone = run(*arguments)
    assert alone.exit_code == 0, alone.output
    assert with_file.startswith(alone.stdout.rstrip("\n"))
    assert with_file.endswith(f"written to {tmp_path / 'p.csv'}\n")
    assert set(tmp_path.iterdir()) == before


def test_a_packed_file_reads_the_same_whatever_its_name(tmp_path, shop):
    """Gzip is told by its first bytes."""
    plain, packed = tmp_path / "history.csv", tmp_path / "history"
    plain.write_text(history(shop))
    packed.write_bytes(gzip.compress(history(shop).encode()))
    for path in (plain, packed):
        assert run(path, "--since", SINCE, "--out", f"{path}.out").exit_code == 0
    assert Path(f"{plain}.out").read_text() == Path(f"{packed}.out").read_text()


def test_figures_come_as_json_with_the_rows_left_out(tmp_path, shop):
    """Each confidence is scored, and every row left out is named by number and reason."""
    path = tmp_path / "history.csv"
    lines = history(shop).splitlines()
    bad = lines[5].split(",")
    bad[4] = "2020-01-01T00:00:00"
    lines += [",".join(bad), lines[9]]
    path.write_text("\n".join(lines) + "\n")
    arguments = ("--since", SINCE, "--confidence", "0.8", "--confidence", "0.95", "--json")
    done = run(path, *arguments, "--out", tmp_path / "p.csv")
    found = json.loads(done.stdout)
    rows = len(lines)
    assert found["rows_excluded"] == {
        "delivered before purchased": [rows - 1],
        "order_id already used": [rows],
    }
    assert [score["confidence"] for score in found["scores"]] == [0.8, 0.95]
    low, high = (score["mean_promised_days"] for score in found["scores"])
    assert low < high


def test_a_cold_start_says_what_stands_in(tmp_path, shop):
    """Before anything is learned every order still gets a date, and the output says on what it rests."""
    path, out = tmp_path / "history.csv", tmp_path / "p.csv"
    path.write_text(history(shop[:300]))
    done = run(path, "--since", OPENED.date(), "--out", out)
    assert done.exit_code == 0
    assert "300 promises rest on: longest delivery so far (too little history)" in done.stdout
    assert len(out.read_text().splitlines()) == 301


def test_until_ends_the_window_with_that_day(tmp_path, shop):
    """The last day is included, later orders are not promised."""
    path, out = tmp_path / "history.csv", tmp_path / "p.csv"
    path.write_text(history(shop))
    assert run(path, "--since", SINCE, "--until", SINCE, "--out", out).exit_code == 0
    assert len(out.read_text().splitlines()) == 1 + 20


def test_orders_not_yet_delivered_are_promised_too(tmp_path, shop):
    """A file without any delivery has nothing to score, but every order gets its date."""
    path, out = tmp_path / "history.csv", tmp_path / "p.csv"
    path.write_text(history(shop[:50], delivered=False))
    done = run(path, "--since", OPENED.date(), "--out", out)
    assert done.exit_code == 0
    assert "on time" not in done.stdout
    assert len(out.read_text().splitlines()) == 51


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"colour\nred\n", "needed column is missing, found 'order_id'"),
        (b"\xff\xfe\x00binary", "not UTF-8"),
        (b"\x1f\x8bnot gzip at all", "damaged"),
        (gzip.compress(",".join(HEADER).encode() + b"\n" * 99_999)[:-9], "damaged"),
    ],
    ids=["empty", "columns", "binary", "not gzip", "torn gzip"],
)
def test_an_unusable_file_is_refused(tmp_path, content, message):
    """Exit code 2 and the reason on standard error; nothing is written."""
    path, out = tmp_path / "history.csv", tmp_path / "p.csv"
    path.write_bytes(content)
    done = run(path, "--since", SINCE, "--out", out)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "2031-01-01"), "no order was purchased on or after it"),
        (("--since", "2026-01-06", "--until", "2026-01-01"), "before --since"),
        (("--since", SINCE, "--column", "purchase_ts"), "not of the form OURS=THEIRS"),
        (("--since", SINCE, "--number", "floors"), "needed column is missing, found 'floors'"),
        (("--since", SINCE, "--confidence", "1"), "0.5<=x<1"),
        (("--since", "soon"), "soon"),
    ],
)
def test_an_unusable_option_is_refused(tmp_path, shop, arguments, message):
    """Exit code 2, naming the option or the value."""
    path = tmp_path / "history.csv"
    path.write_text(history(shop[:60]))
    done = run(path, *arguments, "--out", tmp_path / "p.csv")
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_missing_file_is_refused(tmp_path):
    """Exit code 2 with the file's name."""
    done = run(tmp_path / "none.csv", "--since", SINCE, "--out", tmp_path / "p.csv")
    assert done.exit_code == 2
    assert "none.csv: cannot be used: No such file or directory" in done.stderr


def test_the_report_is_one_page_with_four_plots(tmp_path, shop):
    """Self-contained: no script, no link, four inline drawings, the same bytes on every run."""
    path, pages = tmp_path / "history.csv", (tmp_path / "a.html", tmp_path / "b.html")
    path.write_text(history(shop))
    for page in pages:
        done = run(path, "--since", SINCE, "--out", tmp_path / "p.csv", "--report", page)
        assert done.exit_code == 0, done.output
    text = pages[0].read_text()
    assert text.count("<svg") == 4
    assert "<script" not in text
    assert "src=" not in text
    assert "Reliability" in text
    assert text == pages[1].read_text()


def test_a_report_without_its_extra_is_refused_before_any_work(tmp_path, shop, monkeypatch):
    """Without matplotlib the command names the extra to install and writes nothing."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    path, out = tmp_path / "history.csv", tmp_path / "p.csv"
    path.write_text(history(shop))
    done = run(path, "--since", SINCE, "--out", out, "--report", tmp_path / "r.html")
    assert isinstance(done.exception, MissingExtra)
    assert "checkout-kit[plots]" in str(done.exception)
    assert not out.exists()

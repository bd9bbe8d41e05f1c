"""`checkout-kit lint`: what it prints and the exit code it leaves."""

import json

import pytest
from click.testing import CliRunner

from checkout_kit.cli.lint import command

POLICY = """
currency = "USD"
[origins.shop]
timezone = "America/New_York"
cutoff = "14:00"
[zones.home]
where = [{ country = "US" }]
[[methods]]
id = "parcel"
title = "Parcel"
zones = ["home"]
price = { by = "weight", tiers = [{ up_to = "1 kg", price = "4.00" }, { up_to = "5 kg", price = "PRICE" }] }
"""


@pytest.fixture
def policy_file(tmp_path):
    """A maker of policy files whose second tier has the given price."""

    def write(price, name="shipping.toml"):
        path = tmp_path / name
        path.write_text(POLICY.replace("PRICE", price))
        return str(path)

    return write


def run(*arguments):
    """The command as a user runs it."""
    return CliRunner().invoke(command, list(arguments))


def test_a_clean_file_leaves_zero(policy_file):
    """Nothing to say, exit code 0."""
    done = run(policy_file("6.00"))
    assert (done.exit_code, done.stdout) == (0, "0 errors, 0 warnings in 1 file\n")


def test_a_warning_is_printed_and_leaves_zero(policy_file):
    """Place, reason, kind and a remedy; a warning alone does not fail a build."""
    path = policy_file("3.00")
    done = run(path)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{path}: warning: methods[0].price.tiers[1].price: a larger weight costs less than the tier before"
        " [price_falls]",
        "    check the order and the decimal point",
        "0 errors, 1 warning in 1 file",
    ]


def test_an_error_leaves_one(policy_file):
    """A policy that would not load fails the build."""
    done = run(policy_file("six"), policy_file("6.00", "other.toml"))
    assert done.exit_code == 1
    assert "1 error, 0 warnings in 2 files" in done.stdout


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"currency = = 3", b"[]"])
def test_an_unreadable_file_leaves_two(tmp_path, content):
    """A missing file, bad encoding or bad syntax is not a finding but an exit code of its own."""
    path = tmp_path / ("bad.json" if content == b"[]" else "bad.toml")
    if content is not None:
        path.write_bytes(content)
    done = run(str(path))
    assert done.exit_code == 2
    assert str(path) in done.stderr
    assert done.stdout == "0 errors, 0 warnings in 0 files; 1 file could not be read\n"


def test_a_key_of_another_table_is_not_suggested(tmp_path):
    """A cart given for a policy: its `lines` are no misspelt `line2` of some address."""
    path = tmp_path / "cart.json"
    path.write_text('{"currency": "USD", "lines": [], "orgins": {}}')
    shown = run(str(path)).stdout
    assert "line2" not in shown
    assert "did you mean 'origins'?" in shown


def test_json_holds_every_finding(policy_file):
    """The same as data, one entry per file."""
    done = run("--json", policy_file("3.00"), policy_file("x", "other.toml"))
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [[(f["severity"], f["code"], f["place"]) for f in one["findings"]] for one in report["files"]] == [
        [("warning", "price_falls", "methods[0].price.tiers[1].price")],
        [("error", "refused", "methods[0].price.tiers[1].price")],
    ]

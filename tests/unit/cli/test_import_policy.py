"""`checkout-kit import`: the policy on stdout or in a file, the report, and the exit code."""

import json

import pytest
from click.testing import CliRunner

from checkout_kit.cli.import_policy import command
from checkout_kit.errors import InputError
from checkout_kit.shipping.policy import ShippingPolicy

TABLE = """\
Country,Region/State,Zip/Postal Code,Weight (and above),Shipping Price
*,*,*,0,9.90
US,*,*,0,4.90
US,*,*,5,8.90
"""


def test_a_table_rate_file_becomes_a_policy_and_a_report(tmp_path):
    """The policy loads, the report covers every row, exit code 0."""
    source, out, report = tmp_path / "rates.csv", tmp_path / "policy.toml", tmp_path / "parity.json"
    source.write_text(TABLE)
    arguments = ["magento", str(source), "--currency", "USD", "--out", str(out), "--report", str(report)]
    done = CliRunner().invoke(command, arguments)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-1].endswith("cases are priced alike")
    assert ShippingPolicy.load(out).method_ids == ("table-rate",)
    found = json.loads(report.read_text())
    assert (found["different"], found["never_met"], sorted(found["places"])) == (
        [],
        [],
        ["row 2", "row 3", "row 4"],
    )


def test_a_zone_export_is_printed_where_no_file_is_named(tmp_path):
    """The policy goes to stdout, everything else to stderr."""
    source = tmp_path / "zones.json"
    method = {
        "instance_id": 1,
        "method_id": "flat_rate",
        "enabled": True,
        "settings": {"cost": {"value": "4.90"}},
    }
    zone = {"id": 1, "locations": [{"type": "country", "code": "DE"}], "methods": [method]}
    source.write_text(json.dumps({"currency": "EUR", "zones": [zone]}))
    done = CliRunner().invoke(command, ["woocommerce", str(source)])
    assert done.exit_code == 0
    assert ShippingPolicy.loads(done.stdout).currency == "EUR"


def test_prices_that_differ_leave_one(tmp_path):
    """A policy that cannot price as the source does fails a build, and the cases are named."""
    source = tmp_path / "zones.json"
    settings = {"cost": {"value": ""}, "class_cost_1": {"value": "9"}, "no_class_cost": {"value": "4"}}
    method = {"instance_id": 1, "method_id": "flat_rate", "enabled": True, "settings": settings}
    zone = {"id": 1, "locations": [{"type": "country", "code": "DE"}], "methods": [method]}
    classes = [{"id": 1, "slug": "bulky"}, {"id": 2, "slug": "fragile"}]
    source.write_text(json.dumps({"currency": "EUR", "shipping_classes": classes, "zones": [zone]}))
    done = CliRunner().invoke(command, ["woocommerce", str(source)])
    assert done.exit_code == 1
    assert (
        "differs: zones[0].methods[0] flat-rate-1 (DE: two fragile and one other): 400 there, None here"
        in done.stderr
    )


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"US,*,*,0,5\n"])
def test_a_file_that_cannot_be_used_is_an_input_error(tmp_path, content):
    """A missing file, another encoding or no heading: the command line turns it into exit code 2."""
    source = tmp_path / "rates.csv"
    if content is not None:
        source.write_bytes(content)
    arguments = ["magento", str(source), "--currency", "USD"]
    with pytest.raises(InputError):
        CliRunner().invoke(command, arguments, catch_exceptions=False)

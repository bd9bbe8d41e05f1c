"""The scenario runner and its command: what holds, what differs, what cannot be read."""

import json

import pytest
from click.testing import CliRunner

from checkout_kit.cli.promise import command
from checkout_kit.errors import InputError
from checkout_kit.promise.scenarios import run_scenarios

GIVEN = {
    "placed_at": "2027-03-05T15:30:00-05:00",
    "ship_from": {
        "tz": "America/New_York",
        "cutoff": "14:00",
        "working_weekdays": [1, 2, 3, 4, 5],
        "holidays": ["2027-05-31"],
        "cutoff_tz": "America/New_York",
        "cutoff_by_weekday": {"5": "12:00"},
        "cutoff_by_date": {"2027-12-24": "10:00"},
    },
    "release_on": "2027-03-01",
    "handling": {"min": 0, "max": 1},
    "pickup": {"weekdays": [1, 2, 3, 4, 5], "holidays": []},
    "transit": {"min": 2, "max": 3, "kind": "business", "weekdays": [1, 2, 3, 4, 5], "holidays": []},
    "destination": {"tz": "America/Chicago", "delivery_weekdays": [1, 2, 3, 4, 5, 6], "holidays": []},
}
HOLDS = {
    "ships_earliest": "2027-03-08",
    "ships_on": "2027-03-09",
    "earliest": "2027-03-10",
    "latest": "2027-03-12",
}


def _file(*cases):
    rows = [{"id": f"case-{i}", "given": given, "expect": expect} for i, (given, expect) in enumerate(cases)]
    return json.dumps({"cases": rows}).encode()


def _run(tmp_path, data, *options):
    path = tmp_path / "scenarios.json"
    path.write_bytes(data)
    return CliRunner().invoke(command, ["--scenarios", str(path), *options])


def test_all_hold(tmp_path):
    """Exit 0 and a count when every case is as expected."""
    result = _run(tmp_path, _file((GIVEN, HOLDS), ({}, {"error": True})))
    assert result.exit_code == 0
    assert result.output == "2 of 2 scenarios hold\n"


def test_differences_are_readable(tmp_path):
    """Exit 1 with both dates, weekday and all, of every field that differs."""
    result = _run(tmp_path, _file((GIVEN, {**HOLDS, "latest": "2027-03-13"})))
    assert result.exit_code == 1
    assert "case-0: differs\n  latest: expected Sat 2027-03-13, found Fri 2027-03-12\n" in result.output


def test_json_output_holds_every_case(tmp_path):
    """One document with the answer found and the differences of each case."""
    result = _run(tmp_path, _file((GIVEN, HOLDS), (GIVEN, {"error": True})), "--json")
    document = json.loads(result.output)
    assert (document["held"], document["differ"], result.exit_code) == (1, 1, 1)
    assert document["cases"][0]["found"] == {**HOLDS, "order_by": "2027-03-08T14:00:00-05:00"}
    assert document["cases"][1]["differences"][0]["expected"] == "an error"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"cases": 1}',
        b'{"cases": [{"id": "a", "given": {}}]}',
        b'{"cases": [{"id": "a", "given": {}, "expect": {"lates": "2027-01-01"}}]}',
        b'{"cases": [{"id": "a", "given": {}, "expect": {"latest": "soon"}}]}',
        b'{"cases": [{"id": "a", "id": "b", "given": {}, "expect": {}}]}',
        b"[" * 100_000,
    ],
)
def test_unreadable_files_exit_2(tmp_path, data):
    """What is not a scenario file is refused with the reason on the error stream."""
    result = _run(tmp_path, data)
    assert result.exit_code == 2
    assert "scenarios.json: " in result.stderr


def test_a_missing_file_exits_2(tmp_path):
    """So is a file that is not there."""
    result = CliRunner().invoke(command, ["--scenarios", str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_every_fault_of_a_file_is_reported():
    """Faults of several cases come together, with their places."""
    rows = [{"id": "a", "given": {}, "expect": {"latest": "x"}}, {"id": "b"}]
    with pytest.raises(InputError) as caught:
        run_scenarios(json.dumps({"cases": rows}).encode())
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["cases[0].expect.latest", "cases[1].given", "cases[1].expect"]


def test_order_by_is_compared_as_an_instant():
    """The same instant written in another offset holds; null means there must be none."""
    released = {**GIVEN, "release_on": "2027-06-01"}
    expects = [
        (GIVEN, {"order_by": "2027-03-08T19:00:00Z"}),
        (released, {"order_by": None}),
        (GIVEN, {"order_by": None}),
    ]
    assert [result.holds for result in run_scenarios(_file(*expects))] == [True, True, False]


def test_an_error_can_be_expected_at_a_field():
    """`true` takes any error, a path only one that names it, false none."""
    given = {**GIVEN, "handling": {"min": 2, "max": 1}}
    expects = [{"error": True}, {"error": "handling"}, {"error": "transit"}, {"error": False}]
    results = run_scenarios(_file(*((given, expect) for expect in expects)))
    assert [result.holds for result in results] == [True, True, False, False]


def test_unexpected_faults_are_listed(tmp_path):
    """A case that should have dates says what is wrong with its input."""
    given = {**GIVEN, "placed_at": "2027-03-05T15:30:00", "handling": {"min": 0}}
    result = _run(tmp_path, _file((given, HOLDS)))
    assert "placed_at: a time without a zone" in result.output
    assert "handling.max: missing" in result.output


def test_null_stands_for_an_optional_field_left_out():
    """An optional field that is null is as if it were not there."""
    given = json.loads(json.dumps(GIVEN))
    given["release_on"] = given["ship_from"]["cutoff_tz"] = given["pickup"]["holidays"] = None
    (result,) = run_scenarios(_file((given, HOLDS)))
    assert result.holds

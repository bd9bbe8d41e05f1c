"""The scenario corpus: every edge of the promise semantics, its answer reasoned by hand."""

import json
from pathlib import Path

import pytest

from checkout_kit.promise.scenarios import run_scenarios
from tests.oracles.promise_answers import reckoned, walked

FILES = sorted((Path(__file__).parents[1] / "scenarios").glob("*.json"))
CASES = [case for file in FILES for case in json.loads(file.read_bytes())["cases"]]
KNOWN_TO_THE_WALK = [case for case in CASES if case["id"] != "misspelt-field"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_scenario_of_the_corpus_holds(file):
    """The engine gives the answers written in the file, errors included."""
    unlike = [result for result in run_scenarios(file.read_bytes()) if not result.holds]
    assert unlike == []


@pytest.mark.parametrize("case", KNOWN_TO_THE_WALK, ids=lambda case: case["id"])
def test_the_walk_agrees_with_every_scenario(case):
    """The slow walk, which shares no code with the engine, gives the same answer."""
    assert walked(case["given"]) == reckoned(case["given"])


def test_corpus_covers_the_edges():
    """At least 120 cases, each with its own id."""
    ids = [case["id"] for case in CASES]
    assert len(ids) >= 120
    assert len(set(ids)) == len(ids)

"""The scenario corpus, then the engine against the day-by-day walk on many random scenarios.

Exit 1 where a scenario of the corpus does not hold, or at the first difference.
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from checkout_kit.promise.scenarios import run_scenarios
from tests.oracles.promise_answers import reckoned, walked
from tests.oracles.promise_cases import random_given


def main() -> int:
    """Print how many cases were compared, or the one that differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20270305)
    options = parser.parse_args()
    corpus = [
        result
        for file in sorted((Path(__file__).parents[1] / "tests" / "scenarios").glob("*.json"))
        for result in run_scenarios(file.read_bytes(), source=file.name)
    ]
    unlike = [result.id for result in corpus if not result.holds]
    print(f"scenario corpus: {len(corpus) - len(unlike)} of {len(corpus)} hold {unlike or ''}".rstrip())
    if unlike:
        return 1
    rng = random.Random(options.seed)
    began, impossible = time.perf_counter(), 0
    for number in range(options.cases):
        given = random_given(rng)
        expected, found = walked(given), reckoned(given)
        if expected != found:
            print(f"case {number} of seed {options.seed} differs\n{json.dumps(given)}")
            print(f"walk:   {expected}\nengine: {found}")
            return 1
        impossible += expected is None
    took = time.perf_counter() - began
    done = f"{options.cases} random scenarios, {impossible} of them impossible"
    print(f"promise oracle: {done}: 0 differences in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

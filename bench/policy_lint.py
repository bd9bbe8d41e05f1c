"""How many of the merchants' slips lint finds, and how often it cries wolf: `recall R false_alarms F`.

A slip counts as found when lint says something about its place that it does not say about the clean policy. A
false alarm is a clean policy about which lint says anything at all. Exit 1 where there is a miss or an alarm.
"""

import argparse
import sys
from collections import Counter

from policy_faults import SLIPS, clean, spoiled

from checkout_kit.shipping.lint import lint_policy

CLEAN = 300
EACH = 5


def found(bad: dict, good: dict, places: tuple[str, ...]) -> bool:
    """Whether lint says something new at one of the places."""
    known = {str(finding) for finding in lint_policy(good)}
    new = [finding for finding in lint_policy(bad) if str(finding) not in known]
    return any(
        finding.path == place or finding.path.startswith((f"{place}.", f"{place}["))
        for finding in new
        for place in places
    )


def main() -> int:
    """Print one line per kind that is missed or cries wolf, and the two rates last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=EACH, help="policies spoiled per kind of slip")
    parser.add_argument("--clean", type=int, default=CLEAN, help="clean policies")
    arguments = parser.parse_args()
    caught: Counter[str] = Counter()
    for kind in SLIPS:
        for seed in range(1, arguments.each + 1):
            good, bad, places = spoiled(kind, seed)
            caught[kind] += found(bad, good, places)
        if caught[kind] < arguments.each:
            print(f"missed {arguments.each - caught[kind]} of {arguments.each}: {kind}")
    alarms: Counter[str] = Counter()
    wolves = 0
    for seed in range(arguments.clean):
        findings = lint_policy(clean(900_000 + seed))
        wolves += bool(findings)
        alarms.update({finding.code for finding in findings})
    for code, times in alarms.most_common():
        print(f"false alarm {times} times: {code}")
    total = len(SLIPS) * arguments.each
    print(f"{total} slips of {len(SLIPS)} kinds, {arguments.clean} clean policies")
    print(f"recall {caught.total() / total:.3f} false_alarms {wolves / arguments.clean:.3f}")
    return 1 if wolves or caught.total() < total else 0


if __name__ == "__main__":
    sys.exit(main())

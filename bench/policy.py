"""What a policy decision costs, beside a plain dictionary lookup in the same run: python -m bench.policy.

Printed: CPU of one decision over the whole mainland pack at its heaviest step, the same in dictionary lookups, and how
the cost grows when rules of *other* steps are added (it should not: a decision reads the rules of its own step only).
"""
import csv
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from app.policy.engine import decide
from app.policy.loading import load_pack
from app.policy.policy_set import PolicySet
from app.policy.reading import PACKS
from app.policy.rulebook import Policy

CASES = PACKS / "cases.csv"
ON = date(2026, 11, 21)
ROUNDS, EACH = 9, 400


def facts() -> dict[str, Any]:
    """The facts of a prescription in good order."""
    with CASES.open(encoding="utf-8", newline="") as lines:
        return dict(json.loads(next(csv.DictReader(lines))["facts_json"]))


def cpu_of(act: Callable[[], object], times: int = EACH) -> float:
    """CPU seconds of one act, the median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(times):
            act()
        rounds.append((time.process_time() - begun) / times)
    return statistics.median(rounds)


def grown(policy: Policy, rules: int) -> PolicySet:
    """The policy with copies of its settlement rules until it has so many; no copy speaks about prescribing."""
    plain = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    model = next(rule for rule in plain["rules"] if rule["stage"] == ["settle"])
    for number in range(rules - len(plain["rules"])):
        plain["rules"].append(model | {"id": f"COPY-{number}"})
    return PolicySet.of([Policy.model_validate(plain)])


def main() -> None:
    """Measure and print."""
    policy, given = load_pack("cn-mainland"), facts()
    table = dict.fromkeys(given, 1)
    lookup = cpu_of(lambda: table["rx.days"], EACH * 100)
    whole = PolicySet.of([policy])
    assert decide(whole, "prescribe", ON, given).allowed
    one = cpu_of(lambda: decide(whole, "prescribe", ON, given))
    print(f"one decision, {len(policy.rules)} rules, prescribe: {one * 1e3:.3f} ms CPU, "
          f"{1 / one:.0f} a CPU second, {one / lookup:.0f} dictionary lookups")
    for rules in (40, 400):
        many = grown(policy, rules)
        cost = cpu_of(lambda many=many: decide(many, "prescribe", ON, given))  # type: ignore[misc]
        print(f"the same in a policy of {rules} rules: {cost / one:.2f} times")


if __name__ == "__main__":
    main()

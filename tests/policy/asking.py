"""What the policy tests share: the case files, the packs, and a prescription in good order."""
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.loading import load_pack
from app.policy.policy_set import PolicySet
from app.policy.reading import PACKS

HERE = Path(__file__).parent
PACK_NAMES = ("cn-mainland", "india-tpg-2020", "us-federal", "uk-gphc-gmc", "de-amvv", "sg-hcsa-oms")
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Case:
    """One row of a case file."""

    id: str
    policy: str
    stage: str
    as_of: date
    facts: dict[str, Any]
    verdict: str
    rules: tuple[str, ...]
    exception: str
    drug: str = ""

    def holds_for(self, policy_set: PolicySet) -> bool:
        """Tell whether the set decides this case as expected."""
        decision = decide(policy_set, self.stage, self.as_of, self.facts)
        return told(decision) == (self.verdict, self.rules, self.exception)


def told(decision: Decision) -> tuple[str, tuple[str, ...], str]:
    """Verdict, rules and exceptions, as a case file writes them."""
    return decision.verdict.value, decision.rule_ids, ";".join(decision.exceptions_used)


def _from_row(row: dict[str, str]) -> Case:
    rules = tuple(row["expected_rule_ids"].split(";")) if row["expected_rule_ids"] else ()
    return Case(row["case_id"], row["policy"], row["stage"], date.fromisoformat(row["as_of_date"]),
                json.loads(row["facts_json"]), row["expected_decision"], rules, row["expected_exception_id"],
                row["drug_code"])


@cache
def case_file() -> tuple[Case, ...]:
    """The cases that came with the catalogue of rules."""
    with (PACKS / "cases.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_from_row(row) for row in csv.DictReader(lines))


def in_order(name: str) -> dict[str, Any]:
    """The facts of a case of the case file, to be changed."""
    return dict(next(case for case in case_file() if case.id == name).facts)


@cache
def boundary_cases() -> tuple[Case, ...]:
    """Our own cases on both sides of each boundary: the facts of a base case with some of them changed."""
    data = yaml.safe_load((HERE / "boundaries.yaml").read_text("utf-8"))
    groups = [*data["groups"], *(_start_group(row) for row in data["starts"])]
    return tuple(case for group in groups for case in _group_cases(group))


def _start_group(row: dict[str, Any]) -> dict[str, Any]:
    """Two cases from one line: the day before a rule begins, and its first day."""
    before = {"is": "block", "rules": [row["before"]]} if "before" in row else {"is": "allow"}
    first = {"is": row.get("is", "block"), "rules": [row["rule"]]}
    return {"about": f"first day of {row['rule']}", "base": row["base"], "with": row.get("with", {}),
            "cases": [before | {"day": row["from"] - timedelta(days=1)}, first | {"day": row["from"]}]}


def _group_cases(group: dict[str, Any]) -> Iterator[Case]:
    base = next(case for case in case_file() if case.id == group["base"])
    for number, row in enumerate(group["cases"], start=1):
        changed = base.facts | group.get("with", {}) | row.get("with", {})
        facts = {name: value for name, value in changed.items() if value is not None}
        facts = {name: str(value) if isinstance(value, date) else value for name, value in facts.items()}
        rules = tuple(sorted(row.get("rules", [])))
        yield Case(f"{group['about']} {number}", base.policy, group.get("stage", base.stage),
                   row.get("day", group.get("day", base.as_of)), facts, row["is"], rules, row.get("exception", ""))


@cache
def pack(name: str) -> PolicySet:
    """A shipped policy alone in its set."""
    return PolicySet.of([load_pack(name)])


def all_cases(policy: str) -> list[Case]:
    """All cases of a policy, theirs and ours."""
    return [case for case in (*case_file(), *boundary_cases()) if case.policy == policy]


def prescribing(**changes: Any) -> Decision:
    """Decide mainland prescribing today for a case in good order; `rx__days=8` changes rx.days, None removes."""
    facts = in_order("CN-001")
    for name, value in changes.items():
        facts[name.replace("__", ".")] = value
    facts = {name: value for name, value in facts.items() if value is not None}
    return decide(pack("cn-mainland"), "prescribe", TODAY, facts)

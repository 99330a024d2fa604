"""How often each rule spoke in the last days: counted by rule and step alone, never by doctor, drug or patient."""
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from app.policy.decision import Decision
from app.policy.models import PolicyDecision
from app.policy.rulebook import Rule
from app.work import Work

DAYS = 30


def spoken_in(decision: Decision) -> str:
    """Which rules spoke in a decision and how, in one line; the column by which uses are counted."""
    return " ".join(sorted({f"{one.rule}:{one.why}" for one in decision.fired}))


@dataclass(frozen=True)
class RuleUse:
    """One rule in the last days: how often its steps were judged, and how often it spoke, by how it stood.

    The keys of `how` are those of a decision: fired, cannot_determine, satisfied, excepted.
    """

    judged: int
    how: dict[str, int]

    @property
    def spoke(self) -> int:
        """How often the rule had something to say, met requirements and used exceptions included."""
        return sum(self.how.values())


@dataclass(frozen=True)
class Uses:
    """What was counted: decisions by step, and what each rule said in them."""

    steps: Counter[str]
    rules: dict[str, Counter[str]]

    def of(self, rule: Rule) -> RuleUse:
        """The uses of one rule; a rule that never spoke has zeros."""
        return RuleUse(sum(self.steps[stage] for stage in rule.stage), dict(self.rules.get(rule.id, {})))


def uses(work: Work, days: int = DAYS) -> Uses:
    """Count the stored decisions of the last days. Cost: one statement, however many rules there are."""
    since = work.now - timedelta(days=days)
    alike = select(PolicyDecision.stage, PolicyDecision.spoken, func.count()).where(col(PolicyDecision.at) >= since)
    steps: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {}
    for stage, spoken, number in work.session.exec(alike.group_by(PolicyDecision.stage, PolicyDecision.spoken)):
        steps[stage] += number
        for one in spoken.split():
            rule, _, how = one.partition(":")
            rules.setdefault(rule, Counter())[how] += number
    return Uses(steps, rules)

"""What a replay found, rule by rule: from which answer to which, how often, about how many people, with examples."""
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from app.policy.decision import Verdict
from app.policy.models import PolicyDecision
from app.policy.versions.models import PolicyReplay, PolicyReplayChange
from app.work import Work

EXAMPLES = 5
Move = tuple[str, Verdict, Verdict]


@dataclass(frozen=True)
class RuleMove:
    """How many decisions one rule takes from one verdict to another, and about how many patients."""

    rule: str
    before: Verdict
    after: Verdict
    count: int
    patients: int


@dataclass(frozen=True)
class Example:
    """A stored decision that shows what one rule would change."""

    rule: str
    decision_id: UUID
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Outcomes:
    """The changes of a replay by rule, the most first, and a few decisions that show them, as unlike as may be."""

    moves: tuple[RuleMove, ...]
    examples: tuple[Example, ...]


def responsible(before: Verdict, after: Verdict, rules_before: Iterable[str], rules_after: Iterable[str]) -> list[str]:
    """The rules that took a decision from one verdict to another.

    A stricter answer comes from the rules that give it now, a laxer one from those that gave the old one and no longer
    do; where the verdict is the same, from those that joined or left.
    """
    old, new = set(rules_before), set(rules_after)
    if after.rank > before.rank:
        return sorted(new)
    if after.rank < before.rank:
        return sorted(old)
    return sorted(old ^ new)


def outcomes(work: Work, replay: PolicyReplay, most: int = EXAMPLES) -> Outcomes:
    """Count the changes of a replay by rule and pick examples; the caller has checked who asks. Cost: one statement."""
    change = PolicyReplayChange
    found = work.session.exec(
        select(change.decision_id, change.before, change.after, change.rules_before, change.rules_after,  # type: ignore[call-overload]
               PolicyDecision.patient_id)
        .join(PolicyDecision, col(PolicyDecision.id) == change.decision_id, isouter=True)
        .where(change.replay_id == replay.id).order_by(col(change.decision_id).desc()))
    counts: Counter[Move] = Counter()
    people: dict[Move, set[UUID]] = {}
    seen: dict[Move, list[Example]] = {}
    for id, before, after, old, new, patient in found:
        for rule in responsible(before, after, old, new):
            move = (rule, before, after)
            counts[move] += 1
            people.setdefault(move, set()).update({patient} - {None})
            if len(shown := seen.setdefault(move, [])) < most:
                shown.append(Example(rule, id, before, after))
    ranked = sorted(counts, key=lambda move: (-counts[move], move[0], -move[2].rank))
    return Outcomes(tuple(RuleMove(*move, counts[move], len(people[move])) for move in ranked),
                    _spread([seen[move] for move in ranked], most))


def _spread(groups: list[list[Example]], most: int) -> tuple[Example, ...]:
    """One of each kind first, then the next of each; a decision that two rules change is shown once."""
    picked: dict[UUID, Example] = {}
    for turn in range(most):
        for group in groups:
            if turn < len(group) and len(picked) < most:
                picked.setdefault(group[turn].decision_id, group[turn])
    return tuple(picked.values())

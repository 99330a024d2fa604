"""The job of a replay: a part of the stored decisions at a time, so that it can be watched, cancelled and survive."""
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from app.events.policy import PolicyReplayed
from app.jobs import JobKind
from app.kit.problems import Problem
from app.policy.casefile import Case, load_cases
from app.policy.engine import decide
from app.policy.policy_set import PolicySet
from app.policy.reading import PACKS
from app.policy.replaying import Again, Change, newest_decisions
from app.policy.rulebook import Policy
from app.policy.versions.in_force import policy_of
from app.policy.versions.models import PolicyReplay, PolicyReplayChange, PolicyVersion
from app.policy.versions.source import as_if_begun
from app.policy.versions.states import POLICY_REPLAY, POLICY_VERSION
from app.work import HOUSE, House, Work

JOB = "policy.replay"
PART = 100


@dataclass(frozen=True)
class Found:
    """What one part of a replay brought: decisions that change, how many were looked at, where the next part begins."""

    changes: tuple[Change, ...]
    looked_at: int
    unreadable: int
    cursor: UUID | None


def case_changes(base: PolicySet, policy: Policy, on: date) -> tuple[int, list[dict[str, Any]]]:
    """How many shipped cases belong to this law, and those that the policy of a day decides otherwise."""
    cases = [one for one in shipped_cases() if one.policy == base.layers[0].id]
    whole, found = base.with_house(as_if_begun(policy, on)), []
    for case in cases:
        before, after = case.decide(base), decide(whole, case.stage, case.as_of, case.facts_for(whole))
        if (before.verdict, before.rule_ids) != (after.verdict, after.rule_ids):
            found.append({"case_id": case.id, "title": case.title,
                          "title_zh": case.title_zh or case.title, "stage": case.stage, "before": before.verdict.value,
                          "after": after.verdict.value, "rules": list(after.rule_ids), "missing": list(after.missing)})
    return len(cases), sorted(found, key=lambda one: one["before"] == one["after"])


@cache
def shipped_cases() -> tuple[Case, ...]:
    """The case file that ships with the product."""
    return load_cases(PACKS / "cases.csv")


def go_on_later(work: Work, replay: PolicyReplay) -> None:
    """Write the job of the next part."""
    work.later(JOB, {"replay_id": str(replay.id)}, key=f"{JOB}:{replay.id}:{replay.done}")


def look(house: House, args: dict[str, Any], _: str) -> Found | None:
    """Effect: decide the next part anew, outside any transaction; None when nobody waits for it any more."""
    with house.read(HOUSE) as work:
        replay = work.get(PolicyReplay, UUID(args["replay_id"]))
        if replay.state != "running":
            return None
        policy = policy_of(work.get(PolicyVersion, replay.version_id))
        again = Again(work, as_if_begun(policy, replay.assumed_from))
        rows = newest_decisions(work, min(PART, replay.total - replay.done), replay.cursor)
        told = [_change(again, row) for row in rows]
        changes = tuple(one for one in told if one is not None and one.changes)
        return Found(changes, len(rows), told.count(None), rows[-1].id if rows else None)


def _change(again: Again, row: Any) -> Change | None:
    """None for a record that was altered or cannot be decided again: it is counted, never passed over."""
    try:
        return again.change_of(row)
    except Problem:
        return None


def keep(work: Work, args: dict[str, Any], found: Found | None) -> None:
    """Record: write down what the part brought; the last part ends the replay and moves the version on."""
    known = work.get(PolicyReplay, UUID(args["replay_id"]))
    version = work.get(PolicyVersion, known.version_id, lock=True)      # first the version, as everybody locks them
    replay = work.get(PolicyReplay, known.id, lock=True)
    if found is None or replay.state != "running":
        return
    work.session.add_all([_row(replay, one) for one in found.changes])
    replay.done += found.looked_at
    replay.changed += len(found.changes)
    replay.unreadable += found.unreadable
    replay.cursor = found.cursor
    work.add(replay)
    if found.looked_at == PART and replay.done < replay.total:
        go_on_later(work, replay)
    else:
        _finish(work, replay, version)
    work.hint(f"policy:{replay.version_id}")


def _row(replay: PolicyReplay, one: Change) -> PolicyReplayChange:
    return PolicyReplayChange(
        replay_id=replay.id, decision_id=one.id, stage=one.stage, as_of=one.as_of, before=one.before.verdict,
        after=one.after.verdict, rules_before=list(one.before.rule_ids), rules_after=list(one.after.rule_ids))


def _finish(work: Work, replay: PolicyReplay, version: PolicyVersion) -> None:
    POLICY_REPLAY.move(replay, "finish", by=work.actor.role)
    replay.total, replay.ended_at = replay.done, work.now
    work.add(replay)
    if version.state == "checked" and version.sha256 == replay.sha256:
        POLICY_VERSION.move(version, "replay", by=work.actor.role)
        version.replayed_at = work.now
        work.add(version)
    work.announce(PolicyReplayed(version.id, replay.id, replay.done, replay.changed))


JOB_KINDS = [JobKind(JOB, keep, look, lease=timedelta(minutes=2))]

"""Finds versions and replays of the officer's own hospital, and counts what a replay would change."""
from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, func, select

from app.kit.problems import NotAllowed
from app.policy.decision import Verdict
from app.policy.models import PolicyDecision
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Policy
from app.policy.versions.in_force import base_hashes, policy_of, standing, version_in_force
from app.policy.versions.models import PolicyReplay, PolicyReplayChange, PolicyVersion
from app.policy.versions.problems import VersionNotFound
from app.policy.versions.source import as_if_begun
from app.work import Work, all_of

OFFICER = "compliance"


def require_officer(work: Work) -> UUID:
    """The account of the compliance officer who acts. Raises NotAllowed."""
    if work.actor.role != OFFICER or work.actor.account_id is None or work.actor.organization_id is None:
        raise NotAllowed(role=work.actor.role)
    return work.actor.account_id


def versions(work: Work) -> list[PolicyVersion]:
    """All versions of the officer's hospital, the newest first. Raises NotAllowed."""
    require_officer(work)
    return all_of(work, PolicyVersion, PolicyVersion.organization_id == work.actor.organization_id,
                  order=col(PolicyVersion.number).desc())


def waiting(work: Work) -> int:
    """How many versions of the officer's hospital wait for a second person."""
    mine = PolicyVersion.organization_id == work.actor.organization_id
    return work.session.exec(select(func.count()).select_from(PolicyVersion)
                             .where(mine, PolicyVersion.state == "proposed")).one()


def version(work: Work, version_id: UUID, lock: bool = False) -> PolicyVersion:
    """One version of the officer's hospital. Raises NotAllowed, VersionNotFound."""
    require_officer(work)
    found = work.find(PolicyVersion, version_id, lock)
    if found is None or found.organization_id != work.actor.organization_id:
        raise VersionNotFound(id=str(version_id))
    return found


def current_version(work: Work) -> PolicyVersion | None:
    """The version that decides today, if the hospital has published one."""
    return version_in_force(work, work.tool(PolicySet).date_of(work.now))


def is_over(work: Work, version: PolicyVersion) -> bool:
    """True for a published version in whose place another one stands today."""
    today = work.tool(PolicySet).date_of(work.now)
    newest = version_in_force(work, today)
    begun = version.effective_from is not None and version.effective_from <= today
    return version.state == "published" and begun and newest is not None and newest.id != version.id


def policy_under(work: Work, version: PolicyVersion) -> Policy | None:
    """The hospital's own rules that a version takes the place of, or did; where none decide, what it was begun from."""
    day = version.effective_from or work.tool(PolicySet).date_of(work.now)
    before = version_in_force(work, day, but=version)
    if before is None and version.based_on is not None:
        before = work.get(PolicyVersion, version.based_on)
    return policy_of(before) if before is not None else None


def replays(work: Work, version: PolicyVersion) -> list[PolicyReplay]:
    """All replays of a version, the newest first."""
    return all_of(work, PolicyReplay, PolicyReplay.version_id == version.id, order=col(PolicyReplay.id).desc())


def replay(work: Work, replay_id: UUID, lock: bool = False) -> PolicyReplay:
    """One replay of a version of the officer's hospital. Raises NotAllowed, VersionNotFound."""
    found = work.find(PolicyReplay, replay_id, lock)
    if found is None:
        require_officer(work)
        raise VersionNotFound(id=str(replay_id))
    version(work, found.version_id)
    return found


def is_current(work: Work, version: PolicyVersion, replay: PolicyReplay) -> bool:
    """True while a finished replay speaks of this content, of its day, and of the rules that stand today.

    Those are the layers above it and, until it is published itself, the hospital's own versions that it would replace.
    """
    if replay.state != "finished" or replay.sha256 != version.sha256:
        return False
    above = base_hashes(work.tool(PolicySet))
    if version.published_at is not None:
        return replay.base[:len(above)] == above
    return replay.base == above + standing(work, version) and fits_day(version, replay, version.wanted_from)


def fits_day(version: PolicyVersion, replay: PolicyReplay, day: date | None) -> bool:
    """True when the rules of the version that hold on a day are the same that the replay looked at."""
    if day is None or day == replay.assumed_from:
        return True
    own = policy_of(version)
    return as_if_begun(own, day) == as_if_begun(own, replay.assumed_from)


def current_replay(work: Work, version: PolicyVersion) -> PolicyReplay | None:
    """The newest replay that still proves something about the version."""
    return next((one for one in replays(work, version) if is_current(work, version, one)), None)


def changes(work: Work, replay: PolicyReplay, most: int = 200, offset: int = 0) -> list[PolicyReplayChange]:
    """What a replay found, the newest decision first."""
    statement = select(PolicyReplayChange).where(PolicyReplayChange.replay_id == replay.id)
    newest = statement.order_by(col(PolicyReplayChange.decision_id).desc()).offset(offset).limit(most)
    return list(work.session.exec(newest).all())


def count_decisions(work: Work) -> int:
    """How many decisions are stored."""
    return work.session.exec(select(func.count()).select_from(PolicyDecision)).one()


@dataclass(frozen=True)
class Affected:
    """What a replay would change, in numbers: steps from one verdict to another, and how many people they are about."""

    moves: dict[tuple[Verdict, Verdict], int]
    stages: dict[str, int]
    patients: int
    staff: int

    @property
    def stricter(self) -> int:
        """How many decisions get worse."""
        return sum(n for (before, after), n in self.moves.items() if after.rank > before.rank)

    @property
    def laxer(self) -> int:
        """How many decisions get better."""
        return sum(n for (before, after), n in self.moves.items() if after.rank < before.rank)


def affected(work: Work, replay: PolicyReplay) -> Affected:
    """Count what a replay would change, and for how many people; nobody is named."""
    change, decision = PolicyReplayChange, PolicyDecision
    mine = change.replay_id == replay.id
    grouped = work.session.exec(select(change.before, change.after, change.stage, func.count()).where(mine)
                                .group_by(change.before, change.after, change.stage)).all()  # type: ignore[arg-type]
    moves: Counter[tuple[Verdict, Verdict]] = Counter()
    stages: Counter[str] = Counter()
    for before, after, stage, number in grouped:
        moves[Verdict(before), Verdict(after)] += number
        stages[stage] += number
    people = work.session.exec(
        select(func.count(func.distinct(decision.patient_id)), func.count(func.distinct(decision.actor_id)))
        .join(change, col(change.decision_id) == col(decision.id)).where(mine)).one()
    return Affected(dict(moves), dict(stages), *people)

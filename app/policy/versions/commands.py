"""What officers do with versions: begin, save, check, replay, propose, approve, reject, publish, withdraw."""
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from app.events import Event
from app.events.policy import (
    PolicyApproved,
    PolicyChecked,
    PolicyDraftBegun,
    PolicyDraftSaved,
    PolicyProposed,
    PolicyPublished,
    PolicyRejected,
    PolicyWithdrawn,
)
from app.kit.problems import invalid
from app.policy.canonical import canonical_bytes
from app.policy.casefile import Outcome, read_cases, run_cases
from app.policy.policy_set import PolicySet
from app.policy.problems import unusable
from app.policy.versions.in_force import base_hashes, policy_of, standing
from app.policy.versions.models import PolicyReplay, PolicyVersion
from app.policy.versions.problems import (
    ApprovalOutdated,
    CasesFail,
    ChangedMeanwhile,
    InForceAlready,
    NotTheSecondPerson,
    NumberTaken,
    ReplayOutdated,
    ReplayRunning,
)
from app.policy.versions.queries import (
    count_decisions,
    current_replay,
    fits_day,
    replay,
    replays,
    require_officer,
    version,
)
from app.policy.versions.replaying import case_changes, go_on_later
from app.policy.versions.source import HOUSE_LAYER, house_policy
from app.policy.versions.states import POLICY_REPLAY, POLICY_VERSION
from app.work import Work

MOST_DECISIONS = 20_000
FARTHEST = date(2100, 1, 1)


# --- drafts ---------------------------------------------------------------------------------------------------


def begin_draft(work: Work, source: str = "", based_on: UUID | None = None) -> PolicyVersion:
    """Begin a version from YAML, or from an older version, whose content it then has.

    Raises NotAllowed, VersionNotFound, PolicyError, NumberTaken.
    """
    me = require_officer(work)
    assert work.actor.organization_id is not None       # require_officer has looked
    old = version(work, based_on) if based_on else None
    number = _next_number(work)
    text = source or (old.source if old else "")
    policy = house_policy(text, number, work.tool(PolicySet))
    made = PolicyVersion(
        organization_id=work.actor.organization_id, number=number, source=text, content=canonical_bytes(policy.plain()),
        sha256=policy.sha256, cases=old.cases if old else "", based_on=based_on, author_id=me, writers=[str(me)],
        created_at=work.now, changed_at=work.now)
    try:
        work.add(made)
    except IntegrityError as taken:
        raise NumberTaken from taken
    _tell(work, made, PolicyDraftBegun(made.id, number))
    return made


def _next_number(work: Work) -> int:
    mine = PolicyVersion.organization_id == work.actor.organization_id
    return (work.session.exec(select(func.max(PolicyVersion.number)).where(mine)).one() or 0) + 1


def save_draft(work: Work, version_id: UUID, revision: int, source: str, why: str = "",
               cases: str = "") -> PolicyVersion:
    """Write the content of a draft anew; what cannot be used is refused with its line and changes nothing.

    Raises NotAllowed, VersionNotFound, WrongState, ChangedMeanwhile, ReplayRunning, PolicyError.
    """
    me, kept = require_officer(work), version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "edit", by=work.actor.role)
    if kept.revision != revision:
        raise ChangedMeanwhile(revision=kept.revision)
    _require_no_replay(work, kept)
    policy = house_policy(source, kept.number, work.tool(PolicySet))
    if cases.strip():
        read_cases(cases, "")
    kept.source, kept.content, kept.sha256 = source, canonical_bytes(policy.plain()), policy.sha256
    kept.why, kept.cases = _words("why", why, 0, 1000), cases
    kept.writers = sorted({*kept.writers, str(me)})
    kept.revision, kept.changed_at, kept.checked_at, kept.replayed_at = kept.revision + 1, work.now, None, None
    work.add(kept)
    _tell(work, kept, PolicyDraftSaved(kept.id, kept.revision, kept.sha256))
    return kept


def check_version(work: Work, version_id: UUID) -> PolicyVersion:
    """Prove a draft: it fits under the law of today, and its own cases hold. Raises PolicyError, CasesFail."""
    kept = version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "check", by=work.actor.role)
    kept.cases_held = _prove(work, kept)
    kept.checked_at = work.now
    work.add(kept)
    _tell(work, kept, PolicyChecked(kept.id, kept.sha256))
    return kept


def _prove(work: Work, kept: PolicyVersion) -> int:
    """Look again whether a version still fits the law above it and its own cases hold; returns how many cases."""
    base, policy = work.tool(PolicySet), policy_of(kept)
    whole = base.with_house(policy)
    if not kept.cases.strip():
        return 0
    known = {HOUSE_LAYER: PolicySet.of([policy], base.drug_classes, base.diseases), base.layers[0].id: whole}
    outcomes = list(run_cases(read_cases(kept.cases, ""), _named(known)))
    failed = [one for one in outcomes if not one.holds]
    if failed:
        raise CasesFail(failures=[_failure(one) for one in failed])
    return len(outcomes)


def _named(known: dict[str, PolicySet]) -> Callable[[str], PolicySet]:
    def find(name: str) -> PolicySet:
        if name not in known:
            raise unusable(f"案例里的 policy 应为 {' 或 '.join(known)}", f"policy of a case is {' or '.join(known)}",
                           field="policy")
        return known[name]

    return find


def _failure(one: Outcome) -> dict[str, Any]:
    return {"case_id": one.case.id, "differences": list(one.differences)}


# --- replays --------------------------------------------------------------------------------------------------


def begin_replay(work: Work, version_id: UUID, last: int = 1000) -> PolicyReplay:
    """Start to decide the case file and the newest `last` stored decisions under a checked version, in a job.

    Raises NotAllowed, VersionNotFound, WrongState, ReplayRunning, Invalid.
    """
    me, kept = require_officer(work), version(work, version_id, lock=True)
    if kept.state not in ("checked", "replayed", "proposed"):
        POLICY_VERSION.move(kept, "replay", by="house")     # says which moves are possible instead
    if not 1 <= last <= MOST_DECISIONS:
        raise invalid("last", f"请填 1 到 {MOST_DECISIONS} 之间的数。",
                      f"Please give a number from 1 to {MOST_DECISIONS}.")
    _require_no_replay(work, kept)
    base = work.tool(PolicySet)
    day = kept.wanted_from or base.date_of(work.now)
    number, found = case_changes(base, policy_of(kept), day)
    made = work.add(PolicyReplay(
        version_id=kept.id, sha256=kept.sha256, base=base_hashes(base) + standing(work, kept), asked_by=me,
        assumed_from=day, begun_at=work.now, total=min(last, count_decisions(work)), cases_total=number, cases=found))
    go_on_later(work, made)
    return made


def cancel_replay(work: Work, replay_id: UUID) -> PolicyReplay:
    """Stop a running replay; what it found so far stays to be read and proves nothing. Raises WrongState."""
    running = replay(work, replay_id, lock=True)
    POLICY_REPLAY.move(running, "cancel", by=work.actor.role)
    running.ended_at = work.now
    work.add(running)
    work.hint(f"policy:{running.version_id}")
    return running


def _require_no_replay(work: Work, kept: PolicyVersion) -> None:
    if any(one.state == "running" for one in replays(work, kept)):
        raise ReplayRunning


# --- proposal and publication ---------------------------------------------------------------------------------


def propose(work: Work, version_id: UUID, wanted_from: date, why: str) -> PolicyVersion:
    """Hand a replayed version to a second person; from here on it never changes.

    Raises WrongState, ReplayOutdated, PolicyError, CasesFail, Invalid.
    """
    me, kept = require_officer(work), version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "propose", by=work.actor.role)
    _require_proven(work, kept)
    kept.why, kept.wanted_from = _words("why", why, 2, 1000), _day(work, "wanted_from", wanted_from)
    kept.proposed_at, kept.proposed_by = work.now, me
    work.add(kept)
    _tell(work, kept, PolicyProposed(kept.id, kept.sha256))
    return kept


def approve(work: Work, version_id: UUID, sha256: str) -> PolicyVersion:
    """The second person agrees to exactly the content of this hash.

    Raises WrongState, NotTheSecondPerson, ChangedMeanwhile, ReplayOutdated.
    """
    me, kept = require_officer(work), version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "approve", by=work.actor.role)
    if str(me) in {*kept.writers, str(kept.author_id), str(kept.proposed_by)}:
        raise NotTheSecondPerson
    if sha256 != kept.sha256:
        raise ChangedMeanwhile(sha256=kept.sha256)
    _require_proven(work, kept)
    kept.approved_at, kept.approved_by = work.now, me
    work.add(kept)
    _tell(work, kept, PolicyApproved(kept.id, kept.sha256))
    return kept


def reject(work: Work, version_id: UUID, reason: str) -> PolicyVersion:
    """Send a proposal back with a reason; a better one is a new version. Raises WrongState, Invalid."""
    kept = version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "reject", by=work.actor.role)
    _end(work, kept, reason)
    _tell(work, kept, PolicyRejected(kept.id, kept.reason))
    return kept


def publish(work: Work, version_id: UUID, effective_from: date) -> PolicyVersion:
    """Let an approved version decide from a day on: today and the day that was approved at the earliest.

    The second person agreed to it in the place of the rules that stood then; in the place of others it is refused.
    Raises WrongState, ApprovalOutdated, PolicyError, CasesFail, Invalid.
    """
    me = require_officer(work)
    _one_publication_at_a_time(work)
    kept = version(work, version_id, lock=True)
    POLICY_VERSION.move(kept, "publish", by=work.actor.role)
    proof = current_replay(work, kept)
    if proof is None:
        raise ApprovalOutdated
    _prove(work, kept)
    kept.effective_from = _approved_day(kept, proof, _day(work, "effective_from", effective_from))
    kept.published_at, kept.published_by = work.now, me
    work.add(kept)
    _tell(work, kept, PolicyPublished(kept.id, kept.sha256, kept.effective_from.isoformat()))
    return kept


def _one_publication_at_a_time(work: Work) -> None:
    """The second of two publications looks only after the first is done, so that neither replaces rules unseen."""
    mine = PolicyVersion.organization_id == work.actor.organization_id
    work.lock_one(select(PolicyVersion).where(mine, PolicyVersion.number == 1))


def _approved_day(kept: PolicyVersion, proof: PolicyReplay, day: date) -> date:
    """A day on or after the one that was approved, on which the rules are those that were replayed."""
    if kept.wanted_from is not None and day < kept.wanted_from:
        raise invalid("effective_from", f"批准的是 {kept.wanted_from} 起用，不能更早。",
                      f"It was approved from {kept.wanted_from} on; it cannot begin earlier.")
    if not fits_day(kept, proof, day):
        raise invalid("effective_from", "这一天起用的条文和回放、批准时看的不一样，请选批准的那一天。",
                      "On this day other rules of the version hold than were replayed and approved; please choose the "
                      "approved day.")
    return day


def withdraw(work: Work, version_id: UUID, reason: str) -> PolicyVersion:
    """Take back what has not decided anything yet. Raises WrongState, InForceAlready, Invalid."""
    kept = version(work, version_id, lock=True)
    if kept.effective_from is not None and kept.effective_from <= work.tool(PolicySet).date_of(work.now):
        raise InForceAlready
    POLICY_VERSION.move(kept, "withdraw", by=work.actor.role)
    _end(work, kept, reason)
    for one in replays(work, kept):
        if one.state == "running":
            cancel_replay(work, one.id)
    _tell(work, kept, PolicyWithdrawn(kept.id, kept.reason))
    return kept


def _require_proven(work: Work, kept: PolicyVersion) -> None:
    """The gates, looked at anew each time: the law above may have changed since."""
    if current_replay(work, kept) is None:
        raise ReplayOutdated
    _prove(work, kept)


def _end(work: Work, kept: PolicyVersion, reason: str) -> None:
    kept.reason = _words("reason", reason, 2, 500)
    kept.ended_at, kept.ended_by = work.now, work.actor.account_id
    work.add(kept)


def _day(work: Work, field: str, day: date) -> date:
    if not work.tool(PolicySet).date_of(work.now) <= day <= FARTHEST:
        raise invalid(field, "生效日期最早是今天。", "It can begin today at the earliest.")
    return day


def _words(field: str, words: str, least: int, most: int) -> str:
    if not least <= len(words.strip()) <= most:
        raise invalid(field, f"请写明原因，{least} 到 {most} 个字。",
                      f"Please say why, in {least} to {most} characters.")
    return words.strip()


def _tell(work: Work, kept: PolicyVersion, event: Event) -> None:
    work.announce(event)
    work.hint(f"policy:{kept.id}")



"""Who looked at a record: the audit trail as the patient reads it, repeated views of one day and purpose folded."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import and_, col, or_, select

from app.audit import AuditEntry, Trace
from app.events.consult import VisitAbandoned, VisitAccepted, VisitCompleted, VisitReferred
from app.identity import api as identity
from app.kit.clock import local_date
from app.work import Work
from records.file.gate import require_readable
from records.file.handing import HandOverLine, handed_on
from records.file.lookers import Looker, lookers_of
from records.file.models import Treatment

READ = "read:"
ENDS = tuple(event.__name__ for event in (VisitCompleted, VisitReferred, VisitAbandoned))
OPENED = "break_glass"
MARKS = (VisitAccepted.__name__, *ENDS)
MOST_MARKS = 100    # beginnings and ends of visits beside the looks; older ones say nothing about what is shown
# What a look was for when it was done on a task: by the role, and for a doctor by what was read.
TASKS = {"pharmacist": "review", "pharmacy": "dispense", "partner": "send"}
DOCTORS_TASKS = {"queue": "request", "visit": "request", "evidence": "evidence", "document": "evidence",
                 "call_back": "call_back", "prescription": "prescribed", "prescriptions": "prescribed"}


@dataclass(frozen=True)
class Look:
    """One person's views within one day on one ground and for one purpose; `refused` views saw nothing.

    `parts` are the parts of the record, `reason` is what was written for emergency access, `purpose` tells a task
    from another, and a look after the end of the visit (`after`) from one within it.
    """

    first_at: datetime
    last_at: datetime
    views: int
    who: Looker
    ground: str
    parts: tuple[str, ...]
    reason: str | None = None
    purpose: str = ""

    @property
    def refused(self) -> bool:
        """True when the attempt was turned away."""
        return self.ground == "refused"


def _shown(work: Work, patient_id: UUID) -> list:  # type: ignore[type-arg]
    """Entries that a patient is shown: reads of others, every refused attempt, and emergency access."""
    mine = work.actor.account_id
    return [AuditEntry.patient_id == patient_id,
            or_(col(AuditEntry.action).startswith(READ), col(AuditEntry.ground) == "refused",
                col(AuditEntry.action) == OPENED),
            col(AuditEntry.ground) != "job",
            or_(col(AuditEntry.actor_id) != mine, col(AuditEntry.actor_id).is_(None))]


def _reasons(work: Work, patient_id: UUID) -> list[Treatment]:
    statement = select(Treatment).where(Treatment.patient_id == patient_id, Treatment.ground == OPENED)
    return list(work.session.exec(statement).all())


def _reason_at(reasons: Iterable[Treatment], practitioner_id: UUID | None, at: datetime) -> str | None:
    """The words that opened the record for this doctor at this moment: the newest, if two hours overlap."""
    held = [r for r in reasons if r.practitioner_id == practitioner_id and r.since <= at
            and (r.until is None or at <= r.until)]
    return max(held, key=lambda r: (r.since, r.id)).reason if held else None


def _reason_of(entry: AuditEntry, looker: Looker, reasons: list[Treatment], marks: list[AuditEntry]) -> str | None:
    """The words of the opening that this look rests on; of one beyond what was read, those of its hour."""
    opening = _last(entry, marks, (OPENED,))
    named = [r.reason for r in reasons if opening is not None and r.id == opening.subject_id]
    return named[0] if named else _reason_at(reasons, looker.practitioner_id, entry.at)


def _part(entry: AuditEntry) -> str:
    return entry.action.partition(":")[2] or entry.action


def _purpose(entry: AuditEntry, marks: list[AuditEntry]) -> str:
    """What the look was for, as far as the ground alone does not say it."""
    if entry.ground == "task":
        return DOCTORS_TASKS.get(_part(entry), "") if entry.actor_role == "doctor" else TASKS.get(entry.actor_role, "")
    if entry.ground != "treats":
        return ""
    last = _last(entry, marks, MARKS)
    return "after" if last and last.action in ENDS else ""


def _sitting(entry: AuditEntry, marks: list[AuditEntry]) -> tuple[object, ...]:
    """What makes several views one look: the same person on the same day, on one ground and for one purpose.

    Each opening in an emergency is a look of its own: its reason must not be lost behind the next one's.
    """
    opening = _last(entry, marks, (OPENED,)) if entry.ground == OPENED else None
    return (local_date(entry.at), entry.actor_id, entry.actor_role, entry.ground, opening.id if opening else None,
            _purpose(entry, marks))


def _last(entry: AuditEntry, marks: list[AuditEntry], actions: tuple[str, ...]) -> AuditEntry | None:
    """The newest of these marks that the same person left before, or that the entry is itself."""
    return next((m for m in marks if m.action in actions and m.actor_id == entry.actor_id
                 and (m.at, m.id) <= (entry.at, entry.id)), None)


def _fold(entries: list[AuditEntry], who: dict[UUID, Looker], reasons: list[Treatment],
          marks: list[AuditEntry]) -> list[Look]:
    groups: dict[tuple[object, ...], list[AuditEntry]] = {}
    for entry in entries:
        groups.setdefault(_sitting(entry, marks), []).append(entry)
    looks = []
    for (*_, purpose), rows in groups.items():
        newest, oldest = rows[0], rows[-1]
        looker = who.get(newest.actor_id) if newest.actor_id else None
        looker = looker or Looker.unknown(newest.actor_role)
        parts = tuple(dict.fromkeys(_part(e) for e in reversed(rows) if e.action != OPENED))
        reason = _reason_of(newest, looker, reasons, marks) if newest.ground == OPENED else None
        looks.append(Look(oldest.at, newest.at, len(rows), looker, newest.ground, parts, reason,
                          str(purpose)))
    return looks


def looks(work: Work, patient_id: UUID, limit: int = 200) -> list[Look]:
    """Who looked, newest first, from the newest `limit` entries of the trail; only for the patient and guardians.

    Names are fetched for all at once: six statements besides the gate. Raises NotFound.
    """
    identity.require_acting_for(work, patient_id)
    found = _looks(work, patient_id, limit)
    require_readable(work, patient_id, "looks")
    return found


def _looks(work: Work, patient_id: UUID, limit: int) -> list[Look]:
    """The looks and the beginnings and ends of visits, which tell a look from one afterwards, in one statement."""
    marks = and_(AuditEntry.patient_id == patient_id, col(AuditEntry.action).in_(MARKS))
    statement = (select(AuditEntry).where(or_(and_(*_shown(work, patient_id)), marks))
                 .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).limit(limit + MOST_MARKS))
    found = list(work.session.exec(statement).all())
    entries = [one for one in found if one.action not in MARKS][:limit]
    who = lookers_of(work, {e.actor_id for e in entries if e.actor_id}, patient_id)
    return _fold(entries, who, _reasons(work, patient_id), [one for one in found if one.action in (*MARKS, OPENED)])


def count_looks(work: Work, patient_id: UUID, since: datetime) -> tuple[int, int]:
    """How many looks there were since a moment, and how many attempts were refused. Raises NotFound."""
    require_readable(work, patient_id, "looks")
    return _counts(work, patient_id, since)


def _counts(work: Work, patient_id: UUID, since: datetime) -> tuple[int, int]:
    """The looks as the page folds them (an open page that fetches itself anew is one look), and refused attempts."""
    seen = and_(*_shown(work, patient_id), AuditEntry.at >= since, AuditEntry.action != OPENED)
    marks = and_(AuditEntry.patient_id == patient_id, col(AuditEntry.action).in_((*MARKS, OPENED)))
    kept = (AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.ground, AuditEntry.actor_role,
            AuditEntry.actor_id)
    statement = select(*kept).where(or_(seen, marks)).order_by(  # type: ignore[call-overload]
        col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
    rows = list(work.session.exec(statement).all())
    known = [row for row in rows if row.action in (*MARKS, OPENED)]
    reads = [row for row in rows if row.action not in (*MARKS, OPENED)]
    sittings = {_sitting(row, known) for row in reads if row.ground != "refused"}
    return len(sittings), sum(row.ground == "refused" for row in reads)


@dataclass(frozen=True)
class WhoLooked:
    """All that the page says: who looked, views and refused attempts since a moment, and what was handed on."""

    looks: list[Look]
    views: int
    refused: int
    given: list[HandOverLine]


def who_looked(work: Work, patient_id: UUID, since: datetime, limit: int = 1000) -> WhoLooked:
    """The whole page for the patient and guardians through one gate. Cost: 8 statements at most. Raises NotFound."""
    identity.require_acting_for(work, patient_id)
    work.trace(Trace(f"{READ}looks", "own", patient_id=patient_id))
    views, refused = _counts(work, patient_id, since)
    return WhoLooked(_looks(work, patient_id, limit), views, refused, handed_on(work, patient_id))

"""The access gate: nobody reads a record but on a ground, and every read leaves a trace. Default: closed."""
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.work import Work, all_of
from records.file.models import AccessTask, Treatment
from records.file.problems import RecordClosed, refusal_trace
from records.file.rules import in_force, task_opens

GRANTED = {"own", "treats", "task", "break_glass", "job"}


def relations_in_force(work: Work, patient_id: UUID, practitioner_id: UUID) -> list[Treatment]:
    """The treatment relations of the two that hold now, ordinary ones before emergency access."""
    rows = all_of(work, Treatment, Treatment.patient_id == patient_id,
                  Treatment.practitioner_id == practitioner_id)
    return sorted((r for r in rows if in_force(r, work.now)), key=lambda r: r.ground == "break_glass")


def treats(work: Work, patient_id: UUID, practitioner_id: UUID) -> bool:
    """True while an ordinary treatment relation of the two is in force; emergency access is none."""
    return any(r.ground == "treats" for r in relations_in_force(work, patient_id, practitioner_id))


def emergency_until(work: Work, patient_id: UUID) -> datetime | None:
    """When the signed-in doctor's emergency access ends, if that is the ground on which they read; else None."""
    if work.actor.practitioner_id is None or ground_of(work, patient_id, "timeline") != "break_glass":
        return None
    ends = [r.until for r in relations_in_force(work, patient_id, work.actor.practitioner_id)]
    return max((end for end in ends if end is not None), default=None)


def _own_ground(work: Work, patient_id: UUID, what: str) -> str | None:
    try:
        identity.require_acting_for(work, patient_id)
    except NotFound:
        return None
    return "own"


def _task_ground(work: Work, patient_id: UUID, what: str) -> str | None:
    holders = [i for i in (work.actor.practitioner_id, work.actor.organization_id) if i is not None]
    tasks = all_of(work, AccessTask, AccessTask.patient_id == patient_id,
                   col(AccessTask.holder_id).in_(holders), col(AccessTask.closed_at).is_(None))
    return "task" if any(task_opens(t.kind, work.actor.role, what) for t in tasks) else None


def _doctor_ground(work: Work, patient_id: UUID, what: str) -> str | None:
    if work.actor.practitioner_id is None:
        return None
    relations = relations_in_force(work, patient_id, work.actor.practitioner_id)
    ground = relations[0].ground if relations else None
    if ground == "break_glass" and not identity.licence_in_force(work, work.actor.practitioner_id):
        ground = None       # the hour of an emergency ends with the licence
    return ground or _task_ground(work, patient_id, what)


def _house_ground(work: Work, patient_id: UUID, what: str) -> str | None:
    """Jobs of the house itself; nobody can sign in with this role."""
    return "job"


GROUNDS = {"patient": _own_ground, "doctor": _doctor_ground, "pharmacist": _task_ground, "partner": _task_ground,
           "house": _house_ground}


def ground_of(work: Work, patient_id: UUID, what: str) -> str | None:
    """The ground on which the actor may read `what` of this record, or None."""
    find = GROUNDS.get(work.actor.role)
    return find(work, patient_id, what) if find else None


def _granted_before(work: Work, read: Trace) -> str | None:
    """The ground of the same read within this Work, so that one page asks and writes it down once."""
    return next((t.ground for t in work.traces if t.ground in GRANTED
                 and (t.action, t.patient_id, t.subject_id) == (read.action, read.patient_id, read.subject_id)), None)


def require_ground(work: Work, patient_id: UUID, action: str, what: str) -> str:
    """Return the ground or refuse with the trace of the attempt. Raises RecordClosed (404)."""
    ground = ground_of(work, patient_id, what)
    if ground is None:
        raise RecordClosed(refusal_trace(action, patient_id))
    return ground


def require_readable(work: Work, patient_id: UUID, what: str, subject_id: UUID | None = None) -> str:
    """Open `what` (of one `subject_id`) to the actor and write the read down; returns the ground.

    Grounds: own (self or guardian), treats, break_glass, task, job. Raises RecordClosed (404, traced).
    """
    read = Trace(f"read:{what}", patient_id=patient_id, subject_kind=what if subject_id else "",
                 subject_id=subject_id)
    known = _granted_before(work, read)
    if known is not None:
        return known
    ground = require_ground(work, patient_id, read.action, what)
    work.trace(replace(read, ground=ground))
    return ground


def require_writable(work: Work, patient_id: UUID, what: str) -> str:
    """Like `require_readable` for a command, whose own trace or event tells what it did.

    Emergency access is for reading: whoever has no other ground writes nothing.
    """
    ground = require_ground(work, patient_id, f"write:{what}", what)
    if ground == "break_glass":
        raise RecordClosed(refusal_trace(f"write:{what}", patient_id))
    return ground

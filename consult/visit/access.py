"""Who may see a visit: the patient's side, the doctor who attends, one who may take it, or who treats the patient.

A read leaves one line in the trail for each sitting: the same person before the same visit within READ_HOLDS.
"""
from uuid import UUID

from sqlmodel import select

from app.audit import AuditEntry, Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work
from consult.triage import api as triage
from consult.triage.api import Triage
from consult.visit.models import Visit
from consult.visit.problems import NotRunning
from consult.visit.rules import CORRECTION_WINDOW, READ_HOLDS
from records import api as records

READ = "read:visit"
LATER = Text(zh="患者后来又问了一次症状：", en="The patient answered questions about symptoms again later:")
FIRST = Text(zh="这次就诊原来的分诊：", en="The triage that led to this visit:")


def visit_for_patient(work: Work, visit_id: UUID, lock: bool = False) -> Visit:
    """The visit of somebody whom the signed-in account acts for; anything else is NotFound."""
    visit = work.get(Visit, visit_id, lock)
    identity.require_acting_for(work, visit.patient_id)
    _note_read(work, visit, "own")
    return visit


def visit_for_doctor(work: Work, visit_id: UUID) -> Visit:
    """A visit that this doctor attends, may take from the queue, or whose patient they treat; else NotFound."""
    visit = work.get(Visit, visit_id)
    if work.actor.role != "doctor" or work.actor.practitioner_id is None:
        raise NotFound
    ground = _ground(work, visit)
    if ground is None:
        records.require_readable(work, visit.patient_id, "visit", visit.id)  # emergency access, or refused
    else:
        _note_read(work, visit, ground)
    return visit


def visit_in_queue(work: Work, visit_id: UUID) -> Visit:
    """Lock and return a visit that waits and that this doctor may take; anything else is NotFound.

    Raises LicenceNotInForce for a doctor who may take nobody.
    """
    visit = work.get(Visit, visit_id, lock=True)
    if work.actor.role != "doctor" or work.actor.practitioner_id is None or not may_take(_me(work), visit):
        raise NotFound
    identity.require_licence(work, work.actor.practitioner_id)
    return visit


def require_attending(work: Work, visit_id: UUID, correcting: bool = False) -> Visit:
    """Lock and return the doctor's own running visit; `correcting` also allows the time after its end."""
    visit = work.get(Visit, visit_id, lock=True)
    if not _is_mine(work, visit):
        raise NotFound
    if visit.state != "in_progress" and not (correcting and in_correction(work, visit)):
        raise NotRunning(state=visit.state)
    return visit


def in_correction(work: Work, visit: Visit) -> bool:
    """True while a finished visit still takes the correction of a returned prescription and of its note."""
    return (visit.state == "completed" and visit.ended_at is not None
            and work.now - visit.ended_at <= CORRECTION_WINDOW)


def may_take(doctor: identity.Practitioner, visit: Visit) -> bool:
    """A doctor takes visits of their own department and of those that their registered scope fits.

    One who was asked for by name is the only one.
    """
    wanted = visit.wanted_practitioner_id in (None, doctor.id)
    here = visit.organization_id in (None, doctor.organization_id)  # a wish that is not stored yet names no hospital
    return wanted and here and fits(doctor, visit.department)


def fits(doctor: identity.Practitioner, department: str) -> bool:
    """True for the doctor's own department and for those that their registered scope fits."""
    scopes = identity.fit_table().fits.get(department, frozenset())
    return doctor.role == "doctor" and (department == doctor.department or not scopes.isdisjoint(doctor.specialties))


def triage_for_doctor(work: Work, visit_id: UUID) -> list[Text]:
    """What the patient said in triage, line by line, also before the doctor decides to take the visit.

    What they answered in a later one while the visit was open comes first, the newest on top.
    """
    visit = visit_for_doctor(work, visit_id)
    found = work.get(Triage, visit.triage_id)
    until = visit.ended_at or work.now
    later = [one for one in triage.told_since(work, found) if one.finished_at is not None and one.finished_at <= until]
    lines = [line for one in reversed(later) for line in (LATER, *triage.doctor_summary(one))]
    return [*lines, *([FIRST] if later else []), *triage.doctor_summary(found)]


def _me(work: Work) -> identity.Practitioner:
    assert work.actor.practitioner_id is not None
    return identity.practitioner(work, work.actor.practitioner_id)


def _is_mine(work: Work, visit: Visit) -> bool:
    return work.actor.role == "doctor" and visit.practitioner_id == work.actor.practitioner_id is not None


def _ground(work: Work, visit: Visit) -> str | None:
    """treats for the doctor in the visit and while a relation is in force, task before a waiting visit, or None."""
    running = visit.state == "in_progress" or in_correction(work, visit)
    if _is_mine(work, visit) and running:
        return "treats"
    if records.treats(work, visit.patient_id, _me(work).id):
        return "treats"
    waits = visit.state == "waiting" and may_take(_me(work), visit)
    return "task" if waits and identity.licence_in_force(work, _me(work).id) else None


def _note_read(work: Work, visit: Visit, ground: str) -> None:
    """Leave a trace of a read, once a sitting; a command's own trace or event tells what a write did."""
    if not work.reading or _read_lately(work, visit, ground):
        return
    work.trace(Trace(READ, ground, visit.patient_id, "visit", visit.id))


def _read_lately(work: Work, visit: Visit, ground: str) -> bool:
    if any(t.action == READ and t.subject_id == visit.id for t in work.traces):
        return True
    statement = select(AuditEntry.id).where(
        AuditEntry.patient_id == visit.patient_id, AuditEntry.at > work.now - READ_HOLDS,
        AuditEntry.actor_id == work.actor.account_id, AuditEntry.subject_id == visit.id, AuditEntry.action == READ,
        AuditEntry.ground == ground)
    return work.session.exec(statement.limit(1)).first() is not None


def note_seen_in_queue(work: Work, visits: list[Visit]) -> None:
    """Leave one trace for each waiting visit that this doctor sees in the queue for the first time."""
    records.note_seen(work, "read:queue", [records.Listed(v.patient_id, "visit", v.id) for v in visits])

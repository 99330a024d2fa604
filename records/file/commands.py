"""Writing into the file: entries, conditions, and opening and closing the grounds of access."""
from datetime import datetime
from uuid import UUID

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotAllowed
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work, all_of, one_or_none
from records.file.models import AccessTask, Condition, RecordEntry, Treatment
from records.file.problems import EntryElsewhere, ReasonNeeded
from records.file.rules import BREAK_GLASS_TIME, SHORTEST_REASON
from records.icd import family_of, require_code
from records.words import tidy


def add_entry(work: Work, patient_id: UUID, kind: str, title: Text, summary: Text | None, source_kind: str,
              source_id: UUID, visit_id: UUID | None = None, at: datetime | None = None) -> RecordEntry:
    """Put a line into the timeline; the same source and kind stays one line, with its newest words."""
    entry = one_or_none(work, RecordEntry, RecordEntry.source_kind == source_kind,
                        RecordEntry.source_id == source_id, RecordEntry.kind == kind)
    if entry is None:
        entry = RecordEntry(
            organization_id=identity.hospital_id(work), patient_id=patient_id, kind=kind, at=at or work.now,
            recorded_at=work.now, title_zh="", title_en="", source_kind=source_kind, source_id=source_id,
            visit_id=visit_id)
    elif entry.patient_id != patient_id:
        raise EntryElsewhere(source_kind=source_kind)
    entry.title_zh, entry.title_en = tidy(title.zh, 300), tidy(title.en, 300)
    entry.summary_zh, entry.summary_en = (summary.zh, summary.en) if summary else (None, None)
    entry.at = at or entry.at
    work.hint(f"patient:{patient_id}")
    return work.add(entry)


def remove_entry(work: Work, kind: str, source_kind: str, source_id: UUID) -> None:
    """Take a line out again whose source was undone a moment after; the trail keeps both."""
    entry = one_or_none(work, RecordEntry, RecordEntry.source_kind == source_kind,
                        RecordEntry.source_id == source_id, RecordEntry.kind == kind)
    if entry is not None:
        work.session.delete(entry)
        work.session.flush()
        work.hint(f"patient:{entry.patient_id}")


def add_condition(work: Work, patient_id: UUID, visit_id: UUID, code: str, label: Text,
                  practitioner_id: UUID) -> Condition:
    """Record a coded diagnosis; the same code of the same visit stands once. Raises Invalid."""
    code = require_code(code, "code")
    row = one_or_none(work, Condition, Condition.visit_id == visit_id, Condition.code == code)
    row = row or Condition(
        organization_id=identity.hospital_id(work), patient_id=patient_id, visit_id=visit_id,
        practitioner_id=practitioner_id, code=code, family=family_of(code), label_zh=label.zh,
        label_en=label.en, recorded_at=work.now)
    row.status = "active"
    return work.add(row)


def mark_condition_in_error(work: Work, condition_id: UUID) -> Condition:
    """Strike out a diagnosis that was recorded by mistake; the row stays."""
    row = work.get(Condition, condition_id, lock=True)
    row.status = "entered_in_error"
    work.trace(Trace("condition_in_error", ground="treats", patient_id=row.patient_id, subject_kind="condition",
                     subject_id=row.id))
    return work.add(row)


def open_treatment(work: Work, patient_id: UUID, practitioner_id: UUID, visit_id: UUID,
                   until: datetime | None = None) -> Treatment:
    """Let a doctor read the record because of a visit, until `until` or until it is closed."""
    relation = one_or_none(work, Treatment, Treatment.visit_id == visit_id,
                           Treatment.practitioner_id == practitioner_id)
    if relation is None:
        relation = Treatment(organization_id=identity.hospital_id(work), patient_id=patient_id,
                             practitioner_id=practitioner_id, visit_id=visit_id, since=work.now)
    relation.until = until
    work.trace(Trace("treatment_opened", patient_id=patient_id, subject_kind="visit", subject_id=visit_id,
                     facts={"practitioner_id": str(practitioner_id)}))
    return work.add(relation)


def close_treatment(work: Work, visit_id: UUID, until: datetime | None = None) -> None:
    """End the relations of a visit at `until` (now when None); a correction window is a later `until`."""
    for relation in all_of(work, Treatment, Treatment.visit_id == visit_id):
        relation.until = until or work.now
        work.add(relation)
        work.trace(Trace("treatment_closed", patient_id=relation.patient_id, subject_kind="visit",
                         subject_id=visit_id, facts={"until": relation.until.isoformat()}))


def open_task(work: Work, patient_id: UUID, holder_id: UUID, kind: str, subject_id: UUID) -> AccessTask:
    """Let a practitioner, or the staff of an organisation, read what a task of `kind` needs while it is open."""
    task = one_or_none(work, AccessTask, AccessTask.kind == kind, AccessTask.subject_id == subject_id,
                       AccessTask.holder_id == holder_id)
    task = task or AccessTask(patient_id=patient_id, holder_id=holder_id, kind=kind, subject_id=subject_id,
                              opened_at=work.now)
    task.closed_at = None
    return work.add(task)


def close_task(work: Work, kind: str, subject_id: UUID, holder_id: UUID | None = None) -> None:
    """Close the tasks of a subject, of one holder or of all; closing twice is fine."""
    held = [AccessTask.holder_id == holder_id] if holder_id else []
    for task in all_of(work, AccessTask, AccessTask.kind == kind, AccessTask.subject_id == subject_id, *held):
        task.closed_at = task.closed_at or work.now
        work.add(task)


def break_glass(work: Work, patient_id: UUID, reason: str) -> Treatment:
    """Open a record in an emergency, for one hour, with a reason that the patient and guardians are told of.

    Raises NotAllowed for anybody but a doctor of this hospital, ReasonNeeded, NotFound, and LicenceNotInForce for a
    doctor who may not practise.
    """
    if work.actor.role != "doctor" or work.actor.practitioner_id is None \
            or work.actor.organization_id != identity.hospital_id(work):
        raise NotAllowed
    identity.require_licence(work, work.actor.practitioner_id)
    reason = tidy(reason, 500)
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded(errors=[{"field": "reason", "message": ReasonNeeded.title.model_dump()}])
    patient = work.get(identity.Patient, patient_id)
    relation = work.add(Treatment(
        organization_id=identity.hospital_id(work), patient_id=patient.id, ground="break_glass",
        practitioner_id=work.actor.practitioner_id, reason=reason, since=work.now,
        until=work.now + BREAK_GLASS_TIME))
    work.trace(Trace("break_glass", ground="break_glass", patient_id=patient_id, subject_kind="treatment",
                     subject_id=relation.id))
    notify.tell_patient(work, patient_id, "break_glass", BROKEN, f"/records/{patient_id}/looks")
    return relation


BROKEN = Text(zh="有医生紧急查看了健康记录，并写明了原因。点开可以看到是谁、为什么。",
              en="A doctor opened the health record in an emergency and wrote down why. Open to see who and why.")

"""Offering evidence, and a doctor's judgement on it."""
from datetime import date
from uuid import UUID

from sqlmodel import col

from app.events.records import EvidenceAccepted, EvidenceOffered, EvidenceRefused
from app.identity import api as identity
from app.kit.problems import NotAllowed, invalid
from app.kit.text import Text, dated
from app.work import Work, one_or_none
from records.days import require_past
from records.documents.models import Document
from records.evidence.models import Evidence, EvidenceDecision, VisitEvidence
from records.evidence.problems import NotAccepted, OtherPatient, UndoTooLate
from records.evidence.queries import last_decision, presented
from records.evidence.retaining import Finding, confirm, present, unconfirm, unconfirm_open_visits
from records.evidence.rules import REFUSALS, may_undo
from records.evidence.states import EVIDENCE
from records.file.commands import add_entry, remove_entry
from records.file.gate import require_writable
from records.icd import family_of, require_code
from records.words import tidy


def offer_evidence(work: Work, patient_id: UUID, document_id: UUID, visit_id: UUID | None = None,
                   institution: str | None = None, diagnosis_code: str | None = None,
                   diagnosed_on: date | None = None) -> Evidence:
    """Offer a kept document as evidence; what the patient reads on it is a hint, the doctor decides.

    Offered twice, the same document stays one piece. Raises RecordClosed, OtherPatient or Invalid.
    """
    require_writable(work, patient_id, "evidence")
    document = work.get(Document, document_id, lock=True)
    if document.patient_id != patient_id:
        raise OtherPatient()
    known = one_or_none(work, Evidence, Evidence.document_id == document_id)
    if known is not None:
        return known
    code = require_code(diagnosis_code, "diagnosis_code") if diagnosis_code else None
    day = require_past(work, diagnosed_on, "diagnosed_on") if diagnosed_on else None
    row = work.add(Evidence(
        organization_id=identity.hospital_id(work), patient_id=patient_id, document_id=document_id,
        institution=tidy(institution, 120) if institution else None, diagnosis_code=code,
        family=family_of(code) if code else None, diagnosed_on=day, offered_at=work.now,
        offered_by=work.actor.account_id, offered_visit_id=visit_id))
    work.announce(EvidenceOffered(patient_id, row.id))
    return row


def _finding(work: Work, institution: str, diagnosis_code: str, diagnosed_on: date) -> Finding:
    """Check what the doctor read. Raises Invalid with the field named."""
    institution, code = tidy(institution, 120), require_code(diagnosis_code, "diagnosis_code")
    if not institution:
        raise invalid("institution", "请填写病历上的医院。", "Please give the hospital on the record.")
    return Finding(institution, code, require_past(work, diagnosed_on, "diagnosed_on"))


def _for_judging(work: Work, evidence_id: UUID) -> tuple[Evidence, UUID]:
    """The locked piece and the doctor who judges it: treating, or with an open task for evidence."""
    row = work.get(Evidence, evidence_id, lock=True)
    require_writable(work, row.patient_id, "evidence")
    if work.actor.practitioner_id is None:
        raise NotAllowed
    return row, work.actor.practitioner_id


def _note_decision(work: Work, row: Evidence, doctor: UUID, decision: str, visit_id: UUID | None = None,
                   found: Finding | None = None, reason: str | None = None) -> None:
    work.add(EvidenceDecision(
        evidence_id=row.id, at=work.now, practitioner_id=doctor, decision=decision, visit_id=visit_id,
        institution=found.institution if found else None, diagnosis_code=found.diagnosis_code if found else None,
        diagnosed_on=found.diagnosed_on if found else None, reason=reason))
    work.hint(f"patient:{row.patient_id}")
    if visit_id:
        work.hint(f"visit:{visit_id}")


def _entry(work: Work, row: Evidence, visit_id: UUID, found: Finding) -> None:
    code, day = found.diagnosis_code, dated(found.diagnosed_on)
    title = "线下诊断已采信 · " + found.institution, "In-person diagnosis accepted · " + found.institution
    summary = Text(zh=f"{code}，{day.zh}当面诊断。", en=f"{code}, diagnosed in person on {day.en}.")
    add_entry(work, row.patient_id, "evidence", Text(zh=title[0], en=title[1]), summary, "evidence", row.id, visit_id)


def accept_evidence(work: Work, evidence_id: UUID, visit_id: UUID, institution: str, diagnosis_code: str,
                    diagnosed_on: date) -> Evidence:
    """Accept evidence with what the doctor read on it, and retain it with the visit.

    What was accepted before (or comes from a partner) is confirmed for this visit and keeps its first finding.
    """
    row, doctor = _for_judging(work, evidence_id)
    found = _finding(work, institution, diagnosis_code, diagnosed_on)
    move = "confirm" if row.state == "accepted" else "accept"
    EVIDENCE.move(row, move, by=work.actor.role)
    if move == "accept":
        row.institution, row.diagnosis_code = found.institution, found.diagnosis_code
        row.diagnosed_on, row.family = found.diagnosed_on, family_of(found.diagnosis_code)
        row.decided_at, row.decided_by, row.refusal_code = work.now, doctor, None
    confirm(work, work.add(row), visit_id, doctor, found)
    _note_decision(work, row, doctor, move, visit_id, found)
    _entry(work, row, visit_id, found)
    work.announce(EvidenceAccepted(row.patient_id, row.id))
    return row


def attach_evidence(work: Work, visit_id: UUID, evidence_id: UUID) -> VisitEvidence:
    """Lay evidence beside a visit. By a doctor it also confirms what stands accepted, with its first finding.

    Raises RecordClosed; NotAccepted when it was refused, or when a doctor has not accepted it yet.
    """
    row = work.get(Evidence, evidence_id, lock=True)
    require_writable(work, row.patient_id, "evidence")
    if row.state == "refused":
        raise NotAccepted(state=row.state)
    kept = present(work, row, visit_id)
    if work.actor.role != "doctor" or kept.confirmed_at is not None:
        return kept
    if row.state != "accepted" or not row.institution or not row.diagnosis_code or row.diagnosed_on is None:
        raise NotAccepted(state=row.state)
    accept_evidence(work, evidence_id, visit_id, row.institution, row.diagnosis_code, row.diagnosed_on)
    return kept


def refuse_evidence(work: Work, evidence_id: UUID, reason: str) -> Evidence:
    """Refuse evidence for one of the reasons in REFUSALS, which the patient is told. Raises Invalid."""
    row, doctor = _for_judging(work, evidence_id)
    if reason not in REFUSALS:
        raise invalid("reason", "请选择不采信的原因。", "Please choose why it is refused.")
    EVIDENCE.move(row, "refuse", by=work.actor.role)
    row.decided_at, row.decided_by, row.refusal_code = work.now, doctor, reason
    unconfirm_open_visits(work, row, doctor)
    _note_decision(work, row, doctor, "refuse", reason=reason)
    work.announce(EvidenceRefused(row.patient_id, row.id))
    return work.add(row)


def undo_evidence(work: Work, evidence_id: UUID) -> Evidence:
    """Take one's own last decision back within UNDO_TIME. Raises UndoTooLate."""
    row, doctor = _for_judging(work, evidence_id)
    last = last_decision(work, evidence_id)
    mine = last is not None and last.practitioner_id == doctor and last.decision in ("accept", "confirm", "refuse")
    if last is None or not mine or not may_undo(last.at, work.now):
        raise UndoTooLate(possible=EVIDENCE.possible(row.state, work.actor.role))
    EVIDENCE.move(row, "undo_confirm" if last.decision == "confirm" else "undo", by=work.actor.role)
    if row.state == "offered":
        row.decided_at = row.decided_by = row.refusal_code = None
    _let_go(work, last)
    _note_decision(work, row, doctor, "undo", last.visit_id)
    return work.add(row)


def _let_go(work: Work, decision: EvidenceDecision) -> None:
    """Take back what the decision had confirmed, and the timeline's line when no visit rests on it."""
    kept = presented(work, decision.visit_id, decision.evidence_id) if decision.visit_id else None
    if kept is not None and kept.confirmed_at == decision.at:
        unconfirm(work, kept)
    rests = one_or_none(work, VisitEvidence, VisitEvidence.evidence_id == decision.evidence_id,
                        col(VisitEvidence.confirmed_at).is_not(None))
    if rests is None:
        remove_entry(work, "evidence", "evidence", decision.evidence_id)

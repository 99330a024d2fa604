"""The doctor judges, writes the note and codes the diagnosis; the rules are asked before a diagnosis stands."""
from datetime import date
from uuid import UUID

from app.events.consult import DiagnosisRecorded, FollowUpJudged
from app.kit.clock import local_date
from app.kit.problems import invalid
from app.kit.text import Text
from app.policy import api as policy
from app.policy.api import FactSheet, PolicySet, normalise_icd10
from app.work import Work, one_or_none
from consult.call.api import guardian_in_call
from consult.visit.access import in_correction, require_attending
from consult.visit.evidence import require_own_evidence
from consult.visit.facts import disease_class, people_facts, told_by_text, visit_facts
from consult.visit.models import Visit, VisitDiagnosis, VisitJudgement, VisitNote
from consult.visit.problems import AdviceOnly, NoteMissing, UnknownDiagnosis
from consult.visit.queries import diagnoses_of, judgement_of, note_of
from consult.visit.rules import EXCEPTIONAL
from consult.visit.sheets import subject_of, visit_sheet
from consult.visit.words import clean, written
from records import api as records

LONGEST_PART = {"history": 4000, "assessment": 4000, "advice": 4000, "red_flags": 2000, "next_step": 2000}
JUDGED = ("is_follow_up", "same_condition", "condition_changed", "guardian_present", "is_emergency",
          *EXCEPTIONAL, "evidence_id")


def judge_follow_up(work: Work, visit_id: UUID, **judged: bool | UUID | None) -> VisitJudgement:
    """Store what the doctor judges now; names as in VisitJudgement, what is not given stays as it was."""
    visit = require_attending(work, visit_id)
    before = judgement_of(work, visit.id)
    values = {name: getattr(before, name) for name in JUDGED} if before else {"is_emergency": False}
    if before and not told_by_text(guardian_in_call(work, visit), before):
        values["guardian_present"] = None  # a word from before a call is not carried past it
    values |= {name: value for name, value in judged.items() if name in JUDGED}
    values["is_emergency"] = bool(values["is_emergency"])
    evidence_id = judged.get("evidence_id")
    if isinstance(evidence_id, UUID):
        require_own_evidence(work, visit, evidence_id)
        records.attach_evidence(work, visit.id, evidence_id)
    row = work.add(VisitJudgement(visit_id=visit.id, practitioner_id=work.actor.practitioner_id, at=work.now,
                                  **values))
    work.announce(FollowUpJudged(visit.id, visit.patient_id))
    work.hint(f"visit:{visit.id}")
    return row


def write_note(work: Work, visit_id: UUID, history: str, assessment: str, advice: str, red_flags: str = "",
               next_step: str = "", next_visit_on: date | None = None) -> VisitNote:
    """Save a new version of the note; an unchanged one is not written again. Raises Invalid, NotRunning."""
    visit = require_attending(work, visit_id, correcting=True)
    told = {"history": history, "assessment": assessment, "advice": advice, "red_flags": red_flags,
            "next_step": next_step}
    told = {name: written(text, name, LONGEST_PART[name]) for name, text in told.items()}
    if next_visit_on is not None and next_visit_on < local_date(work.now):
        raise invalid("next_visit_on", "复诊日期要在今天或以后。", "The next visit is today or later.")
    if not told["advice"] and in_correction(work, visit):
        raise NoteMissing
    before = note_of(work, visit.id)
    if before and all(getattr(before, name) == value for name, value in told.items()) and (
            before.next_visit_on == next_visit_on):
        return before
    note = work.add(VisitNote(
        visit_id=visit.id, version=before.version + 1 if before else 1, practitioner_id=work.actor.practitioner_id,
        at=work.now, next_visit_on=next_visit_on, **told))
    if in_correction(work, visit):
        keep_summary(work, visit, note)
    return note


def keep_summary(work: Work, visit: Visit, note: VisitNote) -> None:
    """Write the finished visit into the record file; a corrected note replaces the words of its line."""
    records.add_entry(work, patient_id=visit.patient_id, kind="visit", visit_id=visit.id, source_kind="visit",
                      source_id=visit.id, title=Text(zh="就诊小结", en="Visit summary"), at=visit.ended_at,
                      summary=Text(zh=note.advice, en=note.advice) if note.advice else None)


def diagnose(work: Work, visit_id: UUID, code: str, label: Text | None = None) -> VisitDiagnosis:
    """Record an ICD-10 diagnosis if the rules allow it; the decision is stored either way.

    `label` are our short words for the code; without them those of the disease list. Raises UnknownDiagnosis.
    """
    visit = require_attending(work, visit_id)
    if visit.kind == "advice":
        raise AdviceOnly
    code = normalise_icd10(clean(code)) or code
    label = label or label_of(work, code)
    known = one_or_none(work, VisitDiagnosis, VisitDiagnosis.visit_id == visit.id, VisitDiagnosis.code == code)
    if known:
        return known
    judged = policy.judge(work, "diagnose", _facts(work, visit, code), subject_of(visit))
    policy.insist_allowed(judged)
    return _record(work, visit, code, label, judged.row.id)


def _facts(work: Work, visit: Visit, code: str) -> FactSheet:
    sheet = people_facts(work, visit, visit.practitioner_id, visit_sheet(work, visit))
    codes = [code, *(d.code for d in diagnoses_of(work, visit.id))]
    sheet.put("visit.disease_class", disease_class(work, codes), source=f"visit:{visit.id}", at=work.now)
    return visit_facts(work, visit, sheet, codes)


def _record(work: Work, visit: Visit, code: str, label: Text, decision_id: UUID) -> VisitDiagnosis:
    condition = records.add_condition(work, visit.patient_id, visit.id, code, label, visit.practitioner_id)
    row = work.add(VisitDiagnosis(visit_id=visit.id, condition_id=condition.id, code=code, label_zh=label.zh,
                                  label_en=label.en, decision_id=decision_id, at=work.now))
    records.add_entry(work, visit.patient_id, "diagnosis", Text(zh=f"诊断：{label.zh}", en=f"Diagnosis: {label.en}"),
                      Text(zh=f"ICD-10 {code}", en=f"ICD-10 {code}"), "condition", condition.id, visit.id)
    work.announce(DiagnosisRecorded(visit.id, visit.patient_id, condition.id))
    work.hint(f"visit:{visit.id}")
    return row


def remove_diagnosis(work: Work, visit_id: UUID, code: str) -> None:
    """Take back a diagnosis of a running visit; the record keeps it as entered in error."""
    visit = require_attending(work, visit_id)
    row = one_or_none(work, VisitDiagnosis, VisitDiagnosis.visit_id == visit.id,
                      VisitDiagnosis.code == (normalise_icd10(code) or code))
    if row:
        records.mark_condition_in_error(work, row.condition_id)
        work.session.delete(row)
        work.session.flush()
        work.hint(f"visit:{visit.id}")


def label_of(work: Work, code: str) -> Text:
    """Our own short label of a diagnosis code. Raises UnknownDiagnosis."""
    row = work.tool(PolicySet).diseases.row_of(code)
    if row is None:
        raise UnknownDiagnosis(code=code)
    return row.label

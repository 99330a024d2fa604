"""Facts of a visit for the policy engine: what is stored and judged, each with its source and time."""
from uuid import UUID

from app.identity import api as identity
from app.kit.clock import local_date
from app.payments import api as payments
from app.policy.api import FactSheet, PolicySet
from app.work import Work
from consult.call import api as call
from consult.visit.evidence import grounds_of
from consult.visit.models import Visit, VisitDiagnosis, VisitJudgement
from consult.visit.queries import booked_on, diagnoses_of, judgement_of, missed_since
from consult.visit.rules import NO_SHOWS_COUNT
from consult.visit.sheets import asker_facts, visit_sheet
from records import api as records


def people_facts(work: Work, visit: Visit, practitioner_id: UUID, sheet: FactSheet) -> FactSheet:
    """Doctor, institution and patient, as their own rooms know them."""
    person = identity.patient(work, visit.patient_id)
    identity.put_all(sheet, identity.doctor_facts(work, practitioner_id, person, visit.department))
    records.patient_facts(work, visit.patient_id, visit.id, sheet)
    sheet.put("visit.mode", visit.mode, source=f"visit:{visit.id}")
    return sheet


def booking_facts(work: Work, patient_id: UUID, account_id: UUID | None, sheet: FactSheet,
                  but: UUID | None = None) -> list[Visit]:
    """Who asks, how often the patient stayed away in 90 days; returns the open visits of today, `but` one."""
    person = identity.patient(work, patient_id)
    identity.put_all(sheet, identity.booker_facts(work, person, account_id))
    sheet.put("booking.no_shows_90d", missed_since(work, patient_id, work.now - NO_SHOWS_COUNT),
              source=f"visit_list:{patient_id}")
    return booked_on(work, patient_id, local_date(work.now), but)


def booked_with(doctor_id: UUID | None, open_today: list[Visit], sheet: FactSheet) -> None:
    """Put how many open visits of today are with this doctor.

    A wish for whoever is free first takes nobody's slot; it is asked again when a doctor takes the visit.
    """
    taken = [visit.practitioner_id or visit.wanted_practitioner_id for visit in open_today]
    count = taken.count(doctor_id) if doctor_id else 0
    sheet.put("booking.active_for_same_doctor_day", count, source="visit_list")


def booking_sheet(work: Work, visit: Visit, doctor_id: UUID | None) -> FactSheet:
    """What the policy is asked when a patient asks for a visit, and when a doctor who was not named takes it."""
    sheet = visit_sheet(work, visit)
    booked_with(doctor_id, booking_facts(work, visit.patient_id, visit.account_id, sheet, visit.id), sheet)
    return asker_facts(work, visit, sheet)


def settle_sheet(work: Work, visit: Visit) -> FactSheet:
    """What the policy is asked before the cashier is."""
    sheet = visit_sheet(work, visit)
    identity.put_all(sheet, payments.settlement_facts(work))
    return asker_facts(work, visit, sheet)


def visit_facts(work: Work, visit: Visit, sheet: FactSheet, codes: list[str]) -> FactSheet:
    """What the attending doctor judged and which evidence it rests on, for the diagnoses `codes`."""
    judged, grounds = judgement_of(work, visit.id), grounds_of(work, visit, codes)
    if judged is not None:
        _judged(judged, sheet)
    _guardian(work, visit, judged, sheet)
    if grounds.oldest is not None:
        _proven(grounds.oldest, bool(grounds.unproven), sheet)
    elif judged is not None:
        sheet.put("prior.offline_diagnosis", False, source=f"visit:{visit.id}")
    return sheet


def _proven(paper: records.RetainedEvidence, unproven: bool, sheet: FactSheet) -> None:
    """The earlier in-person diagnosis; a diagnosis that no paper of its family proves is another condition."""
    source = f"evidence:{paper.id}"
    sheet.put("prior.offline_diagnosis", True, source=source, at=paper.decided_at)
    sheet.put("prior.evidence_retained", True, source=source)
    sheet.put("prior.date", paper.diagnosed_on, source=source, at=paper.decided_at)
    if unproven:
        sheet.put("prior.same_condition", False, source=source)


def _judged(judged: VisitJudgement, sheet: FactSheet) -> None:
    named = {
        "visit.doctor_judges_followup": judged.is_follow_up, "prior.same_condition": judged.same_condition,
        "visit.condition_changed": judged.condition_changed, "visit.is_emergency": judged.is_emergency,
        "patient.covid_symptoms": judged.covid_symptoms,
        "patient.covid_home_care_eligible": judged.covid_home_care_eligible}
    for name, value in named.items():
        if value is not None:
            sheet.put(name, value, source=f"visit_judgement:{judged.id}", at=judged.at)


def _guardian(work: Work, visit: Visit, judged: VisitJudgement | None, sheet: FactSheet) -> None:
    """Whether a guardian takes part: in a call its participants say it and nobody's word; by text the doctor does."""
    seen = call.guardian_in_call(work, visit)
    if judged is not None and judged.guardian_present is not None and told_by_text(seen, judged):
        sheet.put("patient.guardian_present", judged.guardian_present, source=f"visit_judgement:{judged.id}",
                  at=judged.at)
    elif seen is not None:
        sheet.put("patient.guardian_present", seen.present, source=f"call:{seen.call_id}", at=seen.at)


def told_by_text(seen: call.GuardianSeen | None, judged: VisitJudgement) -> bool:
    """A doctor's word counts where nobody has talked, and again after a call that is over."""
    return seen is None or (seen.over and judged.at > seen.at)


def disease_class(work: Work, codes: list[str]) -> str:
    """Class of the visit's diagnoses in the disease list: the least allowed one counts."""
    diseases = work.tool(PolicySet).diseases
    found = {diseases.class_of(code) or "other" for code in codes}
    return next(name for name in ("other", "common", "chronic") if name in found)


def diagnosis_facts(work: Work, visit: Visit, sheet: FactSheet) -> FactSheet:
    """The class of the diagnoses made so far; absent while there is none."""
    made: list[VisitDiagnosis] = diagnoses_of(work, visit.id)
    if made:
        sheet.put("visit.disease_class", disease_class(work, [d.code for d in made]),
                  source=f"visit:{visit.id}")
    return sheet


def open_visit_facts(work: Work, visit: Visit, sheet: FactSheet) -> FactSheet:
    """Everything about people and visit that a later step (prescribe) needs."""
    people_facts(work, visit, visit.practitioner_id, sheet)
    visit_facts(work, visit, sheet, [made.code for made in diagnoses_of(work, visit.id)])
    return diagnosis_facts(work, visit, sheet)

"""The patient asks for a visit: a forecast before any money, then the visit with its payment."""
import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlmodel import col

from app.events.consult import VisitRequested, VisitWaiting
from app.identity import api as identity
from app.payments import api as payments
from app.policy import api as policy
from app.policy.api import FactSheet
from app.settings import Settings
from app.work import Work, all_of, one_or_none
from consult.triage import api as triage
from consult.triage.api import Triage
from consult.visit.models import Visit, VisitForecast
from consult.visit.problems import (
    ConsentMissing,
    DoctorUnsuitable,
    HistoryNotConfirmed,
    NotOnline,
    OnlineWayClosed,
    TriageNotFinished,
    TriageUsed,
    VisitOpenAlready,
)
from consult.visit.queries import may_take, visit_for_patient
from consult.visit.rules import FIRST_FREE_PRICE_FEN
from consult.visit.states import OPEN, VISIT
from records import api as records

STAGES = ("consult_start", "diagnose", "prescribe")
KNOWABLE = frozenset({
    "patient.age_years", "patient.realname_verified", "patient.sensitive_data_consent",
    "patient.guardian_privacy_consent", "institution.licensed_internet", "visit.mode",
    "prior.offline_diagnosis", "prior.evidence_retained"})


def finished_triage(work: Work, triage_id: UUID) -> Triage:
    """The account's own finished triage; an emergency closes the online way for good."""
    found = work.get(Triage, triage_id)
    identity.require_acting_for(work, found.patient_id)
    if found.level == "emergency":
        raise OnlineWayClosed(level=found.level)
    if found.state != "finished":
        raise TriageNotFinished
    return found


def forecast_visit(work: Work, triage_id: UUID, evidence_ids: list[UUID] | None = None,
                   diagnosed_before: bool | None = None) -> VisitForecast:
    """Judge before any money what can be known by now and keep what was told; it binds nobody.

    `diagnosed_before` is the patient's word that a doctor has diagnosed this in person; None: not said.
    """
    found = finished_triage(work, triage_id)
    sheet = policy.fact_sheet(work)
    identity.put_all(sheet, identity.institution_facts(work))
    records.patient_facts(work, found.patient_id, None, sheet)
    sheet.put("visit.mode", "text", source=f"triage:{found.id}")
    evidence = _usable_evidence(work, found, evidence_ids or [])
    _evidence_facts(found, evidence, diagnosed_before, sheet)
    told = policy.forecast(sheet.policy_set, STAGES, sheet.policy_set.date_of(work.now), sheet.values(), KNOWABLE)
    content = told.to_bytes()
    return work.add(VisitForecast(
        triage_id=found.id, patient_id=found.patient_id, at=work.now, verdict=told.verdict.value,
        diagnosed_before=True if evidence else diagnosed_before, content=content,
        sha256=hashlib.sha256(content).hexdigest()))


def told_in(forecast: VisitForecast) -> policy.Forecast:
    """The forecast as the engine gave it."""
    return policy.Forecast.from_bytes(forecast.content)


def _usable_evidence(work: Work, found: Triage, evidence_ids: list[UUID]) -> records.Evidence | None:
    held = [e for e in records.evidence_of(work, found.patient_id) if e.state != "refused"]
    chosen = [e for e in held if e.id in evidence_ids]
    return chosen[0] if chosen else None


def _evidence_facts(found: Triage, evidence: records.Evidence | None, said: bool | None, sheet: FactSheet) -> None:
    """Offered evidence, or else the patient's word, says what is likely; the doctor decides in the visit."""
    source = f"evidence:{evidence.id}" if evidence else f"triage:{found.id}"
    sheet.put("prior.offline_diagnosis", True if evidence else said, source=source)
    sheet.put("prior.evidence_retained", evidence is not None, source=source)
    if evidence:
        sheet.put("prior.date", evidence.diagnosed_on, source=source)


def request_visit(work: Work, triage_id: UUID, kind: str, wanted_practitioner_id: UUID | None = None,
                  evidence_ids: list[UUID] | None = None, diagnosed_before: bool | None = None) -> Visit:
    """Ask for a visit and open its payment. `kind`: follow_up or advice. Raises OnlineWayClosed and others."""
    found = finished_triage(work, triage_id)
    _require_ready(work, found)
    doctor = _wanted_doctor(work, wanted_practitioner_id, found)
    forecast = forecast_visit(work, triage_id, evidence_ids, diagnosed_before)
    _require_possible(kind, forecast)
    visit = work.add(_new_visit(work, found, kind, doctor))
    visit.forecast_id = forecast.id
    for evidence_id in evidence_ids or []:
        records.attach_evidence(work, visit.id, evidence_id)
    records.bind_consent(work, visit.patient_id, visit.id)
    triage.link_visit(work, found.id, visit.id)
    _open_payment(work, visit)
    work.later("consult.expire_visit", {"visit_id": str(visit.id)}, f"expire:{visit.id}", visit.deadline)
    work.announce(VisitRequested(visit.id, visit.patient_id))
    work.hint(f"patient:{visit.patient_id}")
    return visit


def _require_possible(kind: str, forecast: VisitForecast) -> None:
    """A follow-up that the rules already exclude is not sold; advice stays possible."""
    told = told_in(forecast)
    if kind == "follow_up" and told.verdict == policy.Verdict.BLOCK:
        raise NotOnline(told.summary, rules=list(told.rule_ids), reasons=[told.summary.model_dump()])


def _require_ready(work: Work, found: Triage) -> None:
    """History confirmed, consents given, no second visit for the same trouble."""
    if one_or_none(work, Visit, Visit.triage_id == found.id):
        raise TriageUsed
    if records.history_of(work, found.patient_id).confirmed_at is None:
        raise HistoryNotConfirmed
    missing = records.missing_consents(work, found.patient_id)
    if missing:
        raise ConsentMissing(missing=missing)
    if all_of(work, Visit, Visit.patient_id == found.patient_id, Visit.department == found.department,
              col(Visit.state).in_(OPEN)):
        raise VisitOpenAlready


def _wanted_doctor(work: Work, wanted: UUID | None, found: Triage) -> identity.Practitioner | None:
    if wanted is None:
        return None
    doctor = identity.practitioner(work, wanted)
    probe = Visit(department=found.department)  # type: ignore[call-arg]
    if not may_take(doctor, probe) or doctor.role != "doctor":
        raise DoctorUnsuitable
    return doctor


def _new_visit(work: Work, found: Triage, kind: str, doctor: identity.Practitioner | None) -> Visit:
    wait = timedelta(minutes=work.tool(Settings).visit_wait_minutes)
    number = f"V-{work.now:%y%m}-{secrets.randbelow(10**8):08d}"
    return Visit(
        number=number, organization_id=identity.hospital_id(work), patient_id=found.patient_id,
        account_id=work.actor.account_id, triage_id=found.id, level=found.level, department=found.department,
        complaint=triage.complaint_words(found), kind=kind, bridge=found.level == "urgent",
        wanted_practitioner_id=doctor.id if doctor else None, requested_at=work.now, deadline=work.now + wait,
        price_fen=doctor.fee_fen if doctor else FIRST_FREE_PRICE_FEN)


def _open_payment(work: Work, visit: Visit) -> None:
    line = payments.Line("consult_fee", visit.price_fen, "hospital", visit.organization_id)
    payments.open_payment(work, "visit", visit.id, visit.patient_id, [line],
                          work.tool(Settings).payment_provider, visit.organization_id)


def add_evidence_to_visit(work: Work, visit_id: UUID, evidence_id: UUID) -> Visit:
    """Give the missing proof to a visit; one that waited for it enters the waiting room."""
    visit = visit_for_patient(work, visit_id, lock=True)
    records.attach_evidence(work, visit.id, evidence_id)
    if VISIT.can(visit, "add_evidence", work.actor.role):
        VISIT.move(visit, "add_evidence", work.actor.role)
        visit.waiting_since = work.now
        work.announce(VisitWaiting(visit.id, visit.patient_id))
        work.hint(f"queue:{visit.organization_id}")
    work.hint(f"visit:{visit.id}")
    return visit

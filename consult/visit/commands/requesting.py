"""The patient asks for a visit: a forecast before any money, then the visit with its payment."""
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
from consult.visit.models import Visit
from consult.visit.problems import (
    ConsentMissing,
    DoctorUnsuitable,
    HistoryNotConfirmed,
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


def finished_triage(work: Work, triage_id: UUID) -> Triage:
    """The account's own finished triage; an emergency closes the online way for good."""
    found = work.get(Triage, triage_id)
    identity.require_acting_for(work, found.patient_id)
    if found.level == "emergency":
        raise OnlineWayClosed(level=found.level)
    if found.state != "finished":
        raise TriageNotFinished
    return found


def forecast_visit(work: Work, triage_id: UUID, evidence_ids: list[UUID]) -> policy.StoredForecast:
    """Judge before any money what can be known by now; binds nobody and says so."""
    found = finished_triage(work, triage_id)
    sheet = FactSheet(work.now)
    identity.put_patient_facts(work, sheet, found.patient_id)
    identity.put_institution_facts(work, sheet)
    records.patient_facts(work, found.patient_id, None, sheet)
    sheet.put("visit.mode", "text", source=f"triage:{found.id}", at=work.now)
    _evidence_facts(work, found, evidence_ids, sheet)
    return policy.forecast(work, STAGES, sheet, subject_kind="triage", subject_id=found.id,
                           patient_id=found.patient_id)


def _evidence_facts(work: Work, found: Triage, evidence_ids: list[UUID], sheet: FactSheet) -> None:
    """Evidence that is there or offered counts as likely; whether it holds is the doctor's word later."""
    held = [e for e in records.evidence_of(work, found.patient_id) if e.state != "refused"]
    chosen = [e for e in held if e.id in evidence_ids] or [e for e in held if e.state == "accepted"]
    source = f"evidence:{chosen[0].id}" if chosen else f"triage:{found.id}"
    sheet.put("prior.offline_diagnosis", bool(chosen), source=source, at=work.now)
    if chosen:
        sheet.put("prior.evidence_retained", True, source=source, at=work.now)
        if chosen[0].diagnosed_on:
            sheet.put("prior.date", chosen[0].diagnosed_on, source=source, at=work.now)


def request_visit(work: Work, triage_id: UUID, kind: str, wanted_practitioner_id: UUID | None = None,
                  evidence_ids: list[UUID] | None = None) -> Visit:
    """Ask for a visit and open its payment. `kind`: follow_up or advice. Raises OnlineWayClosed and others."""
    found = finished_triage(work, triage_id)
    _require_ready(work, found)
    doctor = _wanted_doctor(work, wanted_practitioner_id, found)
    forecast = forecast_visit(work, triage_id, evidence_ids or [])
    visit = work.add(_new_visit(work, found, kind, doctor))
    visit.forecast_id = forecast.id
    for evidence_id in evidence_ids or []:
        records.attach_evidence(work, visit.id, evidence_id)
    triage.link_visit(work, found.id, visit.id)
    _open_payment(work, visit)
    work.later("consult.expire_visit", {"visit_id": str(visit.id)}, f"expire:{visit.id}", visit.deadline)
    work.announce(VisitRequested(visit.id, visit.patient_id))
    work.hint(f"patient:{visit.patient_id}")
    return visit


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
    payments.open_payment(work, "visit", visit.id, visit.patient_id, [line])


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

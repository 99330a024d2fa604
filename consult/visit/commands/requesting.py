"""The patient asks for a visit: a forecast before any money, then the visit with its payment."""
import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, func, select

from app.events.consult import VisitRequested
from app.identity import api as identity
from app.kit.problems import invalid
from app.payments import api as payments
from app.policy import api as policy
from app.policy.api import FactSheet
from app.settings import Settings
from app.work import Work, all_of
from consult.triage import api as triage
from consult.triage.api import Triage
from consult.visit.access import fits, visit_for_patient
from consult.visit.commands.waiting import admit_to_waiting_room, enter_waiting_room, watch_deadline
from consult.visit.evidence import require_own_evidence
from consult.visit.facts import booked_with, booking_facts, booking_sheet, settle_sheet
from consult.visit.models import Visit, VisitForecast
from consult.visit.problems import (
    CallBackFirst,
    ConsentMissing,
    DoctorAway,
    DoctorUnsuitable,
    HistoryNotConfirmed,
    NotOnline,
    NotRunning,
    OnlineWayClosed,
    TriageNotFinished,
    TriageTooOld,
    TriageUsed,
    VisitOpenAlready,
)
from consult.visit.queries import triage_holder
from consult.visit.rules import FIRST_FREE_PRICE_FEN, INTAKE, MOST_PAPERS, TRIAGE_HOLDS
from consult.visit.sheets import subject_of
from consult.visit.states import OPEN, VISIT
from records import api as records

KINDS = ("advice", "follow_up", "first_visit")
STAGES = ("book", "consult_start", "diagnose", "prescribe")
KNOWABLE = frozenset({
    "patient.age_years", "patient.realname_verified", "patient.sensitive_data_consent",
    "patient.guardian_privacy_consent", "institution.licensed_internet", "visit.mode",
    "prior.offline_diagnosis", "prior.evidence_retained", "booking.patient_id_matches", "booking.no_shows_90d"})


def finished_triage(work: Work, triage_id: UUID, lock: bool = False) -> Triage:
    """The account's own finished triage of today; an emergency closes the online way, a later one too.

    So does an earlier one until a doctor has called: a new triage is no way around it, to correct that one is.
    """
    found = work.get(Triage, triage_id, lock)
    identity.require_acting_for(work, found.patient_id)
    if found.level == "emergency":
        raise OnlineWayClosed(level=found.level)
    if found.state != "finished" or found.finished_at is None:
        raise TriageNotFinished
    if all_of(work, Triage, Triage.patient_id == found.patient_id, Triage.level == "emergency",
              col(Triage.finished_at) > found.finished_at):
        raise OnlineWayClosed(level="emergency")
    stand = [t for t in triage.uncalled_emergencies(work, found.patient_id) if t.level == "emergency"]
    if others := [t for t in stand if t.id != found.id]:    # of a corrected one its signs are kept as not known
        raise CallBackFirst(triage_id=str(others[-1].id))
    if work.now - found.finished_at > TRIAGE_HOLDS:
        raise TriageTooOld
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
    if not booking_facts(work, found.patient_id, work.actor.account_id, sheet):
        booked_with(None, [], sheet)    # whichever doctor is chosen, nothing of today is with them
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
    """Ask for a visit and open its payment. `kind`: one of KINDS. Raises OnlineWayClosed, NotOnline and others."""
    if kind not in KINDS:
        raise invalid("kind", "请选择复诊或者咨询。", "Please choose a follow-up or advice.")
    papers = _papers(evidence_ids)
    found = finished_triage(work, triage_id, lock=True)
    work.get(identity.Patient, found.patient_id, lock=True)  # two wishes of one patient come one after the other
    _require_ready(work, found)
    doctor = _wanted_doctor(work, wanted_practitioner_id, found)
    visit = _new_visit(work, found, kind, doctor)
    _insist_on_booking(work, visit)
    _require_no_other(work, found)
    said = False if kind == "first_visit" else diagnosed_before
    forecast = forecast_visit(work, triage_id, papers, said)
    _require_possible(kind, forecast)
    visit.forecast_id = forecast.id
    work.add(visit)
    for evidence_id in papers:
        require_own_evidence(work, visit, evidence_id)
        records.attach_evidence(work, visit.id, evidence_id)
    records.bind_consent(work, visit.patient_id, visit.id)
    triage.link_visit(work, found.id, visit.id, instead_of=found.visit_id)
    watch_deadline(work, visit)
    work.announce(VisitRequested(visit.id, visit.patient_id))
    work.hint(f"patient:{visit.patient_id}")
    _open_payment(work, visit)
    return visit


def _papers(evidence_ids: list[UUID] | None) -> list[UUID]:
    """Each paper once. Raises Invalid for more than a visit may begin with."""
    papers = list(dict.fromkeys(evidence_ids or []))
    if len(papers) > MOST_PAPERS:
        raise invalid("evidence_ids", f"最多选 {MOST_PAPERS} 份病历。", f"Please choose at most {MOST_PAPERS} records.")
    return papers


def _insist_on_booking(work: Work, visit: Visit) -> None:
    """Ask the rules of booking and, before any cashier opens, of settling: one answer of both. Raises StepRefused.

    A refused visit was never stored; what is kept of the answer speaks of the triage that led to the wish.
    """
    asked = [policy.judge(work, "book", booking_sheet(work, visit, visit.wanted_practitioner_id), subject_of(visit))]
    if visit.price_fen:
        asked.append(policy.judge(work, "settle", settle_sheet(work, visit), subject_of(visit)))
    policy.insist_allowed(*asked, instead=policy.Subject(
        kind="triage", id=visit.triage_id, patient_id=visit.patient_id, organization_id=visit.organization_id))


def _require_possible(kind: str, forecast: VisitForecast) -> None:
    """A follow-up or first visit that the rules already exclude is not sold; advice stays possible."""
    told = told_in(forecast)
    if kind != "advice" and told.verdict == policy.Verdict.BLOCK:
        raise NotOnline(told.summary, rules=list(told.rule_ids), reasons=[told.summary.model_dump()])


def _require_ready(work: Work, found: Triage) -> None:
    """History confirmed for this visit, consents given, no second visit from the same triage."""
    if triage_holder(work, found):
        raise TriageUsed
    _require_confirmed_history(work, found)
    missing = records.missing_consents(work, found.patient_id)
    if missing:
        raise ConsentMissing(missing=missing)


def _require_no_other(work: Work, found: Triage) -> None:
    """One open visit of a patient in a department, with whichever doctor."""
    if all_of(work, Visit, Visit.patient_id == found.patient_id, Visit.department == found.department,
              col(Visit.state).in_(OPEN)):
        raise VisitOpenAlready


def _require_confirmed_history(work: Work, found: Triage) -> None:
    """Asked once and confirmed for each visit: on the way to this one, and not already used by another."""
    history = records.history_of(work, found.patient_id)
    earlier = select(func.max(Visit.requested_at)).where(Visit.patient_id == found.patient_id)
    last = work.session.exec(earlier).one()
    confirmed = history.confirmed_at
    used = confirmed is not None and last is not None and confirmed <= last
    if history.missing or confirmed is None or used or confirmed < found.created_at - INTAKE:
        raise HistoryNotConfirmed(missing=history.missing)


def _wanted_doctor(work: Work, wanted: UUID | None, found: Triage) -> identity.Practitioner | None:
    if wanted is None:
        return None
    doctor = identity.practitioner(work, wanted)
    if not fits(doctor, found.department or ""):
        raise DoctorUnsuitable
    if all(one.id != doctor.id for one in identity.doctors_on_duty(work)):
        raise DoctorAway    # nobody else may take such a visit, so it could only expire
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
    """Ask for the fee; a visit that costs nothing waits at once."""
    if visit.price_fen == 0:
        admit_to_waiting_room(work, visit.id)
        return
    line = payments.Line("consult_fee", visit.price_fen, "hospital", visit.organization_id)
    payments.open_payment(work, "visit", visit.id, visit.patient_id, [line],
                          work.tool(Settings).payment_provider, visit.organization_id)


def add_evidence_to_visit(work: Work, visit_id: UUID, evidence_id: UUID) -> Visit:
    """Give the missing proof to a visit; one that waited for it enters the waiting room. Raises NotRunning."""
    visit = visit_for_patient(work, visit_id, lock=True)
    if visit.state not in OPEN:
        raise NotRunning(state=visit.state)
    require_own_evidence(work, visit, evidence_id)
    records.attach_evidence(work, visit.id, evidence_id)
    if VISIT.can(visit, "add_evidence", work.actor.role) and work.now < visit.deadline:
        enter_waiting_room(work, visit, "add_evidence", work.actor.role)
    work.hint(f"visit:{visit.id}")
    return visit

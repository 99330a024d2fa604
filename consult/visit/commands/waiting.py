"""The waiting room: in, taken by exactly one doctor, or out again with the money back."""
from uuid import UUID

from app.events.consult import (
    VisitAccepted,
    VisitCancelled,
    VisitDeclined,
    VisitEvent,
    VisitExpired,
    VisitRefused,
    VisitWaiting,
)
from app.identity import api as identity
from app.kit.states import WrongState
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult.chat import api as chat
from consult.visit.commands.money import release_fee, settle_fee
from consult.visit.facts import people_facts, subject_of, visit_sheet
from consult.visit.models import Visit
from consult.visit.problems import AnotherDoctorWanted, NotOnDuty
from consult.visit.queries import visit_for_doctor, visit_for_patient
from consult.visit.states import VISIT
from records import api as records


def admit_to_waiting_room(work: Work, visit_id: UUID) -> Visit:
    """The money is held: the visit waits for a doctor, or for evidence that a follow-up needs."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.state != "requested":
        return visit
    if visit.kind == "follow_up" and not records.evidence_attached(work, visit.id):
        VISIT.move(visit, "ask_evidence", "house")
    else:
        VISIT.move(visit, "wait", "house")
        visit.waiting_since = work.now
        work.announce(VisitWaiting(visit.id, visit.patient_id))
    _tell_screens(work, visit)
    return visit


def refuse_visit(work: Work, visit_id: UUID, reason: str) -> Visit:
    """The cashier declined before anything began."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.state == "requested":
        _end(work, visit, "refuse", "house", reason, VisitRefused)
    return visit


def accept_visit(work: Work, visit_id: UUID) -> Visit:
    """The doctor takes the patient: exactly one wins, the rules are asked, the fee is captured."""
    me = identity.practitioner(work, work.actor.practitioner_id)
    visit = work.get(Visit, visit_id, lock=True)
    if not VISIT.can(visit, "accept", "doctor"):
        raise WrongState(machine="visit", state=visit.state, move="accept",
                         possible=VISIT.possible(visit.state, "doctor"))
    visit_for_doctor(work, visit_id)
    if visit.wanted_practitioner_id not in (None, me.id):
        raise AnotherDoctorWanted
    if me.on_duty_since is None:
        raise NotOnDuty
    facts = people_facts(work, visit, me.id, visit_sheet(work, visit))
    policy.insist_allowed(policy.judge(work, "consult_start", facts, subject_of(visit)))
    VISIT.move(visit, "accept", work.actor.role)
    visit.practitioner_id, visit.accepted_at = me.id, work.now
    records.open_treatment(work, visit.patient_id, me.id, visit.id)
    settle_fee(work, visit)
    chat.post_system(work, visit.id, Text(zh=f"{me.name_zh}{me.title_zh or ''}已接诊",
                                          en=f"{me.name_en} has taken your visit"))
    work.announce(VisitAccepted(visit.id, visit.patient_id))
    _tell_screens(work, visit)
    return visit


def decline_visit(work: Work, visit_id: UUID, reason: str) -> Visit:
    """The doctor declines with a reason that the patient reads; everything goes back."""
    visit = visit_for_doctor(work, visit_id, lock=True)
    return _end(work, visit, "decline", work.actor.role, reason, VisitDeclined)


def cancel_visit(work: Work, visit_id: UUID) -> Visit:
    """The patient leaves the waiting room; everything goes back."""
    visit = visit_for_patient(work, visit_id, lock=True)
    return _end(work, visit, "cancel", work.actor.role, "", VisitCancelled)


def expire_visit(work: Work, visit_id: UUID) -> Visit:
    """Nobody answered by the deadline; everything goes back by itself."""
    visit = work.get(Visit, visit_id, lock=True)
    if VISIT.can(visit, "expire", "house") and work.now >= visit.deadline:
        _end(work, visit, "expire", "house", "", VisitExpired)
    return visit


def _end(work: Work, visit: Visit, move: str, role: str, reason: str, event: type[VisitEvent]) -> Visit:
    """One way out of the waiting room: state, money, announcement."""
    VISIT.move(visit, move, role)
    visit.ended_at, visit.end_reason = work.now, reason
    release_fee(work, visit)
    work.announce(event(visit.id, visit.patient_id))
    _tell_screens(work, visit)
    return visit


def _tell_screens(work: Work, visit: Visit) -> None:
    for topic in (f"visit:{visit.id}", f"queue:{visit.organization_id}", f"patient:{visit.patient_id}"):
        work.hint(topic)


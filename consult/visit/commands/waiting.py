"""The waiting room: in, taken by exactly one doctor, or out again with the money back."""
from datetime import timedelta
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
from app.notify import api as notify
from app.policy import api as policy
from app.settings import Settings
from app.work import Work
from consult.chat import api as chat
from consult.triage.api import Triage, emergency_told
from consult.visit.access import visit_for_patient, visit_in_queue
from consult.visit.commands.lapsing import watch_silence
from consult.visit.commands.money import release_fee, settle_fee
from consult.visit.facts import booking_sheet, people_facts
from consult.visit.models import Visit
from consult.visit.problems import NotOnDuty
from consult.visit.queries import open_visits_of
from consult.visit.rules import EMERGENCY, EVIDENCE_TIME, REMINDER, UNANSWERED
from consult.visit.sheets import subject_of, visit_sheet
from consult.visit.states import VISIT
from consult.visit.words import written
from records import api as records

TOLD_MEANWHILE = Text(zh="患者在这次就诊期间又问了症状，回答里有急症的危险信号，已提示拨打 120。请医生马上联系患者",
                      en="During this visit the patient answered questions about symptoms again and told of an "
                         "emergency; they were asked to call 120. The doctor should get in touch at once")
TELL_DOCTOR = Text(zh="您的一位患者可能情况紧急，请马上看就诊对话",
                   en="One of your patients may be in an emergency; please open the visit now")


def admit_to_waiting_room(work: Work, visit_id: UUID) -> Visit:
    """The money is held: the visit waits for a doctor, or for evidence that a follow-up needs."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.state != "requested":
        return visit
    if visit.kind == "follow_up" and not records.evidence_attached(work, visit.id):
        VISIT.move(visit, "ask_evidence", "house")
        visit.deadline = work.now + EVIDENCE_TIME
        watch_deadline(work, visit)
        _tell_screens(work, visit)
    else:
        enter_waiting_room(work, visit, "wait", "house")
    return visit


def enter_waiting_room(work: Work, visit: Visit, move: str, role: str) -> None:
    """From now on the time counts that the patient was told; it does not include paying or looking for papers."""
    VISIT.move(visit, move, role)
    visit.waiting_since = work.now
    visit.deadline = work.now + timedelta(minutes=work.tool(Settings).visit_wait_minutes)
    watch_deadline(work, visit)
    work.announce(VisitWaiting(visit.id, visit.patient_id))
    _tell_screens(work, visit)


def watch_deadline(work: Work, visit: Visit) -> None:
    """Let the worker look at the deadline that stands now; one that has moved on finds nothing to do."""
    work.later("consult.expire_visit", {"visit_id": str(visit.id)}, f"expire:{visit.id}:{visit.state}",
               visit.deadline)


def refuse_visit(work: Work, visit_id: UUID, reason: str) -> Visit:
    """The cashier declined before anything began."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.state == "requested":
        _end(work, visit, "refuse", "house", reason, VisitRefused)
    return visit


def stop_for_emergency(work: Work, triage_id: UUID) -> None:
    """An emergency was told while visits were open: nobody waits online with it, and a doctor in a visit reads of it.

    Whatever waits or is about to be paid ends with the money back; 120 is shown, and a doctor calls. An answer that is
    corrected later opens the way again, as a new wish.
    """
    told = emergency_told(work, triage_id)
    patient_id = work.get(Triage, triage_id).patient_id
    for known in open_visits_of(work, [patient_id]) if told else []:
        visit = work.get(Visit, known.id, lock=True)
        if told is None or visit.requested_at > told or visit.triage_id == triage_id:
            continue
        if VISIT.can(visit, "refuse", "house"):
            _end(work, visit, "refuse", "house", EMERGENCY, VisitRefused)
        elif visit.state == "in_progress" and visit.practitioner_id is not None:
            chat.post_system(work, visit.id, TOLD_MEANWHILE)
            account = identity.practitioner(work, visit.practitioner_id).account_id
            notify.tell(work, account, "visit", TELL_DOCTOR, f"/doctor/visits/{visit.id}")


def accept_visit(work: Work, visit_id: UUID) -> Visit:
    """The doctor takes the patient: exactly one wins, the rules are asked, the fee is captured."""
    visit = visit_in_queue(work, visit_id)
    me = identity.practitioner(work, work.actor.practitioner_id)
    _require_takeable(work, visit)
    if me.on_duty_since is None:
        raise NotOnDuty
    _insist_on_start(work, visit, me.id)
    VISIT.move(visit, "accept", work.actor.role)
    visit.practitioner_id, visit.accepted_at = me.id, work.now
    records.open_treatment(work, visit.patient_id, me.id, visit.id)
    settle_fee(work, visit)
    chat.post_system(work, visit.id, Text(zh=f"{me.name_zh}{me.title_zh or ''}已接诊",
                                          en=f"{me.name_en} began the visit"))
    work.later("consult.remind", {"visit_id": str(visit.id)}, f"remind:{visit.id}", work.now + REMINDER)
    watch_silence(work, visit, work.now + UNANSWERED)
    work.announce(VisitAccepted(visit.id, visit.patient_id))
    _tell_screens(work, visit)
    return visit


def _insist_on_start(work: Work, visit: Visit, doctor_id: UUID) -> None:
    """Ask the rules; of a visit that named no doctor also those of booking, for now it is known with whom."""
    asked = []
    if visit.wanted_practitioner_id is None:
        work.get(identity.Patient, visit.patient_id, lock=True)     # two visits of one patient are taken in turn
        asked.append(policy.judge(work, "book", booking_sheet(work, visit, doctor_id), subject_of(visit)))
    facts = people_facts(work, visit, doctor_id, visit_sheet(work, visit))
    policy.insist_allowed(*asked, policy.judge(work, "consult_start", facts, subject_of(visit)))


def _require_takeable(work: Work, visit: Visit) -> None:
    """Nobody has taken it, and the patient's money is not on its way back. Raises WrongState."""
    if not VISIT.can(visit, "accept", "doctor") or work.now >= visit.deadline:
        raise WrongState(machine="visit", state=visit.state, move="accept",
                         possible=VISIT.possible(visit.state, "doctor"))


def decline_visit(work: Work, visit_id: UUID, reason: str) -> Visit:
    """The doctor declines with a reason that the patient reads; everything goes back."""
    reason = written(reason, "reason", 1000, needed=True)
    return _end(work, visit_in_queue(work, visit_id), "decline", work.actor.role, reason, VisitDeclined)


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


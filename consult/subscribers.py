"""What the consultation hears: money that was held or refused, its own events, and its deadlines."""
from datetime import datetime
from uuid import UUID

from app.events.consult import (
    CallAsked,
    CallTimeAgreed,
    CallTimeEvent,
    CallTimeOver,
    CallTimeProposed,
    CallTimeReminded,
    TriageFinished,
    VisitAbandoned,
    VisitAccepted,
    VisitCompleted,
    VisitDeclined,
    VisitEvent,
    VisitExpired,
    VisitReferred,
    VisitRefused,
)
from app.events.payments import CaptureFailed, PaymentAuthorised, PaymentCaptured, PaymentFailed
from app.identity import api as identity
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from consult.call.api import expire_guest, watch_appointment, watch_call
from consult.call.appointments.words import NOW, SAYS, SOON, says
from consult.call.house.commands import CHECK, begin_check, check_begun
from consult.triage.api import Triage
from consult.visit.commands import (
    admit_to_waiting_room,
    end_if_silent,
    expire_visit,
    refuse_visit,
    remind,
    stop_for_emergency,
)
from consult.visit.models import Visit
from consult.visit.rules import EMERGENCY


def on_money_held(work: Work, event: PaymentAuthorised | PaymentCaptured) -> None:
    """A held (or, with a wallet, taken) fee opens the waiting room."""
    if event.payable_kind == "visit":
        admit_to_waiting_room(work, event.payable_id)


def on_money_refused(work: Work, event: PaymentFailed) -> None:
    """The cashier declined: the visit never begins."""
    if event.payable_kind == "visit":
        refuse_visit(work, event.payable_id, "payment")


def on_capture_failed(work: Work, event: CaptureFailed) -> None:
    """The visit goes on; the debt is flagged for a person."""
    if event.payable_kind == "visit":
        work.get(Visit, event.payable_id, lock=True).capture_failed = True


TEXTS = {
    VisitAccepted: Text(zh="医生已接诊，请回到对话", en="A doctor has taken your visit; please come back"),
    VisitDeclined: Text(zh="医生没有接这次就诊，原因写在里面，钱已开始退回",
                        en="The doctor did not take your visit and says why; your money is on its way back"),
    VisitExpired: Text(zh="没有医生接诊，钱已开始退回", en="No doctor was free; your money is on its way back"),
    VisitRefused: Text(zh="付款没有成功，就诊没有开始", en="The payment did not go through; the visit did not begin"),
    VisitReferred: Text(zh="医生给您写了转诊信，钱已开始退回",
                        en="The doctor has written you a referral letter; your money is on its way back"),
    VisitAbandoned: Text(zh="很久没有您的回复，就诊已结束", en="There was no answer from you; the visit has ended"),
    VisitCompleted: Text(zh="就诊已结束，可以看小结了", en="Your visit is finished; you can read its summary"),
}
LAPSED = Text(zh="医生接诊后没有回复，就诊已结束，钱已开始退回",
              en="The doctor did not answer after taking your visit; it has ended and your money is on its way back")
STOPPED = Text(zh="这次不能在线看，钱已开始退回。请马上打开，看现在怎么做",
               en="This cannot be done online; your money is on its way back. Please open this now and see what to do")
NEVER_WAITED = Text(zh="就诊没有开始，已经过时；付了的钱会全部退回",
                    en="The visit did not begin in time; whatever was paid goes back in full")


def tell_patient(work: Work, event: VisitEvent) -> None:
    """Call the patient back to the page; the text says nothing about health."""
    text = TEXTS[type(event)]
    visit = work.get(Visit, event.visit_id)
    if isinstance(event, VisitRefused) and visit.end_reason == EMERGENCY:
        text = STOPPED
    if isinstance(event, VisitExpired):
        text = NEVER_WAITED if visit.waiting_since is None else LAPSED if visit.accepted_at else text
    notify.tell_patient(work, event.patient_id, "visit", text, f"/visits/{event.visit_id}")


def heed_emergency(work: Work, event: TriageFinished) -> None:
    """An emergency told beside an open visit stops it, or calls the doctor who is in it."""
    if event.level == "emergency":
        stop_for_emergency(work, event.triage_id)


CALL = Text(zh="有患者等您回电，请看“回电”", en="A patient waits for a call; please look under Calls")


def tell_doctors_to_call(work: Work, event: TriageFinished) -> None:
    """An emergency or unclear danger signs: every doctor of the house is told at once."""
    found = work.get(Triage, event.triage_id)
    if found.call_back_due is not None:
        notify.tell_staff(work, found.organization_id, "doctor", "call_back", CALL, "/doctor/call-backs")


RUNG = {"doctor": Text(zh="医生想和您通话，请回到对话", en="The doctor would like to talk; please come back"),
        "patient": Text(zh="有患者想和您通话", en="A patient would like to talk to you")}


def tell_called(work: Work, event: CallAsked) -> None:
    """Whoever is called may be on another page or none."""
    if event.asked_by == "doctor":
        notify.tell_patient(work, event.patient_id, "visit", RUNG["doctor"], f"/visits/{event.visit_id}")
        return
    doctor = work.get(Visit, event.visit_id).practitioner_id
    if doctor is not None:
        account = identity.practitioner(work, doctor).account_id
        notify.tell(work, account, "visit", RUNG["patient"], f"/doctor/visits/{event.visit_id}")


def tell_of_time(work: Work, event: CallTimeEvent) -> None:
    """A proposal, an answer or a change concerns whoever did not make it; what the house saw, and a reminder, both."""
    starts_at = datetime.fromisoformat(event.starts_at)
    if isinstance(event, CallTimeReminded):
        what = NOW if work.now >= starts_at else SOON
    elif isinstance(event, CallTimeOver):
        what = SAYS[event.state]
    else:
        what = SAYS["proposed" if isinstance(event, CallTimeProposed) else "booked"]
    words = says(what, event.kind, starts_at, event.side)
    if event.side != "patient":
        notify.tell_patient(work, event.patient_id, "visit", words, f"/visits/{event.visit_id}")
    doctor = work.get(Visit, event.visit_id).practitioner_id
    if event.side != "doctor" and doctor is not None:
        account = identity.practitioner(work, doctor).account_id
        notify.tell(work, account, "visit", words, f"/doctor/visits/{event.visit_id}")


def _remind(work: Work, args: dict, _: object) -> None:
    remind(work, UUID(args["visit_id"]))


def _watch_silence(work: Work, args: dict, _: object) -> None:
    end_if_silent(work, UUID(args["visit_id"]))


def _expire(work: Work, args: dict, _: object) -> None:
    expire_visit(work, UUID(args["visit_id"]))


def _watch_call(work: Work, args: dict, _: object) -> None:
    watch_call(work, UUID(args["call_id"]))


def _watch_appointment(work: Work, args: dict, _: object) -> None:
    watch_appointment(work, UUID(args["appointment_id"]))


def _expire_guest(work: Work, args: dict, _: object) -> None:
    expire_guest(work, UUID(args["guest_id"]))


SUBSCRIPTIONS: dict = {
    CallAsked: [tell_called],
    **{event: [tell_of_time] for event in (CallTimeProposed, CallTimeAgreed, CallTimeReminded, CallTimeOver)},
    TriageFinished: [tell_doctors_to_call, heed_emergency],
    PaymentAuthorised: [on_money_held],
    PaymentCaptured: [on_money_held],
    PaymentFailed: [on_money_refused],
    CaptureFailed: [on_capture_failed],
    **{event: [tell_patient] for event in TEXTS},
}
JOB_KINDS = [JobKind("consult.expire_visit", _expire), JobKind("consult.remind", _remind),
             JobKind("consult.watch_silence", _watch_silence), JobKind("consult.watch_call", _watch_call),
             JobKind("consult.expire_guest", _expire_guest), JobKind("consult.watch_appointment", _watch_appointment),
             JobKind(CHECK, check_begun, begin_check)]

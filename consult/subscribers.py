"""What the consultation hears: money that was held or refused, its own events, and its deadlines."""
from uuid import UUID

from app.events.consult import (
    CallAsked,
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
from consult.call.api import expire_guest, watch_call
from consult.call.house.commands import CHECK, begin_check, check_begun
from consult.triage.api import Triage
from consult.visit.commands import admit_to_waiting_room, end_if_silent, expire_visit, refuse_visit, remind
from consult.visit.models import Visit


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
NEVER_WAITED = Text(zh="就诊没有开始，已经过时；付了的钱会全部退回",
                    en="The visit did not begin in time; whatever was paid goes back in full")


def tell_patient(work: Work, event: VisitEvent) -> None:
    """Call the patient back to the page; the text says nothing about health."""
    text = TEXTS[type(event)]
    if isinstance(event, VisitExpired):
        visit = work.get(Visit, event.visit_id)
        text = NEVER_WAITED if visit.waiting_since is None else LAPSED if visit.accepted_at else text
    notify.tell_patient(work, event.patient_id, "visit", text, f"/visits/{event.visit_id}")


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


def _remind(work: Work, args: dict, _: object) -> None:
    remind(work, UUID(args["visit_id"]))


def _watch_silence(work: Work, args: dict, _: object) -> None:
    end_if_silent(work, UUID(args["visit_id"]))


def _expire(work: Work, args: dict, _: object) -> None:
    expire_visit(work, UUID(args["visit_id"]))


def _watch_call(work: Work, args: dict, _: object) -> None:
    watch_call(work, UUID(args["call_id"]))


def _expire_guest(work: Work, args: dict, _: object) -> None:
    expire_guest(work, UUID(args["guest_id"]))


SUBSCRIPTIONS: dict = {
    CallAsked: [tell_called],
    TriageFinished: [tell_doctors_to_call],
    PaymentAuthorised: [on_money_held],
    PaymentCaptured: [on_money_held],
    PaymentFailed: [on_money_refused],
    CaptureFailed: [on_capture_failed],
    **{event: [tell_patient] for event in TEXTS},
}
JOB_KINDS = [JobKind("consult.expire_visit", _expire), JobKind("consult.remind", _remind),
             JobKind("consult.watch_silence", _watch_silence), JobKind("consult.watch_call", _watch_call),
             JobKind("consult.expire_guest", _expire_guest), JobKind(CHECK, check_begun, begin_check)]

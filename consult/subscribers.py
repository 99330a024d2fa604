"""What the consultation hears: money that was held or refused, and its own deadline."""
from uuid import UUID

from app.events.consult import VisitAccepted, VisitExpired, VisitReferred
from app.events.payments import CaptureFailed, PaymentAuthorised, PaymentCaptured, PaymentFailed
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from consult.visit.commands import admit_to_waiting_room, expire_visit, refuse_visit
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


def tell_patient(work: Work, event: VisitAccepted | VisitExpired | VisitReferred) -> None:
    """Call the patient back to the page; the text says nothing about health."""
    texts = {
        "VisitAccepted": Text(zh="医生已接诊，请回到对话", en="A doctor has taken your visit; please come back"),
        "VisitExpired": Text(zh="没有医生接诊，钱已开始退回", en="No doctor was free; your money is on its way back"),
        "VisitReferred": Text(zh="医生给您写了转诊信", en="The doctor has written you a referral letter"),
    }
    notify.tell_patient(work, event.patient_id, "visit", texts[type(event).__name__], f"/visits/{event.visit_id}")


def _expire(work: Work, args: dict, _: object) -> None:
    expire_visit(work, UUID(args["visit_id"]))


SUBSCRIPTIONS = {
    PaymentAuthorised: [on_money_held],
    PaymentCaptured: [on_money_held],
    PaymentFailed: [on_money_refused],
    CaptureFailed: [on_capture_failed],
    VisitAccepted: [tell_patient],
    VisitExpired: [tell_patient],
    VisitReferred: [tell_patient],
}
JOB_KINDS = [JobKind("consult.expire_visit", _expire)]

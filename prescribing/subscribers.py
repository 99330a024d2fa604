"""What the prescription step hears and when its own clocks run out."""
from collections.abc import Collection
from uuid import UUID

from sqlmodel import col

from app.events.consult import FollowUpJudged, VisitReferred
from app.events.prescribing import (
    ApprovalTakenBack,
    FilledFromPaper,
    FillingDenied,
    PrescriptionApproved,
    PrescriptionExpired,
    PrescriptionReturned,
    PrescriptionRevoked,
    PrescriptionSigned,
    RedemptionReversed,
)
from app.events.records import HistoryConfirmed
from app.identity import api as identity
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work, one_or_none
from consult import api as consult
from prescribing.checks.findings import GRAVE
from prescribing.review.queries import known_at_approval, reviews_of
from prescribing.rx.checking import not_handed_out, told_against
from prescribing.rx.commands import expire_prescription, revoke_of_visit
from prescribing.rx.facts import ground_is_lost
from prescribing.rx.handing import names_of
from prescribing.rx.models import Prescription, Redemption
from prescribing.rx.queries import fillings_taken_off, is_paper_closed, prescriptions_of_visit
from prescribing.rx.states import USABLE
from records import api as records

APPROVED, WAITS = (*USABLE, "redeemed"), ("signed", "returned", "superseded")
EXPIRED = Text(zh="处方已过有效期，没有用掉的部分不能再配药",
               en="Your prescription has expired; what was not filled cannot be filled any more")
AGAIN = Text(zh="药师收回了通过，要再看一遍处方，请先等一等",
             en="The pharmacist took the approval back to look again; please wait")
REVOKED = Text(zh="医生撤回了处方，请看诊疗对话", en="The doctor took a prescription back; please open the visit")

FILLED = Text(zh="有药房凭您的纸质处方标记“药已配出”。不是您去配的，请点开告诉医院",
              en="A pharmacy marked your paper prescription as dispensed. If you did not get it, open this and tell us")
UNMARKED = Text(zh="“药已配出”的标记撤销了，请看处方现在怎样",
                en="The mark that your prescription was dispensed was taken off; please see how it stands now")
CLOSED = Text(zh="您的纸质处方标记和撤销的次数太多，不能再凭纸配药；可以在网上下单，或者问医生",
              en="Your paper prescription was marked and unmarked too often: no pharmacy can fill it by the paper any "
                 "more. You can order online, or ask the doctor")
WORN = Text(zh="一张纸质处方标记和撤销的次数太多，药房不能再凭纸配药，请核实",
            en="A paper prescription was marked and unmarked too often, pharmacies cannot fill it any more; "
               "please find out")
DENIED = Text(zh="患者说没有拿到药，处方却被标记为已配出，请核实",
              en="A patient did not get what a pharmacy marked as dispensed; please find out")
BOX_LOST = Text(zh="一箱送出去的药没有送到，订单已经退款，还不知道药在哪里，请核实",
                en="A box that a pharmacy sent never came, and its order was refunded; please find out where it is")
GROUND_LOST = Text(zh="您改了判断，已签名的处方按现在的判断不能在线开：请撤销它，或核对判断",
                   en="By your new judgement a signed prescription may not be prescribed online: "
                      "please revoke it, or check the judgement")

NEWLY_AGAINST = Text(zh="患者改了健康记录，您的一张已审核通过的处方现在可能不合适：请看一看，不能用就撤销，并告诉患者",
                     en="A patient's record changed, and a prescription of yours that was approved may not suit them "
                        "now: please look, revoke it if it must not be used, and tell the patient")


def _stands(work: Work, event: PrescriptionApproved | ApprovalTakenBack, states: Collection[str]) -> bool:
    """False when a job came late: it tells of its own approval or taking back, and of no later one's."""
    rx = work.get(Prescription, event.prescription_id)
    said = [one.id for one in reviews_of(work, rx.id) if one.decision in ("approved", "taken_back")]
    return rx.state in states and said[-1:] == [event.review_id]


def keep_in_record(work: Work, event: PrescriptionApproved) -> None:
    """An approved prescription stands in the record file and in the talk."""
    if not _stands(work, event, APPROVED):
        return
    title = Text(zh="处方，药师已审核", en="Prescription, reviewed by a pharmacist")
    records.add_entry(work, event.patient_id, "prescription", title, names_of(work, event.prescription_id),
                      "prescription", event.prescription_id, event.visit_id)
    consult.post_card(work, event.visit_id, "prescription", event.prescription_id,
                      Text(zh="药师审核通过，可以选药房了", en="Approved by the pharmacist; you can choose a pharmacy"),
                      answers=True)


def tell_patient(work: Work, event: PrescriptionApproved) -> None:
    """Call the patient to the next step; no medicine is named."""
    if not _stands(work, event, APPROVED):
        return
    notify.tell_patient(work, event.patient_id, "prescription",
                        Text(zh="处方已审核通过，请选择药房",
                             en="Your prescription is approved; please choose a pharmacy"),
                        f"/prescriptions/{event.prescription_id}")


def tell_of_the_second_look(work: Work, event: ApprovalTakenBack) -> None:
    """Whoever was told that it is approved is told that it is not: in the record, the talk and the inbox."""
    if not _stands(work, event, WAITS):
        return
    records.add_entry(work, event.patient_id, "prescription", AGAIN, names_of(work, event.prescription_id),
                      "prescription", event.prescription_id, event.visit_id)
    consult.post_card(work, event.visit_id, "prescription", event.prescription_id, AGAIN)
    notify.tell_patient(work, event.patient_id, "prescription", AGAIN, f"/prescriptions/{event.prescription_id}")


def tell_of_the_end(work: Work, event: PrescriptionRevoked | PrescriptionExpired) -> None:
    """The patient hears that a prescription can be used no more, and where to go on."""
    over = isinstance(event, PrescriptionExpired)
    text = EXPIRED if over else REVOKED
    link = f"/prescriptions/{event.prescription_id}" if over else f"/visits/{event.visit_id}"
    notify.tell_patient(work, event.patient_id, "prescription", text, link)


def end_with_the_visit(work: Work, event: VisitReferred) -> None:
    """A changed condition makes what was prescribed unfit: nobody reviews, orders or dispenses it any more."""
    if event.condition_changed:
        revoke_of_visit(work, event.visit_id)


def tell_of_the_lost_ground(work: Work, event: FollowUpJudged) -> None:
    """A judgement after the signature: a prescription that it no longer carries is the doctor's to take back."""
    for rx in prescriptions_of_visit(work, event.visit_id, with_drafts=False):
        if rx.state in ("signed", *USABLE, "redeemed") and ground_is_lost(work, rx):
            doctor = identity.practitioner(work, rx.practitioner_id)
            notify.tell(work, doctor.account_id, "prescription", GROUND_LOST, f"/doctor/visits/{rx.visit_id}")
            return


def tell_of_what_is_new(work: Work, event: HistoryConfirmed) -> None:
    """What the patient says after an approval may forbid it: the doctor, who can revoke, hears while it is on its way.

    To the pharmacist the record closed with the review, so there is nothing that they could look at.
    """
    for rx in not_handed_out(work, event.patient_id):
        grave = [one for one in told_against(work, rx) if one.severity in GRAVE]
        if len(known_at_approval(work, rx.id, grave)) < len(grave):
            doctor = identity.practitioner(work, rx.practitioner_id)
            notify.tell(work, doctor.account_id, "prescription", NEWLY_AGAINST, f"/doctor/prescriptions/{rx.id}")


def tell_pharmacists(work: Work, event: PrescriptionSigned) -> None:
    """A signed prescription waits in the pharmacists' queue."""
    rx = work.get(Prescription, event.prescription_id)
    notify.tell_staff(work, rx.organization_id, "pharmacist", "review",
                      Text(zh="有处方待审核", en="A prescription waits for review"), "/pharmacist/queue")


def tell_doctor(work: Work, event: PrescriptionReturned) -> None:
    """The prescriber answers a returned prescription with a new version."""
    rx = work.get(Prescription, event.prescription_id)
    doctor = identity.practitioner(work, rx.practitioner_id)
    notify.tell(work, doctor.account_id, "prescription",
                Text(zh="处方被药师退回，请修改", en="A pharmacist returned a prescription; please revise it"),
                f"/doctor/visits/{rx.visit_id}")


def _paper_claim(work: Work, event: FilledFromPaper | FillingDenied | RedemptionReversed) -> Redemption | None:
    """The claim of an event when it was made from the paper; that of our own order tells by its order."""
    return one_or_none(work, Redemption, Redemption.dispense_id == event.dispense_id,
                       col(Redemption.pharmacy_id).is_(None))


def tell_of_the_filling(work: Work, event: FilledFromPaper) -> None:
    """Record and patient hear at once that a pharmacy has dispensed from the paper; unless it was undone before."""
    made = _paper_claim(work, event)
    if made is None or made.reversed_at is not None:
        return
    title = Text(zh=f"凭纸质处方配出，药房自己填的名称：{made.outside_name}",
                 en=f"Dispensed from the paper, by a pharmacy that calls itself {made.outside_name}")
    records.add_entry(work, event.patient_id, "dispense", title, names_of(work, event.prescription_id),
                      "prescription", event.prescription_id, event.visit_id, made.at)
    notify.tell_patient(work, event.patient_id, "prescription", FILLED, f"/prescriptions/{event.prescription_id}")


def tell_of_the_unmarking(work: Work, event: RedemptionReversed) -> None:
    """Whoever was told that it was dispensed is told that it was not; when it was the last time, the hospital too."""
    made = _paper_claim(work, event)
    if made is None or made.reversed_at is None:
        return
    title = Text(zh=f"配出的标记撤销了，药房自己填的名称：{made.outside_name}",
                 en=f"Not dispensed after all; the pharmacy called itself {made.outside_name}")
    records.add_entry(work, event.patient_id, "dispense", title, names_of(work, event.prescription_id),
                      "prescription", event.prescription_id, event.visit_id, made.reversed_at)
    rx = work.get(Prescription, event.prescription_id)
    closed = rx.state in USABLE and is_paper_closed(work, rx.id)
    notify.tell_patient(work, event.patient_id, "prescription", CLOSED if closed else UNMARKED,
                        f"/prescriptions/{rx.id}")
    if closed and fillings_taken_off(work, rx.id)[-1].id == made.id:
        notify.tell_staff(work, rx.organization_id, "pharmacist", "prescription", WORN, f"/pharmacist/filled/{rx.id}")


def tell_of_the_denial(work: Work, event: FillingDenied) -> None:
    """The pharmacists of the hospital find out what happened."""
    rx = work.get(Prescription, event.prescription_id)
    text = DENIED if _paper_claim(work, event) else BOX_LOST
    notify.tell_staff(work, rx.organization_id, "pharmacist", "prescription", text, f"/pharmacist/filled/{rx.id}")


def _expire(work: Work, args: dict, _: object) -> None:
    expire_prescription(work, UUID(args["prescription_id"]))


SUBSCRIPTIONS = {
    HistoryConfirmed: [tell_of_what_is_new],
    FollowUpJudged: [tell_of_the_lost_ground],
    VisitReferred: [end_with_the_visit],
    PrescriptionSigned: [tell_pharmacists],
    PrescriptionApproved: [keep_in_record, tell_patient],
    ApprovalTakenBack: [tell_of_the_second_look],
    PrescriptionReturned: [tell_doctor],
    PrescriptionRevoked: [tell_of_the_end],
    PrescriptionExpired: [tell_of_the_end],
    FilledFromPaper: [tell_of_the_filling],
    RedemptionReversed: [tell_of_the_unmarking],
    FillingDenied: [tell_of_the_denial],
}
JOB_KINDS = [JobKind("prescribing.expire", _expire)]

"""What the prescription step hears and when its own clocks run out."""
from uuid import UUID

from app.events.consult import VisitReferred
from app.events.prescribing import (
    ApprovalTakenBack,
    PrescriptionApproved,
    PrescriptionExpired,
    PrescriptionReturned,
    PrescriptionRevoked,
    PrescriptionSigned,
)
from app.identity import api as identity
from app.jobs import JobKind
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from consult import api as consult
from prescribing.rx.commands import expire_prescription, revoke_of_visit
from prescribing.rx.handing import names_of
from prescribing.rx.models import Prescription
from prescribing.rx.states import USABLE
from records import api as records

EXPIRED = Text(zh="处方已过有效期，没有用掉的部分不能再配药",
               en="Your prescription has expired; what was not filled cannot be filled any more")
AGAIN = Text(zh="药师收回了通过，要再看一遍处方，请先等一等",
             en="The pharmacist took the approval back to look again; please wait")
REVOKED = Text(zh="医生撤回了处方，请看诊疗对话", en="The doctor took a prescription back; please open the visit")


def _still_approved(work: Work, event: PrescriptionApproved) -> bool:
    """False when a job came late and the approval was taken back, revoked or ran out meanwhile."""
    rx = work.get(Prescription, event.prescription_id)
    return rx.state in (*USABLE, "redeemed")


def keep_in_record(work: Work, event: PrescriptionApproved) -> None:
    """An approved prescription stands in the record file and in the talk."""
    if not _still_approved(work, event):
        return
    title = Text(zh="处方，药师已审核", en="Prescription, reviewed by a pharmacist")
    records.add_entry(work, event.patient_id, "prescription", title, names_of(work, event.prescription_id),
                      "prescription", event.prescription_id, event.visit_id)
    consult.post_card(work, event.visit_id, "prescription", event.prescription_id,
                      Text(zh="药师审核通过，可以选药房了", en="Approved by the pharmacist; you can choose a pharmacy"))


def tell_patient(work: Work, event: PrescriptionApproved) -> None:
    """Call the patient to the next step; no medicine is named."""
    if not _still_approved(work, event):
        return
    notify.tell_patient(work, event.patient_id, "prescription",
                        Text(zh="处方已审核通过，请选择药房",
                             en="Your prescription is approved; please choose a pharmacy"),
                        f"/prescriptions/{event.prescription_id}")


def tell_of_the_second_look(work: Work, event: ApprovalTakenBack) -> None:
    """Whoever was told that it is approved is told that it is not: in the record, the talk and the inbox."""
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


def _expire(work: Work, args: dict, _: object) -> None:
    expire_prescription(work, UUID(args["prescription_id"]))


SUBSCRIPTIONS = {
    VisitReferred: [end_with_the_visit],
    PrescriptionSigned: [tell_pharmacists],
    PrescriptionApproved: [keep_in_record, tell_patient],
    ApprovalTakenBack: [tell_of_the_second_look],
    PrescriptionReturned: [tell_doctor],
    PrescriptionRevoked: [tell_of_the_end],
    PrescriptionExpired: [tell_of_the_end],
}
JOB_KINDS = [JobKind("prescribing.expire", _expire)]

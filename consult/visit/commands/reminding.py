"""Calls back whoever owes a word: the patient who was let go from the page, or the doctor with many visits."""
from uuid import UUID

from app.identity import api as identity
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from consult.call import api as call
from consult.visit.models import Visit
from consult.visit.rules import REMINDER

TO_PATIENT = Text(zh="医生在等您回复，30 分钟没有回复，就诊可能会结束",
                  en="The doctor is waiting for your answer; after 30 minutes without one the visit may end")
TO_DOCTOR = Text(zh="有患者在等您回复", en="A patient is waiting for your answer")


def remind(work: Work, visit_id: UUID) -> None:
    """Tell the side that has been silent for REMINDER; look again later when somebody wrote in between."""
    visit = work.get(Visit, visit_id)
    if visit.state != "in_progress" or visit.accepted_at is None:
        return
    doctor, patient = (call.last_heard(work, visit, side) for side in ("doctor", "patient"))
    latest = max(moment for moment in (visit.accepted_at, doctor, patient) if moment is not None)
    if work.now < latest + REMINDER:
        work.later("consult.remind", {"visit_id": str(visit.id)}, f"remind:{visit.id}", latest + REMINDER)
    elif doctor is not None and doctor == latest:
        notify.tell_patient(work, visit.patient_id, "visit", TO_PATIENT, f"/visits/{visit.id}")
    elif visit.practitioner_id is not None:
        mine = identity.practitioner(work, visit.practitioner_id)
        notify.tell(work, mine.account_id, "visit", TO_DOCTOR, f"/doctor/visits/{visit.id}")

"""The ends of a running visit: finished by the doctor, stopped online with a referral, or abandoned."""
from datetime import timedelta
from uuid import UUID

from app.events.consult import VisitAbandoned, VisitCompleted, VisitReferred
from app.kit.problems import invalid
from app.kit.text import Text
from app.work import Work
from consult.call import api as call
from consult.chat import api as chat
from consult.visit.access import require_attending
from consult.visit.commands.judging import judge_follow_up, keep_summary
from consult.visit.commands.money import release_fee
from consult.visit.models import Referral, Visit
from consult.visit.problems import NoteMissing, NotSilentYet
from consult.visit.queries import judgement_of, note_of
from consult.visit.rules import CORRECTION_WINDOW, SILENCE, may_abandon
from consult.visit.states import VISIT
from consult.visit.words import written
from records import api as records

AFTERCARE = timedelta(days=7)
LONGEST_LETTER = 4000
URGENCIES = ("urgent", "soon", "routine")


def finish_visit(work: Work, visit_id: UUID) -> Visit:
    """The doctor finishes explicitly; a note must stand. The doctor may read on for the correction time."""
    visit = require_attending(work, visit_id)
    note = note_of(work, visit.id)
    if note is None or not note.advice.strip():
        raise NoteMissing
    close_visit(work, visit, "finish", "", work.actor.role)
    chat.post_system(work, visit.id, Text(zh="医生已结束本次就诊，小结在病历里",
                                          en="The doctor has finished this visit; the summary is in your record"))
    keep_summary(work, visit, note)
    work.announce(VisitCompleted(visit.id, visit.patient_id))
    return visit


def refer_visit(work: Work, visit_id: UUID, reason: str, to_place: str, urgency: str = "soon",
                condition_changed: bool = False) -> Referral:
    """Stop the visit online with one action: the letter is written, everything goes back."""
    visit = require_attending(work, visit_id)
    reason = written(reason, "reason", LONGEST_LETTER, needed=True)
    to_place = written(to_place, "to_place", 200, needed=True)
    if urgency not in URGENCIES:
        raise invalid("urgency", "请选择多快去。", "Please choose how soon.")
    if condition_changed:
        judge_follow_up(work, visit_id, condition_changed=True)
    close_visit(work, visit, "refer", to_place, work.actor.role)    # why stands in the letter, whole
    letter = work.add(Referral(visit_id=visit.id, patient_id=visit.patient_id, at=work.now, to_place=to_place,
                               practitioner_id=visit.practitioner_id, urgency=urgency, reason=reason))
    release_fee(work, visit)
    chat.post_system(work, visit.id, Text(zh=f"这次不能在线看，请到{to_place}当面就诊，费用全部退回",
                                          en=f"This cannot be done online; please be seen at {to_place}. "
                                             "All money goes back"))
    records.add_entry(work, patient_id=visit.patient_id, kind="referral", visit_id=visit.id,
                      source_kind="referral", source_id=letter.id, title=Text(zh="转诊信", en="Referral letter"),
                      summary=Text(zh=f"{to_place}：{reason}", en=f"{to_place}: {reason}"))
    judged = judgement_of(work, visit.id)
    work.announce(VisitReferred(visit.id, visit.patient_id, bool(judged and judged.condition_changed)))
    return letter


def abandon_visit(work: Work, visit_id: UUID) -> Visit:
    """The patient left and did not come back; the rule shown before paying applies (no refund).

    Only when the doctor wrote last and SILENCE has passed since then. Raises NotSilentYet.
    """
    visit = require_attending(work, visit_id)
    doctor, patient = (call.last_heard(work, visit, side) for side in ("doctor", "patient"))
    if not may_abandon(doctor, patient, work.now):
        owes = doctor is not None and (patient is None or patient < doctor)
        raise NotSilentYet(possible_at=(doctor + SILENCE).isoformat() if owes and doctor else None)
    close_visit(work, visit, "abandon", "", work.actor.role)
    chat.post_system(work, visit.id, Text(zh="30 分钟没有您的回复，本次就诊已结束",
                                          en="There was no answer from you for 30 minutes; this visit has ended"))
    work.announce(VisitAbandoned(visit.id, visit.patient_id))
    return visit


def patient_left(work: Work, visit: Visit) -> bool:
    """Whether `abandon_visit` is possible now."""
    doctor, patient = (call.last_heard(work, visit, side) for side in ("doctor", "patient"))
    return visit.state == "in_progress" and may_abandon(doctor, patient, work.now)


def close_visit(work: Work, visit: Visit, move: str, reason: str, role: str) -> None:
    """One way out of a running visit: state, treatment relation, screens."""
    VISIT.move(visit, move, role)
    visit.ended_at, visit.end_reason = work.now, reason
    call.end_call_of(work, visit)
    records.close_treatment(work, visit.id, work.now + max(AFTERCARE, CORRECTION_WINDOW))
    for topic in (f"visit:{visit.id}", f"queue:{visit.organization_id}", f"patient:{visit.patient_id}"):
        work.hint(topic)

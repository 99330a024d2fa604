"""A running visit in which somebody fell silent for good: nobody waits for ever, and no money is kept for nothing.

A hang-up, a reload or a pause ends nothing; only long silence does, and whose silence it is decides about the money.
"""
from datetime import datetime
from uuid import UUID

from app.events.consult import VisitAbandoned, VisitExpired
from app.kit.text import Text
from app.work import Work
from consult.call import api as call
from consult.chat import api as chat
from consult.visit.commands.ending import close_visit
from consult.visit.commands.money import release_fee
from consult.visit.models import Visit
from consult.visit.queries import judgement_of, note_of
from consult.visit.rules import LOOK_AGAIN, Silence, silence_of

NOT_ANSWERED = Text(zh="医生一直没有回复，本次就诊已结束，费用全部退回。对不起，请换一位医生",
                    en="The doctor did not answer, so this visit has ended and all money goes back. "
                       "We are sorry; please choose another doctor")
STAYED_AWAY = Text(zh="三天没有您的回复，本次就诊已结束",
                   en="There was no answer from you for three days; this visit has ended")


def watch_silence(work: Work, visit: Visit, due: datetime) -> None:
    """Look at `due` whether somebody is still waiting for the other."""
    work.later("consult.watch_silence", {"visit_id": str(visit.id)}, f"silence:{visit.id}:{due:%Y%m%d%H%M%S}", due)


def end_if_silent(work: Work, visit_id: UUID) -> Visit:
    """End a visit whose doctor owes an answer for too long, or whose patient stayed away; else look again later."""
    visit = work.get(Visit, visit_id, lock=True)
    if visit.state != "in_progress" or visit.accepted_at is None:
        return visit
    patient = call.last_heard(work, visit, "patient")
    silence = silence_of(visit.accepted_at, _reached(work, visit, patient), patient, _began(work, visit))
    ends = max(silence.ends, call.agreed_until(work, visit.id) or silence.ends)
    if work.now < ends:
        watch_silence(work, visit, min(ends, work.now + LOOK_AGAIN))    # whose turn it is may change
    else:
        _end(work, visit, silence)
    return visit


def _reached(work: Work, visit: Visit, patient_wrote: datetime | None) -> datetime | None:
    """When the patient last had a word, a call or a prescription from the doctor; None: not at all."""
    moments = (call.last_heard(work, visit, "doctor"), chat.answered_by_card(work, visit.id, patient_wrote))
    return max((moment for moment in moments if moment is not None), default=None)


def _began(work: Work, visit: Visit) -> bool:
    """Whether the doctor has judged (as a diagnosis needs) or noted anything, or sees to a time for a call."""
    return (judgement_of(work, visit.id) is not None or note_of(work, visit.id) is not None
            or call.doctor_arranges(work, visit.id))


def _end(work: Work, visit: Visit, silence: Silence) -> None:
    if silence.of == "doctor":
        close_visit(work, visit, "lapse", "", "house")
        release_fee(work, visit)
        chat.post_system(work, visit.id, NOT_ANSWERED)
        work.announce(VisitExpired(visit.id, visit.patient_id))
    else:
        close_visit(work, visit, "abandon", "", "house")
        chat.post_system(work, visit.id, STAYED_AWAY)
        work.announce(VisitAbandoned(visit.id, visit.patient_id))

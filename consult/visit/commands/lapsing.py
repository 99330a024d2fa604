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
    silence = silence_of(visit.accepted_at, doctor_acted(work, visit), call.last_heard(work, visit, "patient"))
    if work.now < silence.ends:
        watch_silence(work, visit, min(silence.ends, work.now + LOOK_AGAIN))    # whose turn it is may change
    else:
        _end(work, visit, silence)
    return visit


def doctor_acted(work: Work, visit: Visit) -> datetime | None:
    """When the doctor last wrote, talked, judged or noted (a diagnosis needs a judgement); None: not at all."""
    rows = (judgement_of(work, visit.id), note_of(work, visit.id))
    moments = [call.last_heard(work, visit, "doctor"), *(row.at for row in rows if row is not None)]
    return max((moment for moment in moments if moment is not None), default=None)


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

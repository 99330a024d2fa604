"""What holds for calls now, and what the last check found."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlmodel import col, select

from app.settings import Settings
from app.work import Work
from consult.call.house.models import CallCheck, CallSettings

Recording = Literal["ask", "off"]
LEAST_KBITS, USUAL_KBITS, MOST_KBITS = 150, 800, 2500
GIVEN_UP = timedelta(minutes=5)     # a check that has not ended by then was lost with its server


@dataclass(frozen=True)
class CallsHere:
    """`recording`: ask everybody, or off; `picture_kbits`: the most that one browser sends of its picture;
    `set_at`: None while nobody has set anything."""

    recording: Recording
    picture_kbits: int
    set_at: datetime | None = None


def calls_here(work: Work) -> CallsHere:
    """What the operator set last. FUZHEN_RECORDING=off stands above it: the environment can only tighten."""
    row = work.session.exec(select(CallSettings).order_by(col(CallSettings.set_at).desc(), col(CallSettings.id).desc())
                            .limit(1)).first()
    outside = work.tool(Settings).recording
    if row is None:
        return CallsHere(outside, USUAL_KBITS)
    return CallsHere("off" if outside == "off" else cast(Recording, row.recording), row.picture_kbits,
                     row.set_at)


def last_call_check(work: Work) -> CallCheck | None:
    """The newest check, done or under way."""
    return work.session.exec(select(CallCheck).order_by(col(CallCheck.asked_at).desc()).limit(1)).first()


def is_checking(work: Work, check: CallCheck | None) -> bool:
    """True while a check is under way."""
    return check is not None and check.done_at is None and work.now - check.asked_at < GIVEN_UP

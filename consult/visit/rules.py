"""Pure decisions of the waiting room: order of the queue, honest waits, prices and periods."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.text import Text

LEVEL_WEIGHT = {"emergency": 3, "urgent": 2, "soon": 1, "routine": 0, "self_care": 0}
TARGET_MINUTES = {"emergency": 1, "urgent": 10, "soon": 30, "routine": 60, "self_care": 60}
MINUTES_A_VISIT = (6, 14)
CORRECTION_WINDOW = timedelta(hours=24)
INTAKE = timedelta(hours=2)  # what is said and confirmed on the way to a visit belongs to it
TRIAGE_HOLDS = timedelta(hours=24)
EVIDENCE_TIME = timedelta(hours=2)  # to find a paper at home and take a photo of it
SILENCE = timedelta(minutes=30)
REMINDER = timedelta(minutes=15)
UNANSWERED = timedelta(minutes=60)  # a doctor who took a visit and then did nothing at all
DOCTOR_GONE = timedelta(hours=48)  # a doctor who had begun, if only alone, and left a patient without an answer
PATIENT_GONE = timedelta(hours=72)
NO_SHOWS_COUNT = timedelta(days=90)
LOOK_AGAIN = timedelta(hours=6)
READ_HOLDS = timedelta(minutes=10)  # one line of the trail stands for one sitting in front of one visit
MOST_PAPERS = 20  # that one visit may begin with; each is looked at while everybody else waits to write
EMERGENCY = "emergency"  # why a visit ended that the patient's later triage stopped
FIRST_FREE_PRICE_FEN = 1500
EXCEPTIONAL = ("covid_symptoms", "covid_home_care_eligible")  # judged only while the law has an exception that asks
REFUND_RULE = Text(
    zh="没有医生接诊、医生不接、接了不回复或转去线下，钱全部退回。"
       "医生接诊后开始收费；您中途离开、30 分钟没有回来，不退。",
    en="If no doctor answers, declines or sends you to a clinic, all money goes back. The fee is taken when a "
       "doctor takes the visit; if you leave and stay away for 30 minutes, it is not refunded.")


@dataclass(frozen=True)
class Place:
    """Where somebody stands: people before them and an honest range of minutes."""

    ahead: int
    low_minutes: int
    high_minutes: int
    doctors: int
    deadline: datetime


def urgency(level: str, waiting_since: datetime, now: datetime) -> float:
    """Weight of the level plus waited time in units of the level's target: urgent first, nobody starves."""
    waited = max(0.0, (now - waiting_since).total_seconds() / 60)
    return LEVEL_WEIGHT[level] + waited / TARGET_MINUTES[level]


def may_abandon(doctor_wrote: datetime | None, patient_wrote: datetime | None, now: datetime) -> bool:
    """True when the doctor spoke last and the patient has been silent for SILENCE since; a call alone is not enough."""
    if doctor_wrote is None or (patient_wrote is not None and patient_wrote >= doctor_wrote):
        return False
    return now - doctor_wrote >= SILENCE


@dataclass(frozen=True)
class Silence:
    """Whose turn it is to speak, and when waiting for it ends the visit."""

    of: str
    ends: datetime


def silence_of(accepted: datetime, doctor_reached: datetime | None, patient_wrote: datetime | None,
               doctor_began: bool = False) -> Silence:
    """The doctor owes the first word, every answer, and what follows from a call, in which both spoke to its end.

    Only what reached the patient counts. A doctor who has begun for themselves (judged, noted) gets longer for the
    first word, and no more.
    """
    if doctor_reached is None:
        return Silence("doctor", accepted + (DOCTOR_GONE if doctor_began else UNANSWERED))
    if patient_wrote is not None and patient_wrote >= doctor_reached:
        return Silence("doctor", patient_wrote + DOCTOR_GONE)
    return Silence("patient", doctor_reached + PATIENT_GONE)


def wait_range(ahead: int, doctors: int) -> tuple[int, int]:
    """Minutes, low and high, to one's turn with `doctors` on duty (none: as with one)."""
    rounds = -(-(ahead + 1) // max(1, doctors))
    low, high = MINUTES_A_VISIT
    return max(1, (rounds - 1) * low), rounds * high


def in_order(entries: Sequence[tuple[str, datetime]], now: datetime) -> list[int]:
    """Indices of (level, waiting since) in the order of the queue; equals keep the order of arrival."""
    return sorted(range(len(entries)), key=lambda i: (-urgency(*entries[i], now), entries[i][1]))

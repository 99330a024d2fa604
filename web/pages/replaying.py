"""A recorded call played back: both sides' files on one line of time, with the conversation beside it."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.door import Door, Gate, GuardedRoute
from web.pages.patient.acting import acting_for, framed
from web.pages.patient.acting import show as show_patient
from web.pages.patient.views import Person, Words
from web.pages.patient.visits import doctor_words
from web.pages.staff.desk import show as show_staff
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.views import StaffFrame
from web.playing import played

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Patient = Annotated[Door, Gate("patient")]
Doctor = Annotated[Door, Gate("doctor")]
MOST = 1000
KINDS = {"image": Text(zh="发了照片", en="sent a photo"), "pdf": Text(zh="发了文件", en="sent a file"),
         "voice": Text(zh="发了语音", en="sent a voice message")}
GAP = 60    # seconds without any recording that separate two calls on the line of time


@dataclass(frozen=True)
class Piece:
    """One file: from second `begin` to `end` of the line of time."""

    side: str
    begin: float
    end: float
    at: datetime
    href: str
    picture: bool
    cut: bool


@dataclass(frozen=True)
class Said:
    """One line of the conversation; `second` is where it was said on the line of time."""

    who: str
    text: Words
    at: datetime
    second: float


@dataclass(frozen=True)
class Replay:
    """Everything that a page plays."""

    patient: Words
    doctor: Words
    seconds: float
    pieces: tuple[Piece, ...]
    said: tuple[Said, ...]

    def of(self, side: str) -> list[Piece]:
        """The files of a side."""
        return [one for one in self.pieces if one.side == side]


@dataclass(frozen=True)
class PatientReplay:
    """The patient's page."""

    person: Person
    replay: Replay
    back: str


@dataclass(frozen=True)
class DoctorReplay:
    """The doctor's page."""

    frame: StaffFrame
    replay: Replay
    back_href: str


class Line:
    """Turns moments into seconds of playing time: pauses between calls are left out."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        self._parts: list[tuple[datetime, datetime, float]] = []
        for begin, end in sorted(spans):
            if self._parts and (begin - self._parts[-1][1]).total_seconds() <= GAP:
                first, last, second = self._parts[-1]
                self._parts[-1] = (first, max(last, end), second)
            else:
                self._parts.append((begin, end, self.length))

    @property
    def length(self) -> float:
        """Seconds in all."""
        return self._parts[-1][2] + (self._parts[-1][1] - self._parts[-1][0]).total_seconds() if self._parts else 0.0

    def second(self, moment: datetime) -> float:
        """Where a moment stands; one in a pause stands at the end of what was before it."""
        found = 0.0
        for begin, end, second in self._parts:
            if moment >= begin:
                found = second + (min(moment, end) - begin).total_seconds()
        return found


def replay_of(work: Work, visit: consult.Visit, base: str) -> Replay:
    """The recordings of a visit as one reader may play them; the look is written down. Raises NotFound."""
    lines = consult.recordings_of(work, visit.id)
    if not lines:
        raise NotFound
    time = Line([(one.started_at, one.ended_at) for one in lines])
    pieces = tuple(Piece(one.side, time.second(one.started_at), time.second(one.ended_at), one.started_at,
                         f"{base}/{one.id}", one.has_picture, one.recovered) for one in lines)
    first, last = min(one.started_at for one in lines), max(one.ended_at for one in lines)
    said = tuple(_said(one, time) for one in consult.messages(work, visit, 0, MOST) if first <= one.at <= last)
    patient = identity.patient(work, visit.patient_id).name
    return Replay(patient, doctor_words(work, visit), time.length, pieces, said)


def _said(message: Any, time: Line) -> Said:
    card = message.card
    text: Words = Text(zh=card["zh"], en=card["en"]) if card else message.text or KINDS.get(message.kind, "")
    return Said(message.sender if not card else "house", text, message.at, time.second(message.at))


@router.get("/visits/{visit_id}/recording")
def patient_replay(visit_id: UUID, door: Patient) -> Response:
    """What was recorded in a visit, for the patient's side."""
    with door.read() as work:
        visit = consult.visit_for_patient(work, visit_id)
        view = PatientReplay(acting_for(work, visit.patient_id).person,
                             replay_of(work, visit, f"/visits/{visit_id}/recording"),
                             f"/visits/{visit_id}/{'chat' if visit.ended_at is None else 'summary'}")
        return show_patient(door, "recording", framed(work), view)


@router.get("/doctor/visits/{visit_id}/recording")
def doctor_replay(visit_id: UUID, door: Doctor) -> Response:
    """What was recorded in a visit, for a doctor who treats the patient."""
    with door.read() as work:
        visit = consult.visit_for_doctor(work, visit_id)
        view = DoctorReplay(doctor_frame(work), replay_of(work, visit, f"/doctor/visits/{visit_id}/recording"),
                            f"/doctor/visits/{visit_id}")
    return show_staff(door, "staff/doctor/recording.html", view, path=f"/doctor/visits/{visit_id}/recording")


@router.get("/visits/{visit_id}/recording/{segment_id}")
def patient_file(visit_id: UUID, segment_id: UUID, door: Patient) -> Response:
    """One file for the patient's player."""
    return played(door, visit_id, segment_id)


@router.get("/doctor/visits/{visit_id}/recording/{segment_id}")
def doctor_file(visit_id: UUID, segment_id: UUID, door: Doctor) -> Response:
    """One file for the doctor's player."""
    return played(door, visit_id, segment_id)

"""Reading recordings: how one stands in a call, and what a visit has kept."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from app.kit.problems import NotFound
from app.storage import Streams
from app.storage.vault import Unreadable
from app.work import Work, all_of, one_or_none
from consult.call.guests.queries import without_session
from consult.call.house.queries import calls_here
from consult.call.media.container import with_length
from consult.call.models import Call, CallMember
from consult.call.protocol import SIDES
from consult.call.recording.models import RecordingAnswer, RecordingLeg, RecordingSegment
from consult.call.recording.problems import RecordingUnreadable
from consult.call.recording.rules import FORM, answer_of, parties
from consult.call.recording.states import LIVE
from consult.visit.models import Visit
from records import api as records


@dataclass(frozen=True)
class RecordingView:
    """How the recording of a call stands for one reader.

    `state`: off, asking, refused, agreed (nothing is kept yet or any more), running. `mine` is the reader's own answer,
    `leg` the copy of their own page that is received now.
    """

    state: str
    mine: bool | None
    leg: UUID | None


OFF = RecordingView("off", None, None)


def may_be_recorded(work: Work) -> bool:
    """Whether this house records calls at all."""
    return calls_here(work).recording == "ask"


def recording_form(work: Work) -> records.Form | None:
    """The text that is agreed to; None where nothing is recorded."""
    return records.form_named(FORM) if may_be_recorded(work) else None


def answers_of(work: Work, visit: Visit) -> list[RecordingAnswer]:
    """What the parties said; a patient's yes counts while the consent behind it stands."""
    given = FORM in records.consents_of(work, visit.patient_id, visit.id)
    found = all_of(work, RecordingAnswer, RecordingAnswer.visit_id == visit.id)
    return [one for one in found if one.side != "patient" or not one.agreed or given]


def agreement_on(work: Work, call: Call) -> str:
    """off, asking, refused or agreed, for a call."""
    if call.state != "talking" or not call.may_record or not may_be_recorded(work):
        return "off"
    return answer_of(all_of(work, CallMember, CallMember.call_id == call.id),
                     answers_of(work, work.get(Visit, call.visit_id)))


def recording_seen(work: Work, call: Call) -> RecordingView:
    """The recording of a call for whoever reads; the caller has checked that they take part."""
    state = agreement_on(work, call)
    if state == "off":
        return OFF
    account = work.actor.account_id
    said = one_or_none(work, RecordingAnswer, RecordingAnswer.visit_id == call.visit_id,
                       RecordingAnswer.account_id == account)
    legs = live_legs(work, call.id)
    mine = next((leg.id for leg in reversed(legs) if leg.account_id == account), None)
    runs = {leg.account_id for leg in legs if leg.state == "running"}
    heard = {one.account_id for one in parties(all_of(work, CallMember, CallMember.call_id == call.id))
             if one.side in SIDES}  # a third person agrees, but sends no copy of their own
    if state == "agreed" and runs >= heard:
        state = "running"
    return RecordingView(state, said.agreed if said else None, mine)


def live_legs(work: Work, call_id: UUID) -> list[RecordingLeg]:
    """Copies of a call that are received or expected now."""
    return all_of(work, RecordingLeg, RecordingLeg.call_id == call_id, col(RecordingLeg.state).in_(LIVE))


def should_run(work: Work, leg: RecordingLeg) -> bool:
    """True while the copy lives, its call goes on, everybody agrees and it comes from the page that has the call."""
    if leg.state not in LIVE:
        return False
    call = work.get(Call, leg.call_id)
    member = one_or_none(work, CallMember, CallMember.call_id == call.id, CallMember.account_id == leg.account_id)
    return agreement_on(work, call) == "agreed" and member is not None and member.page == leg.page


def legs_to_end(work: Work, ids: list[UUID]) -> list[UUID]:
    """Those of several copies that should not run, or whose side was signed out."""
    legs = all_of(work, RecordingLeg, col(RecordingLeg.id).in_(ids))
    members = all_of(work, CallMember, col(CallMember.call_id).in_({leg.call_id for leg in legs}))
    over = without_session(work, members)
    signed_out = {(one.call_id, one.account_id) for one in members if one.id in over}
    stay = {leg.id for leg in legs if (leg.call_id, leg.account_id) not in signed_out and should_run(work, leg)}
    return [id for id in ids if id not in stay]


# --- what was kept ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SegmentLine:
    """A kept file as a reader sees it."""

    id: UUID
    seq: int
    side: str
    started_at: datetime
    ended_at: datetime
    has_picture: bool
    recovered: bool
    size: int


def has_recordings(work: Work, visit_id: UUID) -> bool:
    """Whether anything was kept; this is no look into it."""
    count = select(func.count()).select_from(RecordingSegment).where(RecordingSegment.visit_id == visit_id)
    return work.session.exec(count).one() > 0


def recordings_of(work: Work, visit_id: UUID) -> list[SegmentLine]:
    """The files of a visit in their order of time, through the gate. Raises RecordClosed."""
    visit = work.get(Visit, visit_id)
    records.require_readable(work, visit.patient_id, "recording", visit.id)
    found = all_of(work, RecordingSegment, RecordingSegment.visit_id == visit_id,
                   order=col(RecordingSegment.started_at))
    return [SegmentLine(s.id, s.seq, s.side, s.started_at, s.ended_at, s.has_picture, s.recovered, s.size)
            for s in found]


@dataclass
class Playback:
    """One file to be streamed; every byte is proven before it is given out."""

    size: int
    has_picture: bool
    _streams: Streams
    _key: str
    _ms: int

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Bytes from `start` up to and without `stop`; the length of the talk stands in the head for players."""
        reader = self._streams.open(self._key)
        try:
            head = with_length(next(reader.read(0, 1 << 20), b""), self._ms)
            if start < len(head):
                yield head[start:stop]
            yield from reader.read(max(start, len(head)), stop)
        finally:
            reader.close()


def playback(work: Work, visit_id: UUID, segment_id: UUID) -> Playback:
    """One file of a visit for playing, through the gate. Raises RecordClosed, NotFound, RecordingUnreadable."""
    segment = work.get(RecordingSegment, segment_id)
    if segment.visit_id != visit_id:
        raise NotFound
    visit = work.get(Visit, visit_id)
    records.require_readable(work, visit.patient_id, "recording", segment.id)
    streams = work.tool(Streams)
    try:
        streams.open(segment.object_key).close()
    except (Unreadable, FileNotFoundError):
        raise RecordingUnreadable from None
    ms = int((segment.ended_at - segment.started_at).total_seconds() * 1000)
    return Playback(segment.size, segment.has_picture, streams, segment.object_key, ms)

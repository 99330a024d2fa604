"""Agree to a recording, open a copy, and write down what the media process tells of it."""
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.events.consult import RecordingAgreed, RecordingKept, RecordingRefused
from app.kit.problems import NotFound
from app.work import Work, all_of, one_or_none
from consult.call.guests.queries import side_in_call
from consult.call.models import Call, CallMember
from consult.call.problems import CallElsewhere, CallOver
from consult.call.protocol import SIDES
from consult.call.recording.models import RecordingAnswer, RecordingLeg, RecordingSegment
from consult.call.recording.problems import NotRecorded
from consult.call.recording.queries import agreement_on, live_legs, may_be_recorded
from consult.call.recording.rules import FIRST, FORM, link_of
from consult.call.recording.states import LEG, LIVE
from consult.call.states import OPEN
from consult.visit.models import Visit
from records import api as records


def answer_recording(work: Work, call_id: UUID, agree: bool, sha256: str | None = None) -> Call:
    """A party agrees to being recorded in this visit, or does not, or not any more; each answer is kept in the trail.

    `sha256` is the hash of the text that was shown. Raises NotFound, CallOver, NotRecorded, FormChanged.
    """
    call, visit, side = _mine(work, call_id)
    if not may_be_recorded(work):
        raise NotRecorded(why="off")
    if call.state == "talking" and not call.may_record:
        raise NotRecorded(why="policy")
    if agree and side == "patient":
        records.give_consent(work, visit.patient_id, FORM, visit.id, sha256)
    _write_answer(work, visit, side, agree, sha256)
    work.announce((RecordingAgreed if agree else RecordingRefused)(visit.id, visit.patient_id, call.id, side))
    work.hint(f"call:{visit.id}")
    return call


def _write_answer(work: Work, visit: Visit, side: str, agree: bool, sha256: str | None) -> None:
    form, account = records.form_named(FORM), work.actor.account_id
    assert account is not None
    if agree and sha256 is not None and sha256 != form.sha256:
        raise records.FormChanged(form=FORM, version=form.version)
    said = one_or_none(work, RecordingAnswer, RecordingAnswer.visit_id == visit.id,
                       RecordingAnswer.account_id == account)
    if said is None:
        said = RecordingAnswer(visit_id=visit.id, account_id=account, side=side, agreed=agree, version="", sha256="",
                               at=work.now)
    said.agreed, said.at, said.version, said.sha256 = agree, work.now, form.version, form.sha256
    work.add(said)


def begin_leg(work: Work, call_id: UUID, page: UUID, process: UUID) -> RecordingLeg:
    """A page will send its copy to a media process; what it sent before is over.

    Third people send none: they agree, and are not recorded themselves.
    Raises NotFound, CallOver, CallElsewhere, NotRecorded.
    """
    call, visit, side = _mine(work, call_id)
    if side not in SIDES:
        raise NotFound
    member = one_or_none(work, CallMember, CallMember.call_id == call.id,
                         CallMember.account_id == work.actor.account_id)
    if member is None or member.page != page:
        raise CallElsewhere
    agreed = agreement_on(work, call)
    if agreed != "agreed":
        raise NotRecorded(why=agreed)
    for old in live_legs(work, call.id):
        if old.account_id == member.account_id:
            _end(work, old, "end")
    return work.add(RecordingLeg(visit_id=visit.id, call_id=call.id, account_id=member.account_id, side=side,
                                 page=page, process=process, begun_at=work.now))


def leg_runs(work: Work, leg_id: UUID, runs: bool) -> None:
    """Something of a leg is safe on the disk, or nothing has come for a while."""
    leg = work.find(RecordingLeg, leg_id, lock=True)
    if leg is None or leg.state not in LIVE or leg.state == ("running" if runs else "stalled"):
        return
    LEG.move(leg, "run" if runs else "stall", "house")
    work.hint(f"call:{leg.visit_id}")


def end_leg(work: Work, leg_id: UUID, lost_packets: int = 0) -> None:
    """A leg is over; a second time only the packets are counted."""
    leg = work.find(RecordingLeg, leg_id, lock=True)
    if leg is None:
        return
    leg.lost_packets = max(leg.lost_packets, lost_packets)
    _end(work, leg, "end")


def lose_legs(work: Work, process: UUID) -> int:
    """A media process died: its legs are lost, and their pages open new ones. Returns how many."""
    found = all_of(work, RecordingLeg, RecordingLeg.process == process, col(RecordingLeg.state).in_(LIVE))
    for leg in found:
        _end(work, leg, "lose")
    return len(found)


def end_forgotten_legs(work: Work, everyone: bool = False) -> int:
    """Legs that a server left open when it died: of calls that are over, or all when no other server can live.

    Returns how many.
    """
    if everyone:
        left = all_of(work, RecordingLeg, col(RecordingLeg.state).in_(LIVE))
        for leg in left:
            _end(work, leg, "lose")
        return len(left)
    asked = select(RecordingLeg).join(Call, col(Call.id) == col(RecordingLeg.call_id)).where(
        col(RecordingLeg.state).in_(LIVE), col(Call.state).not_in(OPEN))
    found = work.session.exec(asked).all()
    for leg in found:
        _end(work, leg, "end")
    return len(found)


def _end(work: Work, leg: RecordingLeg, move: str) -> None:
    if leg.state in LIVE:
        LEG.move(leg, move, "house")
        leg.over_at = work.now
        work.hint(f"call:{leg.visit_id}")
    work.add(leg)


def keep_segment(work: Work, told: dict[str, Any]) -> RecordingSegment | None:
    """Write down a file that is whole, once, behind the others of its visit; None when nobody knows its leg."""
    leg = work.find(RecordingLeg, UUID(told["leg"]))
    if leg is None:
        return None
    visit = work.get(Visit, leg.visit_id, lock=True)
    kept = one_or_none(work, RecordingSegment, RecordingSegment.leg_id == leg.id,
                       RecordingSegment.number == told["number"])
    if kept is not None:
        return kept
    last = work.session.exec(select(RecordingSegment).where(RecordingSegment.visit_id == visit.id)
                             .order_by(col(RecordingSegment.seq).desc()).limit(1)).first()
    began = datetime.fromtimestamp(told["at_ms"] / 1000, UTC)
    segment = RecordingSegment(
        visit_id=visit.id, call_id=leg.call_id, leg_id=leg.id, seq=last.seq + 1 if last else 1, number=told["number"],
        side=leg.side, started_at=began, ended_at=began + timedelta(milliseconds=told["ms"]), kept_at=work.now,
        has_picture="v" in told["kinds"], video_packets=told["video"], audio_packets=told["audio"],
        recovered=told["recovered"], object_key=told["key"], sha256=told["sha256"], size=told["size"],
        previous=last.link if last else FIRST, link="")
    segment.link = link_of(segment)
    work.add(segment)
    work.announce(RecordingKept(visit.id, visit.patient_id, segment.id, segment.seq, segment.link))
    return segment


def _mine(work: Work, call_id: UUID) -> tuple[Call, Visit, str]:
    """The call, locked, with its visit and the side of whoever acts. Raises NotFound, CallOver."""
    found = work.get(Call, call_id)
    visit = work.get(Visit, found.visit_id)
    side = side_in_call(work, visit)
    call = work.get(Call, call_id, lock=True)
    if call.state not in OPEN:
        raise CallOver(state=call.state)
    return call, visit, side

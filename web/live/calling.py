"""A page in a call: what it says, and what it is told of the call and of the other browser. Knows no socket."""
import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.work import Work
from consult import api as consult
from web.live.protocol import CallBeat, CallEnter, CallLeave, CallSignal, Followed, Frame, InCall, hint_frame

TIMELESS = ("seconds",)


@dataclass
class InPage:
    """The page that a line carries into a call, the last signal passed to it, and `relays` until they were told."""

    call: UUID
    page: UUID
    after: int = 0
    relays: Frame | None = None


def heard(work: Work, pages: dict[str, InPage], topic: str, said: InCall) -> None:
    """Do what a page in a call says; `pages` remembers which page entered on this line."""
    if isinstance(said, CallEnter):
        member = consult.enter_call(work, said.call, said.page, said.instead)
        pages[topic] = InPage(said.call, said.page, said.after, _ice(work, said, member))
    elif isinstance(said, CallSignal):
        consult.pass_signal(work, said.call, said.page, said.to, said.signal)
    elif isinstance(said, CallBeat):
        consult.beat_call(work, said.call, said.page, said.pulse, said.heard)
    elif isinstance(said, CallLeave):
        consult.leave_call(work, said.call, said.page)
        pages.pop(topic, None)


def _ice(work: Work, said: CallEnter, member: Any) -> Frame:
    """The relays and passwords for this member."""
    servers, holds, only = consult.relays_for(work, member)
    return {"type": "call_ice", "topic": said.topic, "call": str(said.call), "servers": [asdict(s) for s in servers],
            "only": only, "engine": consult.engine_for(work), "most": consult.calls_here(work).picture_kbits * 1000,
            "minutes": int(holds.total_seconds() // 60)}


def told(work: Work, one: Followed, visit: consult.Visit, page: InPage | None) -> list[Frame]:
    """The call when it changed, then the relays for the page of this line, and only then what other browsers say to it.

    The order matters: a page builds its connection from the first two, and the third is for that connection.
    """
    return _frames(work, one, consult.call_seen(work, visit), page)


def told_guest(work: Work, one: Followed, page: InPage | None) -> list[Frame]:
    """The same for a third person, who is told of nothing before they are let in and of no call that is over."""
    seen = consult.call_for_guest(work)
    was_inside, one.face = one.face == "inside", "inside" if seen else "door"
    frames = _frames(work, one, seen, page)
    return [*frames, hint_frame(one.name)] if was_inside != (seen is not None) else frames


def _frames(work: Work, one: Followed, seen: consult.CallView | None, page: InPage | None) -> list[Frame]:
    if seen is None:
        return []
    frames = _changed(one, seen)
    if page is not None and page.call == seen.id and page.page == seen.page:
        if page.relays is not None:
            frames.append(page.relays)
            page.relays = None
        for signal in consult.signals_for(work, page.call, page.page, page.after):
            page.after = signal.seq
            frames.append({"type": "call_signal", "topic": one.name, "call": str(seen.id), "seq": signal.seq,
                           "from": str(signal.sender_page), **signal.body})
    return frames


def _changed(one: Followed, seen: consult.CallView) -> list[Frame]:
    """One frame when something but the time changed; a call that was over before this line began is not told."""
    facts = json.loads(json.dumps(asdict(seen), default=str))
    face = json.dumps({name: value for name, value in facts.items() if name not in TIMELESS})
    first, changed, one.call_face = one.call_face is None, one.call_face != face, face
    if not changed or (first and not seen.is_open):
        return []
    return [{"type": "call", "topic": one.name, "call": facts | {"open": seen.is_open}}]

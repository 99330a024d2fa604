"""What is said on a live line, without any I/O: frames in, frames out, and what one line has seen.

From the page: hello {topics: {topic: after}, token?}, send {topic, client_id, kind, text, document_id?},
receipt {topic, seq, state}, mark {topic, delivered, read}, draft {topic, text}, typing {topic}, ping, pong.
A page in a call: call_enter {topic, call, page, after, instead?}, call_signal {topic, call, page, to, desc | cand},
call_beat {topic, call, page, heard, flows, sound, picture}, call_leave {topic, call, page}; it draws `page` once.
From us: welcome {topics}, message {topic, seq, data, html?}, receipt {topic, seq, state}, hint {topic},
call {topic, call}, call_ice {topic, call, servers, only, engine, minutes},
call_signal {topic, call, seq, from, desc | cand}, ack {topic, client_id, seq}, typing {topic},
error {slug, title, …}, ping, pong.
"""
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from app.kit.problems import Problem
from app.kit.text import Text
from consult.api import Beat as CallPulse
from consult.api import Candidate, Description
from web.fit import HIGHEST, UNFIT, Number

LARGEST = 64 * 1024
MOST_TOPICS = 20
GONE, TOO_SLOW, NO_SENSE, NOT_SIGNED_IN, FORBIDDEN = 1000, 1013, 1008, 4401, 4403
Frame = dict[str, Any]
Topic = Annotated[str, Field(min_length=1, max_length=80)]
Seen = Annotated[int, Field(ge=-HIGHEST, le=HIGHEST)]


class BadFrame(Problem):
    """A frame that cannot be read; nothing was done."""

    slug = "bad-frame"
    title = Text(zh="这条消息的格式不对", en="This frame cannot be read")


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore")

    @field_validator("*")
    @classmethod
    def _is_fit(cls, value: Any) -> Any:
        """Refuse what no database keeps, as the door does."""
        if isinstance(value, str) and UNFIT.search(value):
            raise ValueError("a character that cannot be kept")
        return value


class Hello(_In):
    """The first frame: what to follow, from the last number seen; programs sign in by `token`."""

    type: Literal["hello"]
    topics: dict[Topic, Seen] = Field(max_length=MOST_TOPICS)
    token: str | None = Field(None, max_length=200)


class Send(_In):
    """A message; `client_id` is the sender's own, so that a resend is harmless."""

    type: Literal["send"]
    topic: Topic
    client_id: UUID
    kind: Literal["text", "image", "pdf", "voice"] = "text"
    text: str = Field("", max_length=10_000)
    document_id: UUID | None = None


class Mark(_In):
    """Up to which number this side has got and read."""

    type: Literal["mark"]
    topic: Topic
    delivered: Number = 0
    read: Number = 0


class Receipt(_In):
    """One mark, as pages send it."""

    type: Literal["receipt"]
    topic: Topic
    seq: Number
    state: Literal["delivered", "read"]

    def as_mark(self) -> Mark:
        """The same in the other words."""
        return Mark(type="mark", topic=self.topic, **{self.state: self.seq})


class Draft(_In):
    """What was typed so far."""

    type: Literal["draft"]
    topic: Topic
    text: str = Field("", max_length=10_000)


class Typing(_In):
    """Somebody is writing now; kept nowhere."""

    type: Literal["typing"]
    topic: Topic


class _InCall(_In):
    topic: Topic
    call: UUID
    page: UUID


class CallEnter(_InCall):
    """A page takes part in a call, having heard every signal up to `after`.

    `instead`: only when this page of its person has the call, so that a line that comes back takes it from no device.
    """

    type: Literal["call_enter"]
    after: Number = 0
    instead: UUID | None = None


class CallSignal(_InCall):
    """What one browser tells another to reach it: a description or a candidate."""

    type: Literal["call_signal"]
    to: UUID
    desc: Description | None = None
    cand: Candidate | None = None

    @property
    def signal(self) -> Description | Candidate:
        """The one that was given. Raises BadFrame for none and for both."""
        given = [one for one in (self.desc, self.cand) if one is not None]
        if len(given) != 1:
            raise BadFrame
        return given[0]


class CallBeat(_InCall):
    """The page is there, every five seconds and when something changed."""

    type: Literal["call_beat"]
    heard: Number = 0
    flows: bool = False
    sound: bool = True
    picture: bool = False

    @property
    def pulse(self) -> CallPulse:
        """The same as the call's protocol takes it."""
        return CallPulse(self.flows, self.sound, self.picture)


class CallLeave(_InCall):
    """The page closes; this hangs nothing up."""

    type: Literal["call_leave"]


class Beat(_In):
    """Is anybody there?"""

    type: Literal["ping", "pong"]


InCall = CallEnter | CallSignal | CallBeat | CallLeave
Said = Hello | Send | Mark | Receipt | Draft | Typing | Beat | InCall
_said: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


def read_frame(raw: str) -> Said:
    """Read one frame of a page. Raises BadFrame."""
    try:
        return _said.validate_json(raw)
    except ValidationError as error:
        raise BadFrame(errors=[".".join(str(part) for part in one["loc"]) for one in error.errors()[:5]]) from None


def write_frame(frame: Frame) -> str:
    """One frame as text for the wire."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"), default=str)


def error_frame(problem: Problem, topic: str | None = None, client_id: UUID | None = None) -> Frame:
    """What was refused and why, by the problem's stable slug."""
    named = {"topic": topic, "client_id": client_id}
    return {"type": "error", "slug": problem.slug, "title": problem.detail.model_dump(),
            **{name: value for name, value in named.items() if value is not None}}


@dataclass(frozen=True)
class VisitNow:
    """What a look at a visit found: its face (whatever else a page shows of it) and the other side's marks."""

    face: str
    delivered: int
    read: int


@dataclass
class Followed:
    """One topic of one line: the name the page uses, and what was said about it so far."""

    name: str
    topic: str
    after: int = 0
    delivered: int = 0
    read: int = 0
    face: str | None = None
    call_face: str | None = None

    def told(self, messages: Iterable[Any], now: VisitNow, draw: Callable[[Any], Frame]) -> list[Frame]:
        """Frames for what is new: messages above the last number, marks that rose, else a hint."""
        frames = [self._message(one, draw) for one in messages if one.seq > self.after]
        by_people = bool(frames) and all(frame["data"]["sender"] != "house" for frame in frames)
        frames += self._receipts(now)
        changed, first, self.face = self.face != now.face, self.face is None, now.face
        if not first and (changed or not (by_people or frames)):
            frames.append(hint_frame(self.name))
        return frames

    def _message(self, one: Any, draw: Callable[[Any], Frame]) -> Frame:
        self.after = one.seq
        return {"type": "message", "topic": self.name, "seq": one.seq, **draw(one)}

    def _receipts(self, now: VisitNow) -> list[Frame]:
        """Marks only rise; read says delivered too."""
        frames = []
        if now.delivered > max(self.delivered, now.read):
            frames.append(self._receipt(now.delivered, "delivered"))
        if now.read > self.read:
            frames.append(self._receipt(now.read, "read"))
        self.delivered, self.read = max(self.delivered, now.delivered), max(self.read, now.read)
        return frames

    def _receipt(self, seq: int, state: str) -> Frame:
        return {"type": "receipt", "topic": self.name, "seq": seq, "state": state}


def hint_frame(name: str) -> Frame:
    """Look again."""
    return {"type": "hint", "topic": name}


@dataclass
class Outbound:
    """What waits for the socket: answers in order (bounded), and topics to look at (each once)."""

    most: int = 64
    answers: list[Frame] = field(default_factory=list)
    stale: dict[str, None] = field(default_factory=dict)
    overflown: bool = False

    def answer(self, frame: Frame) -> None:
        """Put one answer in line; one too many marks the line as too slow."""
        if len(self.answers) >= self.most:
            self.overflown = True
        else:
            self.answers.append(frame)

    def look_at(self, topic: str) -> None:
        """Remember to look; many hints are one look."""
        self.stale[topic] = None

    def take(self) -> tuple[list[Frame], list[str]]:
        """Everything that waits, and forget it."""
        answers, topics = self.answers, list(self.stale)
        self.answers, self.stale = [], {}
        return answers, topics

"""Tables of a recording: each party's answer, each copy that was received, each file that was kept of it."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, state_check
from consult.call.recording.states import LEG


class RecordingAnswer(Row, table=True):
    """What a party of a visit said to being recorded, to which text; a later answer replaces it."""

    __tablename__ = "recording_answer"
    __table_args__ = (UniqueConstraint("visit_id", "account_id"),)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    account_id: UUID
    side: str = Field(max_length=10)
    agreed: bool
    version: str = Field(max_length=20)
    sha256: str = Field(max_length=64)
    at: datetime


class RecordingLeg(Row, table=True):
    """One copy: from which page of a call, received by which media process, and how many packets never came."""

    __tablename__ = "recording_leg"
    __table_args__ = (state_check(LEG),)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    call_id: UUID = Field(foreign_key="call.id", index=True)
    account_id: UUID
    side: str = Field(max_length=10)
    page: UUID
    process: UUID = Field(index=True)
    state: str = Field(default="opening", max_length=20)
    begun_at: datetime
    over_at: datetime | None = None
    lost_packets: int = 0


class RecordingSegment(Row, table=True):
    """One file of a leg. `seq` counts from 1 within the visit without gaps; `link` is a hash over this row and the link
    before it, so that no file can be left out, changed or put elsewhere. Never changed."""

    __tablename__ = "recording_segment"
    __table_args__ = (UniqueConstraint("visit_id", "seq"), UniqueConstraint("leg_id", "number"))
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    call_id: UUID
    leg_id: UUID = Field(foreign_key="recording_leg.id", index=True)
    seq: int
    number: int
    side: str = Field(max_length=10)
    started_at: datetime
    ended_at: datetime
    kept_at: datetime
    has_picture: bool
    video_packets: int
    audio_packets: int
    recovered: bool
    object_key: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    size: int
    previous: str = Field(max_length=64)
    link: str = Field(max_length=64)

"""Tables of a call: the call, everybody in it, and what their browsers still have to hear from each other."""
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.database import Row, json_column, state_check
from consult.call.states import CALL, MEMBER, OPEN

UNFINISHED = text("state IN ({})".format(", ".join(f"'{state}'" for state in OPEN)))


class Call(Row, table=True):
    """One call of a visit, and never two at a time; `connected_seconds` counts only while both could hear each other,
    which they last did at `heard_until`.

    The id is random in full, so that knowing when a call began helps nobody to guess it.
    """

    __tablename__ = "call"
    __table_args__ = (state_check(CALL), Index("ux_call_open", "visit_id", unique=True, sqlite_where=UNFINISHED,
                                               postgresql_where=UNFINISHED))
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    organization_id: UUID = Field(index=True)
    patient_id: UUID = Field(index=True)
    kind: str = Field(max_length=10)
    state: str = Field(default="ringing", max_length=20)
    asked_by: str = Field(max_length=10)
    asked_at: datetime
    ring_until: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = Field(default="", max_length=10)
    connected_seconds: int = 0
    running_since: datetime | None = None
    heard_until: datetime | None = None
    last_seq: int = 0
    may_record: bool = False     # what the policy said when the call was answered


class CallMember(Row, table=True):
    """Somebody in a call: on which page, seen when, and whether they hear the other side (`flows`).

    `page` is drawn by the page once at its load; `relay_name` is what a relay's log may show of them. `side` is
    patient, doctor or guest; the account of a guest is their invitation. `heard_at`: when they last heard somebody.
    `session_id`: the sign-in by which the page came; when that is over, so is what the page sends and sees.
    """

    __tablename__ = "call_member"
    __table_args__ = (state_check(MEMBER), UniqueConstraint("call_id", "account_id"),
                      UniqueConstraint("call_id", "page"))
    call_id: UUID = Field(foreign_key="call.id", index=True)
    account_id: UUID
    side: str = Field(max_length=10)
    state: str = Field(default="invited", max_length=20)
    page: UUID | None = None
    session_id: UUID | None = None
    relay_name: UUID = Field(default_factory=uuid4)
    entered_at: datetime | None = None
    seen_at: datetime | None = None
    flows: bool = False
    heard_at: datetime | None = None
    sound: bool = True
    picture: bool = False
    said: int = 0
    said_since: datetime | None = None


class CallPage(Row, table=True):
    """Whose a page is or was, for as long as the call is open: nobody else comes in by its id, also when it is gone."""

    __tablename__ = "call_page"
    __table_args__ = (UniqueConstraint("call_id", "page"),)
    call_id: UUID = Field(foreign_key="call.id")
    page: UUID
    account_id: UUID


class CallSignal(Row, table=True):
    """What one browser tells another to reach it, numbered within the call; forgotten when the call ends.

    It holds network addresses of people: it is kept for as long as it takes to arrive.
    """

    __tablename__ = "call_signal"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)
    call_id: UUID = Field(foreign_key="call.id")
    seq: int
    sender_page: UUID
    page: UUID
    body: dict[str, Any] = Field(sa_column=json_column())

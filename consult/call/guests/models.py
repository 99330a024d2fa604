"""The table of third people: one row an invitation, with the session of whoever came by it."""
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from app.kit.database import Row, state_check
from consult.call.guests.states import GUEST


class CallGuest(Row, table=True):
    """Somebody asked into the calls of a visit. Of link, code and session only hashes are kept.

    `name` is what they call themselves; of a second doctor it is the name in the staff's files, `practitioner_id` says
    who it is, and `staff_session` from which sign-in they came. The id is random in full.
    """

    __tablename__ = "call_guest"
    __table_args__ = (state_check(GUEST),)
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    role: str = Field(max_length=20)
    state: str = Field(default="offered", max_length=20)
    invited_by: UUID
    invited_side: str = Field(max_length=10)
    link_hash: str = Field(unique=True, max_length=64)
    code_hash: str = Field(max_length=64)
    misses: int = 0
    offered_at: datetime
    expires_at: datetime
    name: str = Field(default="", max_length=60)
    practitioner_id: UUID | None = None
    staff_session: UUID | None = None
    token_hash: str | None = Field(default=None, unique=True, max_length=64)
    token_until: datetime | None = None
    knocked_at: datetime | None = None
    admitted_at: datetime | None = None
    over_at: datetime | None = None

"""The table of agreed times."""
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlmodel import Field

from app.kit.database import Row, state_check
from consult.call.appointments.states import APPOINTMENT, LIVE

STANDS = text("state IN ({})".format(", ".join(f"'{state}'" for state in LIVE)))


class CallAppointment(Row, table=True):
    """A time for a call of one visit; at most one stands at a time. `call_id` is the call that kept it."""

    __tablename__ = "call_appointment"
    __table_args__ = (state_check(APPOINTMENT), Index("ux_call_appointment_live", "visit_id", unique=True,
                                                      sqlite_where=STANDS, postgresql_where=STANDS))
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    patient_id: UUID = Field(index=True)
    kind: str = Field(max_length=10)
    state: str = Field(default="proposed", max_length=20)
    proposed_by: str = Field(max_length=10)
    proposed_at: datetime
    starts_at: datetime
    answered_at: datetime | None = None
    over_at: datetime | None = None
    call_id: UUID | None = None

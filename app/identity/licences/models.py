"""The table of licence files."""
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from app.identity.licences.states import LICENCE
from app.kit.database import Row, json_column, state_check


class LicenceFile(Row, table=True):
    """What the register says of a doctor. `places` are ids of organisations where the licence is registered.

    A date is the last day on which the paper is in force, in the hospital's calendar.
    """

    __tablename__ = "licence_file"
    __table_args__ = (state_check(LICENCE),)
    practitioner_id: UUID = Field(foreign_key="practitioner.id", unique=True)
    state: str = Field(default="submitted", max_length=20)
    registration_no: str = Field(max_length=60)
    licence_class: str = Field(max_length=20)
    independent_since: date
    specialties: list[str] = Field(default_factory=list, sa_column=json_column())
    places: list[str] = Field(default_factory=list, sa_column=json_column())
    institution_consent_until: date | None = None
    filed_until: date | None = None
    expires: date
    submitted_at: datetime
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    reason: str = Field(default="", max_length=300)

"""Tables of the history: answers, allergies, medicines, and the trace of every change."""
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, json_column

SAID = ("taking", "stopped", "unknown")
# "breastfeeding" alone says nothing of pregnancy; "breastfeeding_only" was asked for both: breastfeeding, not pregnant.
PREGNANCY = ("no", "pregnant", "breastfeeding", "breastfeeding_only", "unknown")


class History(Row, table=True):
    """The answers of one patient. A time that is None means never asked, which is not the same as none."""

    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("pregnancy IS NULL OR pregnancy IN " + repr(PREGNANCY), name="pregnancy_known"),
        CheckConstraint("weight_g IS NULL OR weighed_on IS NOT NULL", name="weight_has_a_day"))
    patient_id: UUID = Field(foreign_key="patient.id", unique=True)
    allergies_asked_at: datetime | None = None
    allergies_none: bool | None = None
    medicines_asked_at: datetime | None = None
    medicines_none: bool | None = None
    pregnancy: str | None = Field(default=None, max_length=20)
    pregnancy_asked_at: datetime | None = None
    weight_g: int | None = None
    weighed_on: date | None = None
    egfr: float | None = None
    egfr_on: date | None = None
    egfr_source: str | None = Field(default=None, max_length=100)
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    confirmed_visit_id: UUID | None = None


class Allergy(Row, table=True):
    """One allergy: a substance or class code where it is known, and always the words.

    One that no longer stands is struck out, never deleted: `struck_role` is patient, guardian, doctor or pharmacist.
    What the patient's side took back stays in question until a clinician has confirmed it (`settled_*`).
    """

    __tablename__ = "allergy"
    __table_args__ = (CheckConstraint("(status = 'active') = (struck_at IS NULL)", name="struck_when"),
                      CheckConstraint("settled_at IS NULL OR struck_at IS NOT NULL", name="settled_after"))
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    code: str | None = Field(default=None, max_length=60)
    text: str = Field(max_length=200)
    reaction: str | None = Field(default=None, max_length=200)
    since: str | None = Field(default=None, max_length=40)
    status: str = Field(default="active", max_length=20)
    recorded_at: datetime
    recorded_by: UUID | None = None
    struck_at: datetime | None = None
    struck_by: UUID | None = None
    struck_role: str | None = Field(default=None, max_length=30)
    settled_at: datetime | None = None
    settled_by: UUID | None = None
    settled_reason: str | None = Field(default=None, max_length=300)


class Medicine(Row, table=True):
    """One medicine that the patient takes, by their own word or from a prescription of ours.

    `said` is what the patient last said of one of ours: taking it, stopped, or that they do not know (it counts as
    taken). None: not asked since it was given.
    """

    __tablename__ = "medicine"
    __table_args__ = (UniqueConstraint("prescription_id", "drug_id"),
                      CheckConstraint("said IS NULL OR said IN " + repr(SAID), name="said_known"))
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    drug_id: str | None = Field(default=None, max_length=80)
    text: str = Field(max_length=200)
    dose_text: str | None = Field(default=None, max_length=200)
    since: date | None = None
    until: date | None = None
    self_reported: bool = True
    prescription_id: UUID | None = None
    said: str | None = Field(default=None, max_length=10)
    said_at: datetime | None = None
    status: str = Field(default="active", max_length=20)
    recorded_at: datetime
    recorded_by: UUID | None = None


class HistoryChange(Row, table=True):
    """What changed, from what to what, when and by whom; rows are only ever added."""

    __tablename__ = "history_change"
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    at: datetime
    by_role: str = Field(max_length=30)
    by_account: UUID | None = None
    what: str = Field(max_length=30)
    before: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    after: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))

"""Tables of the file: entries, conditions, treatment relations and tasks."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, json_column
from app.kit.text import Text


class RecordEntry(Row, table=True):
    """One line of the timeline; it points to the thing itself, which keeps its own history."""

    __tablename__ = "record_entry"
    __table_args__ = (UniqueConstraint("source_kind", "source_id", "kind"),
                      Index("ix_record_entry_patient_id_at", "patient_id", "at", "id"))
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id")
    kind: str = Field(max_length=40)
    at: datetime
    recorded_at: datetime
    title_zh: str = Field(max_length=300)
    title_en: str = Field(max_length=300)
    summary_zh: str | None = None
    summary_en: str | None = None
    source_kind: str = Field(max_length=40)
    source_id: UUID
    visit_id: UUID | None = Field(default=None, index=True)

    @property
    def title(self) -> Text:
        """The line in both languages."""
        return Text(zh=self.title_zh, en=self.title_en)

    @property
    def summary(self) -> Text | None:
        """A sentence more, where there is one."""
        if not self.summary_zh or not self.summary_en:
            return None
        return Text(zh=self.summary_zh, en=self.summary_en)


class Condition(Row, table=True):
    """A diagnosis that one of our doctors coded in ICD-10; `family` is its first three characters."""

    __tablename__ = "condition"
    __table_args__ = (UniqueConstraint("visit_id", "code"),)
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    visit_id: UUID
    practitioner_id: UUID
    code: str = Field(max_length=12)
    family: str = Field(max_length=3)
    label_zh: str = Field(max_length=200)
    label_en: str = Field(max_length=200)
    status: str = Field(default="active", max_length=20)
    recorded_at: datetime

    @property
    def label(self) -> Text:
        """The name of the diagnosis."""
        return Text(zh=self.label_zh, en=self.label_en)


class Treatment(Row, table=True):
    """A treatment relation from `since` until `until` (open while None): the ground on which a doctor reads."""

    __tablename__ = "treatment"
    __table_args__ = (UniqueConstraint("visit_id", "practitioner_id"),
                      Index("ix_treatment_patient_id_practitioner_id", "patient_id", "practitioner_id"),
                      CheckConstraint("ground <> 'break_glass' OR (reason IS NOT NULL AND until IS NOT NULL)",
                                      name="break_glass_has_reason_and_end"))
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id")
    practitioner_id: UUID
    visit_id: UUID | None = None
    ground: str = Field(default="treats", max_length=20)
    reason: str | None = Field(default=None, max_length=500)
    since: datetime
    until: datetime | None = None


class HandOver(Row, table=True):
    """Personal data that was given to somebody outside of the house: what, to whom, what for, on which ground of law.

    `fields` are names of kinds of data, never the data itself.
    """

    __tablename__ = "hand_over"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "recipient_id", "purpose"),
                      Index("ix_hand_over_patient_id_at", "patient_id", "at"))
    patient_id: UUID = Field(foreign_key="patient.id")
    recipient_id: UUID = Field(index=True)
    subject_kind: str = Field(max_length=40)
    subject_id: UUID
    fields: list[str] = Field(sa_column=json_column())
    purpose: str = Field(max_length=40)
    basis: str = Field(max_length=40)
    at: datetime


class AccessTask(Row, table=True):
    """A piece of work that lets its holder, a person or an organisation, read what it needs while it is open."""

    __tablename__ = "access_task"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "holder_id"),
                      Index("ix_access_task_patient_id_holder_id", "patient_id", "holder_id"))
    patient_id: UUID = Field(foreign_key="patient.id")
    holder_id: UUID
    kind: str = Field(max_length=40)
    subject_id: UUID
    opened_at: datetime
    closed_at: datetime | None = None

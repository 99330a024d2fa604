"""Tables of evidence: what was offered, every decision on it, and what a visit retains of it."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, state_check
from records.evidence.states import EVIDENCE


class Evidence(Row, table=True):
    """A document that may prove an in-person diagnosis; `family` is the code's first three characters."""

    __tablename__ = "evidence"
    __table_args__ = (state_check(EVIDENCE), UniqueConstraint("document_id"))
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    document_id: UUID = Field(foreign_key="document.id")
    state: str = Field(default="offered", max_length=20)
    origin: str = Field(default="upload", max_length=20)
    institution_id: UUID | None = None
    institution: str | None = Field(default=None, max_length=120)
    diagnosis_code: str | None = Field(default=None, max_length=12)
    family: str | None = Field(default=None, max_length=3)
    diagnosed_on: date | None = None
    offered_at: datetime
    offered_by: UUID | None = None
    offered_visit_id: UUID | None = None
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    refusal_code: str | None = Field(default=None, max_length=30)


class EvidenceDecision(Row, table=True):
    """One judgement of a doctor, never changed; an undone one is followed by a row that says so."""

    __tablename__ = "evidence_decision"
    evidence_id: UUID = Field(foreign_key="evidence.id", index=True)
    at: datetime
    practitioner_id: UUID
    decision: str = Field(max_length=20)
    visit_id: UUID | None = None
    institution: str | None = Field(default=None, max_length=120)
    diagnosis_code: str | None = Field(default=None, max_length=12)
    diagnosed_on: date | None = None
    reason: str | None = Field(default=None, max_length=30)


class VisitEvidence(Row, table=True):
    """Evidence presented with a visit; once the doctor confirms it, as it was read then.

    `sha256` is that of the first page. Later changes of the evidence do not reach a visit that rested on it.
    """

    __tablename__ = "visit_evidence"
    __table_args__ = (
        UniqueConstraint("visit_id", "evidence_id"),
        CheckConstraint("confirmed_at IS NULL OR (practitioner_id IS NOT NULL AND institution IS NOT NULL "
                        "AND diagnosis_code IS NOT NULL AND family IS NOT NULL AND diagnosed_on IS NOT NULL)",
                        name="confirmed_is_complete"))
    visit_id: UUID
    evidence_id: UUID = Field(foreign_key="evidence.id", index=True)
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    document_id: UUID = Field(foreign_key="document.id")
    sha256: str = Field(max_length=64)
    origin: str = Field(max_length=20)
    presented_at: datetime
    presented_by: UUID | None = None
    confirmed_at: datetime | None = None
    practitioner_id: UUID | None = None
    institution: str | None = Field(default=None, max_length=120)
    diagnosis_code: str | None = Field(default=None, max_length=12)
    family: str | None = Field(default=None, max_length=3)
    diagnosed_on: date | None = None

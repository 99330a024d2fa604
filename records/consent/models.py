"""The table of consents."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app.kit.database import Row


class Consent(Row, table=True):
    """One act of consent to one text: form, version, hash of the text, who for whom, and its end."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_patient_id_form", "patient_id", "form"),)
    patient_id: UUID = Field(foreign_key="patient.id")
    form: str = Field(max_length=40)
    version: str = Field(max_length=20)
    sha256: str = Field(max_length=64)
    language: str = Field(max_length=5)
    given_at: datetime
    given_by: UUID
    visit_id: UUID | None = Field(default=None, index=True)
    withdrawn_at: datetime | None = None
    withdrawn_by: UUID | None = None

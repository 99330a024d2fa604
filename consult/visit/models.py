"""Tables of the visit: the visit itself, the doctor's judgement, and the note."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.database import Row, state_check
from consult.visit.states import UNSEEN, VISIT

# one triage carries one visit; a visit that no doctor began with gives it free again
SEEN = text("state NOT IN ({})".format(", ".join(f"'{state}'" for state in UNSEEN)))


class Visit(Row, table=True):
    """One visit. Prices in fen; `bridge` marks an urgent case that online care only carries to a clinic."""

    __tablename__ = "visit"
    __table_args__ = (
        state_check(VISIT), Index("ix_visit_state_department", "state", "department"),
        Index("ux_visit_triage_id", "triage_id", unique=True, sqlite_where=SEEN, postgresql_where=SEEN))
    number: str = Field(unique=True, max_length=20)
    organization_id: UUID = Field(index=True)
    patient_id: UUID = Field(index=True)
    account_id: UUID = Field(index=True)
    triage_id: UUID
    level: str = Field(max_length=20)
    department: str = Field(max_length=40)
    complaint: str = Field(max_length=500)
    kind: str = Field(max_length=20)
    mode: str = Field(default="text", max_length=10)
    bridge: bool = False
    state: str = Field(default="requested", max_length=20)
    practitioner_id: UUID | None = Field(default=None, index=True)
    wanted_practitioner_id: UUID | None = None
    forecast_id: UUID | None = None
    price_fen: int = 0
    requested_at: datetime
    waiting_since: datetime | None = None
    deadline: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = Field(default="", max_length=1000)
    capture_failed: bool = False
    last_seq: int = 0
    last_sender: str = Field(default="", max_length=10)
    last_message_at: datetime | None = None
    patient_delivered: int = 0
    patient_read: int = 0
    doctor_delivered: int = 0
    doctor_read: int = 0


class VisitJudgement(Row, table=True):
    """What the attending doctor judged; every change is a new row and the newest counts. None: not judged."""

    __tablename__ = "visit_judgement"
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    practitioner_id: UUID
    at: datetime
    is_follow_up: bool | None = None
    same_condition: bool | None = None
    condition_changed: bool | None = None
    guardian_present: bool | None = None
    is_emergency: bool = False
    covid_symptoms: bool | None = None
    covid_home_care_eligible: bool | None = None
    evidence_id: UUID | None = None


class VisitNote(Row, table=True):
    """The doctor's note; every save is a new version and none is lost."""

    __tablename__ = "visit_note"
    __table_args__ = (UniqueConstraint("visit_id", "version"),)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    version: int
    practitioner_id: UUID
    at: datetime
    history: str = Field(default="", max_length=4000)
    assessment: str = Field(default="", max_length=4000)
    advice: str = Field(default="", max_length=4000)
    red_flags: str = Field(default="", max_length=2000)
    next_step: str = Field(default="", max_length=2000)
    next_visit_on: date | None = None


class VisitDiagnosis(Row, table=True):
    """A diagnosis made in this visit, with the decision that allowed it."""

    __tablename__ = "visit_diagnosis"
    __table_args__ = (UniqueConstraint("visit_id", "code"),)
    visit_id: UUID = Field(foreign_key="visit.id", index=True)
    condition_id: UUID
    code: str = Field(max_length=10)
    label_zh: str = Field(max_length=200)
    label_en: str = Field(max_length=200)
    decision_id: UUID
    at: datetime


class Referral(Row, table=True):
    """The letter that sends the patient to a physical institution."""

    __tablename__ = "referral"
    visit_id: UUID = Field(foreign_key="visit.id", unique=True)
    patient_id: UUID = Field(index=True)
    practitioner_id: UUID
    at: datetime
    to_place: str = Field(max_length=200)
    urgency: str = Field(max_length=20)
    reason: str = Field(max_length=4000)


class VisitForecast(Row, table=True):
    """What was told before any money; it binds nobody. `content` is canonical JSON of the forecast."""

    __tablename__ = "visit_forecast"
    triage_id: UUID = Field(index=True)
    patient_id: UUID = Field(index=True)
    at: datetime
    verdict: str = Field(max_length=10)
    diagnosed_before: bool | None = None
    content: bytes
    sha256: str = Field(max_length=64)

"""Tables of people: patients, guardianship, invitations to it, and checks against the register."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from app.kit.database import Row

CURRENT = text("ended_at IS NULL")
CURRENT_SELF = text("ended_at IS NULL AND relation = 'self'")


class Patient(Row, table=True):
    """A person who is cared for. The identity number is sealed; its blind index is unique."""

    __tablename__ = "patient"
    __table_args__ = (CheckConstraint("sex IN ('female', 'male')", name="sex_known"),)
    name: str = Field(max_length=60)
    birth_date: date
    sex: str = Field(max_length=6)
    id_number_sealed: str | None = Field(default=None, max_length=200)
    id_number_index: str | None = Field(default=None, unique=True, max_length=64)
    realname_verified_at: datetime | None = None
    realname_check_id: UUID | None = Field(default=None, foreign_key="realname_check.id")
    created_at: datetime

    @property
    def realname_verified(self) -> bool:
        """True when a check against the register has ever matched; rules ask how old it is besides."""
        return self.realname_verified_at is not None


class Guardianship(Row, table=True):
    """An account acts for a patient until `ended_at`; nobody is "self" twice, in either direction."""

    __tablename__ = "guardianship"
    __table_args__ = (
        CheckConstraint("relation IN ('self', 'child', 'parent', 'spouse', 'other')", name="relation_known"),
        Index("uq_guardianship_current", "account_id", "patient_id", unique=True,
              sqlite_where=CURRENT, postgresql_where=CURRENT),
        Index("uq_guardianship_self_of_patient", "patient_id", unique=True,
              sqlite_where=CURRENT_SELF, postgresql_where=CURRENT_SELF),
        Index("uq_guardianship_self_of_account", "account_id", unique=True,
              sqlite_where=CURRENT_SELF, postgresql_where=CURRENT_SELF))
    account_id: UUID = Field(foreign_key="account.id")
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    relation: str = Field(max_length=10)
    since: datetime
    ended_at: datetime | None = None


class GuardianInvitation(Row, table=True):
    """A code by which a current guardian lets one more account act for the same patient.

    `own`: it is meant for the patient's own account, which may then end what others do for them.
    """

    __tablename__ = "guardian_invitation"
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    invited_by: UUID = Field(foreign_key="account.id")
    code_hash: str = Field(unique=True, max_length=64)
    own: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    expires_at: datetime
    used_at: datetime | None = None


class RealnameCheck(Row, table=True):
    """One answer of the register: do name and number belong together? `method` names who answered."""

    __tablename__ = "realname_check"
    patient_id: UUID = Field(index=True)
    matched: bool
    method: str = Field(max_length=30)
    reference: str = Field(max_length=100)
    asked_at: datetime
    answered_at: datetime

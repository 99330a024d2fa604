"""Tables of sign-in: accounts, sessions, one-time codes and the counters that slow guessing down."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.database import Row


class Account(Row, table=True):
    """A login. Patients sign in by phone, staff by user name; phone and TOTP secret are sealed."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("kind IN ('patient', 'staff')", name="kind_known"),
                      CheckConstraint("language IN ('zh', 'en')", name="language_known"),
                      CheckConstraint("text_size IN ('', 'elder', 'elder-xl')", name="text_size_known"))
    kind: str = Field(max_length=10)
    user_name: str | None = Field(default=None, unique=True, max_length=40)
    name_zh: str = Field(default="", max_length=60)
    name_en: str = Field(default="", max_length=60)
    phone_sealed: str | None = Field(default=None, max_length=200)
    phone_index: str | None = Field(default=None, unique=True, max_length=64)
    password_hash: str = Field(max_length=200)
    totp_sealed: str | None = Field(default=None, max_length=200)
    totp_last_step: int = 0
    language: str = Field(default="zh", max_length=2)
    text_size: str = Field(default="", max_length=10)
    created_at: datetime


class SessionToken(Row, table=True):
    """One signed-in browser or program with one active role; only the SHA-256 of its token is kept."""

    __tablename__ = "session_token"
    token_hash: str = Field(unique=True, max_length=64)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioner.id")
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    identity_checked_at: datetime | None = None


class OneTimeCode(Row, table=True):
    """The latest code sent to a phone for a purpose; keyed hash of the code, never the code."""

    __tablename__ = "one_time_code"
    __table_args__ = (UniqueConstraint("phone_index", "purpose"),)
    phone_index: str = Field(max_length=64)
    purpose: str = Field(max_length=20)
    code_hash: str = Field(max_length=64)
    expires_at: datetime
    used_at: datetime | None = None


class RateCounter(SQLModel, table=True):
    """How often something was tried since `window_start`; one row a key, shared by all processes."""

    __tablename__ = "rate_counter"
    key: str = Field(primary_key=True, max_length=120)
    window_start: datetime
    count: int

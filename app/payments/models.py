"""Tables of money. Amounts are integers in fen of the row's currency."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Column, Field, SQLModel

from app.kit.database import Row, state_check
from app.kit.money import CURRENCY
from app.payments.states import LIVE, PAYMENT, REFUND, Wanted

LIVE_STATES = f"state IN ({', '.join(repr(state) for state in LIVE)})"

PENDING = "applied_at IS NULL"


def fen_column(default: int | None = None) -> Column:
    """A whole number of fen; never a float."""
    return Column(BigInteger, nullable=False, default=default)


class Payment(Row, table=True):
    """One attempt to be paid for a visit or an order; `state` moves in `apply_state` only.

    `round` counts keys that the provider has used up with an error; `debt_since` marks money that was
    earned and could not be taken.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("payable_kind", "payable_id", "attempt", name="uq_payment_attempt"),
        UniqueConstraint("id", "payable_kind", name="uq_payment_id_payable_kind"),
        Index("uq_payment_live", "payable_kind", "payable_id", unique=True,
              sqlite_where=text(LIVE_STATES), postgresql_where=text(LIVE_STATES)),
        Index("uq_payment_provider_ref", "provider", "provider_ref", unique=True),
        CheckConstraint("payable_kind IN ('visit', 'order')", name="payable_kind_known"),
        CheckConstraint("wanted IN ('held', 'settled', 'released')", name="wanted_known"),
        CheckConstraint("fen > 0", name="fen_positive"),
        CheckConstraint("captured_fen >= 0 AND captured_fen <= fen", name="captured_within"),
        CheckConstraint("refunded_fen >= 0 AND refunded_fen <= captured_fen", name="refunded_within"),
        state_check(PAYMENT))
    payable_kind: str = Field(max_length=10)
    payable_id: UUID
    attempt: int
    patient_id: UUID = Field(index=True)
    account_id: UUID | None = None
    organization_id: UUID | None = Field(default=None, index=True)
    provider: str = Field(max_length=30)
    provider_ref: str | None = Field(default=None, max_length=80)
    fen: int = Field(sa_column=fen_column())
    currency: str = Field(default=CURRENCY, max_length=3)
    state: str = Field(default="created", max_length=20)
    wanted: str = Field(default=Wanted.HELD.value, max_length=10)
    round: int = 0
    captured_fen: int = Field(default=0, sa_column=fen_column(0))
    refunded_fen: int = Field(default=0, sa_column=fen_column(0))
    next_step: str | None = Field(default=None, max_length=500)
    reason: str | None = Field(default=None, max_length=80)
    created_at: datetime
    expires_at: datetime | None = None
    authorised_at: datetime | None = None
    captured_at: datetime | None = None
    ended_at: datetime | None = None
    debt_since: datetime | None = Field(default=None, index=True)


class AllowedBeneficiary(SQLModel, table=True):
    """Who may earn on which kind of line: data that a foreign key enforces, not policy text."""

    __tablename__ = "allowed_beneficiary"
    __table_args__ = (CheckConstraint("NOT (kind IN ('drug', 'delivery') AND beneficiary_kind = 'doctor')",
                                      name="no_kickback"),)
    kind: str = Field(primary_key=True, max_length=20)
    beneficiary_kind: str = Field(primary_key=True, max_length=20)


class ChargeLine(Row, table=True):
    """One thing that is paid for and who earns it; frozen from the moment it is written.

    When another pharmacy takes the order, its lines are a new `edition`; the newest one counts.
    """

    __tablename__ = "charge_line"
    __table_args__ = (
        ForeignKeyConstraint(["kind", "beneficiary_kind"],
                             ["allowed_beneficiary.kind", "allowed_beneficiary.beneficiary_kind"],
                             name="fk_charge_line_allowed_beneficiary"),
        ForeignKeyConstraint(["payment_id", "payable_kind"], ["payment.id", "payment.payable_kind"],
                             name="fk_charge_line_payment"),
        UniqueConstraint("payment_id", "edition", "position", name="uq_charge_line_position"),
        CheckConstraint("fen > 0", name="fen_positive"),
        CheckConstraint("payable_kind <> 'order' OR beneficiary_kind <> 'doctor'", name="no_doctor_in_order"))
    payment_id: UUID
    payable_kind: str = Field(max_length=10)
    edition: int = 1
    position: int
    kind: str = Field(max_length=20)
    fen: int = Field(sa_column=fen_column())
    beneficiary_kind: str = Field(max_length=20)
    beneficiary_id: str = Field(max_length=60)
    rule_version: str = Field(max_length=40)


class Refund(Row, table=True):
    """Money that goes back; written before the provider is asked, never deleted.

    `once` keeps a caller's second wish of the same name from becoming a second refund.
    """

    __tablename__ = "payment_refund"
    __table_args__ = (UniqueConstraint("payment_id", "once", name="uq_payment_refund_once"),
                      Index("uq_payment_refund_provider_ref", "provider_ref", unique=True),
                      CheckConstraint("fen > 0", name="fen_positive"), state_check(REFUND))
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    fen: int = Field(sa_column=fen_column())
    reason: str = Field(max_length=80)
    once: str | None = Field(default=None, max_length=80)
    state: str = Field(default="pending", max_length=20)
    provider_ref: str | None = Field(default=None, max_length=120)
    problem: str | None = Field(default=None, max_length=80)
    created_at: datetime
    settled_at: datetime | None = None

    @property
    def key(self) -> str:
        """The idempotency key: of this row, so that a second legal refund of the same sum has another."""
        return f"refund:{self.id}"


class WebhookEvent(Row, table=True):
    """The inbox of notices, byte for byte; `applied_at` is empty until the effect stands in our rows."""

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("provider", "event_id", name="uq_webhook_event_event_id"),
                      Index("ix_webhook_event_pending", "received_at", sqlite_where=text(PENDING),
                            postgresql_where=text(PENDING)))
    provider: str = Field(max_length=30)
    event_id: str = Field(max_length=255)
    kind: str = Field(max_length=100)
    ref: str | None = Field(default=None, max_length=255)
    payment_id: UUID | None = None
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime
    applied_at: datetime | None = None


class LedgerTxn(Row, table=True):
    """One posting; kind and reference together make a second posting impossible."""

    __tablename__ = "ledger_txn"
    __table_args__ = (UniqueConstraint("kind", "ref", name="uq_ledger_txn_kind_ref"),)
    kind: str = Field(max_length=30)
    ref: str = Field(max_length=60)
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    at: datetime


class LedgerEntry(Row, table=True):
    """One side of a posting; the entries of a posting sum to zero."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("fen <> 0", name="fen_not_zero"),)
    txn_id: UUID = Field(foreign_key="ledger_txn.id", index=True)
    account: str = Field(max_length=120, index=True)
    fen: int = Field(sa_column=fen_column())
    currency: str = Field(max_length=3)

"""The book of the cashiers that stand in this house: what a payment company would keep on its side.

It has its own tables and its own short transactions, so that it survives a restart and never shares
the fate of ours: a crash between its write and our write is as real here as with a company far away.
"""
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Column, Field, Session, SQLModel, col, select

from app.kit.clock import Clock
from app.kit.database import Database
from app.payments.providers.port import (
    Attempt,
    ProviderRefund,
    ProviderRefused,
    ProviderState,
    RefundStatus,
    Status,
)

HELD = (Status.PENDING, Status.AUTHORISED)


class TillIntent(SQLModel, table=True):
    """One payment as the built-in cashier knows it; amounts in fen."""

    __tablename__ = "till_intent"
    __table_args__ = (CheckConstraint("captured_fen >= 0 AND captured_fen <= fen", name="captured_within"),)
    ref: str = Field(primary_key=True, max_length=64)
    provider: str = Field(max_length=30)
    payment_id: UUID
    fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(max_length=3)
    status: str = Field(max_length=20)
    captured_fen: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reason: str | None = Field(default=None, max_length=60)
    created_at: datetime
    expires_at: datetime | None = None


class TillOperation(SQLModel, table=True):
    """One thing that was asked under one idempotency key, kept for ever so that a repeat changes nothing."""

    __tablename__ = "till_operation"
    key: str = Field(primary_key=True, max_length=120)
    endpoint: str = Field(max_length=20)
    ref: str = Field(foreign_key="till_intent.ref", index=True, max_length=64)
    fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: datetime


class Till:
    """Idempotent operations on the book of one cashier."""

    def __init__(self, database: Database, clock: Clock, provider: str) -> None:
        self.database = database
        self.clock = clock
        self.provider = provider

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """A transaction of our own; the caller must not hold another one."""
        db = self.database
        with db.writer_lock, Session(db.writer, expire_on_commit=False) as session, session.begin():
            yield session

    def open(self, attempt: Attempt, status: Status, lifetime: timedelta | None) -> ProviderState:
        """Write the intent of an attempt once; a repeat under its key returns what stands there now."""
        ref = f"{self.provider}_{hashlib.sha256(attempt.key.encode()).hexdigest()[:32]}"
        now = self.clock.now()
        intent = TillIntent(ref=ref, provider=self.provider, payment_id=attempt.payment_id, fen=attempt.fen,
                            currency=attempt.currency, status=status, created_at=now,
                            expires_at=now + lifetime if lifetime else None)
        try:
            with self._transaction() as session:
                session.add(intent)
        except IntegrityError:
            known = self.look(ref)
            if (known.fen, known.currency) != (attempt.fen, attempt.currency):
                raise ProviderRefused("key_reused") from None
        return self.look(ref)

    def look(self, ref: str) -> ProviderState:
        """Return how an intent stands; what ran out of time is written as expired on the way."""
        with self._transaction() as session:
            return self._state(session, self._lock(session, ref))

    def change(self, ref: str, how: Callable[[TillIntent], None]) -> ProviderState:
        """Let the patient's side act on an intent (no idempotency key: a hand on a button)."""
        with self._transaction() as session:
            intent = self._lock(session, ref)
            how(intent)
            return self._state(session, intent)

    def capture(self, ref: str, fen: int, key: str) -> ProviderState:
        """Take up to the held amount, once."""
        def take(intent: TillIntent, _: int) -> None:
            if intent.status != Status.AUTHORISED:
                raise ProviderRefused("unexpected_state")
            if not 0 < fen <= intent.fen:
                raise ProviderRefused("amount_too_large")
            intent.status, intent.captured_fen = Status.CAPTURED, fen
        return self._once(ref, "capture", fen, key, take)

    def cancel(self, ref: str, key: str) -> ProviderState:
        """Let go of what was not captured."""
        def drop(intent: TillIntent, _: int) -> None:
            if intent.status not in HELD:
                raise ProviderRefused("unexpected_state")
            intent.status = Status.CANCELLED
        return self._once(ref, "cancel", 0, key, drop)

    def refund(self, ref: str, fen: int, key: str) -> ProviderState:
        """Give back a part of what was captured, never more than that in sum."""
        def give(intent: TillIntent, refunded: int) -> None:
            if intent.status != Status.CAPTURED:
                raise ProviderRefused("unexpected_state")
            if not 0 < fen <= intent.captured_fen - refunded:
                raise ProviderRefused("amount_too_large")
        return self._once(ref, "refund", fen, key, give)

    def _once(self, ref: str, endpoint: str, fen: int, key: str,
              how: Callable[[TillIntent, int], None]) -> ProviderState:
        """Do it under the row's lock unless the key is known; a key with other contents is refused."""
        with self._transaction() as session:
            intent = self._lock(session, ref)
            before = session.get(TillOperation, key)
            if before is None:
                how(intent, sum(refund.fen for refund in self._refunds(session, ref)))
                session.add(TillOperation(key=key, endpoint=endpoint, ref=ref, fen=fen, at=self.clock.now()))
            elif (before.endpoint, before.ref, before.fen) != (endpoint, ref, fen):
                raise ProviderRefused("key_reused")
            return self._state(session, intent)

    def _lock(self, session: Session, ref: str) -> TillIntent:
        mine = col(TillIntent.provider) == self.provider
        intent = session.exec(select(TillIntent).where(col(TillIntent.ref) == ref, mine)
                              .with_for_update()).one_or_none()
        if intent is None:
            raise ProviderRefused("not_found")
        if intent.status in HELD and intent.expires_at and intent.expires_at <= self.clock.now():
            intent.status = Status.EXPIRED
        return intent

    def _refunds(self, session: Session, ref: str) -> list[TillOperation]:
        session.flush()
        ours = select(TillOperation).where(col(TillOperation.ref) == ref,
                                           col(TillOperation.endpoint) == "refund")
        return list(session.exec(ours.order_by(col(TillOperation.at), col(TillOperation.key))))

    def _state(self, session: Session, intent: TillIntent) -> ProviderState:
        refunds = tuple(ProviderRefund(f"re_{op.key}", op.key, op.fen, RefundStatus.SUCCEEDED)
                        for op in self._refunds(session, intent.ref))
        return ProviderState(ref=intent.ref, payment_id=intent.payment_id, status=Status(intent.status),
                             fen=intent.fen, currency=intent.currency, captured_fen=intent.captured_fen,
                             refunds=refunds, expires_at=intent.expires_at, reason=intent.reason)

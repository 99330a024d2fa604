"""Tables of dispensing and custody; events are only ever added."""
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlmodel import Field

from app.kit.database import Row, json_column


class Dispense(Row, table=True):
    """One pharmacy's handling of an order, begun when it accepts; `given_back_at` ends it without a parcel."""

    __tablename__ = "dispense"
    order_id: UUID = Field(foreign_key="medicine_order.id", index=True)
    offer_id: UUID = Field(foreign_key="offer.id", unique=True)
    prescription_id: UUID = Field(index=True)
    pharmacy_id: UUID
    begun_at: datetime
    packed_at: datetime | None = None
    given_back_at: datetime | None = None
    cold_min_c: float | None = None
    cold_max_c: float | None = None
    cold_gap_minutes: float | None = None


class Pack(Row, table=True):
    """One scanned pack. A traceability code is sold once in its life, whoever scans it.

    `discarded_at` marks a pack of a parcel that was quarantined or came back: it never counts again.
    """

    __tablename__ = "pack"
    dispense_id: UUID = Field(foreign_key="dispense.id", index=True)
    order_line_id: UUID = Field(foreign_key="order_line.id")
    code: str = Field(unique=True, max_length=30)
    scanned_at: datetime
    scanned_by: UUID | None = None
    discarded_at: datetime | None = None


class CustodyEvent(Row, table=True):
    """What happened to the order, for the patient and the trail: step, time, who; never any clinical text."""

    __tablename__ = "custody_event"
    order_id: UUID = Field(foreign_key="medicine_order.id", index=True)
    step: str = Field(max_length=20)
    at: datetime
    organization_id: UUID | None = None
    account_id: UUID | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())

    @property
    def sha256(self) -> str:
        """What the audit trail keeps of this row: a hash of all of it, the same on every database."""
        told = {"id": str(self.id), "order_id": str(self.order_id), "step": self.step,
                "at": self.at.astimezone(UTC).isoformat(), "facts": self.facts,
                "organization_id": str(self.organization_id or ""), "account_id": str(self.account_id or "")}
        return hashlib.sha256(rfc8785.dumps(told)).hexdigest()

"""Tables of dispensing and custody; events are only ever added."""
from datetime import datetime
from typing import Any
from uuid import UUID

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

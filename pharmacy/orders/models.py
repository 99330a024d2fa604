"""Tables of orders and offers. Address and contact are sealed; the delivery code is too."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.database import Row, state_check
from pharmacy.orders.states import OFFER, ORDER

STILL_OPEN = text("state NOT IN ('delivered', 'cancelled', 'unfilled')")


class Order(Row, table=True):
    """One order for one prescription; a prescription has one open order at a time. Money in fen."""

    __tablename__ = "medicine_order"
    __table_args__ = (
        state_check(ORDER),
        Index("uq_order_open_prescription", "prescription_id", unique=True,
              sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN))
    number: str = Field(unique=True, max_length=20)
    organization_id: UUID
    prescription_id: UUID = Field(foreign_key="prescription.id", index=True)
    visit_id: UUID
    patient_id: UUID = Field(index=True)
    account_id: UUID
    state: str = Field(default="placed", max_length=20)
    channel: str = Field(max_length=20)
    chosen_pharmacy_id: UUID
    pharmacy_id: UUID | None = Field(default=None, index=True)
    district: str = Field(default="", max_length=40)
    latitude: float | None = None
    longitude: float | None = None
    address_sealed: str = Field(default="", max_length=1000)
    contact_sealed: str = Field(default="", max_length=400)
    code_sealed: str = Field(default="", max_length=200)
    code_tries: int = 0
    held_fen: int
    drugs_fen: int
    delivery_fen: int
    placed_at: datetime
    arrives_from: datetime
    arrives_to: datetime
    ended_at: datetime | None = None


class OrderLine(Row, table=True):
    """One medicine of an order, at the price of the pharmacy in charge."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "item_id"),)
    order_id: UUID = Field(foreign_key="medicine_order.id", index=True)
    item_id: UUID = Field(foreign_key="prescription_item.id")
    drug_id: str = Field(max_length=80)
    product_code: str = Field(max_length=60)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    packs: int
    fen: int


class Offer(Row, table=True):
    """One pharmacy's chance to take an order, until `deadline`."""

    __tablename__ = "offer"
    __table_args__ = (state_check(OFFER), UniqueConstraint("order_id", "pharmacy_id"),
                      Index("ix_offer_pharmacy_id_state", "pharmacy_id", "state"))
    order_id: UUID = Field(foreign_key="medicine_order.id", index=True)
    pharmacy_id: UUID = Field(foreign_key="organization.id")
    rank: int
    state: str = Field(default="offered", max_length=20)
    fen: int
    made_at: datetime
    deadline: datetime
    answered_at: datetime | None = None
    reason: str = Field(default="", max_length=200)

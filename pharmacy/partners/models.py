"""Tables of partner pharmacies; the organisation itself is kept by identity."""
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row


class PharmacyProfile(Row, table=True):
    """How a pharmacy works. Times are local "HH:MM"; fees in fen; distances in km."""

    __tablename__ = "pharmacy_profile"
    organization_id: UUID = Field(foreign_key="organization.id", unique=True)
    opens: str = Field(default="08:00", max_length=5)
    closes: str = Field(default="22:00", max_length=5)
    cold_chain: bool = False
    delivers: bool = True
    delivery_channel: str = Field(default="hospital_delivery", max_length=20)
    delivery_fee_fen: int = 600
    radius_km: float = 15
    prep_minutes: int = 15
    phone: str = Field(default="", max_length=30)
    active: bool = True


class Stock(Row, table=True):
    """What a pharmacy has of one product: packs on hand that nobody has claimed, price a pack in fen."""

    __tablename__ = "stock"
    __table_args__ = (UniqueConstraint("pharmacy_id", "product_code"), CheckConstraint("on_hand >= 0", name="on_hand"),
                      CheckConstraint("price_fen > 0", name="price"))
    pharmacy_id: UUID = Field(foreign_key="organization.id", index=True)
    product_code: str = Field(max_length=60, index=True)
    on_hand: int
    price_fen: int

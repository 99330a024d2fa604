"""Tables of staff: organisations, who works there in which role, practitioners, signing keys."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row, json_column
from app.kit.text import Text

STAFF_ROLES = ("doctor", "pharmacist", "pharmacy", "compliance", "admin", "operator")


class Organization(Row, table=True):
    """A hospital, pharmacy or clinic. A licence that nobody has looked up is None, never False."""

    __tablename__ = "organization"
    __table_args__ = (CheckConstraint("kind IN ('hospital', 'pharmacy', 'partner_hospital', 'clinic')",
                                      name="kind_known"),)
    kind: str = Field(max_length=20, index=True)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    address_zh: str = Field(default="", max_length=200)
    address_en: str = Field(default="", max_length=200)
    latitude: float | None = None
    longitude: float | None = None
    licence_no: str | None = Field(default=None, max_length=60)
    licensed_internet: bool | None = None
    licence_expires: date | None = None
    licensed_online: bool | None = None

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(zh=self.name_zh, en=self.name_en)


class StaffRole(Row, table=True):
    """An account works at an organisation in a role."""

    __tablename__ = "staff_role"
    __table_args__ = (
        UniqueConstraint("account_id", "organization_id", "role"),
        CheckConstraint(f"role IN {STAFF_ROLES}", name="role_known"))
    account_id: UUID = Field(foreign_key="account.id")
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    role: str = Field(max_length=20)


class Practitioner(Row, table=True):
    """A doctor or pharmacist as patients and colleagues see them; fee in fen."""

    __tablename__ = "practitioner"
    __table_args__ = (CheckConstraint("role IN ('doctor', 'pharmacist')", name="role_known"),)
    account_id: UUID = Field(foreign_key="account.id", unique=True)
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    role: str = Field(max_length=20)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    title_zh: str = Field(default="", max_length=60)
    title_en: str = Field(default="", max_length=60)
    department: str | None = Field(default=None, max_length=40)
    specialties: list[str] = Field(default_factory=list, sa_column=json_column())
    fee_fen: int = 0
    on_duty_since: datetime | None = None
    public_key: str | None = Field(default=None, max_length=300)
    signing_key_id: UUID | None = None
    pharmacist_title_ok: bool | None = None
    dispensing_since: date | None = None

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(zh=self.name_zh, en=self.name_en)

    @property
    def title(self) -> Text | None:
        """The professional title in both languages, when there is one."""
        return Text(zh=self.title_zh, en=self.title_en) if self.title_zh and self.title_en else None


class SigningKey(Row, table=True):
    """A P-256 key pair; the private half is locked by its holder's PIN and sealed by the installation."""

    __tablename__ = "signing_key"
    practitioner_id: UUID = Field(foreign_key="practitioner.id", index=True)
    public_key: str = Field(max_length=300)
    private_key_sealed: str = Field(max_length=1000)
    created_at: datetime
    retired_at: datetime | None = None

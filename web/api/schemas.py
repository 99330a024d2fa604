"""What the API answers with: flat objects with the field's standard words; ids are UUIDs, money is fen."""
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.kit.text import Text


class Out(BaseModel):
    """Read from rows by attribute."""

    model_config = ConfigDict(from_attributes=True)


class Bilingual(Out):
    """A sentence in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text | None) -> "Bilingual | None":
        """From a Text, when there is one."""
        return cls(zh=text.zh, en=text.en) if text else None


class SessionOut(Out):
    """A session that just began; the token is shown this one time."""

    token: str
    role: str
    expires_at: datetime


class PatientOut(Out):
    """A person on the account's list; the identity number is masked."""

    id: UUID
    name: str
    sex: str
    birth_date: date
    relation: str
    id_number: str
    realname_verified: bool


class ConsentFormOut(Out):
    """One form and whether it stands agreed to."""

    form: str
    version: str
    sha256: str
    title: Bilingual
    agreed: bool


class VisitOut(Out):
    """A visit. `price_fen` is what it costs; `deadline` is when the money goes back if nobody answers."""

    id: UUID
    number: str
    patient_id: UUID
    triage_id: UUID
    practitioner_id: UUID | None
    state: str
    kind: str
    mode: str
    level: str
    department: str
    bridge: bool
    price_fen: int
    requested_at: datetime
    waiting_since: datetime | None
    deadline: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    last_seq: int


class PlaceOut(Out):
    """The place in the waiting room; minutes as an honest range."""

    ahead: int
    low_minutes: int
    high_minutes: int
    doctors: int
    deadline: datetime


class PaymentOut(Out):
    """A payment attempt; `captured_fen` and `refunded_fen` say where the money is."""

    id: UUID
    payable_kind: str
    payable_id: UUID
    provider: str
    state: str
    fen: int
    currency: str
    captured_fen: int
    refunded_fen: int


class MessageOut(Out):
    """One line of the talk; `seq` counts from 1 within the visit."""

    id: UUID
    seq: int
    client_id: UUID
    sender: str
    kind: str
    text: str
    document_id: UUID | None
    card: dict[str, Any] | None
    at: datetime


class ItemOut(Out):
    """One line of a prescription."""

    id: UUID
    line: int
    drug_id: str
    product_code: str
    name_zh: str
    name_en: str
    strength: str
    days: int
    quantity: int
    left_quantity: int
    wording_zh: str
    wording_en: str
    ordered: dict[str, Any]


class PrescriptionOut(Out):
    """A prescription with its lines; `digest` is the SHA-256 of the signed bytes."""

    id: UUID
    number: str
    visit_id: UUID
    patient_id: UUID
    practitioner_id: UUID
    version: int
    state: str
    validity_days: int
    signed_at: datetime | None
    expires_at: datetime | None
    digest: str
    items: list[ItemOut]


class OrderLineOut(Out):
    """One medicine of an order, price of all packs in fen."""

    id: UUID
    product_code: str
    drug_id: str
    name_zh: str
    name_en: str
    packs: int
    fen: int


class OrderOut(Out):
    """An order; `delivery_code` and `address` only for those who need them.

    `box_out`: it ended while its box was on the way; until somebody knows where that is, nobody fills the prescription.
    """

    id: UUID
    number: str
    prescription_id: UUID
    patient_id: UUID
    state: str
    channel: str
    pharmacy_id: UUID | None
    chosen_pharmacy_id: UUID
    held_fen: int
    drugs_fen: int
    delivery_fen: int
    arrives_from: datetime
    arrives_to: datetime
    box_out: bool = False
    lines: list[OrderLineOut] = []
    delivery_code: str | None = None
    address: str | None = None
    contact: str | None = None


class EntryOut(Out):
    """One line of the record file."""

    id: UUID
    kind: str
    at: datetime
    title: Bilingual
    summary: Bilingual | None
    source_kind: str
    source_id: UUID
    visit_id: UUID | None

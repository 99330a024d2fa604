"""Tables of the prescription. The signed bytes are the truth; the columns are a view of them."""
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.kit.database import Row, json_column, state_check
from prescribing.rx.states import PRESCRIPTION

DENIED = text("denied_at IS NOT NULL AND reversed_at IS NULL")


class Prescription(Row, table=True):
    """One version of a prescription. `canonical` are the signed bytes (RFC 8785), never rebuilt from columns.

    `relied_on_at` is when somebody first acted on its approval: an order, or a pharmacy that scanned the paper.
    `shown_at` is when its paper was first scanned while it could be filled, `shown_times` how often since.
    """

    __tablename__ = "prescription"
    __table_args__ = (state_check(PRESCRIPTION),
                      Index("ix_prescription_state_organization", "state", "organization_id"))
    number: str = Field(unique=True, max_length=24)
    organization_id: UUID
    visit_id: UUID = Field(index=True)
    patient_id: UUID = Field(index=True)
    practitioner_id: UUID
    version: int = 1
    supersedes_id: UUID | None = Field(default=None, unique=True)
    state: str = Field(default="draft", max_length=20)
    drafted_at: datetime
    validity_days: int = 3
    is_long_term: bool = False
    stable_chronic: bool | None = None
    strict_assessment: bool | None = None
    extension_reason: str = Field(default="", max_length=500)
    off_label: bool | None = None
    off_label_consent: bool | None = None
    note: str = Field(default="", max_length=1000)
    signed_at: datetime | None = None
    expires_at: datetime | None = None
    canonical: bytes | None = None
    digest: str = Field(default="", max_length=64)
    signature: str = Field(default="", max_length=400)
    signature_key: str = Field(default="", max_length=80)
    public_key: str = Field(default="", max_length=1000)
    reviewer_id: UUID | None = None
    reviewed_at: datetime | None = None
    relied_on_at: datetime | None = None
    shown_at: datetime | None = None
    shown_times: int = 0
    data_version: str = Field(default="", max_length=80)


class PrescriptionItem(Row, table=True):
    """One line. `ordered` is the DraftLine as JSON; `quantity` and `left_quantity` count packs."""

    __tablename__ = "prescription_item"
    __table_args__ = (UniqueConstraint("prescription_id", "line"), CheckConstraint("left_quantity >= 0", name="left"),
                      CheckConstraint("left_quantity <= quantity", name="left_at_most_all"))
    prescription_id: UUID = Field(foreign_key="prescription.id", index=True)
    line: int
    drug_id: str = Field(max_length=80)
    product_code: str = Field(max_length=40)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    strength: str = Field(max_length=80)
    days: int
    quantity: int
    left_quantity: int = 0
    wording_zh: str = Field(max_length=500)
    wording_en: str = Field(max_length=500)
    ordered: dict[str, Any] = Field(sa_column=json_column())


class FindingAnswer(Row, table=True):
    """The doctor's recorded reason for going on despite a finding; append-only, travels with the prescription.

    `finding_digest` is the digest of what the finding said then: for other words it is no answer.
    """

    __tablename__ = "finding_answer"
    prescription_id: UUID = Field(foreign_key="prescription.id", index=True)
    finding_id: str = Field(max_length=200)
    finding_digest: str = Field(max_length=64)
    reason_code: str = Field(max_length=40)
    text: str = Field(default="", max_length=500)
    practitioner_id: UUID
    data_version: str = Field(max_length=80)
    at: datetime


class Redemption(Row, table=True):
    """The one claim of a prescription by one pharmacy, for one dispense; reversed visibly, never deleted.

    `handed_out_at` says when the patient got the medicine: from then on nothing can be taken back, except a mark on the
    paper, which stands on a stranger's word.

    A pharmacy that filled the paper is none of ours: it has no `pharmacy_id` but the name that it gave itself
    (`outside_name`); `browser` is the keyed hash of the browser that said so, which alone can undo it for some minutes.
    `denied_at` is when the patient's side said that they did not get the medicine, or when an order of ours ended
    whose box was on its way and never came: the claim stands until somebody knows where the medicine is.
    """

    __tablename__ = "redemption"
    __table_args__ = (UniqueConstraint("prescription_id", "fill_no"),
                      CheckConstraint("(pharmacy_id IS NULL) <> (outside_name = '')", name="ours_or_named"),
                      Index("ix_redemption_denied_at", "denied_at", sqlite_where=DENIED, postgresql_where=DENIED))
    prescription_id: UUID = Field(foreign_key="prescription.id", index=True)
    fill_no: int
    dispense_id: UUID = Field(unique=True)
    pharmacy_id: UUID | None = None
    outside_name: str = Field(default="", max_length=60)
    browser: str = Field(default="", max_length=64)
    denied_at: datetime | None = None
    quantities: dict[str, int] = Field(sa_column=json_column())
    at: datetime
    handed_out_at: datetime | None = None
    reversed_at: datetime | None = None
    reversed_reason: str = Field(default="", max_length=200)

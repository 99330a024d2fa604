"""What happens to a prescription; a draft announces nothing, nobody else knows of it."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class PrescriptionEvent(Event):
    """Every event of a prescription names it, its visit and its patient."""

    prescription_id: UUID
    visit_id: UUID
    patient_id: UUID


class PrescriptionSigned(PrescriptionEvent):
    """The doctor signed; a pharmacist reviews it next."""


@dataclass(frozen=True)
class PrescriptionApproved(PrescriptionEvent):
    """A pharmacist approved by the decision `review_id`; the patient may choose a pharmacy."""

    review_id: UUID


@dataclass(frozen=True)
class ApprovalTakenBack(PrescriptionEvent):
    """By `review_id` the pharmacist took the approval back before anybody relied on it; it waits for review again."""

    review_id: UUID


class PrescriptionReturned(PrescriptionEvent):
    """A pharmacist returned it with a reason; the doctor answers with a new version."""


class PrescriptionRevoked(PrescriptionEvent):
    """The doctor took it back."""


class PrescriptionExpired(PrescriptionEvent):
    """Its validity ended."""


@dataclass(frozen=True)
class PrescriptionRedeemed(PrescriptionEvent):
    dispense_id: UUID


@dataclass(frozen=True)
class RedemptionReversed(PrescriptionEvent):
    dispense_id: UUID


@dataclass(frozen=True)
class FilledFromPaper(PrescriptionEvent):
    """A pharmacy outside our house said that it dispensed what was left; the patient is told at once."""

    dispense_id: UUID


@dataclass(frozen=True)
class FillingDenied(PrescriptionEvent):
    """The patient's side said that they did not get what a pharmacy had marked as dispensed, or sent by our order."""

    dispense_id: UUID

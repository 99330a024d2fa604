"""What happens to accounts, people and licences."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class AccountRegistered(Event):
    account_id: UUID


@dataclass(frozen=True)
class PatientAdded(Event):
    account_id: UUID
    patient_id: UUID
    relation: str


@dataclass(frozen=True)
class GuardianshipEnded(Event):
    """`account_id` no longer acts for the patient; `ended_by` is the account that ended it, often the same."""

    account_id: UUID
    patient_id: UUID
    ended_by: UUID


@dataclass(frozen=True)
class IdentityVerified(Event):
    patient_id: UUID


@dataclass(frozen=True)
class LicenceChanged(Event):
    practitioner_id: UUID
    state: str


@dataclass(frozen=True)
class SignedIn(Event):
    account_id: UUID
    role: str


@dataclass(frozen=True)
class SignedOutEverywhere(Event):
    account_id: UUID

"""What happens in the record file."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class ConsentGiven(Event):
    patient_id: UUID
    form: str


@dataclass(frozen=True)
class HistoryConfirmed(Event):
    patient_id: UUID


@dataclass(frozen=True)
class DocumentKept(Event):
    patient_id: UUID
    document_id: UUID


@dataclass(frozen=True)
class EvidenceOffered(Event):
    patient_id: UUID
    evidence_id: UUID


@dataclass(frozen=True)
class EvidenceAccepted(Event):
    patient_id: UUID
    evidence_id: UUID


@dataclass(frozen=True)
class EvidenceRefused(Event):
    patient_id: UUID
    evidence_id: UUID

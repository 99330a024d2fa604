"""What happens to the hospital's own rules."""
from dataclasses import dataclass
from uuid import UUID

from app.events.event import Event


@dataclass(frozen=True)
class PolicyDraftBegun(Event):
    version_id: UUID
    number: int


@dataclass(frozen=True)
class PolicyDraftSaved(Event):
    version_id: UUID
    revision: int
    sha256: str


@dataclass(frozen=True)
class PolicyChecked(Event):
    version_id: UUID
    sha256: str


@dataclass(frozen=True)
class PolicyReplayed(Event):
    version_id: UUID
    replay_id: UUID
    decisions: int
    changed: int


@dataclass(frozen=True)
class PolicyProposed(Event):
    version_id: UUID
    sha256: str


@dataclass(frozen=True)
class PolicyApproved(Event):
    version_id: UUID
    sha256: str


@dataclass(frozen=True)
class PolicyRejected(Event):
    version_id: UUID
    reason: str


@dataclass(frozen=True)
class PolicyPublished(Event):
    version_id: UUID
    sha256: str
    effective_from: str


@dataclass(frozen=True)
class PolicyWithdrawn(Event):
    version_id: UUID
    reason: str

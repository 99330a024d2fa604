"""Rows of the trail. An entry is never updated; its place in the tree stands in a table of its own."""
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.kit.database import Row, json_column


@dataclass(frozen=True)
class Trace:
    """What a command or an audited read says of itself; ids and words only, no clinical text."""

    action: str
    ground: str = "task"
    patient_id: UUID | None = None
    subject_kind: str = ""
    subject_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class AuditEntry(Row, table=True):
    """One act or read. `ground`: treats, task, consent, own, job, break_glass, refused."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_patient_id_at", "patient_id", "at"),)
    at: datetime
    action: str = Field(max_length=80)
    ground: str = Field(max_length=20)
    actor_role: str = Field(max_length=30)
    actor_id: UUID | None = None
    organization_id: UUID | None = None
    patient_id: UUID | None = None
    subject_kind: str = Field(default="", max_length=40)
    subject_id: UUID | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    salt: str = Field(max_length=32)


class AuditPending(SQLModel, table=True):
    """An entry that waits for its place in the tree; written with it, removed by the sequencer."""

    __tablename__ = "audit_pending"
    entry_id: UUID = Field(primary_key=True)
    leaf_hash: str = Field(max_length=64)


class AuditLeaf(SQLModel, table=True):
    """The place of an entry in the tree: number from 0, without gaps, and its leaf hash (hex)."""

    __tablename__ = "audit_leaf"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry_id: UUID = Field(unique=True)
    leaf_hash: str = Field(max_length=64)


PERSONAL = ("actor_id", "organization_id", "patient_id", "subject_kind", "subject_id", "facts")


def commitment(entry: AuditEntry) -> str:
    """A salted hash of what could point to a person; erasing the salt later leaves the tree whole."""
    told = {name: getattr(entry, name) for name in PERSONAL}
    told = {k: str(v) if isinstance(v, UUID) else v for k, v in told.items()}
    return hashlib.sha256(entry.salt.encode() + rfc8785.dumps(told)).hexdigest()


def leaf_hash(entry: AuditEntry) -> str:
    """RFC 6962 leaf: SHA-256 over 00 and the canonical JSON of the entry without personal data."""
    told = {"id": str(entry.id), "at": entry.at.astimezone(UTC).isoformat(), "action": entry.action,
            "ground": entry.ground, "actor_role": entry.actor_role, "commitment": commitment(entry)}
    return hashlib.sha256(b"\x00" + rfc8785.dumps(told)).hexdigest()


def entry_rows(trace: Trace, at: datetime, role: str, actor_id: UUID | None,
               organization_id: UUID | None) -> tuple[AuditEntry, AuditPending]:
    """Build the two rows of one trace; both go into the same transaction."""
    entry = AuditEntry(
        at=at, action=trace.action, ground=trace.ground, actor_role=role, actor_id=actor_id,
        organization_id=organization_id, patient_id=trace.patient_id, subject_kind=trace.subject_kind,
        subject_id=trace.subject_id, facts=dict(trace.facts), salt=secrets.token_hex(16))
    return entry, AuditPending(entry_id=entry.id, leaf_hash=leaf_hash(entry))

"""Names in a list are a look too: one trace for each thing that somebody sees listed for the first time."""
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from app.audit import AuditEntry, Trace
from app.work import Work


class Listed(NamedTuple):
    """One line of a list: whose it is, and what."""

    patient_id: UUID
    kind: str
    id: UUID


def note_seen(work: Work, action: str, lines: Iterable[Listed], ground: str = "task") -> None:
    """Write down every line that this account has not yet seen under `action`. Cost: 1 SQL statement."""
    lines = list(lines)
    if not work.reading or not lines:
        return
    known = select(AuditEntry.subject_id).where(
        col(AuditEntry.patient_id).in_({line.patient_id for line in lines}),
        AuditEntry.actor_id == work.actor.account_id, AuditEntry.action == action)
    seen = set(work.session.exec(known).all())
    for line in lines:
        if line.id not in seen:
            seen.add(line.id)
            work.trace(Trace(action, ground, line.patient_id, line.kind, line.id))

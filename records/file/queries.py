"""The timeline and the conditions, always through the gate."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from app.kit.text import Text
from app.work import Work, all_of
from records.file.gate import require_readable
from records.file.models import Condition, RecordEntry
from records.file.rules import kinds_of


@dataclass(frozen=True)
class EntryLine:
    """One line of the timeline as pages show it; `source_kind` and `source_id` lead to the thing itself."""

    id: UUID
    kind: str
    at: datetime
    title: Text
    summary: Text | None
    source_kind: str
    source_id: UUID
    visit_id: UUID | None


def _line(entry: RecordEntry) -> EntryLine:
    return EntryLine(entry.id, entry.kind, entry.at, entry.title, entry.summary, entry.source_kind,
                     entry.source_id, entry.visit_id)


def timeline(work: Work, patient_id: UUID, before: UUID | None = None, limit: int = 50,
             kind: str | None = None) -> list[EntryLine]:
    """The newest `limit` lines, or those older than the line `before`; `kind` is a kind or a chip's name.

    One statement besides the gate. Raises RecordClosed.
    """
    require_readable(work, patient_id, "timeline")
    place = tuple_(col(RecordEntry.at), col(RecordEntry.id))
    statement = select(RecordEntry).where(RecordEntry.patient_id == patient_id)
    if kind is not None:
        statement = statement.where(col(RecordEntry.kind).in_(kinds_of(kind)))
    if before is not None:
        last = work.find(RecordEntry, before)
        if last is not None:
            statement = statement.where(place < tuple_(last.at, last.id))
    statement = statement.order_by(col(RecordEntry.at).desc(), col(RecordEntry.id).desc()).limit(limit)
    return [_line(entry) for entry in work.session.exec(statement).all()]


def conditions(work: Work, patient_id: UUID) -> list[Condition]:
    """Diagnoses that our doctors coded and that stand, newest first. Raises RecordClosed."""
    require_readable(work, patient_id, "conditions")
    return all_of(work, Condition, Condition.patient_id == patient_id, Condition.status == "active",
                  order=col(Condition.id).desc())


def conditions_of_visit(work: Work, visit_id: UUID) -> list[Condition]:
    """Diagnoses of one visit that stand, in the order of coding. For judging inside a use case: no gate."""
    return all_of(work, Condition, Condition.visit_id == visit_id, Condition.status == "active")

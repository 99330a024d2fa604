"""Proves what was recorded: every file against its row, every row against its chain, every chain against the trail.

A file that is gone from the end of a chain leaves no gap in it, but the trail knows that it was kept.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit import AuditEntry
from app.storage import Streams
from app.storage.vault import Unreadable
from consult.call.recording.models import RecordingSegment
from consult.call.recording.rules import chain_faults
from consult.visit.models import Visit

LATE = 3600.0   # seconds


@dataclass
class Proof:
    """What the check saw: files, those that are whole, and one sentence for each fault."""

    segments: int = 0
    whole: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.faults


def verify_recordings(session: Session, streams: Streams) -> Proof:
    """Check all recordings; see Proof. Cost: every recorded byte is read once."""
    proof, seen = Proof(), {}
    rows = session.exec(select(RecordingSegment).order_by(col(RecordingSegment.visit_id),
                                                          col(RecordingSegment.seq))).all()
    rows_of = {one.object_key for one in rows}
    for visit_id, group in groupby(rows, key=lambda one: one.visit_id):
        segments = list(group)
        owner = session.exec(select(Visit.patient_id).where(Visit.id == visit_id)).one()
        proof.faults += chain_faults(segments)
        for one in segments:
            seen[one.id] = one.link
            _check_file(one, owner, streams, proof)
    proof.faults += _missing(session, seen)
    proof.faults += _homeless(streams, rows_of)
    return proof


def _check_file(one: RecordingSegment, owner: UUID, streams: Streams, proof: Proof) -> None:
    name = f"recording {one.seq} of visit {one.visit_id}"
    proof.segments += 1
    try:
        reader = streams.open(one.object_key)
        try:
            kept = reader.kept()
        finally:
            reader.close()
    except FileNotFoundError:
        proof.faults.append(f"{name}: its file is gone")
    except (Unreadable, OSError):
        proof.faults.append(f"{name}: its file was changed or cut off")
    else:
        mine = kept.label.startswith(f"{owner}/{one.leg_id}/{one.number}/")
        if not mine or (kept.sha256, kept.size) != (one.sha256, one.size):
            proof.faults.append(f"{name}: its file is another one")
        else:
            proof.whole += 1


def _missing(session: Session, seen: dict[UUID, str]) -> Iterator[str]:
    """Files that the trail knows and that are not there, though no period of keeping let them go."""
    erased = {str(subject) for subject in session.exec(select(AuditEntry.subject_id).where(
        AuditEntry.action == "retention_erased",
        col(AuditEntry.subject_kind).in_(("retention:recording", "retention:record"))))}
    strange = dict(seen)
    for entry in session.exec(select(AuditEntry).where(AuditEntry.action == "RecordingKept")):
        told = entry.facts
        strange.pop(UUID(told["segment_id"]), None)
        if not erased.isdisjoint((told["visit_id"], told["patient_id"])):
            continue
        if seen.get(UUID(told["segment_id"])) != told["link"]:
            yield f"recording {told['seq']} of visit {told['visit_id']}: the trail knows another one, or it is gone"
    for segment in strange:
        yield f"recording {segment}: the trail never heard of it"


def _homeless(streams: Streams, rows_of: set[str]) -> Iterator[str]:
    """Files that nobody writes any more and no row names: since LATE they should have been written down."""
    for key in streams.left_over():
        if key not in rows_of and streams.age(key) > LATE:
            yield f"file {key}: no row names it; it was left behind or belongs to nobody known"

"""Proves the trail: every entry against its leaf, every checkpoint against the tree and the witness."""
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from app.audit.checkpoints import AuditCheckpoint, CheckpointSigner
from app.audit.entries import AuditEntry, AuditLeaf, AuditPending, leaf_hash
from app.audit.tree import CompactRange

PAGE = 1000


@dataclass
class Findings:
    """What the check saw: counts, and one sentence for each fault."""

    entries: int = 0
    checkpoints: int = 0
    pending: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.faults


def _checkpoint_roots(session: Session, signer: CheckpointSigner, found: Findings) -> dict[int, str]:
    """Read the stored checkpoints; a bad signature or a text that says otherwise is a fault."""
    roots = {}
    for row in session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.size))):
        found.checkpoints += 1
        if signer.read(row.note) != (row.size, bytes.fromhex(row.root)):
            found.faults.append(f"checkpoint {row.size}: its signature does not hold")
        roots[row.size] = row.root
    return roots


def _check_leaf(leaf: AuditLeaf, expected_seq: int, entry: AuditEntry | None, found: Findings) -> None:
    if leaf.seq != expected_seq:
        found.faults.append(f"entry {expected_seq}: its place in the tree is gone (next is {leaf.seq})")
    if entry is None:
        found.faults.append(f"entry {leaf.seq}: the row was removed")
    elif leaf_hash(entry) != leaf.leaf_hash:
        found.faults.append(f"entry {leaf.seq}: the row was changed ({entry.action}, {entry.id})")


def _walk(session: Session, roots: dict[int, set[str]], found: Findings) -> CompactRange:
    """Go through all leaves in order, comparing rows, places and, at their sizes, the roots that were signed."""
    span, last = CompactRange(), -1
    while True:
        page = session.exec(select(AuditLeaf, AuditEntry)
                            .join(AuditEntry, col(AuditEntry.id) == col(AuditLeaf.entry_id), isouter=True)
                            .where(col(AuditLeaf.seq) > last).order_by(col(AuditLeaf.seq)).limit(PAGE)).all()
        if not page:
            return span
        for leaf, entry in page:
            _check_leaf(leaf, last + 1, entry, found)
            last = leaf.seq
            span.append(bytes.fromhex(leaf.leaf_hash))
            if roots.get(span.size, set()) - {span.root().hex()}:
                found.faults.append(f"checkpoint {span.size}: the tree has another root, rows before it "
                                    "were changed, removed or reordered")
        session.expunge_all()


def _witnessed(notes: list[str], signer: CheckpointSigner, found: Findings) -> set[tuple[int, str]]:
    """Size and root of what the witness keeps; it heard only of what was stored."""
    told = [signer.read(note) for note in notes]
    if None in told:
        found.faults.append("witness: a kept checkpoint has a bad signature")
    return {(one[0], one[1].hex()) for one in told if one is not None}


def _check_witness(kept: set[tuple[int, str]], stored: dict[int, str], size: int, found: Findings) -> None:
    """Whoever has the database has the stored checkpoints too: each kept one is asked for."""
    for seen, root in sorted(kept):
        if seen > size:
            found.faults.append(f"witness: saw {seen} entries, the trail has {size}")
        elif seen not in stored:
            found.faults.append(f"witness: kept checkpoint {seen}, which was removed")
        elif stored[seen] != root:
            found.faults.append(f"witness: kept another root for size {seen}")


def verify_trail(session: Session, signer: CheckpointSigner, witness_notes: list[str]) -> Findings:
    """Check the whole trail; see Findings. Cost: one pass over all rows."""
    found = Findings()
    stored = _checkpoint_roots(session, signer, found)
    kept = _witnessed(witness_notes, signer, found)
    signed: dict[int, set[str]] = {}
    for size, root in kept | set(stored.items()):
        signed.setdefault(size, set()).add(root)
    span = _walk(session, signed, found)
    found.entries = span.size
    found.pending = session.exec(select(func.count()).select_from(AuditPending)).one()
    total = session.exec(select(func.count()).select_from(AuditEntry)).one()
    if total != found.entries + found.pending:
        found.faults.append(f"{total} entries stand beside {found.entries} places and {found.pending} waiting")
    if stored and max(stored) > span.size:
        found.faults.append(f"checkpoint {max(stored)}: the trail has only {span.size} entries")
    _check_witness(kept, stored, span.size, found)
    return found

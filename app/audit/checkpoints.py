"""Signed checkpoints (C2SP tlog-checkpoint) of the tree, and the sequencer that makes them."""
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import delete, event
from sqlmodel import Field, Session, SQLModel, col, select

from app.audit.entries import AuditLeaf, AuditPending
from app.audit.tree import CompactRange

ORIGIN = "fuzhen.example/audit"
MOST = 2000


class AuditTree(SQLModel, table=True):
    """The one row that says where the tree stands; locked while entries get their places."""

    __tablename__ = "audit_tree"
    id: int = Field(default=1, primary_key=True)
    state: str = "0"


class AuditCheckpoint(SQLModel, table=True):
    """A signed statement of size and root, as text that a witness can keep."""

    __tablename__ = "audit_checkpoint"
    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    root: str = Field(max_length=64)
    note: str


@dataclass(frozen=True)
class CheckpointSigner:
    """Signs and reads checkpoints under one name."""

    key: Ed25519PrivateKey
    name: str = ORIGIN

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def _key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def sign(self, size: int, root: bytes) -> str:
        """Write the checkpoint of a tree of `size` leaves."""
        body = f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self._key_id() + self.key.sign(body.encode())).decode()
        return f"{body}\n— {self.name} {signature}\n"

    def read(self, note: str) -> tuple[int, bytes] | None:
        """Return size and root when the signature holds, else None."""
        body, _, line = note.partition("\n\n")
        try:
            raw = base64.b64decode(line.strip().rsplit(" ", 1)[-1])
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], f"{body}\n".encode())
            name, size, root = body.split("\n")[:3]
        except (InvalidSignature, ValueError):
            return None
        return (int(size), base64.b64decode(root)) if name == self.name else None


class FileWitness:
    """Keeps every checkpoint in a file beside the database: a stand-in for a partner who co-signs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def keep(self, note: str) -> None:
        """Append a checkpoint; the file is only ever added to."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(note + "\x1e\n")

    def notes(self) -> list[str]:
        """All checkpoints that this witness has seen, oldest first."""
        if not self._path.exists():
            return []
        return [n.lstrip("\n") for n in self._path.read_text("utf-8").split("\x1e") if n.strip()]


def _lock_tree(session: Session) -> AuditTree:
    tree = session.exec(select(AuditTree).with_for_update().execution_options(populate_existing=True)).first()
    if tree is None:
        tree = AuditTree()
        session.add(tree)
        session.flush()
    return tree


def sequence(session: Session, signer: CheckpointSigner, at: datetime,
             witness: Callable[[str], None]) -> int:
    """Give waiting entries their places and sign a checkpoint; returns how many got one.

    The witness hears of it after the commit: it must never have seen what a crash then took back.
    """
    tree = _lock_tree(session)
    waiting = session.exec(select(AuditPending).order_by(col(AuditPending.entry_id)).limit(MOST)).all()
    if not waiting:
        return 0
    span = CompactRange.from_text(tree.state)
    for row in waiting:
        session.add(AuditLeaf(seq=span.size, entry_id=row.entry_id, leaf_hash=row.leaf_hash))
        span.append(bytes.fromhex(row.leaf_hash))
    session.execute(delete(AuditPending).where(col(AuditPending.entry_id).in_([r.entry_id for r in waiting])))
    tree.state = span.to_text()
    note = signer.sign(span.size, span.root())
    session.add(AuditCheckpoint(size=span.size, at=at, root=span.root().hex(), note=note))
    session.flush()
    event.listen(session, "after_commit", lambda _: witness(note), once=True)
    return len(waiting)

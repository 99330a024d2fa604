"""The append-only trail: who did or read what, on which ground, sequenced into a signed Merkle tree."""
from app.audit.entries import AuditEntry, AuditLeaf, AuditPending, Trace
from app.audit.recorder import Recorder

__all__ = ["AuditEntry", "AuditLeaf", "AuditPending", "Recorder", "Trace"]

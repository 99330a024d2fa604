"""Writes the traces of reads: many at once in one short transaction, and no reader waits for the tree."""
import threading
from dataclasses import dataclass

from sqlmodel import Session

from app.audit.entries import AuditEntry, AuditPending
from app.kit.database import Database

Rows = list[tuple[AuditEntry, AuditPending]]


@dataclass
class _Ticket:
    """One caller's rows and what became of them."""

    rows: Rows
    done: bool = False
    error: Exception | None = None


class Recorder:
    """Group commit: whoever gets the lock writes for everybody who waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Ticket] = []
        self._list_lock = threading.Lock()
        self._flush_lock = threading.Lock()

    def record(self, rows: Rows) -> None:
        """Return when `rows` are committed; raises what the database raised."""
        ticket = _Ticket(rows)
        with self._list_lock:
            self._waiting.append(ticket)
        with self._flush_lock:
            if not ticket.done:
                self._flush()
        if ticket.error:
            raise ticket.error

    def _flush(self) -> None:
        with self._list_lock:
            batch, self._waiting = self._waiting, []
        try:
            self._write([pair for ticket in batch for pair in ticket.rows])
        except Exception as error:  # every waiting reader must learn that its trace was not kept
            for ticket in batch:
                ticket.error = error
        for ticket in batch:
            ticket.done = True

    def _write(self, rows: Rows) -> None:
        with self._database.writer_lock, Session(self._database.writer) as session, session.begin():
            session.add_all([row for pair in rows for row in pair])

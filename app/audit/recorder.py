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
        if self._try(batch) and len(batch) > 1:
            for ticket in batch:    # one bad trace must not fail the others' reads
                ticket.error = self._try([ticket])
        for ticket in batch:
            ticket.done = True

    def _try(self, batch: list[_Ticket]) -> Exception | None:
        """Write the rows of a batch; a failure is told to its readers, whose traces were not kept."""
        try:
            self._write([pair for ticket in batch for pair in ticket.rows])
        except Exception as error:  # whatever it was, the reader must learn of it and show nothing
            for ticket in batch:
                ticket.error = error
            return error
        for ticket in batch:
            ticket.error = None
        return None

    def _write(self, rows: Rows) -> None:
        with self._database.writer_lock, Session(self._database.writer) as session, session.begin():
            session.add_all([row for pair in rows for row in pair])

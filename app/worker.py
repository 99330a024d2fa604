"""The loop that runs jobs and gives audit entries their places; a thread of the server or a process."""
import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.audit.checkpoints import CheckpointSigner, FileWitness, sequence
from app.jobs import MOST_ATTEMPTS, JobKind, JobKinds, claim, count_dead, finish, next_due, release_all, renew
from app.work import HOUSE, House

log = logging.getLogger("fuzhen.worker")
PAUSE = 0.5


class Worker:
    """Claims due jobs, runs them one after another, and sequences the audit trail."""

    def __init__(self, house: House, kinds: JobKinds) -> None:
        self.house = house
        self.kinds = kinds
        self._wake = threading.Event()
        self._stop = threading.Event()

    def wake(self, _: list[str] | None = None) -> None:
        """Look for jobs now instead of at the next poll; called after commits."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the loop to end after the job in hand."""
        self._stop.set()
        self._wake.set()

    def loop(self) -> None:
        """Run until `stop`; a fault of one round is logged and the next round tries again."""
        alone = self.house.database.is_sqlite  # one process: whoever held a job before is gone
        while not self._stop.is_set():
            try:
                if alone:
                    release_all(self.house.database)
                    alone = False
                busy = self.run_due() + self.sequence_audit()
            except Exception as error:  # the database may be away for a moment; the loop must outlive it
                log.error("worker round failed: %s", type(error).__name__)
                busy = 0
            if not busy:
                self._wake.wait(PAUSE)
                self._wake.clear()

    def run_due(self) -> int:
        """Run every job that is due now, once; returns how many were tried."""
        rows = claim(self.house.database, self.house.clock.now())
        for row in rows:
            self.run(row)
        return len(rows)

    def run_until_idle(self, rounds: int = 100) -> None:
        """Run jobs until none is due; for tests and for commands that must see the end."""
        for _ in range(rounds):
            if not self.run_due():
                self.sequence_audit()
                return
        raise RuntimeError("jobs keep coming")

    def run(self, row: Any) -> None:
        """Effect outside, then one transaction that deletes the job and records the outcome."""
        try:
            kind = self.kinds.get(row.kind)
            if kind.effect and not self._hold(row, kind):
                return
            outcome = kind.effect(self.house, row.args, row.key) if kind.effect else None
            with self.house.write(HOUSE) as work:
                if finish(work.session, row.id, row.attempts):
                    kind.record(work, row.args, outcome)
        except Exception as error:  # one bad job must not stop the others; it comes again later
            log.warning("job %s (%s) attempt %d failed: %s", row.kind, row.id, row.attempts,
                        type(error).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
            self._postpone(row)

    def _hold(self, row: Any, kind: JobKind) -> bool:
        """Begin the lease of an effect only now: the jobs before it in the same claim took their time."""
        return renew(self.house.database, row, self.house.clock.now() + kind.lease)

    def _postpone(self, row: Any) -> None:
        """Let the job rest longer after each failure: 2, 4, 8 … seconds; after the last it waits for a person."""
        now = self.house.clock.now()
        if row.attempts < MOST_ATTEMPTS:
            renew(self.house.database, row, now + timedelta(seconds=2 ** row.attempts))
        elif renew(self.house.database, row, now):
            self._tell_dead(row, now)

    def _tell_dead(self, row: Any, now: datetime) -> None:
        with Session(self.house.database.reader) as session:
            count = count_dead(session, now)
        log.warning("job %s (%s) is given up after %d attempts; %d dead jobs wait for `fuzhen jobs revive`",
                    row.kind, row.id, row.attempts, count)

    def sequence_audit(self) -> int:
        """Give waiting audit entries their places and sign a checkpoint; returns how many."""
        tools = self.house.tools
        signer, witness = tools.get(CheckpointSigner), tools.get(FileWitness)
        with (self.house.database.writer_lock, Session(self.house.database.writer) as session,
              session.begin()):
            return sequence(session, signer, self.house.clock.now(), witness.keep)

    def next_due(self) -> datetime | None:
        """When the next job is due; None when nothing waits."""
        with Session(self.house.database.reader) as session:
            return next_due(session, self.house.clock.now())

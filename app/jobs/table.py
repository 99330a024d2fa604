"""Claim, run, finish: at-least-once effects, exactly-once results. `attempts` is the fence."""
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col

from app.kit.database import Database, Row, json_column
from app.kit.ids import uuid7

MOST_ATTEMPTS = 8
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Job(Row, table=True):
    """Something to do at `due` or later; `key` keeps it from being written twice while it waits."""

    __tablename__ = "job"
    key: str = Field(unique=True, max_length=200)
    kind: str = Field(max_length=120)
    due: datetime = Field(index=True)
    lease: datetime = Field(default=NEVER)
    attempts: int = 0
    args: dict[str, Any] = Field(sa_column=json_column())


def enqueue(session: Session, kind: str, args: dict[str, Any], key: str, due: datetime, at: datetime) -> None:
    """Write a job in the caller's transaction; a key that already waits is left as it is.

    A dead letter of the key does not wait any more: a new row, with an id that no worker holds, takes its place.
    """
    job = Job.__table__.c  # type: ignore[attr-defined]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(delete(Job).where(job.key == key, *_dead(at)))
    row = {"id": uuid7(), "key": key, "kind": kind, "args": args, "due": due, "lease": NEVER, "attempts": 0}
    session.execute(dialect.insert(Job).values(row).on_conflict_do_nothing(index_elements=["key"]))


def hurry(session: Session, key: str, at: datetime) -> None:
    """Let a job that waits under this key be due now; one that a worker has in hand stays as it is."""
    session.execute(update(Job).where(col(Job.key) == key, col(Job.due) > at, col(Job.lease) <= at).values(due=at))


def claim(database: Database, at: datetime, most: int = 10,
          lease: timedelta = timedelta(seconds=30)) -> list[SqlRow[Any]]:
    """Take up to `most` due jobs for the time of `lease`, in a transaction of its own."""
    job = Job.__table__.c  # type: ignore[attr-defined]
    due = (select(job.id).where(job.due <= at, job.lease <= at, job.attempts < MOST_ATTEMPTS)
           .order_by(job.due, job.id).limit(most).with_for_update(skip_locked=True).cte("due"))
    take = (update(Job).where(job.id.in_(select(due.c.id)))
            .values(lease=at + lease, attempts=job.attempts + 1).returning(*job))
    with database.writer_lock, database.writer.begin() as connection:
        return sorted(connection.execute(take).all(), key=lambda row: (row.due, row.id))


def release_all(database: Database) -> int:
    """Free every job that is held; only for the one process of an installation, which knows the holder to be dead.

    Without it the work that a crash cut off would wait for the end of its lease. The attempt stays counted.
    """
    held = update(Job).where(col(Job.lease) > NEVER).values(lease=NEVER)
    with database.writer_lock, database.writer.begin() as connection:
        return connection.execute(held).rowcount


def renew(database: Database, row: SqlRow[Any], until: datetime) -> bool:
    """Hold a claimed job until `until`, as the last act before its effect; False when another worker has it."""
    job = Job.__table__.c  # type: ignore[attr-defined]
    mine = update(Job).where(job.id == row.id, job.attempts == row.attempts).values(lease=until)
    with database.writer_lock, database.writer.begin() as connection:
        return connection.execute(mine).rowcount == 1


def _dead(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What makes a job a dead letter: all attempts are used up, and the last of them is over."""
    return col(Job.attempts) >= MOST_ATTEMPTS, col(Job.lease) <= at


def dead_letters(session: Session, at: datetime, most: int = 100) -> list[Job]:
    """Jobs that failed too often and wait for a person, the oldest first."""
    return list(session.scalars(select(Job).where(*_dead(at)).order_by(col(Job.due), col(Job.id)).limit(most)))


def count_dead(session: Session, at: datetime) -> int:
    """How many jobs wait for a person."""
    return session.scalar(select(func.count()).select_from(Job).where(*_dead(at))) or 0


def revive(session: Session, at: datetime, job_id: UUID) -> bool:
    """Let a dead letter be tried anew, under a new id; False when there is none of that id."""
    dead = update(Job).where(col(Job.id) == job_id, *_dead(at))
    return session.execute(dead.values(id=uuid7(), attempts=0, lease=NEVER)).rowcount == 1  # type: ignore[attr-defined]


def finish(session: Session, job_id: UUID, attempts: int) -> bool:
    """Delete the job as the first statement of its recording; False when another worker took over."""
    job = Job.__table__.c  # type: ignore[attr-defined]
    mine = delete(Job).where(job.id == job_id, job.attempts == attempts)
    return session.execute(mine).rowcount == 1  # type: ignore[attr-defined]


def next_due(session: Session, at: datetime) -> datetime | None:
    """The due time of the next job that may still run; None when nothing waits."""
    job = Job.__table__.c  # type: ignore[attr-defined]
    return session.execute(select(func.min(job.due)).where(job.attempts < MOST_ATTEMPTS)).scalar()

"""The transaction of one use case: session, now, actor, and the two ways to be heard of afterwards.

`House` opens Works in few named places (web door, one job, the CLI). Commands take the Work first; they never
commit, never read the clock and never call the outside world.
"""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from app.audit import Recorder, Trace
from app.audit.entries import entry_rows
from app.events import Event
from app.jobs import enqueue, hurry
from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.ids import uuid7
from app.kit.problems import NotFound, Problem
from app.kit.tools import Tools

T = TypeVar("T")
M = TypeVar("M", bound=SQLModel)
Publish = Callable[[list[str]], None]
_writing: ContextVar[bool] = ContextVar("writing", default=False)


@dataclass(frozen=True)
class Actor:
    """Who acts. Roles: patient, doctor, pharmacist, pharmacy, compliance, admin, operator, guest, house, nobody."""

    role: str
    account_id: UUID | None = None
    organization_id: UUID | None = None
    practitioner_id: UUID | None = None
    session_id: UUID | None = None
    language: str = "zh"


HOUSE = Actor("house")
NOBODY = Actor("nobody")


class Subscriptions:
    """Which handlers hear which event: {event class: [handler(work, event)]}, by stable names."""

    def __init__(self) -> None:
        self._by_event: dict[type[Event], list[tuple[str, Callable[..., None]]]] = {}

    def add(self, table: dict[type[Event], list[Callable[..., None]]]) -> None:
        """Add one room's SUBSCRIPTIONS."""
        for event, handlers in table.items():
            named = [(f"{h.__module__}.{h.__qualname__}", h) for h in handlers]
            self._by_event.setdefault(event, []).extend(named)

    def of(self, event: type[Event]) -> list[tuple[str, Callable[..., None]]]:
        """Handlers of an event class, each with the name that its job row carries."""
        return self._by_event.get(event, [])

    def all(self) -> Iterator[tuple[type[Event], str, Callable[..., None]]]:
        """Every (event class, name, handler)."""
        for event, handlers in self._by_event.items():
            for name, handler in handlers:
                yield event, name, handler


@dataclass
class Work:
    """One use case, one transaction. `session` is open; `now` is aware UTC and stands still."""

    session: Session
    now: datetime
    actor: Actor
    house: "House"
    reading: bool = False
    hints: list[str] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)

    def tool(self, kind: type[T]) -> T:
        """A tool that the composition root registered for `kind`."""
        return self.house.tools.get(kind)

    def find(self, model: type[M], id: Any, lock: bool = False) -> M | None:
        """Read one row by key; `lock` takes the row and reads it anew. The only way to lock."""
        if lock:
            return self.session.get(model, id, with_for_update=True, populate_existing=True)
        return self.session.get(model, id)

    def get(self, model: type[M], id: Any, lock: bool = False) -> M:
        """Like `find`, but a missing row raises NotFound."""
        row = self.find(model, id, lock)
        if row is None:
            raise NotFound(kind=model.__name__.lower(), id=str(id))
        return row

    def lock_one(self, statement: Any) -> Any:
        """First row of a SELECT, locked and read anew; None when there is none."""
        options = statement.with_for_update().execution_options(populate_existing=True)
        return self.session.exec(options).first()

    def add(self, row: M) -> M:
        """Add a new row and send it to the database, so that its constraints speak at once."""
        self.session.add(row)
        self.session.flush()
        return row

    def announce(self, event: Event) -> None:
        """Tell what happened: a job for every subscriber and an audit entry, in this transaction."""
        name = type(event).__name__
        for handler, _ in self.house.subscriptions.of(type(event)):
            self.later(f"event:{handler}", {"event": name, "data": event.to_json()},
                       key=f"{handler}:{name}:{uuid7().hex}")
        self.trace(Trace(name, patient_id=getattr(event, "patient_id", None), ground=self._ground(),
                         facts=event.to_json()))

    def later(self, kind: str, args: dict[str, Any], key: str, due: datetime | None = None) -> None:
        """Write a job of `kind`, due now or at `due`; the same waiting key is written once."""
        enqueue(self.session, kind, args, key, due or self.now, self.now)

    def at_once(self, kind: str, args: dict[str, Any], key: str) -> None:
        """Write a job of `kind` that is due now; one that waits for its next attempt under the key is taken up now."""
        self.later(kind, args, key)
        hurry(self.session, key, self.now)

    def trace(self, trace: Trace) -> None:
        """Write an audit entry: with the transaction when writing, before the answer when reading."""
        self.traces.append(trace)

    def hint(self, topic: str) -> None:
        """Ask that screens which watch `topic` ("visit:<id>") look again after the commit."""
        if topic not in self.hints:
            self.hints.append(topic)

    def rows(self) -> list[tuple[Any, Any]]:
        """The audit rows of all traces so far."""
        who = self.actor
        return [entry_rows(t, self.now, who.role, who.account_id, who.organization_id) for t in self.traces]

    def _ground(self) -> str:
        return "job" if self.actor.role == "house" else "own" if self.actor.role == "patient" else "task"



class NestedWork(RuntimeError):
    """A Work was opened inside a Work: the writer lock is not re-entrant, this would hang."""


@dataclass
class House:
    """What one process needs to open Works."""

    database: Database
    clock: Clock
    tools: Tools
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    publish: Publish = lambda topics: None
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.database)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Work]:
        """Open the one writing transaction of a use case; committed when the block ends well."""
        if _writing.get():
            raise NestedWork
        token = _writing.set(True)
        opened: list[Work] = []
        try:
            with self._transaction(actor) as work:
                opened.append(work)
                yield work
        except Problem as problem:
            self._keep_refusal(problem, opened)
            raise
        finally:
            _writing.reset(token)
        if work.hints:
            self.publish(work.hints)

    def _keep_refusal(self, problem: Problem, opened: list[Work]) -> None:
        """A refusal rolls its transaction back; what must be kept of it goes into one of its own."""
        if problem.aftermath is not None and opened:
            with self._transaction(opened[0].actor) as work:
                problem.aftermath(work)

    @contextmanager
    def _transaction(self, actor: Actor) -> Iterator[Work]:
        with (self.database.writer_lock, Session(self.database.writer, expire_on_commit=False) as session,
              session.begin()):
            work = Work(session, self.clock.now(), actor, self)
            yield work
            session.add_all([row for pair in work.rows() for row in pair])

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Work]:
        """Open a reading Work; its traces are committed before the block's result may be shown."""
        work = Work(Session(self.database.reader, expire_on_commit=False), self.clock.now(), actor, self, reading=True)
        try:
            yield work
        finally:
            work.session.close()    # not rollback: what was read stays readable
            if work.traces:
                self.recorder.record(work.rows())

    def record_refusal(self, actor: Actor, trace: Trace) -> None:
        """Keep the trace of a refused attempt; the transaction that was refused is rolled back."""
        who = (actor.role, actor.account_id, actor.organization_id)
        self.recorder.record([entry_rows(trace, self.clock.now(), *who)])


def one_or_none(work: Work, model: type[M], *where: Any) -> M | None:
    """The row that fulfils all conditions, or None."""
    return work.session.exec(select(model).where(*where)).first()


def all_of(work: Work, model: type[M], *where: Any, order: Any = None) -> list[M]:
    """All rows that fulfil the conditions, in the order of `order` (their key by default)."""
    statement = select(model).where(*where).order_by(order if order is not None else col(model.id))  # type: ignore
    return list(work.session.exec(statement).all())

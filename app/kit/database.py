"""One schema for SQLite and PostgreSQL: engines, naming of constraints, column kinds."""
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Engine, create_engine, event
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field, SQLModel

from app.kit.ids import uuid7
from app.kit.states import Machine

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON")


class Row(SQLModel):
    """What every table has: a time-ordered UUID as its key."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)


def json_type() -> Any:
    """The JSON column type: JSONB on PostgreSQL; None is NULL on both. Never sign what comes out of it."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def json_column(nullable: bool = False) -> Any:
    """A JSON column; assign a new value to change it, in-place changes are not saved."""
    return Column(json_type(), nullable=nullable)


def enum_column(kind: type[Enum], nullable: bool = False, index: bool = False) -> Any:
    """A column that stores the *value* of an enum as text, the same on both databases."""
    stored = SqlEnum(kind, native_enum=False, create_constraint=False, length=30,
                     values_callable=lambda members: [m.value for m in members])
    return Column(stored, nullable=nullable, index=index)


def state_check(machine: Machine) -> CheckConstraint:
    """The CHECK that keeps a life cycle's column inside its table."""
    return CheckConstraint(machine.check(), name=f"{machine.column}_known")


@dataclass(frozen=True)
class Database:
    """The two faces of one pool: a reader and a writer, and the lock that SQLite's writers share."""

    reader: Engine
    writer: Engine
    writer_lock: AbstractContextManager[Any]

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, where one process owns the file."""
        return self.reader.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.reader.dispose()


def _tune_sqlite(engine: Engine) -> None:
    """Take BEGIN into our own hands: reading then writing in a plain BEGIN fails under contention."""

    @event.listens_for(engine, "connect")
    def tune(dbapi: Any, _: Any) -> None:
        dbapi.isolation_level = None
        for pragma in PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def open_database(url: str) -> Database:
    """Open the pool of `url` (sqlite:///path or postgresql+psycopg://…)."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    engine = create_engine(url, pool_size=8, max_overflow=4, pool_pre_ping=not url.startswith("sqlite"),
                           hide_parameters=True)      # a refused row must not speak through an error text
    if engine.dialect.name != "sqlite":
        return Database(engine, engine, nullcontext())
    _tune_sqlite(engine)
    return Database(engine, engine.execution_options(begin="BEGIN IMMEDIATE"), threading.Lock())

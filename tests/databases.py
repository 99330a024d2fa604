"""One database of each kind a test process, emptied for every test: engine, connections and compiled SQL stay warm.

A scratch database can also be photographed: `take` keeps its rows under a name, `show` brings them back. It counts its
writes, so that whoever shows a photograph knows whether the database is still what it was.
"""
import shutil
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from app.kit.database import Database, open_database
from app.wiring import import_models
from tests.postgres import Cluster

TRIGGERS = text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
BUSY = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")
SEQUENCES = ("SELECT setval(format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), "
             "last_value IS NOT NULL) FROM {}.sequences")


def create_schema(url: str) -> None:
    """Create every table, trigger and first row of the schema, as the migrations do."""
    import_models()
    database = open_database(url)
    SQLModel.metadata.create_all(database.writer)
    database.dispose()


def admin(cluster: Cluster) -> Connection:
    """A connection outside any transaction, to make and drop databases."""
    engine = sqlalchemy.create_engine(cluster.url(), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    return engine.connect()


class Scratch(ABC):
    """What both kinds have: the open database and the number of writes that went through it."""

    of: dict[sqlalchemy.Engine, "Scratch"] = {}

    def __init__(self, url: str) -> None:
        self.database = open_database(url)
        self.writes = 0
        self.made = 0       # how often the database was made anew; photographs of the former one are gone
        Scratch.of[self.database.reader] = self
        sqlalchemy.event.listen(self.database.reader, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            self.writes += 1

    @abstractmethod
    def empty(self) -> Database:
        """The database as the migrations leave it."""

    @abstractmethod
    def take(self, name: str) -> None:
        """Keep what is in the database under a name."""

    @abstractmethod
    def show(self, name: str) -> None:
        """Bring back what was kept."""


class SqliteScratch(Scratch):
    """A file that is replaced by a copy of the template or of a photograph."""

    def __init__(self, template: Path, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.template, self.path = template, path

    def empty(self) -> Database:
        self._replace(self.template)
        self.writes = 0
        return self.database

    def take(self, name: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(f"VACUUM INTO '{self.path.with_name(name)}'")

    def show(self, name: str) -> None:
        self._replace(self.path.with_name(name))

    def _replace(self, other: Path) -> None:
        self.database.dispose()
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        shutil.copy(other, self.path)


class PostgresScratch(Scratch):
    """A database whose rows are deleted; made anew from the template when a test tore at the schema."""

    NAME = "fuzhen_scratch"

    def __init__(self, cluster: Cluster, template: str) -> None:
        super().__init__(cluster.url(self.NAME))
        self.cluster, self.template = cluster, template
        self.owner = sqlalchemy.create_engine(cluster.url(self.NAME), poolclass=sqlalchemy.StaticPool)
        self.photographs: dict[str, list[str]] = {}
        self.triggers = 0
        self._create()

    def _create(self) -> None:
        self.database.dispose()
        self.owner.dispose()
        with admin(self.cluster) as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self.NAME} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {self.NAME} TEMPLATE {self.template} STRATEGY FILE_COPY"))
        self.photographs.clear()
        self.made += 1
        with self.owner.begin() as connection:
            self.triggers = connection.scalar(TRIGGERS) or 0
        self.take("as_migrated")

    def _filled(self, connection: Connection) -> list[str]:
        """Tables that hold a row."""
        asked = " UNION ALL ".join(f"(SELECT '{n}' WHERE EXISTS (SELECT 1 FROM {n}))" for n in SQLModel.metadata.tables)
        return list(connection.scalars(text(asked)))

    def empty(self) -> Database:
        with self.owner.begin() as connection:
            whole = connection.scalar(TRIGGERS) == self.triggers
        if not whole:
            self._create()
        self.show("as_migrated")
        self.writes = 0
        return self.database

    def take(self, name: str) -> None:
        with self.owner.begin() as connection:
            self.photographs[name] = self._filled(connection)
            connection.execute(text(f"CREATE SCHEMA {name}"))
            connection.execute(text(f"CREATE TABLE {name}.sequences AS SELECT * FROM pg_sequences"))
            for table in self.photographs[name]:
                connection.execute(text(f"CREATE UNLOGGED TABLE {name}.{table} AS TABLE {table}"))

    def show(self, name: str) -> None:
        with self.owner.begin() as connection:
            connection.execute(BUSY)
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in self._filled(connection):
                connection.execute(text(f"DELETE FROM {table}"))
            for table in self.photographs[name]:
                connection.execute(text(f"INSERT INTO {table} SELECT * FROM {name}.{table}"))
            connection.execute(text(SEQUENCES.format(name)))

    def close(self) -> None:
        """Let go of the connections."""
        self.database.dispose()
        self.owner.dispose()

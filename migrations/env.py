"""Runs the migrations on SQLite and PostgreSQL.

SQLite migrates with foreign keys off: a batch migration copies and drops tables, and a cascade would delete
the rows of their children. Afterwards the keys are checked.
"""
from typing import Any

from alembic import context
from sqlalchemy import Engine, create_engine, event, pool, text
from sqlmodel import SQLModel

from app.wiring import import_models

import_models()
config = context.config
OPTIONS: dict[str, Any] = {"target_metadata": SQLModel.metadata, "compare_type": True, "render_as_batch": True}


def open_engine(url: str) -> Engine:
    """An engine of our own whose transactions begin for real on SQLite."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        @event.listens_for(engine, "connect")
        def tune(dbapi: Any, _: Any) -> None:
            dbapi.isolation_level = None
            for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=OFF"):
                dbapi.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    return engine


def run() -> None:
    """Migrate in one transaction; a broken foreign key at the end rolls everything back."""
    engine = open_engine(config.get_main_option("sqlalchemy.url"))
    with engine.connect() as connection, connection.begin():
        context.configure(connection=connection, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"foreign keys are broken in {sorted({row[0] for row in broken})}")


run()

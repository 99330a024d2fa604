"""Brings a database to the newest schema, and tells where it stands."""
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.kit.database import open_database

FOLDER = Path(__file__).parent.parent / "migrations"


def alembic_config(url: str) -> Config:
    """Alembic's settings for one database URL; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def newest_revision() -> str | None:
    """The revision that this version of the program works with."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def revision_of(url: str) -> str | None:
    """Where a database stands; None when no migration ever ran."""
    engine = open_database(url).reader
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database to `revision`."""
    command.upgrade(alembic_config(url), revision)

"""Brings a database to the newest schema, and tells where it stands."""
from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).parent.parent / "migrations"


def alembic_config(url: str) -> Config:
    """Alembic's settings for one database URL; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database to `revision`."""
    command.upgrade(alembic_config(url), revision)

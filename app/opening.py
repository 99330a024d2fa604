"""Opens an installation for a command: what is wrong with settings or database ends in one sentence."""
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Engine, inspect, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from app.jobs import JobKinds
from app.kit.database import Database
from app.kit.tools import NoAdapter
from app.migrating import newest_revision
from app.policy.api import PolicyError
from app.settings import Settings
from app.wiring import build_house
from app.work import House


class CannotOpen(Exception):
    """Why this installation cannot be opened, in a sentence for its operator that repeats no secret."""


def open_house(settings: Settings) -> tuple[House, JobKinds]:
    """Build the House of one process on a database that answers and is current. Raises CannotOpen."""
    require_installation(settings)
    try:
        house, kinds = build_house(settings)
    except NoAdapter as wrong:
        raise CannotOpen(f"settings: {wrong}") from wrong
    except PolicyError as wrong:
        name = "FUZHEN_POLICY" if wrong.facts["file"] in (settings.policy, f"{settings.policy}.yaml") else (
            "FUZHEN_POLICY_LAYERS")
        raise CannotOpen(f"settings: {name}: {wrong}") from wrong
    require_current(house.database)
    return house, kinds


def require_installation(settings: Settings) -> None:
    """Raise CannotOpen where nothing was ever made, and make nothing there: a mistyped folder that springs up empty,
    with keys of its own, would be found whole by every check."""
    file = make_url(settings.url).database if settings.url.startswith("sqlite") else None
    if not settings.data.is_dir() or (file and not file.startswith((":memory:", "file:")) and not Path(file).is_file()):
        place, name = (file, "DATABASE_URL") if settings.database_url and settings.data.is_dir() else (
            settings.data.resolve(), "DATA")
        raise CannotOpen(f"no installation in {place} (FUZHEN_{name}): name the one you mean, or make one with "
                         "fuzhen migrate")


def require_current(database: Database) -> None:
    """Raise CannotOpen unless the database answers and has every table of this version."""
    try:
        current = _is_current(database.reader)
    except OperationalError as wrong:
        raise CannotOpen(no_answer(wrong)) from wrong
    if not current:
        raise CannotOpen(f"the database {name_of(database.reader.url)} has no (current) schema: run fuzhen migrate")


def name_of(url: URL) -> str:
    """File, or server and database: never who signs in, nor an option, which may hold a password."""
    if url.host is None:
        return str(url.database)
    return f"{url.host}{f':{url.port}' if url.port else ''}/{url.database}".rpartition("@")[2]


def no_answer(wrong: OperationalError) -> str:
    """What the driver said, in one line; drivers name server and database, never the password."""
    told = " ".join(str(wrong.orig).split())
    return f"the database cannot be used ({told}): look at FUZHEN_DATABASE_URL and whether its server runs"


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        stands = MigrationContext.configure(connection).get_current_revision()
        tables = set(inspect(connection).get_table_names())
    return stands in (None, newest_revision()) and set(SQLModel.metadata.tables) <= tables

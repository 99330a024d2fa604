"""Opens an installation for a command: what is wrong with settings or database ends in one sentence."""
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect
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

NO_SCHEMA = "the database has no (current) schema: run fuzhen migrate"


class CannotOpen(Exception):
    """Why this installation cannot be opened, in a sentence for its operator that repeats no secret."""


def open_house(settings: Settings) -> tuple[House, JobKinds]:
    """Build the House of one process on a database that answers and is current. Raises CannotOpen."""
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


def require_current(database: Database) -> None:
    """Raise CannotOpen unless the database answers and has every table of this version."""
    try:
        current = _is_current(database.reader)
    except OperationalError as wrong:
        raise CannotOpen(no_answer(wrong)) from wrong
    if not current:
        raise CannotOpen(NO_SCHEMA)


def no_answer(wrong: OperationalError) -> str:
    """What the driver said, in one line; drivers name server and database, never the password."""
    told = " ".join(str(wrong.orig).split())
    return f"the database cannot be used ({told}): look at FUZHEN_DATABASE_URL and whether its server runs"


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        stands = MigrationContext.configure(connection).get_current_revision()
        tables = set(inspect(connection).get_table_names())
    return stands in (None, newest_revision()) and set(SQLModel.metadata.tables) <= tables

"""Fixtures of the whole suite: a fresh house on SQLite and on PostgreSQL, and a clock that a test moves."""
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy
from sqlmodel import SQLModel

from app.jobs import JobKinds
from app.kit.clock import FrozenClock
from app.kit.database import open_database
from app.settings import Settings
from app.wiring import build_house, import_models
from app.work import House
from app.worker import Worker
from tests.postgres import Cluster, start_cluster

MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
POSTGRES_MISSING = "PostgreSQL is not installed: apt-get install postgresql"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL a test process; in CI it must be there."""
    running = start_cluster()
    if running is None:
        if os.environ.get("CI"):
            pytest.fail(POSTGRES_MISSING)
        pytest.skip(POSTGRES_MISSING)
    yield running
    running.stop()


def create_schema(url: str) -> None:
    """Create every table, trigger and seed row of the schema, as the migrations do."""
    import_models()
    database = open_database(url)
    SQLModel.metadata.create_all(database.writer)
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, copied for every test."""
    path = tmp_path_factory.mktemp("template") / "fuzhen.db"
    create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster) -> str:
    """The name of a PostgreSQL database with the schema, copied for every test."""
    with admin(cluster) as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE fuzhen_template"))
    create_schema(cluster.url("fuzhen_template"))
    return "fuzhen_template"


def admin(cluster: Cluster) -> sqlalchemy.Connection:
    """A connection outside any transaction, to make and drop databases."""
    engine = sqlalchemy.create_engine(cluster.url(), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    return engine.connect()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the schema, on each of the two kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "fuzhen.db")
        yield f"sqlite:///{tmp_path / 'fuzhen.db'}"
        return
    running, template = request.getfixturevalue("cluster"), request.getfixturevalue("postgres_template")
    name = f"t_{uuid4().hex}"
    with admin(running) as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield running.url(name)
    with admin(running) as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test house."""
    return Settings(mode="test", data=tmp_path, database_url=database_url)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at 10:00 in the hospital on 21 November 2026 until a test moves it."""
    return FrozenClock(MORNING)


@pytest.fixture
def house(settings: Settings, clock: FrozenClock) -> Iterator[House]:
    """A house with an empty database."""
    built, _ = build_house(settings, clock)
    yield built
    built.database.dispose()


@pytest.fixture
def worker(house: House) -> Worker:
    """The house's worker; `worker.run_until_idle()` runs what is due at the clock's time."""
    return Worker(house, house.tools.get(JobKinds))

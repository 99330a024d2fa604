"""Fixtures of the whole suite: a fresh house on SQLite and on PostgreSQL, and a clock that a test moves."""
import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from app.jobs import JobKinds
from app.kit.clock import FrozenClock
from app.kit.database import Database
from app.settings import Settings
from app.wiring import build_house
from app.work import House
from app.worker import Worker
from tests.browser import MISSING, chromium, running_browser
from tests.databases import PostgresScratch, SqliteScratch, admin, create_schema
from tests.postgres import Cluster, start_cluster

MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()    # the same in every house, so that photographs can be read
POSTGRES_MISSING = "PostgreSQL is not installed: apt-get install postgresql"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a file of tests; every window has a context of its own. In CI it must be there."""
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with running_browser() as running:
        yield running


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


@pytest.fixture(scope="session")
def sqlite_scratch(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteScratch]:
    """The SQLite database of this test process."""
    scratch = SqliteScratch(sqlite_template, tmp_path_factory.mktemp("scratch") / "fuzhen.db")
    yield scratch
    scratch.database.dispose()


@pytest.fixture(scope="session")
def postgres_scratch(cluster: Cluster, postgres_template: str) -> Iterator[PostgresScratch]:
    """The PostgreSQL database of this test process."""
    scratch = PostgresScratch(cluster, postgres_template)
    yield scratch
    scratch.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with the schema, of each of the two kinds."""
    return request.getfixturevalue(f"{request.param}_scratch").empty()


@pytest.fixture
def database_url(database: Database) -> str:
    """Where that database is."""
    return database.writer.url.render_as_string(hide_password=False)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test house."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master.key").write_text(MASTER_KEY)
    return Settings(mode="test", data=tmp_path, database_url=database_url)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at 10:00 in the hospital on 21 November 2026 until a test moves it."""
    return FrozenClock(MORNING)


@pytest.fixture
def house(settings: Settings, clock: FrozenClock, database: Database) -> House:
    """A house with an empty database."""
    return build_house(settings, clock, database)[0]


@pytest.fixture
def worker(house: House) -> Worker:
    """The house's worker; `worker.run_until_idle()` runs what is due at the clock's time."""
    return Worker(house, house.tools.get(JobKinds))

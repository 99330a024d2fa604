"""Installations to back up and to restore into, on both kinds of database."""
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy

from app.settings import Settings
from tests.databases import admin

Empty = Callable[[str], Settings]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    """Make an empty installation with the schema: empty("sqlite") or empty("postgres")."""
    made: list[str] = []

    def make(kind: str) -> Settings:
        data = tmp_path / f"other-{uuid4().hex[:6]}"
        data.mkdir()
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), data / "fuzhen.db")
            return Settings(mode="test", data=data, database_url=f"sqlite:///{data / 'fuzhen.db'}")
        cluster, template = request.getfixturevalue("cluster"), request.getfixturevalue("postgres_template")
        made.append(f"b_{uuid4().hex}")
        with admin(cluster) as connection:
            connection.execute(sqlalchemy.text(f"CREATE DATABASE {made[-1]} TEMPLATE {template} STRATEGY FILE_COPY"))
        return Settings(mode="test", data=data, database_url=cluster.url(made[-1]))

    yield make
    for name in made:
        with admin(request.getfixturevalue("cluster")) as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))

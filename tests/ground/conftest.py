"""An empty database of each kind, before any migration."""
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy

from tests.databases import admin


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    running, name = request.getfixturevalue("cluster"), f"e_{uuid4().hex}"
    with admin(running) as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    yield running.url(name)
    with admin(running) as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))

"""Races need a database that many processes share, so they run on PostgreSQL alone."""
import pytest

from app.work import House
from tests.cast import Scene, build_hospital


@pytest.fixture(params=["postgres"])
def database_url(request: pytest.FixtureRequest, cluster, postgres_template):
    """The URL of an empty PostgreSQL database."""
    from uuid import uuid4

    import sqlalchemy

    from tests.conftest import admin
    name = f"r_{uuid4().hex}"
    with admin(cluster) as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY FILE_COPY"))
    yield cluster.url(name)
    with admin(cluster) as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def scene(house: House) -> Scene:
    """A hospital with its cast."""
    return build_hospital(house)

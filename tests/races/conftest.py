"""Races need a database that many processes share, so they run on PostgreSQL alone."""
import pytest

from app.kit.database import Database
from app.work import House
from tests.cast import Scene, build_hospital


@pytest.fixture(params=["postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty PostgreSQL database."""
    return request.getfixturevalue("postgres_scratch").empty()


@pytest.fixture
def scene(house: House) -> Scene:
    """A hospital with its cast."""
    return build_hospital(house)

"""What the tests of money share."""
from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel

from app.kit.clock import FrozenClock
from app.kit.database import open_database


@pytest.fixture
def clock():
    return FrozenClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))


@pytest.fixture
def database(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'money.db'}")
    SQLModel.metadata.create_all(database.writer)
    yield database
    database.dispose()

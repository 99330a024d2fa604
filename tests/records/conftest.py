"""The cast of the record file's tests."""
import pytest

from app.work import House
from tests.records.cast import Cast, seat


@pytest.fixture
def cast(house: House) -> Cast:
    """Everybody, on both databases."""
    return seat(house)

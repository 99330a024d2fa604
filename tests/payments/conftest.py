"""What the tests of money share."""
import pytest


@pytest.fixture
def database(house):
    return house.database

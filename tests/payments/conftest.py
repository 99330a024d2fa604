"""What the tests of money share."""
import pytest


@pytest.fixture
def desk(house, worker, clock):
    from tests.payments.desk import Desk
    return Desk(house, worker, clock)

"""The scenes that most tests of this room begin with."""
import pytest

from app.work import Actor, House
from app.worker import Worker
from tests.identity.scenes import Hospital, open_hospital, registered


@pytest.fixture
def wang(house: House, worker: Worker) -> Actor:
    """Patient Wang's account, signed in."""
    return registered(house, worker, "Wang")


@pytest.fixture
def zhao(house: House, worker: Worker) -> Actor:
    """The stranger's account, signed in."""
    return registered(house, worker, "Zhao")


@pytest.fixture
def hospital(house: House) -> Hospital:
    """The hospital and its people."""
    return open_hospital(house)

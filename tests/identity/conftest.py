"""The scenes that most tests of this room begin with."""
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.identity.accounts import secrets
from app.work import Actor, House
from app.worker import Worker
from tests.identity.scenes import Hospital, open_hospital, registered


@pytest.fixture
def real_passwords() -> None:
    """Asked for by a test that looks at the strength of a stored password."""


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with a derivation that costs a test nothing."""
    if "real_passwords" not in request.fixturenames:
        quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        monkeypatch.setattr(secrets, "PASSWORDS", quick)
        monkeypatch.setattr(secrets, "_nobody", [])


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

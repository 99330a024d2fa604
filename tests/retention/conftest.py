"""The scene with which every test of this room begins: one treated patient, and a clock that runs for years."""
import pytest

from app.work import House
from tests.cast import Scene, build_hospital


@pytest.fixture
def scene(house: House) -> Scene:
    """A hospital with its cast."""
    return build_hospital(house)

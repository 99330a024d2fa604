"""The scene with which every test of a call begins."""
import pytest

from app.work import House
from tests.cast import Scene, build_hospital


@pytest.fixture
def scene(house: House) -> Scene:
    """A hospital with its cast."""
    return build_hospital(house)

"""A running server for each test."""
from collections.abc import Iterator

import pytest

from app.work import House
from tests.live.scene import Scene, Site, set_up


@pytest.fixture
def scene(house: House) -> Scene:
    return set_up(house)


@pytest.fixture
def site(house: House, scene: Scene) -> Iterator[Site]:
    running = Site(house)
    yield running
    running.stop()

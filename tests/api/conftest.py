"""One real server with one finished journey, whose ids strangers then try."""
from collections.abc import Iterator

import pytest

from tests.server import Server
from web.demo.journey import STEPS, Journey


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A seeded server on SQLite."""
    server = Server(tmp_path_factory.mktemp("api")).prepare().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def walked(demo_server: Server) -> Journey:
    """A journey that went through; its people stay signed in."""
    journey = Journey(demo_server.url)
    lines = list(journey.run())
    assert len(lines) == len(STEPS) and lines[-1]["ok"], lines[-1]
    return journey

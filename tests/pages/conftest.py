"""One server and one browser for a file of pages: left open, they would take a tenth of a core until the suite ends."""
import os
from collections.abc import Iterator

import pytest

from tests.browser import MISSING, chromium
from tests.pages.looking import Eye
from tests.pages.world import World, build, started
from tests.server import Server


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hospital in the middle of a busy day."""
    server = Server(tmp_path_factory.mktemp("pages")).prepare()
    try:
        yield build(started(server))
    finally:
        server.stop()


@pytest.fixture(scope="module")
def eye(world: World) -> Iterator[Eye]:
    """The browser."""
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    pytest.importorskip("playwright.sync_api")
    looking = Eye(world)
    yield looking
    looking.close()

"""Fixtures of the stories: one seeded template a test process, a hospital of its own for each story."""
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import MISSING, chromium, running_browser
from tests.call.relay import running_relay
from tests.server import Server
from tests.stories.flows_call import DEVICES
from tests.stories.house import Hospital


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the cast, copied for every story."""
    folder = tmp_path_factory.mktemp("seeded")
    Server(folder).prepare()
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any) -> Any:
    """Let the fixture know how the story ended."""
    report = (yield).get_result()
    setattr(item, f"report_{report.when}", report)


def failed(request: pytest.FixtureRequest) -> bool:
    """True when the story itself failed."""
    report = getattr(request.node, "report_call", None)
    return report is None or report.failed


@pytest.fixture(scope="module")
def calling_browser() -> Iterator[Any]:
    """A Chromium with a made-up camera and microphone, and with its sound on. In CI it must be there."""
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with running_browser(DEVICES, without=["--mute-audio"]) as running:
        yield running


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real relay."""
    with running_relay(tmp_path_factory.mktemp("relay")) as port:
        yield port


@pytest.fixture
def open_hospital(seeded: Path, browser: Any, tmp_path: Path, request: pytest.FixtureRequest,
                  ) -> Iterator[Callable[..., Hospital]]:
    """Start a hospital with further settings, from another folder if one is given; at the end every window is clean."""
    opened: list[Hospital] = []

    def start(folder: Path | None = None, **settings: str) -> Hospital:
        data = tmp_path / f"house{len(opened)}"
        shutil.copytree(folder or seeded, data)
        opened.append(Hospital(Server(data, extra=settings), browser))
        return opened[-1].start()

    yield start
    sad = failed(request)
    for house in opened:
        if sad:
            house.screenshots(tmp_path / "windows")
        house.close()
    if not sad:
        for window in (window for house in opened for window in house.windows):
            window.clean()


@pytest.fixture
def hospital(open_hospital: Callable[..., Hospital]) -> Hospital:
    """A hospital with ordinary settings."""
    return open_hospital()

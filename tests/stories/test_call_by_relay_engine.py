"""A call through the hospital's own relay: a page that comes back, and a camera that is switched on later.

That two and three see and hear each other by it, and are recorded, is the story of every engine (test_call_whole.py).
"""
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.stories import flows_call as call
from tests.stories.house import Hospital
from tests.stories.test_call_p2p import browser, clean, walked  # noqa: F401
from tests.stories.windows import Window
from web.demo.journey import Journey

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hospital(seeded: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:  # noqa: F811
    """A hospital that carries its calls itself."""
    folder = tmp_path_factory.mktemp("relayed") / "house"
    shutil.copytree(seeded, folder)
    house = Hospital(Server(folder, extra={"FUZHEN_CALL_ENGINE": "relay"}), browser).start()
    yield house
    house.close()


def both_talk(wang: Window, lin: Window) -> None:
    for window in (wang, lin):
        call.hears_and_sees(window)


def test_a_reload_and_a_camera_that_comes_later(hospital: Hospital, walked: Journey) -> None:  # noqa: F811
    wang, lin, _ = call.in_a_visit(hospital, walked)
    call.ask(wang, "voice")
    call.answer(lin, "voice")
    for window in (wang, lin):
        call.hears_only(window)
    for window in (wang, lin):
        window.press_in(f'{call.STAGE} [data-call-do="camera"]')
    both_talk(wang, lin)
    wang.page.reload()
    wang.sees(call.STAGE)
    wang.press_in(f'{call.STAGE} [data-call-do="camera"]')     # a voice call comes back as one
    both_talk(wang, lin)
    call.hang_up(lin)
    call.gone(wang)

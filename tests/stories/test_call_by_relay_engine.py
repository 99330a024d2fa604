"""The same call through the hospital's own relay: two see and hear each other, it is recorded from what is sent anyway,
and when the process that carries it is killed the call comes back by itself."""
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.stories import flows_call as call
from tests.stories import flows_recording as recording
from tests.stories.house import Hospital
from tests.stories.test_call_p2p import browser, clean, walked  # noqa: F401
from tests.stories.test_call_recorded import media_process
from tests.stories.windows import Window
from web.demo.journey import Journey

pytestmark = pytest.mark.browser
# Which ways sound and picture go on each connection of a page: through a relay of ours each does one or the other.
WAYS = """() => storyConnections.filter(pc => pc.connectionState === 'connected').map(pc =>
  [...new Set(pc.getTransceivers().map(line => line.currentDirection))].join()).sort()"""


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


def test_through_the_relay_with_recording_and_a_kill(hospital: Hospital, walked: Journey) -> None:  # noqa: F811
    wang, lin, visit = call.in_a_visit(hospital, walked)
    call.ask(lin)
    call.answer(wang)
    both_talk(wang, lin)
    for window in (wang, lin):
        assert window.page.evaluate(WAYS) == ["recvonly", "sendonly"]
    for window in (wang, lin):
        recording.agree(window)
    for window in (wang, lin):
        recording.runs(window)
        assert window.page.evaluate(WAYS) == ["recvonly", "sendonly"], "the record needs no connection of its own"
    both_talk(wang, lin)
    before = [call.arrived(window)["connections"] for window in (wang, lin)]
    os.kill(media_process(hospital), signal.SIGKILL)
    for window, made in zip((wang, lin), before, strict=True):
        window.page.wait_for_function(f"() => storyConnections.length >= {made + 2}")
    both_talk(wang, lin)
    for window in (wang, lin):
        recording.runs(window)
    call.hang_up(wang)
    call.gone(lin)
    files = recording.kept(walked.patient, visit, 4)
    assert [one["recovered"] for one in files].count(True) == 2
    wang.go(f"/visits/{visit}/recording")
    recording.plays(wang)


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

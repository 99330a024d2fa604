"""Patient and doctor talk by video, a third person joins by link and code, and everybody sees and hears everybody."""
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.stories import flows_call as call
from tests.stories import flows_third as third
from tests.stories.conftest import failed
from tests.stories.house import Hospital
from web.demo.journey import Journey

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


@pytest.fixture(scope="module")
def hospital(seeded: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """One hospital for all calls of this file."""
    folder = tmp_path_factory.mktemp("third") / "house"
    shutil.copytree(seeded, folder)
    house = Hospital(Server(folder), browser).start()
    yield house
    house.close()


@pytest.fixture(scope="module")
def walked(hospital: Hospital) -> Journey:
    """A visit that runs."""
    return hospital.walked_to("message")


@pytest.fixture(autouse=True)
def clean(hospital: Hospital, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """What went wrong in a window ends the story; when it ended badly, pictures tell."""
    yield
    if failed(request):
        hospital.screenshots(tmp_path / "windows")
    else:
        for window in hospital.windows:
            window.clean()
    for context in hospital.contexts:
        context.close()
    hospital.contexts, hospital.windows = [], []


def test_an_interpreter_joins_by_link_and_is_sent_away_and_the_two_go_on(hospital: Hospital, walked: Journey) -> None:
    wang, lin, visit = call.in_a_visit(hospital, walked)
    call.ask(lin)
    call.answer(wang)
    for window in (wang, lin):
        call.hears_and_sees(window)
    link, code = third.asks_in(wang, "interpreter")
    liu = third.comes_to_the_door(hospital, link, code, "刘芳")
    lin.sees("[data-call-knock], .vc__knock", "刘芳 翻译 想进来")
    assert call.arrived(liu)["connections"] == 0, "nothing flows before the doctor opens"
    lin.press_in('.vc__knock [data-guest-do="admit"]')
    liu.sees(call.STAGE)
    third.everybody_sees_and_hears(wang, lin, liu)
    for window in (wang, lin):
        window.sees(".vc__tile figcaption", "刘芳 翻译")
    liu.sees(".vc__tile figcaption", "患者")
    before = call.arrived(wang)["connections"], call.arrived(lin)["connections"]
    lin.press_in('[data-call-do="people"]')
    liu.expected = {410}
    lin.press_in('[data-call-guests] [data-guest-do="send_away"]')
    liu.sees("h1", "邀请不能再用")
    for window in (wang, lin):
        window.page.wait_for_selector(".vc__tile", state="detached")
        call.hears_and_sees(window)
    assert before == (call.arrived(wang)["connections"], call.arrived(lin)["connections"]), "the two were left alone"
    assert third.status_of(liu, "/guest") == 410 and third.status_of(liu, link) == 410
    call.time_runs(wang)
    call.hang_up(wang)
    call.gone(lin)

"""Before a call, and at any time: camera, microphone, speaker and line are tried, and each is told in a sentence."""
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.call.relay import SECRET
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = pytest.mark.browser
ANY = ':is([data-state="ok"], [data-state="warn"], [data-state="bad"])'


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


def begins(window: Window) -> None:
    window.press_in('[data-do="all"]')
    for name in ("camera", "mic"):
        window.sees(f'[data-check="{name}"][data-state="ok"]')


def test_everything_is_tried_and_told(open_hospital: Callable[..., Hospital], relay: int) -> None:
    hospital = open_hospital(FUZHEN_TURN_URLS=json.dumps([f"turn:127.0.0.1:{relay}?transport=udp"]),
                             FUZHEN_TURN_SECRET=SECRET)
    wang = hospital.patient("wang")
    wang.go("/me").press('a[href="/call-check"]')
    begins(wang)
    assert wang.one("[data-see]").evaluate("see => see.videoWidth") > 0
    wang.sees(f'[data-check="net"]{ANY}')
    wang.sees("[data-numbers]", "毫秒")  # measured through the relay; how good it is depends on the machine
    wang.press_in('[data-do="tone"]').sees('[data-do="heard"]').click()
    wang.sees('[data-check="speaker"][data-state="ok"]')
    without_the_relay(hospital)


def without_the_relay(hospital: Hospital) -> None:
    """A relay that is not there, and a microphone that was refused, are told as what they are."""
    hospital.server.stop()
    hospital.server.extra["FUZHEN_TURN_URLS"] = json.dumps(["turn:127.0.0.1:9?transport=udp"])
    hospital.start()
    lin = hospital.staff("lin", "en")
    lin.page.add_init_script("""navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotAllowedError'))""")
    lin.go("/doctor/call-check").press_in('[data-do="all"]')
    for name in ("camera", "mic"):
        lin.sees(f'[data-check="{name}"][data-state="bad"]', "did not let us")
    lin.sees('[data-browser="desktop"][open]')
    lin.sees('[data-check="net"][data-state="bad"]', "does not reach the line")

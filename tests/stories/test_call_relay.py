"""A network that lets nothing through but a relay, and a relay that refuses; a real relay, real sound and picture."""
import json
from collections.abc import Callable
from typing import Any

import pytest

from consult.call.turn import relay_password
from tests.call.relay import SECRET
from tests.stories import flows_call as call
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.journey import Journey

pytestmark = pytest.mark.browser
SPOILS: dict[str, Callable[[str], tuple[str, str]]] = {
    "expired": lambda name: (f"1400000000:{name}", relay_password(SECRET, f"1400000000:{name}")),
    "wrong": lambda name: (f"4000000000:{name}", relay_password("another secret", f"4000000000:{name}")),
}
NEW_WAYS = """async () => {
  const ways = [];
  for (const pc of window.storyConnections) {
    const all = await pc.getStats();
    for (const one of all.values()) if (one.type === 'candidate-pair' && one.nominated) {
      ways.push(all.get(one.localCandidateId).candidateType, all.get(one.remoteCandidateId).candidateType);
    }
  }
  return ways;
}"""


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


@pytest.fixture
def hospital(open_hospital: Callable[..., Hospital], relay: int) -> Hospital:
    """A house that sends every call through the relay."""
    urls = json.dumps([f"turn:127.0.0.1:{relay}?transport=udp", f"turn:127.0.0.1:{relay}?transport=tcp"])
    return open_hospital(FUZHEN_TURN_URLS=urls, FUZHEN_TURN_SECRET=SECRET, FUZHEN_TURN_ONLY="true")


def spoiled(window: Window, how: str) -> None:
    """From now on the pages of this window get a password that the relay refuses; everything else passes as it is."""
    def connected(line: Any) -> None:
        server = line.connect_to_server()
        server.on_message(lambda said: line.send(_spoil(said, how)))
    window.page.route_web_socket("**/live*", connected)


def _spoil(said: str, how: str) -> str:
    frame = json.loads(said)
    for server in frame.get("servers", []):
        server["username"], server["credential"] = SPOILS[how](server["username"].partition(":")[2])
    return json.dumps(frame)


def test_through_a_relay_alone_and_with_a_refused_password_in_words(hospital: Hospital) -> None:
    walked = hospital.walked_to("message")
    through_the_relay(hospital, walked)
    for how in SPOILS:
        refused(hospital, walked, how)


def through_the_relay(hospital: Hospital, walked: Journey) -> None:
    wang, lin, _ = call.in_a_visit(hospital, walked)
    call.ask(lin)
    call.answer(wang)
    for window in (wang, lin):
        call.hears_and_sees(window)
    assert set(wang.page.evaluate(NEW_WAYS)) == {"relay"}
    call.hang_up(wang)
    call.gone(lin)


def refused(hospital: Hospital, walked: Journey, how: str) -> None:
    """The patient reads what happened and what to do; the call can be ended, and the visit goes on."""
    wang, lin, visit = call.in_a_visit(hospital, walked, before=lambda wang: spoiled(wang, how))
    call.ask(lin)
    call.answer(wang)
    wang.sees("[data-call-status]", "没有放行")
    lin.sees("[data-call-status]", "接不通")
    call.hang_up(wang)
    call.gone(lin)
    assert wang.program().get(f"/visits/{visit}")["state"] == "in_progress"

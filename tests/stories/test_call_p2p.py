"""From text to video and back in the same visit, from browser to browser; made-up devices, real sound and picture."""
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.stories import flows_call as call
from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories import flows_recording as recording
from tests.stories.conftest import failed
from tests.stories.house import Hospital, become
from tests.stories.windows import Window
from web.demo.client import ApiFault
from web.demo.journey import Journey

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


@pytest.fixture(scope="module")
def hospital(seeded: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """One hospital for all calls of this file."""
    folder = tmp_path_factory.mktemp("calls") / "house"
    shutil.copytree(seeded, folder)
    house = Hospital(Server(folder), browser).start()
    yield house
    house.close()


@pytest.fixture(scope="module")
def walked(hospital: Hospital) -> Journey:
    """A visit that runs; all calls of this file are calls of this one visit, one after the other."""
    return hospital.walked_to("message")


@pytest.fixture(autouse=True)
def clean(hospital: Hospital, walked: Journey, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
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
    for one in walked.patient.get(f"/visits/{walked.ids['visit_id']}/calls"):
        if one["state"] in ("ringing", "talking"):  # a story that failed must not fail the next one
            try:
                walked.patient.post(f"/calls/{one['id']}/hang-up")
            except ApiFault as refused:     # both windows are gone, and the house may have ended it in between
                assert refused.slug == "call-over"


def both_talk(wang: Window, lin: Window) -> None:
    for window in (wang, lin):
        call.hears_and_sees(window)


def test_from_text_to_video_and_back_and_the_visit_goes_on(hospital: Hospital, walked: Journey) -> None:
    wang, lin, visit = call.in_a_visit(hospital, walked)
    for window in (wang, lin):
        window.marks()
    call.ask(lin)
    call.answer(wang)
    both_talk(wang, lin)
    assert wang.was_not_reloaded() and lin.was_not_reloaded()
    the_talk_stays_beside(wang, lin)
    a_reload_comes_back(wang, lin)
    call.time_runs(wang)
    call.hang_up(wang)
    call.gone(lin)
    patient.hears_house(wang, "通话结束")
    doctor.say(lin, "打字也可以。")
    patient.hears(wang, "打字也可以。")
    [kept] = wang.program().get(f"/visits/{visit}/calls")[-1:]
    assert kept["state"] == "ended" and kept["connected_seconds"] >= 1 and kept["ended_by"] == "patient"
    assert wang.program().get(f"/visits/{visit}")["state"] == "in_progress"


def the_talk_stays_beside(wang: Window, lin: Window) -> None:
    """Words go both ways while the picture runs; on the phone it is small then."""
    wang.press_in('[data-call] [data-call-do="text"]')
    patient.say(wang, "我把血压本拍给您看。")
    doctor.hears(lin, "我把血压本拍给您看。")
    wang.press_in('[data-call] [data-call-do="large"]')
    wang.sees(call.STAGE)


def a_reload_comes_back(wang: Window, lin: Window) -> None:
    """The page enters again by itself; the doctor's page builds one new connection, and time stood still meanwhile."""
    before = call.arrived(lin)["connections"]
    wang.page.reload()
    wang.sees(call.STAGE)
    both_talk(wang, lin)
    assert call.arrived(lin)["connections"] == before + 1


def test_the_patient_asks_by_voice_and_turns_the_camera_on_later(hospital: Hospital, walked: Journey) -> None:
    wang, lin, _ = call.in_a_visit(hospital, walked)
    call.ask(wang, "voice")
    call.answer(lin, "voice")
    for window in (wang, lin):
        call.hears_only(window)
    for window in (wang, lin):
        window.press_in(f'{call.STAGE} [data-call-do="camera"]')
    both_talk(wang, lin)
    lin.press_in(f'{call.STAGE} [data-call-do="mute"]')
    wang.sees("[data-call-hint]", "医生关了麦克风")
    call.hang_up(lin)
    call.gone(wang)


def connected(hospital: Hospital, walked: Journey) -> tuple[Window, Window, str]:
    """Both are in a video call."""
    wang, lin, visit = call.in_a_visit(hospital, walked)
    call.ask(lin)
    call.answer(wang)
    both_talk(wang, lin)
    return wang, lin, visit


def test_a_second_device_takes_over_and_the_first_does_not_fight(hospital: Hospital, walked: Journey) -> None:
    phone, lin, visit = connected(hospital, walked)
    tablet = call.counted(hospital.window())
    call.signed_in(tablet, walked.patient, "patient")
    tablet.go(f"/visits/{visit}/chat").sees('[data-call-do="resume"]').click()
    tablet.sees(call.STAGE)
    both_talk(tablet, lin)
    phone.sees("[data-call-note]", "另一台设备")
    phone.page.wait_for_selector(call.STAGE, state="detached")
    phone.page.reload()
    phone.sees('[data-call-do="resume"]')
    both_talk(tablet, lin)
    assert call.arrived(phone)["connections"] == 0, "a reload of the first device takes nothing back"
    phone.press_in('[data-call-do="resume"]')
    phone.sees(call.STAGE)
    both_talk(phone, lin)
    tablet.sees("[data-call-note]", "另一台设备")
    call.hang_up(phone)
    call.gone(lin)


def test_a_killed_server_costs_neither_sound_nor_picture(hospital: Hospital, walked: Journey) -> None:
    wang, lin, _ = connected(hospital, walked)
    before = call.arrived(wang)["connections"], call.arrived(lin)["connections"]
    with wang.during_an_outage(), lin.during_an_outage():
        hospital.server.kill()
        both_talk(wang, lin)
        hospital.start()
        for window in (wang, lin):
            call.time_runs(window)
            assert not window.one("[data-call-status]").is_visible()
    assert before == (call.arrived(wang)["connections"], call.arrived(lin)["connections"])
    wang.press_in('[data-call] [data-call-do="text"]')
    patient.say(wang, "刚才断了一下，画面一直在。")
    doctor.hears(lin, "刚才断了一下，画面一直在。")
    call.hang_up(lin)
    call.gone(wang)


def test_who_vanishes_reconnects_then_is_offline_and_the_visit_goes_on(hospital: Hospital, walked: Journey) -> None:
    wang, lin, visit = connected(hospital, walked)
    wang.page.close()
    lin.page.bring_to_front()
    lin.sees("[data-call-status]", "正在重连")
    lin.sees("[data-call-status]", "不在线")
    call.hang_up(lin)
    back = hospital.window()
    call.signed_in(back, walked.patient, "patient")
    back.go(f"/visits/{visit}/chat").sees('[data-call-ask="video"]')
    assert back.program().get(f"/visits/{visit}")["state"] == "in_progress"


# A page that takes no notice of the end of its line, as a program in the wrong hands would.
DEAF = """(() => {
  const add = WebSocket.prototype.addEventListener;
  WebSocket.prototype.addEventListener = function (what, heard) { if (what !== 'close') add.call(this, what, heard); };
})()"""
OPEN = "() => window.storyConnections.filter(one => one.connectionState !== 'closed').length"


def test_a_device_that_was_signed_out_gets_nothing_more_from_the_other_browser(
        hospital: Hospital, walked: Journey) -> None:
    wang, _, visit = connected(hospital, walked)
    desk = call.counted(hospital.window(phone=False))
    desk.page.add_init_script(DEAF)
    become(desk, "lin").go(f"/doctor/visits/{visit}").sees('[data-call-do="resume"]').click()
    both_talk(wang, desk)
    with desk.expecting(401):
        desk.program().call("DELETE", "/sessions/current")
        wang.page.bring_to_front()
        wang.sees("[data-call-status]", "不在线")
        assert wang.page.evaluate(OPEN) == 0, "the patient's own browser ended its connection"
        desk.page.close()
    call.hang_up(wang)


def test_one_no_to_the_recording_is_respected_and_the_call_goes_on(hospital: Hospital, walked: Journey) -> None:
    wang, lin, visit = connected(hospital, walked)
    recording.asked(lin)
    recording.stop(wang)
    wang.sees(f'{recording.ROW}[data-state="refused"]', "您没有同意录像")
    lin.sees(f'{recording.ROW}[data-state="refused"]', "患者没有同意录像")
    call.hears_and_sees(lin)
    call.hang_up(lin)
    call.gone(wang)
    assert walked.patient.get(f"/visits/{visit}/recordings") == []

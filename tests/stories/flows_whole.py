"""A whole visit with a call in it, the same by every engine: text, video, recording, a third person, text, the end."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from tests.stories import flows_call as call
from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories import flows_recording as recording
from tests.stories import flows_third as third
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.journey import Journey

# Which ways sound and picture go on each connection of a page that stands.
WAYS = """() => storyConnections.filter(pc => pc.connectionState === 'connected').map(pc =>
  [...new Set(pc.getTransceivers().map(line => line.currentDirection))].join()).sort()"""
SEES, SENDS, BOTH = "recvonly", "sendonly", "sendrecv"


@dataclass(frozen=True)
class Engine:
    """What carries the calls of a house, and which connections a page has by it: in a call of two, and recorded."""

    name: str
    two: tuple[str, ...]
    recorded: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)


DIRECT = Engine("p2p", (BOTH,), (SENDS, BOTH))
RELAY = Engine("relay", (SEES, SENDS), (SEES, SENDS))
JANUS = Engine("janus", (SEES, SENDS), (SEES, SENDS, SENDS))


@dataclass
class Whole:
    """A hospital with this engine, and the two windows of its visit."""

    hospital: Hospital
    engine: Engine
    walked: Journey
    wang: Window
    lin: Window
    visit: str

    @property
    def both(self) -> tuple[Window, Window]:
        """Patient and doctor."""
        return self.wang, self.lin

    def goes_by(self, ways: tuple[str, ...]) -> None:
        """These connections and no others."""
        for window in self.both:
            assert window.page.evaluate(WAYS) == list(ways), f"{self.engine.name} goes another way"

    def talk(self) -> None:
        """Both see and hear each other."""
        for window in self.both:
            call.hears_and_sees(window)


def begun(hospital: Hospital, engine: Engine) -> Whole:
    """Patient and doctor have written to each other."""
    walked = hospital.walked_to("message")
    return Whole(hospital, engine, walked, *call.in_a_visit(hospital, walked))


def from_text_to_video(whole: Whole) -> None:
    """They write, the doctor asks, the patient takes the call; neither page is left."""
    for window in whole.both:
        window.marks()
    patient.say(whole.wang, "打字说不清，能视频吗？")
    doctor.hears(whole.lin, "打字说不清，能视频吗？")
    call.ask(whole.lin)
    call.answer(whole.wang)
    whole.talk()
    whole.goes_by(whole.engine.two)


def recorded_by_both(whole: Whole) -> None:
    """Only when both agree; whatever carries the call goes on, and what is said is kept with it."""
    for window in whole.both:
        recording.asked(window)
    recording.agree(whole.wang)
    whole.wang.sees(f'{recording.ROW}[data-state="asking"]', "等对方同意")
    recording.agree(whole.lin)
    for window in whole.both:
        recording.runs(window)
    whole.goes_by(whole.engine.recorded)
    doctor.say(whole.lin, "把药盒拿近一点给我看。")
    whole.talk()


def media_process(hospital: Hospital) -> int:
    """The child of the server that receives the copies, or carries the calls."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    [pid] = [int(pid) for pid, parent, args in rows
             if parent == str(hospital.server.process.pid) and "consult.call.media.process" in args]
    return pid


def the_media_process_is_killed(whole: Whole) -> None:
    """Call and recording go on by themselves; what was recorded until then is kept."""
    made = [call.arrived(window)["connections"] for window in whole.both]
    lost = len(whole.engine.recorded) if whole.engine.name == RELAY.name else 1   # what the process held of a page
    with ExitStack() as stack:
        for window in whole.both:
            stack.enter_context(window.expecting(503))     # a page may ask again before the next process stands
        os.kill(media_process(whole.hospital), signal.SIGKILL)
        for window, before in zip(whole.both, made, strict=True):
            window.page.wait_for_function(f"() => storyConnections.length >= {before + lost}")
        for window in whole.both:
            recording.runs(window)
    whole.talk()
    whole.goes_by(whole.engine.recorded)


def an_interpreter_comes_by_link(whole: Whole) -> Window:
    """She knocks, the doctor opens, all three see and hear each other; without her word nothing is recorded."""
    link, code = third.asks_in(whole.wang, "interpreter")
    liu = third.comes_to_the_door(whole.hospital, link, code, "刘芳")
    whole.lin.sees(".vc__knock", "刘芳 翻译 想进来")
    assert call.arrived(liu)["connections"] == 0, "nothing flows before the doctor opens"
    whole.lin.press_in('.vc__knock [data-guest-do="admit"]')
    liu.sees(call.STAGE)
    third.everybody_sees_and_hears(*whole.both, liu)
    for window in whole.both:
        window.sees(".vc__tile figcaption", "刘芳 翻译")
    liu.sees(".vc__tile figcaption", "患者")
    whole.wang.press_in('[data-call-do="people"]')    # what stands over the rest of a phone is put away
    for window in (*whole.both, liu):
        window.sees(f'{recording.ROW}[data-state="asking"]', "没有在录")
    recording.agree(liu)
    for window in (*whole.both, liu):
        recording.runs(window)
    return liu


def she_is_sent_away(whole: Whole, liu: Window) -> None:
    """Her link leads nowhere any more; the connection of the two others is the one that it was."""
    before = [call.arrived(window)["connections"] for window in whole.both]
    whole.lin.press_in('[data-call-do="people"]')
    liu.expected = {401, 410}
    whole.lin.press_in('[data-call-guests] [data-guest-do="send_away"]')
    liu.sees("h1", "邀请不能再用")
    for window in whole.both:
        window.page.wait_for_selector(".vc__tile", state="detached")
    whole.talk()
    assert before == [call.arrived(window)["connections"] for window in whole.both], "the two were left alone"
    for window in whole.both:
        recording.runs(window)
    assert third.status_of(liu, "/guest") == 410
    assert third.status_of(liu, f"/api/v1/visits/{whole.visit}/recordings") == 401


def back_to_text_and_to_the_end(whole: Whole) -> None:
    """The call ends, the visit does not, and no page was left for it; then the doctor judges, writes and finishes."""
    call.time_runs(whole.wang)
    call.hang_up(whole.wang)
    call.gone(whole.lin)
    assert all(window.was_not_reloaded() for window in whole.both)
    patient.hears_house(whole.wang, "通话结束")
    doctor.say(whole.lin, "打字也可以。")
    patient.hears(whole.wang, "打字也可以。")
    doctor.judge_evidence(whole.lin, day=(whole.walked.today - timedelta(days=60)).isoformat())
    doctor.judge(whole.lin)
    doctor.write_note(whole.lin)
    doctor.diagnose(whole.lin, "I10")
    doctor.finish(whole.lin, whole.visit)
    assert whole.wang.program().get(f"/visits/{whole.visit}")["state"] == "completed"


def both_play_the_recording(whole: Whole) -> None:
    """From the pages of the visit that is over; what was said stands beside it, and each look is written down."""
    files = recording.kept(whole.walked.patient, whole.visit, 6)
    assert {one["side"] for one in files} == {"patient", "doctor"}, "the third person is in no file"
    assert [one["recovered"] for one in files].count(True) == 2
    whole.wang.go(f"/visits/{whole.visit}/summary").press('a[href$="/recording"]')
    whole.lin.go(f"/doctor/visits/{whole.visit}").press('a[href$="/recording"]')
    for window in whole.both:
        recording.plays(window)
    assert "把药盒拿近一点给我看。" in whole.wang.page.inner_text(".play__said")
    looked = whole.walked.patient.get(f"/patients/{whole.walked.ids['patient_id']}/looks")
    assert any("recording" in one["parts"] for one in looked)
    verified = subprocess.run([sys.executable, "-m", "app.cli", "audit", "verify"], capture_output=True, text=True,
                              env=whole.hospital.server.environment())
    assert f"{len(files)} of {len(files)} recordings whole" in verified.stdout and verified.returncode == 0

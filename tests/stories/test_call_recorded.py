"""A call that is recorded into the visit's record and played back there, with a real browser on both sides."""
import os
import signal
import subprocess
import sys

import pytest

from tests.stories import flows_call as call
from tests.stories import flows_doctor as doctor
from tests.stories import flows_recording as recording
from tests.stories.house import Hospital
from tests.stories.test_call_p2p import browser, clean, hospital, walked  # noqa: F401
from web.demo.journey import Journey

pytestmark = pytest.mark.browser


def media_process(hospital: Hospital) -> int:  # noqa: F811
    """The child of the server that receives the copies."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    [pid] = [int(pid) for pid, parent, args in rows
             if parent == str(hospital.server.process.pid) and "consult.call.media.process" in args]
    return pid


def test_both_agree_and_the_recording_plays_with_the_talk(hospital: Hospital, walked: Journey) -> None:  # noqa: F811
    wang, lin, visit = call.in_a_visit(hospital, walked)
    recording.in_a_call(lin, wang)
    for window in (wang, lin):
        recording.asked(window)
    recording.agree(wang)
    wang.sees(f'{recording.ROW}[data-state="asking"]', "等对方同意")
    recording.agree(lin)
    for window in (wang, lin):
        recording.runs(window)
    doctor.say(lin, "把药盒拿近一点给我看。")
    call.hears_and_sees(wang)
    os.kill(media_process(hospital), signal.SIGKILL)
    for window in (wang, lin):
        window.page.wait_for_function("() => document.querySelector('[data-call-rec]').dataset.state !== 'running'")
    for window in (wang, lin):
        recording.runs(window)
    for window in (wang, lin):
        call.hears_and_sees(window)
    call.hang_up(wang)
    call.gone(lin)
    files = recording.kept(walked.patient, visit, 4)
    assert [one["recovered"] for one in files].count(True) == 2
    assert {one["side"] for one in files} == {"patient", "doctor"}
    wang.go(f"/visits/{visit}/recording")
    lin.go(f"/doctor/visits/{visit}/recording")
    for window in (wang, lin):
        recording.plays(window)
    assert "把药盒拿近一点给我看。" in wang.page.inner_text(".play__said")
    looked = walked.patient.get(f"/patients/{walked.ids['patient_id']}/looks")
    assert any("recording" in one["parts"] for one in looked)
    verified = subprocess.run([sys.executable, "-m", "app.cli", "audit", "verify"], capture_output=True, text=True,
                              env=hospital.server.environment())
    count = len(recording.kept(walked.patient, visit))
    assert f"{count} of {count} recordings whole" in verified.stdout and verified.returncode == 0


def test_without_agreement_nothing_is_kept_and_a_no_is_respected(hospital: Hospital, walked: Journey) -> None:  # noqa: F811
    wang, lin, visit = call.in_a_visit(hospital, walked)
    before = len(walked.patient.get(f"/visits/{visit}/recordings"))
    recording.in_a_call(wang, lin)
    recording.stop(wang)
    wang.sees(f'{recording.ROW}[data-state="refused"]', "您没有同意录像")
    lin.sees(f'{recording.ROW}[data-state="refused"]', "患者没有同意录像")
    call.hears_and_sees(lin)
    call.hang_up(lin)
    call.gone(wang)
    assert len(walked.patient.get(f"/visits/{visit}/recordings")) <= before + 2

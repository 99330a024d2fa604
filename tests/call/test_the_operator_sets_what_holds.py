"""What the operator sets for calls holds from then on, is written down, and never loosens what the environment says."""
import threading
from datetime import timedelta

import pytest

from app.audit.entries import AuditEntry
from app.kit.problems import Invalid, NotAllowed
from app.settings import Settings
from app.work import all_of
from app.worker import Worker
from consult import api as consult
from consult.call.house import commands as house_commands
from consult.call.house.queries import GIVEN_UP, USUAL_KBITS
from tests.call.test_a_call_in_a_visit import entered
from tests.call.test_recordings_are_agreed_kept_and_proven import agree, recording
from tests.cast import Scene

FOUND = [{"check": "relay", "verdict": "warning", "zh": "没有中继", "en": "no relay"}]


def here(scene: Scene) -> consult.CallsHere:
    with scene.sees("house") as work:
        return consult.calls_here(work)


def last(scene: Scene) -> tuple[consult.CallCheck, bool]:
    with scene.sees("house") as work:
        check = consult.last_call_check(work)
        assert check is not None
        return check, consult.is_checking(work, check)


def test_without_any_word_of_the_operator_the_environment_holds(scene: Scene) -> None:
    assert here(scene) == consult.CallsHere("ask", USUAL_KBITS)
    scene.house.tools.get(Settings).recording = "off"
    assert here(scene).recording == "off"


def test_what_was_set_last_holds_from_the_next_look_on_and_stands_in_the_trail(scene: Scene) -> None:
    _, call, _, _ = entered(scene)
    agree(scene, call)
    scene.does("bai", consult.set_calls_here, "off", 300)
    assert (here(scene).recording, here(scene).picture_kbits) == ("off", 300)
    assert recording(scene, call).state == "off"        # off is off, for a call under way too
    scene.clock.forward(seconds=1)
    scene.does("bai", consult.set_calls_here, "ask", 900)
    assert recording(scene, call).state == "agreed"
    with scene.sees("house") as work:
        told = [one.facts for one in all_of(work, AuditEntry, AuditEntry.action == "calls_here_set")]
        assert len(all_of(work, consult.CallSettings)) == 2
    assert told[-1] == {"recording": ["off", "ask"], "picture_kbits": [300, 900]}


def test_what_the_environment_switched_off_cannot_be_switched_on(scene: Scene) -> None:
    scene.does("bai", consult.set_calls_here, "ask", 900)
    scene.house.tools.get(Settings).recording = "off"
    assert here(scene).recording == "off"
    with pytest.raises(Invalid) as refused:
        scene.does("bai", consult.set_calls_here, "ask", 900)
    assert refused.value.facts["errors"][0]["field"] == "recording"


@pytest.mark.parametrize(("recording", "kbits", "field"), [
    ("always", 800, "recording"), ("ask", consult.LEAST_KBITS - 1, "picture_kbits"),
    ("ask", consult.MOST_KBITS + 1, "picture_kbits"), ("ask", -1, "picture_kbits")])
def test_what_makes_no_sense_is_refused_and_changes_nothing(scene: Scene, recording: str, kbits: int,
                                                            field: str) -> None:
    with pytest.raises(Invalid) as refused:
        scene.does("bai", consult.set_calls_here, recording, kbits)
    assert refused.value.facts["errors"][0]["field"] == field and here(scene).set_at is None


@pytest.mark.parametrize("who", ["wang", "lin", "ren", "qin", "kang"])
def test_nobody_else_sets_or_checks(scene: Scene, who: str) -> None:
    for act in (lambda: scene.does(who, consult.set_calls_here, "off", 800),
                lambda: scene.does(who, consult.check_calls_here)):
        with pytest.raises(NotAllowed):
            act()
    assert here(scene).set_at is None


def test_a_check_is_a_job_whose_findings_are_kept(scene: Scene, worker: Worker,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    asked = scene.does("bai", consult.check_calls_here)
    assert scene.does("bai", consult.check_calls_here).id == asked.id and last(scene)[1]
    monkeypatch.setattr("consult.call.checking.all.recorder_finding", lambda settings: _finding("recorder"))
    worker.run_until_idle()
    for thread in [one for one in threading.enumerate() if one.name == "call-check"]:
        thread.join(60)
    check, running = last(scene)
    assert check.done_at is not None and not running
    assert {one["check"] for one in check.findings} >= {"address", "relay", "recorder", "disk"}
    assert all(one["zh"] and one["en"] and one["verdict"] in ("ok", "warning", "bad") for one in check.findings)
    scene.clock.forward(seconds=1)
    assert scene.does("bai", consult.check_calls_here).id != asked.id


def test_a_check_that_was_lost_with_its_server_can_be_asked_anew(scene: Scene) -> None:
    asked = scene.does("bai", consult.check_calls_here)
    scene.clock.forward(seconds=int((GIVEN_UP + timedelta(seconds=1)).total_seconds()))
    assert not last(scene)[1] and scene.does("bai", consult.check_calls_here).id != asked.id


def test_a_late_answer_goes_to_the_check_that_asked(scene: Scene) -> None:
    asked = scene.does("bai", consult.check_calls_here)
    scene.does("house", house_commands.write_down_check, asked.id, FOUND)
    assert scene.row(consult.CallCheck, asked.id).findings == FOUND


def test_a_check_that_takes_its_time_keeps_no_other_job_waiting(scene: Scene, worker: Worker,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("consult.call.checking.all.examine", lambda settings, now: go_on.wait(60) and [])
    asked = scene.does("bai", consult.check_calls_here)
    worker.run_until_idle()     # returns although the check goes on
    assert scene.row(consult.CallCheck, asked.id).done_at is None
    go_on.set()
    for thread in [one for one in threading.enumerate() if one.name == "call-check"]:
        thread.join(60)
    assert scene.row(consult.CallCheck, asked.id).done_at is not None


def _finding(check: str):
    from app.kit.text import Text
    from consult.call.checking.findings import Finding
    return Finding(check, "ok", Text(zh="好", en="fine"))

"""A call is recorded only where the rules let it be: they are asked when it is answered, and their answer is kept."""
from pathlib import Path
from typing import Any

import pytest

from app.policy import api as policy
from app.policy.loading import load_pack, load_policy
from app.policy.policy_set import PolicySet
from app.settings import Settings
from consult import api as consult
from consult.call.recording.problems import NotRecorded
from tests.call.test_a_call_in_a_visit import answered, entered
from tests.call.test_recordings_are_agreed_kept_and_proven import agree, leg_of, recording
from tests.cast import Scene, visit_in_progress

NO_PICTURES = """
id: house-recording
version: "1.0.0"
jurisdiction: CN
layer: institution
timezone: Asia/Shanghai
rules:
- id: HOUSE-REC-01
  stage: [record]
  effect: block
  valid_from: 2026-01-01
  when: {fact: visit.mode, op: eq, value: video}
  cite:
  - {instrument: "House rule", article: "calls", confidence: text}
  message: {zh: "本院不录视频。", en: "This hospital records no video."}
"""


@pytest.fixture
def forbidding(scene: Scene, tmp_path: Path) -> Scene:
    """A house whose own rule forbids recording video."""
    (tmp_path / "house.yaml").write_text(NO_PICTURES)
    scene.house.tools.put(PolicySet, PolicySet.of([load_pack("cn-mainland"), load_policy(tmp_path / "house.yaml")]))
    return scene


def asked(scene: Scene, visit: consult.Visit) -> list[Any]:
    with scene.sees("house") as work:
        return [one for one in policy.decisions_of_visit(work, visit.id) if one.stage == "record"]


def by_voice(scene: Scene) -> tuple[consult.Visit, consult.Call]:
    visit = visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "voice")
    return visit, scene.does("wang", consult.answer_call, call.id)


def test_an_allowed_recording_is_a_decision_of_the_day_of_the_call(scene: Scene) -> None:
    visit, call, wang, _ = entered(scene)
    [kept] = asked(scene, visit)
    assert (kept.verdict, kept.as_of) == ("allow", scene.clock.now().date())
    assert next(fact.value for fact in policy.read_record(kept).facts if fact.name == "visit.mode") == "video"
    agree(scene, call)
    assert recording(scene, call).state == "agreed" and leg_of(scene, call, wang)


@pytest.mark.invariant(1)
def test_where_a_rule_says_no_nobody_is_asked_and_nothing_is_received(forbidding: Scene) -> None:
    scene = forbidding
    visit, call, wang, _ = entered(scene)
    [kept] = asked(scene, visit)
    assert kept.verdict == "block" and policy.read_record(kept).decision.rule_ids == ("HOUSE-REC-01",)
    assert recording(scene, call) == consult.RecordingView("off", None, None)
    with pytest.raises(NotRecorded) as refused:
        agree(scene, call)
    assert refused.value.facts["why"] == "policy"
    with pytest.raises(NotRecorded):
        leg_of(scene, call, wang)
    assert scene.row(consult.Call, call).state == "talking"     # the call itself goes on


def test_a_call_by_voice_that_becomes_a_picture_is_judged_again(forbidding: Scene) -> None:
    scene = forbidding
    visit, call = by_voice(scene)
    assert call.may_record
    scene.does("wang", consult.ask_to_talk, visit.id, "video")
    assert [one.verdict for one in asked(scene, visit)] == ["allow", "block"]
    assert not scene.row(consult.Call, call.id).may_record


def test_a_voice_call_that_the_rules_refused_is_not_opened_by_a_picture(
        forbidding: Scene) -> None:
    scene = forbidding
    visit = visit_in_progress(scene)
    _, call = answered(scene, visit)
    assert not scene.row(consult.Call, call).may_record
    scene.does("wang", consult.ask_to_talk, visit.id, "video")
    assert not scene.row(consult.Call, call).may_record and len(asked(scene, visit)) == 1


def test_a_house_that_records_nothing_asks_nothing(scene: Scene) -> None:
    scene.house.tools.get(Settings).recording = "off"
    visit, call, _, _ = entered(scene)
    assert asked(scene, visit) == [] and not scene.row(consult.Call, call).may_record

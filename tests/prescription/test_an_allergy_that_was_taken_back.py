"""An allergy that the patient's side struck is told to doctor and pharmacist until one of them has confirmed it."""
from typing import Any
from uuid import UUID

import pytest

from app.kit.clock import local_date
from app.kit.problems import Invalid, NotAllowed
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import ChecksUnanswered, ConfirmationMissing
from records import api as records
from tests.cast import PIN, Scene, answer_findings, diagnosed, drafted_prescription, line, signing_pin
from web.pages.patient.letters import _view as letter_view
from web.pages.staff import people

AMOXICILLIN = line("amoxicillin", None, "1", "capsule", frequency="tid")


def says(scene: Scene, answer: Any, who: str = "wang", patient: str = "wang") -> None:
    scene.does(who, records.save_allergies, scene.patients[patient], answer)
    scene.clock.forward(seconds=1)  # a strike is told from the one before it by its time


def history(scene: Scene, who: str = "lin", patient: str = "wang") -> records.HistoryView:
    with scene.sees(who) as work:
        return records.history_of(work, scene.patients[patient])


def met(scene: Scene, rx: prescribing.Prescription) -> list[str]:
    """Severities of what the checks say of allergies."""
    with scene.by("lin") as work:
        found = prescribing.check_report(work, work.get(prescribing.Prescription, rx.id)).findings
    return [one.severity for one in found if one.kind == "allergy"]


@pytest.fixture
def draft(scene: Scene) -> prescribing.Prescription:
    """Amoxicillin, begun for Wang, whose penicillin allergy was answered away with one "none"."""
    visit = diagnosed(scene)
    scene.clock.forward(days=1)
    says(scene, "none")
    signing_pin(scene)
    return drafted_prescription(scene, AMOXICILLIN, visit=visit)


def strike(scene: Scene) -> UUID:
    [struck] = history(scene).taken_back
    return struck.id


@pytest.mark.invariant(6)
def test_the_doctor_gives_a_reason_and_the_pharmacist_confirms(scene: Scene, draft: prescribing.Prescription) -> None:
    assert met(scene, draft) == ["must_confirm"]
    with pytest.raises(ChecksUnanswered):
        scene.does("lin", prescribing.sign_prescription, draft.id, PIN)
    answer_findings(scene, draft)
    assert scene.does("lin", prescribing.sign_prescription, draft.id, PIN).state == "signed"
    with pytest.raises(ConfirmationMissing) as missing:
        scene.does("ren", prescribing.approve, draft.id)
    looked_at = [one["id"] for one in missing.value.facts["findings"]]
    assert any("taken_back" in one for one in looked_at)
    assert scene.does("ren", prescribing.approve, draft.id, "", looked_at).decision == "approved"


@pytest.mark.parametrize("answer", ["none", "unknown", [records.AllergyIn(text="虾")]])
def test_no_answer_makes_it_vanish(scene: Scene, answer: Any) -> None:
    rx = drafted_prescription(scene, AMOXICILLIN)
    says(scene, answer)
    [struck] = history(scene).taken_back
    assert (struck.text, struck.reaction, struck.struck_role) == ("青霉素", "皮疹", "patient")
    assert met(scene, rx) == ["must_confirm"]


def test_both_columns_and_the_letter_show_it_struck_with_dates(scene: Scene, draft: prescribing.Prescription) -> None:
    seen = history(scene)
    began, struck = (local_date(at) for at in (seen.taken_back[0].recorded_at, seen.taken_back[0].struck_at))
    assert began < struck
    shown = people.allergies(seen)
    [was] = shown.taken_back
    assert shown.state == "none" and was.substance == "青霉素" and was.reaction.zh == "皮疹"
    assert was.said.zh == f"{began} 记下，{struck} 由患者删去，没有医生或药师确认过"
    assert was.said.en == f"recorded {began}, taken back by the patient {struck}, confirmed by no clinician"
    scene.does("lin", consult.refer_visit, draft.visit_id, "心内科门诊", "需要面诊", "soon", condition_changed=True)
    with scene.sees("wang") as work:
        told = letter_view(work, work.get(consult.Visit, draft.visit_id), consult.referral_of(work, draft.visit_id))
    assert told.allergies.zh == f"没有已知的；记录里有过，后来自己删去：青霉素（{struck}）"
    assert f"taken back: 青霉素 ({struck})" in told.allergies.en


def test_who_takes_it_back_for_a_child_is_family(scene: Scene) -> None:
    for answer in ([records.AllergyIn(text="青霉素")], "none"):
        says(scene, answer, "ma", "xiaoyu")
    [was] = people.allergies(history(scene, "house", "xiaoyu")).taken_back
    assert "由家属删去" in was.said.zh and "by family" in was.said.en


def test_written_down_again_it_stands_and_only_stands(scene: Scene, draft: prescribing.Prescription) -> None:
    says(scene, [records.AllergyIn(text=" 青霉素 ", reaction="全身皮疹")])
    assert history(scene).taken_back == [] and met(scene, draft) == ["hard_stop"]
    says(scene, "none")
    assert [one.reaction for one in history(scene).taken_back] == ["全身皮疹"]


@pytest.mark.parametrize("who", ["lin", "ren"])
def test_a_doctor_or_pharmacist_confirms_it_with_a_reason_and_nobody_is_asked_again(
        scene: Scene, draft: prescribing.Prescription, who: str) -> None:
    struck = strike(scene)
    answer_findings(scene, draft)
    scene.does("lin", prescribing.sign_prescription, draft.id, PIN)
    if who == "ren":
        scene.does("ren", prescribing.take_review, draft.id)
    kept = scene.does(who, records.settle_strike, struck, " 皮试阴性，\n去年用过阿莫西林 ")
    assert (kept.settled_by, kept.settled_reason) == (scene.people[who].account_id, "皮试阴性， 去年用过阿莫西林")
    assert history(scene).taken_back == [] and met(scene, draft) == []
    assert people.allergies(history(scene)).taken_back == ()
    [trace] = scene.trail("allergy_strike_confirmed")
    assert (trace.patient_id, trace.actor_role) == (draft.patient_id, "doctor" if who == "lin" else "pharmacist")
    assert "皮试" not in str(trace.facts)
    with scene.sees("house") as work:
        change = records.history_changes(work, draft.patient_id)[0]
    assert change.after == {"is": {"confirmed": "皮试阴性， 去年用过阿莫西林"}}
    says(scene, [records.AllergyIn(text="青霉素")])
    says(scene, "none")
    assert len(history(scene).taken_back) == 1, "taken back once more, it is asked once more"


@pytest.mark.parametrize("confirmed", [0, 1])
def test_of_two_in_the_same_moment_the_one_in_question_counts(
        scene: Scene, draft: prescribing.Prescription, confirmed: int) -> None:
    strikes = [strike(scene)]
    for answer in ([records.AllergyIn(text="青霉素")], "none"):
        says(scene, answer)
    strikes.append(strike(scene))
    with scene.by("lin") as work:
        for at, key in enumerate(strikes):
            row = work.get(records.Allergy, key)
            row.struck_at, row.settled_at = work.now, work.now if at == confirmed else None
    assert strike(scene) == strikes[1 - confirmed] and met(scene, draft) == ["must_confirm"]


def test_nobody_else_confirms_it_and_no_empty_word_does(scene: Scene, draft: prescribing.Prescription) -> None:
    struck = strike(scene)
    for who in ("wang", "zhao", "qin", "bai", "kang"):
        with pytest.raises(NotAllowed):
            scene.does(who, records.settle_strike, struck, "我说没有")
    for who in ("gao", "he", "ren"):       # no treatment relation, no review in hand
        with pytest.raises(records.RecordClosed):
            scene.does(who, records.settle_strike, struck, "问过了")
    for words in ("", " \n ", "好", "很" * 301):
        with pytest.raises(Invalid):
            scene.does("lin", records.settle_strike, struck, words)
    assert strike(scene) == struck
    scene.does("lin", records.settle_strike, struck, "问过了")
    with pytest.raises(records.StrikeSettled):
        scene.does("lin", records.settle_strike, struck, "再问一次")


def test_what_a_clinician_struck_is_settled(scene: Scene, draft: prescribing.Prescription) -> None:
    says(scene, [records.AllergyIn(text="青霉素")])
    with scene.by("lin") as work:
        records.save_allergies(work, draft.patient_id, "none")
    assert history(scene).taken_back == [] and met(scene, draft) == []

"""What the doctor judged anew after the signature, or gave up, carries no approval, and the doctor is told."""
import pytest

from app.notify import api as notify
from app.policy import api as policy
from app.work import all_of
from consult import api as consult
from prescribing import api as prescribing
from prescribing.subscribers import GROUND_LOST
from records import api as records
from tests.cast import approved_prescription, signed_prescription


def told(scene):
    with scene.sees("house") as work:
        return [one for one in all_of(work, notify.InboxItem, notify.InboxItem.account_id == scene.lin.account_id)
                if one.text_zh == GROUND_LOST.zh]


def judge_anew(scene, rx):
    scene.does("lin", consult.judge_follow_up, rx.visit_id, is_follow_up=False, same_condition=False,
               condition_changed=True)
    scene.run()


@pytest.mark.invariant(1)
def test_a_first_visit_found_out_after_the_signature_is_not_approved_but_returned(scene):
    rx = signed_prescription(scene)
    judge_anew(scene, rx)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("ren", prescribing.approve, rx.id)
    assert refused.value.facts["decision_ids"] and scene.row(prescribing.Prescription, rx.id).state == "signed"
    assert told(scene)
    returned = scene.does("ren", prescribing.return_prescription, rx.id, "ground", "病情变了，请面诊")
    assert returned.decision == "returned"


@pytest.mark.invariant(1)
def test_evidence_that_was_taken_back_carries_no_approval(scene):
    rx = signed_prescription(scene)
    with scene.by("lin") as work:
        records.undo_evidence(work, records.evidence_of(work, rx.patient_id)[0].id)
    with pytest.raises(policy.StepRefused):
        scene.does("ren", prescribing.approve, rx.id)


def test_what_still_holds_is_approved_days_later_from_anybodys_desk(scene):
    rx = signed_prescription(scene)
    scene.clock.forward(days=2)
    assert scene.does("ren", prescribing.approve, rx.id).decision == "approved"


def test_a_doctor_is_told_of_an_approved_one_and_of_nothing_that_still_holds(scene):
    rx = approved_prescription(scene)
    scene.does("lin", consult.judge_follow_up, rx.visit_id, is_follow_up=True)
    scene.run()
    assert not told(scene)
    judge_anew(scene, rx)
    assert len(told(scene)) == 1

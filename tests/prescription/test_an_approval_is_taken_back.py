"""A pharmacist undoes a slip within minutes; once somebody relied on the approval, nobody takes it away silently."""
import pytest

from app.events.prescribing import ApprovalTakenBack, PrescriptionApproved
from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.notify import api as notify
from app.work import Actor
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from prescribing.rx.problems import ListChanged, NotUsable, ReliedOn, TakeBackOver
from prescribing.subscribers import keep_in_record, tell_of_the_second_look, tell_patient
from records import api as records
from tests.cast import approved_prescription, signed_prescription
from tests.pharmacy.counter import offered


def row(scene, rx):
    return scene.row(prescribing.Prescription, rx.id)


def take_back(scene, rx, who="ren"):
    return scene.does(who, prescribing.take_back_approval, rx.id)


def test_it_waits_for_review_again_and_both_decisions_stand(scene):
    rx = approved_prescription(scene)
    scene.run()
    scene.clock.forward(minutes=3)
    take_back(scene, rx)
    scene.run()
    found = row(scene, rx)
    assert (found.state, found.reviewer_id, found.reviewed_at) == ("signed", None, None)
    assert found.digest == rx.digest and found.expires_at == rx.expires_at
    with scene.sees("ren") as work:
        assert [one.decision for one in prescribing.reviews_of(work, rx.id)] == ["approved", "taken_back"]
        assert rx.id in [one.prescription.id for one in prescribing.review_queue(work)]
    scene.does("ren", prescribing.approve, rx.id)
    assert row(scene, rx).state == "approved"


def test_the_patient_who_was_told_is_told_again(scene):
    rx = approved_prescription(scene)
    scene.run()
    take_back(scene, rx)
    scene.run()
    with scene.sees("wang") as work:
        assert "收回" in notify.inbox(work, scene.wang.account_id)[0].text.zh
        assert "收回" in records.timeline(work, rx.patient_id)[0].title.zh
        visit = work.get(consult.Visit, rx.visit_id)
        assert "收回" in consult.messages(work, visit, 0, 200)[-1].card["zh"]


@pytest.mark.invariant(4)
def test_what_was_taken_back_is_neither_ordered_nor_claimed(scene):
    rx = approved_prescription(scene)
    take_back(scene, rx)
    with scene.sees("house") as work:
        assert prescribing.usable_or_none(work, rx.id) is None
    with pytest.raises(NotUsable):
        scene.does("wang", prescribing.usable_prescription, rx.id)
    with pytest.raises(NotUsable):
        scene.does("house", prescribing.redeem, rx.id, rx.id, scene.kang.organization_id)


def test_after_an_order_it_is_not_withdrawn_not_even_when_the_order_was_cancelled(scene):
    order = offered(scene)
    rx = row(scene, scene.row(prescribing.Prescription, order.prescription_id))
    with pytest.raises(ReliedOn):
        take_back(scene, rx)
    scene.does("wang", pharmacy.cancel_order, order.id)
    with pytest.raises(ReliedOn):
        take_back(scene, rx)
    assert row(scene, rx).state == "approved"


def test_after_a_pharmacy_scanned_the_paper_it_is_not_withdrawn(scene):
    rx = approved_prescription(scene)
    scene.does("kang", prescribing.verify_by_code, rx.number, rx.digest[:16])
    with pytest.raises(ReliedOn):
        take_back(scene, rx)


def test_a_guessed_code_leaves_it_to_the_pharmacist(scene):
    rx = approved_prescription(scene)
    with pytest.raises(NotFound):
        scene.does("kang", prescribing.verify_by_code, rx.number, "0" * 16)
    take_back(scene, rx)
    assert row(scene, rx).state == "signed"


def test_after_ten_minutes_it_is_over(scene):
    rx = approved_prescription(scene)
    with scene.sees("ren") as work:
        until = prescribing.take_back_until(row(scene, rx), work.actor.practitioner_id)
    assert (until - row(scene, rx).reviewed_at).total_seconds() == 600
    scene.clock.forward(seconds=(until - scene.clock.now()).total_seconds())
    with pytest.raises(TakeBackOver):
        take_back(scene, rx)
    assert row(scene, rx).state == "approved"


@pytest.mark.invariant(4)
@pytest.mark.parametrize("who", ["su", "lin", "wang", "kang", "bai"])
def test_nobody_else_takes_it_back(scene, who):
    rx = approved_prescription(scene)
    with pytest.raises(NotFound):
        take_back(scene, rx, who)
    stranger = Actor("pharmacist", scene.ren.account_id, scene.renmin, scene.ren.practitioner_id)
    with pytest.raises(NotFound), scene.house.write(stranger) as work:
        prescribing.take_back_approval(work, rx.id)
    assert row(scene, rx).state == "approved"


def test_what_was_never_approved_has_nothing_to_take_back(scene):
    rx = signed_prescription(scene)
    with pytest.raises(NotFound):
        take_back(scene, rx)
    scene.does("ren", prescribing.return_prescription, rx.id, "dose", "太多")
    with pytest.raises(WrongState):
        take_back(scene, rx)


def told_of(scene, rx):
    """How much stands in the inbox, the record and the talk."""
    with scene.sees("wang") as work:
        visit = work.get(consult.Visit, rx.visit_id)
        return [len(notify.inbox(work, scene.wang.account_id)), len(records.timeline(work, rx.patient_id)),
                len(consult.messages(work, visit, 0, 200))]


def late(scene, rx, *handlers, number=0):
    """The jobs of the first (or of another) decision come only now."""
    with scene.sees("ren") as work:
        review = prescribing.reviews_of(work, rx.id)[number]
    event = PrescriptionApproved if review.decision == "approved" else ApprovalTakenBack
    for handler in handlers:
        scene.does("house", handler, event(rx.id, rx.visit_id, rx.patient_id, review.id))
    scene.run()


def test_a_late_job_does_not_tell_of_an_approval_that_was_taken_back(scene):
    rx = approved_prescription(scene)
    take_back(scene, rx)
    scene.run()
    before = told_of(scene, rx)
    late(scene, rx, keep_in_record, tell_patient)
    assert told_of(scene, rx) == before


def test_a_late_job_of_the_first_approval_tells_nothing_of_the_second(scene):
    rx = signed_prescription(scene)
    scene.run()
    scene.does("ren", prescribing.approve, rx.id)
    take_back(scene, rx)
    scene.does("ren", prescribing.approve, rx.id)
    before = told_of(scene, rx)
    late(scene, rx, keep_in_record, tell_patient)
    assert told_of(scene, rx) != before, "the jobs of the second approval have run"
    after = told_of(scene, rx)
    late(scene, rx, keep_in_record, tell_patient)
    late(scene, rx, tell_of_the_second_look, number=1)
    assert told_of(scene, rx) == after
    with scene.sees("wang") as work:
        inbox = [one.text.zh for one in notify.inbox(work, scene.wang.account_id)]
        cards = [m.card["zh"] for m in consult.messages(work, work.get(consult.Visit, rx.visit_id), 0, 200) if m.card]
    assert sum("请选择药房" in told for told in inbox) == sum("可以选药房了" in told for told in cards) == 1
    assert not any("收回" in told for told in inbox + cards)


def test_who_was_told_of_it_hears_late_too_that_it_was_taken_back_although_it_is_returned_meanwhile(scene):
    rx = approved_prescription(scene)
    scene.run()
    take_back(scene, rx)
    scene.does("ren", prescribing.return_prescription, rx.id, "dose", "太多")
    scene.run()
    with scene.sees("wang") as work:
        assert "收回" in notify.inbox(work, scene.wang.account_id)[0].text.zh


def test_what_the_patient_takes_by_it_is_not_taken_back_silently(scene):
    rx = approved_prescription(scene)
    scene.does("wang", prescribing.note_taken, rx.patient_id, [f"{rx.id}:amlodipine"])
    assert row(scene, rx).relied_on_at is not None
    with pytest.raises(ReliedOn):
        take_back(scene, rx)


def test_what_was_taken_back_is_not_noted_as_taken(scene):
    rx = approved_prescription(scene)
    take_back(scene, rx)
    with pytest.raises(ListChanged):
        scene.does("wang", prescribing.note_taken, rx.patient_id, [f"{rx.id}:amlodipine"])

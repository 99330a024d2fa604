"""Two sides speak in a visit, each in its time; nobody else hears or says a word."""
import pytest

from app.identity import api as identity
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import all_of
from consult import api as consult
from consult.chat.problems import TalkClosed
from tests.cast import (
    Scene,
    finished_visit,
    requested_visit,
    uploaded,
    visit_in_progress,
    waiting_visit,
)
from tests.visit.acts import says


def test_each_side_speaks_as_itself(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for who, side in (("wang", "patient"), ("lin", "doctor")):
        line = says(scene, who, visit)
        assert (line.sender, line.account_id) == (side, scene.people[who].account_id)


def test_a_guardian_speaks_on_the_childs_side(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    assert says(scene, "ma", visit).sender == "patient"


@pytest.mark.invariant(13)
@pytest.mark.parametrize("who", ["zhao", "ma", "gao", "he", "ren", "kang", "qin", "bai"])
def test_nobody_else_says_marks_or_drafts_anything(scene: Scene, who: str) -> None:
    visit = visit_in_progress(scene)
    for act in (lambda work: consult.send_message(work, visit.id, uuid7(), "text", "您好"),
                lambda work: consult.mark(work, visit.id, 1, 1),
                lambda work: consult.save_draft(work, visit.id, "您好")):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)
    assert scene.row(consult.Visit, visit.id).last_seq == 1


def test_a_guardian_of_the_past_is_silent(scene: Scene) -> None:
    visit = visit_in_progress(scene, "xiaoyu")
    scene.does("ma", consult.save_draft, visit.id, "您好")
    with scene.by("house") as work:
        [bond] = all_of(work, identity.Guardianship, identity.Guardianship.patient_id == visit.patient_id)
        bond.ended_at = work.now
    for act in (lambda work: consult.send_message(work, visit.id, uuid7(), "text", "您好"),
                lambda work: consult.save_draft(work, visit.id, "您好吗")):
        with pytest.raises(NotFound), scene.by("ma") as work:
            act(work)


@pytest.mark.parametrize(("stage", "patient_may"), [(requested_visit, False), (waiting_visit, True)])
def test_before_a_doctor_came_only_a_paying_patient_may_write(scene: Scene, stage: object, patient_may: bool) -> None:
    visit = stage(scene)  # type: ignore[operator]
    if patient_may:
        assert says(scene, "wang", visit).seq == 1
    else:
        with pytest.raises(TalkClosed):
            says(scene, "wang", visit)
    with pytest.raises(NotFound):
        says(scene, "lin", visit)


def test_who_looks_for_a_paper_may_ask(scene: Scene) -> None:
    assert says(scene, "wang", waiting_visit(scene, evidence=False)).seq == 1


@pytest.mark.parametrize("who", ["wang", "lin"])
def test_after_the_end_nobody_writes_any_more(scene: Scene, who: str) -> None:
    visit = finished_visit(scene)
    before = scene.row(consult.Visit, visit.id).last_seq
    with pytest.raises(TalkClosed) as refused:
        says(scene, who, visit)
    assert refused.value.facts["state"] == "completed"
    assert scene.row(consult.Visit, visit.id).last_seq == before


@pytest.mark.parametrize("end", ["cancel", "expire", "decline"])
def test_a_visit_that_never_began_takes_no_messages(scene: Scene, end: str) -> None:
    visit = waiting_visit(scene)
    if end == "cancel":
        scene.does("wang", consult.cancel_visit, visit.id)
    elif end == "decline":
        scene.does("lin", consult.decline_visit, visit.id, "请当面检查")
    else:
        scene.later(minutes=30)
    with pytest.raises(TalkClosed):
        says(scene, "wang", visit)


def test_a_later_step_may_still_post_its_card(scene: Scene) -> None:
    visit = finished_visit(scene)
    reference = uuid7()
    card = scene.does("house", consult.post_card, visit.id, "prescription", reference,
                      Text(zh="药师审核通过", en="Approved by the pharmacist"))
    assert card.card == {"kind": "prescription", "ref": str(reference), "zh": "药师审核通过",
                         "en": "Approved by the pharmacist"}
    assert (card.sender, card.kind, card.account_id) == ("house", "card", None)


@pytest.mark.invariant(13)
def test_a_document_of_somebody_else_is_not_sent(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for document in (uploaded(scene, "zhao"), uploaded(scene, "xiaoyu")):
        for who in ("wang", "lin"):
            with pytest.raises(NotFound):
                scene.does(who, consult.send_message, visit.id, uuid7(), "image", "", document.id)


@pytest.mark.invariant(13)
def test_a_mothers_own_paper_does_not_slip_into_the_childs_talk(scene: Scene) -> None:
    visit, document = visit_in_progress(scene, "xiaoyu"), uploaded(scene, "ma")
    with pytest.raises(NotFound):
        scene.does("ma", consult.send_message, visit.id, uuid7(), "image", "", document.id)


def test_the_doctor_sends_a_document_of_the_patients_record(scene: Scene) -> None:
    visit, document = visit_in_progress(scene), uploaded(scene)
    assert scene.does("lin", consult.send_message, visit.id, uuid7(), "image", "", document.id).sender == "doctor"

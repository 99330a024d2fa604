"""Sent, delivered, read: marks that only rise. Drafts that wait on the other device."""
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.work import one_or_none
from consult import api as consult
from consult.chat.problems import MessageTooLong
from tests.cast import Scene, finished_visit, visit_in_progress, waiting_visit
from tests.visit.acts import says, together


def marks(scene: Scene, visit: consult.Visit, side: str) -> tuple[int, int]:
    found = scene.row(consult.Visit, visit.id)
    return getattr(found, f"{side}_delivered"), getattr(found, f"{side}_read")


def receipt(scene: Scene, visit: consult.Visit, seq: int, side: str = "patient") -> str:
    return consult.receipt(scene.row(consult.Visit, visit.id), side, seq)


def test_a_message_is_sent_then_delivered_then_read(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    seq = says(scene, "wang", visit).seq
    assert receipt(scene, visit, seq) == "sent"
    scene.does("lin", consult.mark, visit.id, delivered=seq)
    assert receipt(scene, visit, seq) == "delivered"
    scene.does("lin", consult.mark, visit.id, read=seq)
    assert receipt(scene, visit, seq) == "read" and marks(scene, visit, "doctor") == (seq, seq)


def test_whoever_answers_has_read_what_stands_before(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    asked = says(scene, "wang", visit).seq
    answered = says(scene, "lin", visit).seq
    assert receipt(scene, visit, asked) == "read" and receipt(scene, visit, answered, "doctor") == "sent"


def test_ones_own_mark_says_nothing_about_ones_own_message(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    seq = says(scene, "wang", visit).seq
    scene.does("wang", consult.mark, visit.id, seq, seq)
    assert receipt(scene, visit, seq) == "sent"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["wang", "lin"]), st.integers(-3, 9), st.integers(-3, 9)), max_size=6))
def test_marks_only_rise_never_pass_the_last_message_and_read_is_delivered(
        scene: Scene, steps: list[tuple[str, int, int]]) -> None:
    with scene.sees("house") as work:
        known = one_or_none(work, consult.Visit)
    visit = known or visit_in_progress(scene)
    for who, delivered, read in steps:
        side = "patient" if who == "wang" else "doctor"
        before = marks(scene, visit, side)
        scene.does(who, consult.mark, visit.id, delivered, read)
        after = marks(scene, visit, side)
        assert after[0] >= before[0] and after[1] >= before[1]
        assert after[1] <= after[0] <= scene.row(consult.Visit, visit.id).last_seq


def test_marks_of_both_sides_at_the_same_moment_do_not_undo_each_other(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    seq = says(scene, "wang", visit).seq
    together(scene, ("lin", lambda work: consult.mark(work, visit.id, seq, seq).id),
             ("wang", lambda work: consult.mark(work, visit.id, seq, seq).id))
    assert marks(scene, visit, "doctor") == marks(scene, visit, "patient") == (seq, seq)


def test_a_finished_talk_can_still_be_read_to_its_end(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.does("wang", consult.mark, visit.id, read=visit.last_seq)
    assert marks(scene, visit, "patient") == (visit.last_seq, visit.last_seq)


# --- drafts -------------------------------------------------------------------------------------------------


def draft(scene: Scene, visit: consult.Visit, who: str = "wang") -> str:
    with scene.sees(who) as work:
        return consult.draft_of(work, visit.id)


def test_a_draft_waits_on_the_other_device_and_for_its_writer_alone(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("wang", consult.save_draft, visit.id, "我想问")
    assert [draft(scene, visit, who) for who in ("wang", "lin", "zhao")] == ["我想问", "", ""]


def test_the_later_draft_counts_and_an_empty_one_forgets(scene: Scene) -> None:
    visit = waiting_visit(scene)
    for text in ("我", "我想", "我想问"):
        scene.does("wang", consult.save_draft, visit.id, text)
    assert draft(scene, visit) == "我想问"
    scene.does("wang", consult.save_draft, visit.id, "")
    assert draft(scene, visit) == ""


def test_what_was_sent_is_no_draft_any_more(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("wang", consult.save_draft, visit.id, "我想问")
    says(scene, "wang", visit, "我想问一下")
    assert draft(scene, visit) == ""


def test_two_devices_that_save_at_the_same_moment_do_not_break(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    together(scene, *[("wang", lambda work, n=n: consult.save_draft(work, visit.id, f"草稿 {n}")) for n in range(4)])
    assert draft(scene, visit).startswith("草稿")


def test_a_draft_keeps_lines_and_loses_what_cannot_be_seen(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("wang", consult.save_draft, visit.id, "第一行\n第二\x00行 ")
    assert draft(scene, visit) == "第一行\n第二行 "


def test_a_draft_that_could_never_be_sent_is_refused(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(MessageTooLong):
        scene.does("wang", consult.save_draft, visit.id, "长" * 4001)

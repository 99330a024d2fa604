"""A message that was acknowledged is there, once, with its number; the next one has the next number."""
import json
from itertools import pairwise
from uuid import UUID

import pytest

from app.audit import AuditEntry
from app.kit.ids import uuid7
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import all_of
from consult import api as consult
from consult.chat.problems import EmptyMessage, MessageTooLong
from tests.cast import Scene, uploaded, visit_in_progress
from tests.visit.acts import says, together


def talk(scene: Scene, visit: consult.Visit, after: int = 0, limit: int = 200) -> list[consult.Message]:
    with scene.sees("house") as work:
        return consult.messages(work, work.get(consult.Visit, visit.id), after, limit)


def test_numbers_count_from_one_without_gaps_across_both_sides_and_the_house(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for who in ("wang", "lin", "wang"):
        says(scene, who, visit)
    scene.does("house", consult.post_card, visit.id, "prescription", uuid7(), Text(zh="处方", en="Prescription"))
    lines = talk(scene, visit)
    assert [m.seq for m in lines] == list(range(1, 6)) and scene.row(consult.Visit, visit.id).last_seq == 5
    assert [m.sender for m in lines] == ["house", "patient", "doctor", "patient", "house"]
    assert [m.kind for m in lines] == ["system", "text", "text", "text", "card"]


@pytest.mark.invariant(8)
def test_a_resend_gets_the_first_message_again(scene: Scene) -> None:
    visit, client_id = visit_in_progress(scene), uuid7()
    first = says(scene, "wang", visit, "药快吃完了", client_id)
    again = says(scene, "wang", visit, "药快吃完了", client_id)
    assert first.id == again.id and len([m for m in talk(scene, visit) if m.sender == "patient"]) == 1


@pytest.mark.invariant(8)
def test_a_resend_after_the_end_is_still_acknowledged(scene: Scene) -> None:
    visit, client_id = visit_in_progress(scene), uuid7()
    first = says(scene, "wang", visit, "药快吃完了", client_id)
    scene.does("lin", consult.refer_visit, visit.id, "需要当面检查", "人民医院")
    assert says(scene, "wang", visit, "药快吃完了", client_id).seq == first.seq


def test_the_same_id_of_the_other_side_is_another_message(scene: Scene) -> None:
    visit, client_id = visit_in_progress(scene), uuid7()
    numbers = {says(scene, who, visit, "您好", client_id).seq for who in ("wang", "lin")}
    assert len(numbers) == 2


@pytest.mark.invariant(8)
def test_a_message_its_number_and_its_event_are_stored_together_or_not_at_all(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    before = scene.row(consult.Visit, visit.id).last_seq
    with pytest.raises(ZeroDivisionError), scene.by("wang") as work:
        consult.send_message(work, visit.id, uuid7(), "text", "丢了")
        raise ZeroDivisionError
    assert scene.row(consult.Visit, visit.id).last_seq == before == len(talk(scene, visit))
    assert scene.trail("MessageSent") == []
    kept = says(scene, "wang", visit)
    [event] = scene.trail("MessageSent")
    assert (kept.seq, event.facts["seq"], event.patient_id) == (before + 1, before + 1, visit.patient_id)


@pytest.mark.invariant(8)
def test_many_at_the_same_moment_lose_nothing_and_leave_no_gap(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    before = scene.row(consult.Visit, visit.id).last_seq
    answers = together(scene, *[
        (who, lambda work, n=n: consult.send_message(work, visit.id, uuid7(), "text", f"第 {n} 条").seq)
        for n, who in enumerate(["wang", "lin"] * 5)])
    assert sorted(answers) == list(range(before + 1, before + 11))
    assert all(b.seq == a.seq + 1 for a, b in pairwise(talk(scene, visit)))


@pytest.mark.invariant(8)
def test_a_double_tap_at_the_same_moment_is_one_message(scene: Scene) -> None:
    visit, client_id = visit_in_progress(scene), uuid7()
    answers = together(scene, *[
        ("wang", lambda work: consult.send_message(work, visit.id, client_id, "text", "您好").id)] * 4)
    assert len(set(answers)) == 1


def test_whoever_comes_back_gets_what_is_after_the_last_number(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for n in range(6):
        says(scene, "wang", visit, f"第 {n} 条")
    assert [m.seq for m in talk(scene, visit, after=4)] == [5, 6, 7]
    assert [m.seq for m in talk(scene, visit, after=1, limit=2)] == [2, 3]
    assert talk(scene, visit, after=7) == [] and len(talk(scene, visit, after=-5)) == 7


@pytest.mark.parametrize(("kind", "text", "with_file", "problem"), [
    ("text", "", False, EmptyMessage), ("text", " \n\t", False, EmptyMessage), ("text", "\u200b\u202e\x00", False,
                                                                                EmptyMessage),
    ("text", "长" * 4001, False, MessageTooLong), ("image", "", False, EmptyMessage), ("text", "x", True, EmptyMessage),
    ("system", "假的", False, EmptyMessage), ("card", "假的", False, EmptyMessage), ("prescription", "x", True,
                                                                                 EmptyMessage)])
def test_what_is_no_message_is_refused_and_changes_nothing(
        scene: Scene, kind: str, text: str, with_file: bool, problem: type[Problem]) -> None:
    visit = visit_in_progress(scene)
    before = scene.row(consult.Visit, visit.id).last_seq
    file: UUID | None = uploaded(scene).id if with_file else None
    with pytest.raises(problem):
        scene.does("wang", consult.send_message, visit.id, uuid7(), kind, text, file)
    assert scene.row(consult.Visit, visit.id).last_seq == before


def test_the_longest_message_fits(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    assert len(says(scene, "wang", visit, "长" * 4000).text) == 4000


@pytest.mark.invariant(14)
def test_what_runs_or_hides_elsewhere_is_kept_as_plain_text(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    text = "=cmd|'/C calc'!A0 <img src=x onerror=alert(1)> \u202egnp.exe\x00\x07 👨\u200d👩\u200d👧\n第二行"
    kept = says(scene, "wang", visit, text)
    assert kept.text == "=cmd|'/C calc'!A0 <img src=x onerror=alert(1)> gnp.exe 👨\u200d👩\u200d👧\n第二行"


@pytest.mark.invariant(15)
def test_no_word_of_the_talk_stands_in_the_trail(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "wang", visit, "我有痔疮不好意思说")
    with scene.sees("house") as work:
        assert "痔疮" not in json.dumps([e.facts for e in all_of(work, AuditEntry)], ensure_ascii=False)


def test_a_picture_is_sent_with_a_line_below_it(scene: Scene) -> None:
    visit, picture = visit_in_progress(scene), uploaded(scene)
    kept = scene.does("wang", consult.send_message, visit.id, uuid7(), "image", "化验单", picture.id)
    assert (kept.kind, kept.text, kept.document_id) == ("image", "化验单", picture.id)

"""Finished by the doctor, stopped online with a letter, or abandoned by the patient; never by a hang-up."""
from datetime import timedelta
from uuid import UUID

import pytest

from app.events.consult import VisitEvent
from app.kit.clock import local_date
from app.kit.problems import Invalid, NotFound
from app.kit.states import WrongState
from app.policy import api as policy
from consult import api as consult
from consult.chat.queries import answered_by_card
from consult.visit.problems import NoteMissing, NotRunning, NotSilentYet
from records import api as records
from tests.cast import (
    NOTE,
    Scene,
    approved_prescription,
    finished_visit,
    judged,
    requested_visit,
    visit_in_progress,
    waiting_visit,
)
from tests.visit.acts import money, says, state, together, told


def test_a_visit_is_not_finished_without_advice(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(NoteMissing):
        scene.does("lin", consult.finish_visit, visit.id)
    scene.does("lin", consult.write_note, visit.id, **(NOTE | {"advice": "  "}))
    with pytest.raises(NoteMissing):
        scene.does("lin", consult.finish_visit, visit.id)
    assert state(scene, visit) == "in_progress"


def test_a_finished_visit_stands_in_the_record_file_and_the_patient_is_told(scene: Scene) -> None:
    visit = finished_visit(scene)
    with scene.sees("wang") as work:
        [line] = [e for e in records.timeline(work, visit.patient_id) if e.kind == "visit"]
    assert (line.source_id, line.summary.zh) == (visit.id, NOTE["advice"])
    assert "小结" in told(scene, "wang")[0] and "高血压" not in str(told(scene, "wang"))


def test_a_visit_ends_once(scene: Scene) -> None:
    visit = finished_visit(scene)
    for act in (lambda work: consult.finish_visit(work, visit.id),
                lambda work: consult.refer_visit(work, visit.id, "变化", "人民医院"),
                lambda work: consult.abandon_visit(work, visit.id)):
        with pytest.raises(NotRunning), scene.by("lin") as work:
            act(work)


def test_finishing_and_referring_at_the_same_moment_is_one_end(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.write_note, visit.id, **NOTE)
    answers = together(scene, ("lin", lambda work: consult.finish_visit(work, visit.id)),
                       ("lin", lambda work: consult.refer_visit(work, visit.id, "变化", "人民医院")))
    assert len([a for a in answers if isinstance(a, NotRunning)]) == 1
    assert state(scene, visit) in ("completed", "referred")


@pytest.mark.invariant(8)
def test_a_pause_never_ends_a_running_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.later(hours=12)
    assert state(scene, visit) == "in_progress"
    says(scene, "wang", visit)
    scene.later(hours=47)
    assert state(scene, visit) == "in_progress"


@pytest.mark.invariant(7)
def test_a_doctor_who_takes_a_visit_and_does_nothing_gives_it_back_after_an_hour(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.later(minutes=59)
    assert state(scene, visit) == "in_progress"
    scene.later(minutes=2)
    assert state(scene, visit) == "expired" and "没有回复" in told(scene, "wang")[0]
    assert money(scene, visit) == "refunded"
    assert requested_visit(scene, triage=scene.row(consult.Triage, visit.triage_id)).state == "requested"


@pytest.mark.invariant(7)
def test_a_doctor_who_leaves_a_question_unanswered_for_two_days_gives_the_money_back(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.later(hours=1)
    says(scene, "wang", visit)
    scene.later(hours=47, minutes=59)
    assert state(scene, visit) == "in_progress"
    scene.later(minutes=2)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


def test_what_a_doctor_does_without_words_is_no_silence(scene: Scene) -> None:
    visit = judged(scene)
    scene.later(hours=5)
    assert state(scene, visit) == "in_progress"


@pytest.mark.invariant(7)
def test_a_doctor_who_only_judged_or_noted_has_not_answered_and_gives_the_money_back(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.write_note, visit.id, **NOTE)
    scene.later(hours=47, minutes=59)
    assert state(scene, visit) == "in_progress"
    scene.later(minutes=2)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


@pytest.mark.invariant(7)
def test_a_note_is_no_answer_to_a_question(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.clock.forward(minutes=1)
    says(scene, "wang", visit, "我胸口发闷，该怎么办？")
    scene.later(hours=47)
    scene.does("lin", consult.write_note, visit.id, **NOTE)
    scene.later(hours=2)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


def test_a_prescription_that_came_through_is_an_answer_and_one_that_did_not_is_none(scene: Scene) -> None:
    visit = approved_prescription(scene).visit_id
    scene.clock.forward(seconds=1)
    with scene.sees("house") as work:
        assert answered_by_card(work, visit, scene.clock.now() - timedelta(minutes=5))
        assert answered_by_card(work, visit, scene.clock.now()) is None, "it does not answer what was asked after it"
    with scene.sees("house") as work:
        rx = next(m for m in consult.messages(work, work.get(consult.Visit, visit)) if m.kind == "card").card["ref"]
    scene.does("house", consult.post_card, visit, "prescription", UUID(rx), NotSilentYet.title)
    with scene.sees("house") as work:
        assert answered_by_card(work, visit, None) is None, "a later card took it back"


def test_a_patient_who_stays_away_for_three_days_ends_the_visit_for_a_doctor_who_forgot(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.later(hours=71)
    assert state(scene, visit) == "in_progress"
    scene.later(hours=2)
    assert (state(scene, visit), money(scene, visit)) == ("abandoned", "captured")
    with pytest.raises(NotRunning):
        scene.does("lin", consult.finish_visit, visit.id)


# --- the correction window ----------------------------------------------------------------------------------


def test_a_note_is_corrected_within_a_day_and_the_record_shows_the_new_words(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.clock.forward(hours=24)
    scene.does("lin", consult.write_note, visit.id, **(NOTE | {"advice": "改为晚饭后服药"}))
    with scene.sees("wang") as work:
        lines = [e for e in records.timeline(work, visit.patient_id) if e.kind == "visit"]
    assert [line.summary.zh for line in lines] == ["改为晚饭后服药"] and lines[0].at == visit.ended_at
    with pytest.raises(NoteMissing):
        scene.does("lin", consult.write_note, visit.id, **(NOTE | {"advice": ""}))


def test_after_a_day_the_visit_takes_no_more_correction(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.clock.forward(hours=24, seconds=1)
    for act in (lambda work: consult.write_note(work, visit.id, **NOTE),
                lambda work: consult.require_attending(work, visit.id, correcting=True)):
        with pytest.raises(NotRunning), scene.by("lin") as work:
            act(work)


def test_what_was_stopped_online_takes_no_correction(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.refer_visit, visit.id, "需要当面检查", "人民医院")
    with pytest.raises(NotRunning):
        scene.does("lin", consult.write_note, visit.id, **NOTE)


# --- stopped online -----------------------------------------------------------------------------------------


def test_a_changed_condition_stops_the_visit_and_leaves_a_letter(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.refer_visit, visit.id, "新出现胸闷", "人民医院心内科", "urgent", condition_changed=True)
    scene.run()
    with scene.sees("wang") as work:
        letter = consult.referral_of(work, visit.id)
        assert (letter.to_place, letter.urgency, letter.reason) == ("人民医院心内科", "urgent", "新出现胸闷")
        assert consult.judgement_of(work, visit.id).condition_changed is True
        assert "referral" in [e.kind for e in records.timeline(work, visit.patient_id)]
    assert "转诊信" in told(scene, "wang")[0] and "胸闷" not in str(told(scene, "wang"))


def test_a_long_letter_is_kept_whole(scene: Scene) -> None:
    visit = judged(scene)
    words = "一" * 3900 + "诊断 I20.0，阿司匹林已停"
    scene.does("lin", consult.refer_visit, visit.id, words, "人民医院")
    with scene.sees("wang") as work:
        assert consult.referral_of(work, visit.id).reason == words
        told_in_record = [e.summary.zh for e in records.timeline(work, visit.patient_id) if e.kind == "referral"]
    assert told_in_record == [f"人民医院：{words}"]
    assert scene.row(consult.Visit, visit.id).end_reason == "人民医院"


@pytest.mark.invariant(1)
def test_once_the_condition_changed_nothing_is_diagnosed_any_more(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, condition_changed=True)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.diagnose, visit.id, "I10")
    assert "CN-VISIT-03" in refused.value.facts["rules"]


@pytest.mark.parametrize(("reason", "place", "urgency"), [
    ("", "人民医院", "soon"), ("变化", " ", "soon"), ("变化", "人民医院", "whenever"),
    ("长" * 4001, "人民医院", "soon"), ("变化", "长" * 201, "soon")])
def test_a_letter_that_lacks_something_is_refused_and_the_visit_goes_on(
        scene: Scene, reason: str, place: str, urgency: str) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(Invalid):
        scene.does("lin", consult.refer_visit, visit.id, reason, place, urgency)
    assert state(scene, visit) == "in_progress"


# --- abandoned ----------------------------------------------------------------------------------------------


def test_a_patient_who_is_silent_for_half_an_hour_has_left(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "wang", visit)
    scene.clock.forward(seconds=1)
    says(scene, "lin", visit)
    scene.clock.forward(minutes=30)
    scene.does("lin", consult.abandon_visit, visit.id)
    scene.run()
    assert state(scene, visit) == "abandoned" and "没有您的回复" in told(scene, "wang")[0]


def test_a_patient_is_not_given_up_a_moment_too_early(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    wrote = scene.clock.now()
    scene.clock.forward(minutes=29, seconds=59)
    with pytest.raises(NotSilentYet) as refused:
        scene.does("lin", consult.abandon_visit, visit.id)
    assert refused.value.facts["possible_at"] == (wrote + timedelta(minutes=30)).isoformat()


@pytest.mark.parametrize("spoken", [(), ("wang",), ("lin", "wang"), ("wang", "lin", "wang")])
def test_a_doctor_who_owes_the_next_word_cannot_say_that_the_patient_left(scene: Scene, spoken: tuple[str]) -> None:
    visit = visit_in_progress(scene)
    for who in spoken:
        scene.clock.forward(seconds=1)
        says(scene, who, visit)
    scene.clock.forward(hours=2)
    with pytest.raises(NotSilentYet) as refused:
        scene.does("lin", consult.abandon_visit, visit.id)
    assert refused.value.facts["possible_at"] is None and state(scene, visit) == "in_progress"


def test_lines_of_the_house_are_nobodys_words(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.clock.forward(minutes=30)
    scene.does("house", consult.post_system, visit.id, NotSilentYet.title)
    assert scene.does("lin", consult.abandon_visit, visit.id).state == "abandoned"


def test_whoever_owes_a_word_is_called_back_after_a_quarter_of_an_hour(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "wang", visit)
    scene.later(minutes=14)
    assert told(scene, "lin") == []
    scene.later(minutes=1)
    assert told(scene, "lin") == ["有患者在等您回复"]
    says(scene, "lin", visit)
    scene.later(minutes=15)
    assert "医生在等您回复" in told(scene, "wang")[0] and len(told(scene, "lin")) == 1


def test_a_talk_that_goes_on_calls_nobody(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    before = told(scene, "wang")
    for who in ("lin", "wang", "lin", "wang"):
        says(scene, who, visit)
        scene.later(minutes=10)
    assert (told(scene, "lin"), told(scene, "wang")) == ([], before)
    scene.later(minutes=5)
    assert len(told(scene, "lin")) == 1


def test_nobody_is_called_back_to_a_visit_that_ended(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.does("lin", consult.refer_visit, visit.id, "需要当面检查", "人民医院")
    scene.later(minutes=1)
    before = told(scene, "wang")
    scene.later(hours=1)
    assert told(scene, "wang") == before


# --- everybody hears ----------------------------------------------------------------------------------------


def test_only_the_attending_doctor_ends_a_visit(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for who in ("gao", "ren", "wang", "bai"):
        with pytest.raises((NotFound, WrongState)):
            scene.does(who, consult.refer_visit, visit.id, "变化", "人民医院")


def test_every_end_is_announced_and_stands_in_the_trail(scene: Scene) -> None:
    finished_visit(scene)
    names = {kind.__name__ for kind in VisitEvent.__subclasses__()}
    said = [entry.action for entry in scene.trail(*names)]
    assert said == ["VisitRequested", "VisitWaiting", "VisitAccepted", "VisitCompleted"]


def test_after_the_end_the_doctor_reads_on_for_the_time_of_aftercare_only(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.clock.forward(days=6)
    with scene.sees("lin") as work:
        assert consult.visit_for_doctor(work, visit.id).id == visit.id
    scene.clock.forward(days=1, seconds=1)
    with pytest.raises(NotFound), scene.sees("lin") as work:
        consult.visit_for_doctor(work, visit.id)


def test_a_next_visit_is_today_at_the_earliest(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    today = local_date(scene.clock.now())
    assert scene.does("lin", consult.write_note, visit.id, **NOTE, next_visit_on=today).next_visit_on == today


def test_a_waiting_visit_has_no_end_that_a_doctor_may_write(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with pytest.raises(NotFound):
        scene.does("lin", consult.finish_visit, visit.id)

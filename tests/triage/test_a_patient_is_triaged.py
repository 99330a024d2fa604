"""The way of a triage: start, first screen, questions, result, correction, and what is kept of it."""
import hashlib
import json
from uuid import uuid4

import pytest
from sqlmodel import select

from app.audit import AuditEntry
from app.identity.problems import NotYours
from app.kit.problems import Invalid, NotFound
from app.kit.states import WrongState
from app.work import Actor, House
from consult.triage import api as triage
from consult.triage.models import Triage, TriageAnswer, TriageResult, TriageRuleSet
from consult.triage.problems import (
    GateFirst,
    GateIncomplete,
    LedToVisit,
    UnknownComplaint,
    UnknownQuestion,
    UnusableAnswer,
)
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.states import TRIAGE
from records.file.models import RecordEntry
from tests.triage.people import Family, answer_all, begun, nothing_on_the_first_screen


def finished(house: House, family: Family, complaint: str = "hypertension_followup", **answers: object) -> Triage:
    """Wang's triage with the answers given and the result told."""
    with begun(house, family.by_wang, family.wang, complaint) as (work, found):
        nothing_on_the_first_screen(work, found)
        answer_all(work, found, **answers)
        if found.state == "open":
            triage.finish_triage(work, found.id)
    return found


def test_wang_comes_for_his_blood_pressure_and_gets_a_routine_visit(house: House, family: Family) -> None:
    found = finished(house, family, systolic=132, diastolic=84, days_left="enough")
    assert (found.state, found.level, found.department) == ("finished", "routine", "cardiology")
    assert found.finished_at is not None and found.call_back_due is None


def test_xiaoyu_coughs_at_night_and_is_to_be_seen_soon_by_a_childrens_doctor(house: House, family: Family) -> None:
    with begun(house, family.by_ma, family.xiaoyu, "cough_cold", "咳嗽 9 天，夜里重") as (work, found):
        nothing_on_the_first_screen(work, found)
        answer_all(work, found, duration="days_3_to_14", night_or_effort="yes")
        triage.finish_triage(work, found.id)
        view = triage.triage_view(work, found.id)
    assert (found.level, found.department) == ("soon", "paediatrics")
    assert view.outcome is not None and view.outcome.fired[0].rule == "cough_cold.night"
    assert "咳嗽 9 天" in view.understood.zh and "夜间咳醒" in view.understood.zh
    assert "Night cough" in view.understood.en


def test_answers_are_kept_one_by_one_and_a_new_answer_keeps_the_old_one_in_the_trace(
    house: House, family: Family
) -> None:
    with begun(house, family.by_wang, family.wang, "headache") as (work, found):
        nothing_on_the_first_screen(work, found)
        triage.answer_question(work, found.id, "same_as_before", "yes")
    with house.write(family.by_wang) as work:
        triage.answer_question(work, found.id, "same_as_before", "no")
    with house.read(family.by_wang) as work:
        kept = triage.triage_view(work, found.id)
        trace = [a.value for a in triage.answer_trace(work, found.id) if a.question == "same_as_before"]
        assert kept.triage.answers["same_as_before"] == "no"
        assert trace == ["yes", "no"]
        assert kept.triage.account_id == family.by_wang.account_id


def test_leaving_in_the_middle_goes_on_where_it_stopped(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "low_back_pain") as (work, found):
        nothing_on_the_first_screen(work, found)
        first = triage.triage_view(work, found.id)
        assert first.question is not None and first.question.id == "saddle"
        triage.answer_question(work, found.id, "saddle", "no")
    with house.read(family.by_wang) as work:
        again = triage.triage_view(work, found.id)
        newest = triage.newest_triage(work, family.wang)
        assert again.question is not None and again.question.id == "leg_weak"
        assert again.answered == 1 and again.left == first.left - 1
        assert newest is not None and newest.id == found.id


def test_the_result_stands_in_the_record_is_announced_and_speaks_both_languages(
    house: House, family: Family
) -> None:
    found = finished(house, family, systolic=150, diastolic=95, days_left="few")
    with house.read(family.by_wang) as work:
        entry = work.session.exec(select(RecordEntry).where(RecordEntry.source_id == found.id)).one()
        told = work.session.exec(select(AuditEntry).where(AuditEntry.action == "TriageFinished")).one()
        assert entry.kind == "triage" and entry.title_zh == "问症状：高血压复诊"
        assert entry.title_en == "First questions: High blood pressure follow-up"
        assert entry.summary_en is not None and "24–48 hours" in entry.summary_en
        assert told.facts == {"triage_id": str(found.id), "patient_id": str(family.wang), "level": "soon"}


@pytest.mark.invariant(2)
def test_a_stored_triage_is_worked_out_again_to_the_same_bytes(house: House, family: Family) -> None:
    found = finished(house, family, systolic=165, diastolic=95, days_left="enough", missed="yes")
    with house.read(family.by_wang) as work:
        again = triage.judged(work, found)
        stored = work.session.exec(select(TriageResult).where(TriageResult.triage_id == found.id)).one()
        rules = work.session.exec(select(TriageRuleSet)).one()
        assert again.canonical() == found.outcome == stored.content
        assert hashlib.sha256(stored.content).hexdigest() == found.outcome_hash == stored.sha256
        assert rules.hash == found.ruleset_hash == again.ruleset_hash == load_ruleset().hash


@pytest.mark.invariant(2)
def test_an_old_triage_is_judged_by_its_own_rules_after_the_rules_have_changed(
    house: House, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = finished(house, family, systolic=165, diastolic=95, days_left="enough")
    newer = load_ruleset().model_copy(update={"hash": "0" * 64, "protocols": {}})
    monkeypatch.setattr("consult.triage.queries.load_ruleset", lambda: newer)
    with house.read(family.by_wang) as work:
        again = triage.judged(work, work.get(Triage, found.id))
        assert again.digest() == found.outcome_hash


def test_a_second_triage_stores_the_rules_only_once(house: House, family: Family) -> None:
    finished(house, family, systolic=130, diastolic=80)
    finished(house, family, complaint="headache")
    with house.read(family.by_wang) as work:
        assert len(work.session.exec(select(TriageRuleSet)).all()) == 1


def test_the_first_screen_cannot_be_skipped(house: House, family: Family) -> None:
    with house.write(family.by_wang) as work:
        found = triage.start_triage(work, family.wang, "rash")
        for attempt in (
            lambda: triage.answer_question(work, found.id, "fever", "no"),
            lambda: triage.finish_triage(work, found.id),
        ):
            with pytest.raises(GateFirst):
                attempt()
        with pytest.raises(GateIncomplete) as refused:
            triage.answer_gate(work, found.id, {"gate_mind": "no"})
        assert "gate_harm" in refused.value.facts["missing"]
        assert triage.triage_view(work, found.id).question is None
    assert found.state == "open" and found.answers == {}


def test_wrong_answers_are_told_and_change_nothing(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "headache") as (work, found):
        nothing_on_the_first_screen(work, found)
        before = dict(found.answers)
        for question, value, problem in (
            ("severity", "terrible", UnusableAnswer),
            ("thunderclap", True, UnusableAnswer),
            ("thunderclap", "", UnusableAnswer),
            ("temperature", "hot", UnusableAnswer),
            ("temperature", float("nan"), UnusableAnswer),
            ("temperature", float("inf"), UnusableAnswer),
            ("temperature", True, UnusableAnswer),
            ("pregnant", "no", UnknownQuestion),
            ("gate_mind", "no", UnknownQuestion),
            ("nonsense", "yes", UnknownQuestion),
        ):
            with pytest.raises(problem):
                triage.answer_question(work, found.id, question, value)
        assert found.answers == before
        assert triage.answer_question(work, found.id, "temperature", " 37,4 ").answers["temperature"] == 37.4


def test_a_complaint_must_exist_and_fit_the_age(house: House, family: Family) -> None:
    with house.write(family.by_ma) as work:
        for complaint in ("fever_adult", "hypertension_followup", "nonsense", ""):
            with pytest.raises(UnknownComplaint) as refused:
                triage.start_triage(work, family.xiaoyu, complaint)
            assert "fever_child" in refused.value.facts["possible"]


def test_words_have_a_limit_and_no_control_characters(house: House, family: Family) -> None:
    with house.write(family.by_wang) as work:
        with pytest.raises(Invalid):
            triage.start_triage(work, family.wang, "rash", "痒" * 501)
        found = triage.start_triage(work, family.wang, "rash", " 痒\x00得\u202e睡不着\n两天 ")
    assert found.free_text == "痒得睡不着\n两天"


@pytest.mark.invariant(9)
def test_a_stranger_can_neither_start_nor_read_nor_answer(house: House, family: Family) -> None:
    found = finished(house, family, systolic=130, diastolic=80)
    with house.write(family.by_zhao) as work:
        for attempt in (
            lambda: triage.start_triage(work, family.wang, "rash"),
            lambda: triage.triage_view(work, found.id),
            lambda: triage.answer_trace(work, found.id),
            lambda: triage.result_trace(work, found.id),
            lambda: triage.newest_triage(work, family.wang),
            lambda: triage.answer_gate(work, found.id, {}),
            lambda: triage.answer_question(work, found.id, "missed", "no"),
            lambda: triage.finish_triage(work, found.id),
            lambda: triage.correct_triage(work, found.id),
        ):
            with pytest.raises(NotYours):
                attempt()


@pytest.mark.invariant(9)
def test_a_doctor_without_a_relation_does_not_read_a_triage(house: House, family: Family) -> None:
    found = finished(house, family, systolic=130, diastolic=80)
    with house.read(Actor("doctor", account_id=uuid4(), practitioner_id=uuid4())) as work:
        with pytest.raises(NotFound):
            triage.triage_view(work, found.id)


def test_a_result_can_be_corrected_until_a_visit_rests_on_it(house: House, family: Family) -> None:
    found = finished(house, family, systolic=130, diastolic=80, days_left="enough")
    with house.write(family.by_wang) as work:
        opened = triage.correct_triage(work, found.id)
        assert (opened.state, opened.level, opened.outcome) == ("open", None, None)
        triage.answer_question(work, found.id, "systolic", 172)
        changed = triage.finish_triage(work, found.id)
        assert changed.level == "soon"
        assert [r.level for r in triage.result_trace(work, found.id)] == ["routine", "soon"]
        visit = uuid4()
        triage.link_visit(work, found.id, visit)
        assert triage.link_visit(work, found.id, visit).visit_id == visit
        with pytest.raises(LedToVisit):
            triage.correct_triage(work, found.id)
        with pytest.raises(LedToVisit):
            triage.link_visit(work, found.id, uuid4())


def test_a_finished_triage_takes_no_more_answers(house: House, family: Family) -> None:
    found = finished(house, family, systolic=130, diastolic=80)
    with house.write(family.by_wang) as work:
        for attempt in (
            lambda: triage.answer_question(work, found.id, "missed", "yes"),
            lambda: triage.finish_triage(work, found.id),
        ):
            with pytest.raises(WrongState) as refused:
                attempt()
            assert refused.value.facts["possible"] == ["correct"]


@pytest.mark.parametrize("state", TRIAGE.states)
def test_only_the_patients_side_moves_a_triage(state: str) -> None:
    for move in TRIAGE.table:
        assert move.who == {"patient"}
    assert TRIAGE.possible(state)


def test_the_doctor_reads_reasons_denials_and_what_is_unknown(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "headache", "头疼三天，早上胸闷过一次") as (work, found):
        nothing_on_the_first_screen(work, found)
        answer_all(work, found, severity="moderate", duration="days_3_to_14", thunderclap="unknown", temperature=36.8)
        triage.finish_triage(work, found.id)
    lines = triage.doctor_summary(found)
    zh, en = "\n".join(line.zh for line in lines), "\n".join(line.en for line in lines)
    assert "头痛：" in zh and "级" in zh and "患者的话：头疼三天" in zh
    assert "未知：突然头疼得厉害（危险信号），患者说不知道" in zh
    assert "患者否认：" in zh and "「胸闷」" in zh
    assert "[unknown.red_flag]" in en and "Patient denies: stiff neck" in en
    assert "NEWS2 at least 0" in en and "never means low risk" in en
    assert load_ruleset().hash[:12] in en and "not yet reviewed" in en


def test_an_open_triage_has_no_summary_yet(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "rash") as (_, found):
        assert [line.en for line in triage.doctor_summary(found)] == ["Triage is not finished"]


def test_the_queue_shows_the_own_words_or_the_name_of_the_complaint(house: House, family: Family) -> None:
    with house.write(family.by_wang) as work:
        plain = triage.start_triage(work, family.wang, "rash")
        worded = triage.start_triage(work, family.wang, "rash", "身上痒")
        assert triage.complaint_words(plain) == "皮疹、皮肤痒"
        assert triage.complaint_words(worded) == "身上痒"
        assert triage.complaint_title(work, worded).en == "Rash or itching"


@pytest.mark.invariant(15)
def test_the_trail_holds_no_words_of_the_patient(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "general", "我的秘密毛病") as (work, found):
        nothing_on_the_first_screen(work, found)
        answer_all(work, found)
        triage.finish_triage(work, found.id)
    with house.read(family.by_wang) as work:
        entries = work.session.exec(select(AuditEntry)).all()
        assert entries and "秘密" not in json.dumps([e.facts for e in entries], ensure_ascii=False)


def test_every_answer_of_the_trace_names_time_and_account(house: House, family: Family) -> None:
    found = finished(house, family, systolic=130, diastolic=80)
    with house.read(family.by_wang) as work:
        rows = work.session.exec(select(TriageAnswer).where(TriageAnswer.triage_id == found.id)).all()
        assert sorted(row.number for row in rows) == list(range(1, len(rows) + 1))
        assert {row.account_id for row in rows} == {family.by_wang.account_id}
        assert all(row.at == found.created_at for row in rows)

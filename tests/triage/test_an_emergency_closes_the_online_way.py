"""Emergencies, the crisis path, danger signs that stay unclear, and danger signs that are taken back."""
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.audit import AuditEntry
from app.identity.problems import LicenceNotInForce
from app.jobs.table import Job
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.work import HOUSE, Actor, House, all_of
from consult.triage import api as triage
from consult.triage.models import Triage
from consult.triage.problems import UnknownQuestion, UnusableAnswer
from consult.triage.rulebook.levels import Level
from records.file.models import RecordEntry
from tests.triage.people import Family, answer_all, begun, doctor_of, nothing_on_the_first_screen


def ticking(house: House, family: Family, *ticks: str, rest: str = "no", text: str = "", **more: str) -> Triage:
    """Wang's first screen with some lines ticked."""
    with begun(house, family.by_wang, family.wang, "cough_cold", text) as (work, found):
        lines = [line.question.id for line in triage.triage_view(work, found.id).gate]
        triage.answer_gate(work, found.id, {**triage.ticked(lines, ticks, rest), **more})
    return found


@pytest.mark.invariant(12)
def test_chest_pain_now_closes_the_triage_at_once_and_says_what_to_do(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_chest")
    assert (found.state, found.level, found.department) == ("closed_emergency", "emergency", "emergency")
    assert not Level(found.level or "").may_go_online
    told = triage.outcome_of(found)
    assert told is not None and told.headline.zh == "请马上拨打 120" and len(told.meanwhile) == 4
    assert told.departments[0].code == "emergency" and not told.self_harm and told.crisis_lines == ()
    with house.read(family.by_wang) as work:
        assert triage.triage_view(work, found.id).question is None
        entry = work.session.exec(select(RecordEntry).where(RecordEntry.source_id == found.id)).one()
        assert entry.summary_zh is not None and "120" in entry.summary_zh


@pytest.mark.invariant(12)
def test_an_emergency_cannot_be_finished_into_a_visit(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_breathing")
    with house.write(family.by_wang) as work:
        for attempt in (
            lambda: triage.finish_triage(work, found.id),
            lambda: triage.answer_question(work, found.id, "breathless", "no"),
            lambda: triage.answer_gate(work, found.id, {}),
        ):
            with pytest.raises(WrongState):
                attempt()


@pytest.mark.invariant(12)
def test_a_danger_sign_of_the_complaint_ends_the_questions_too(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "headache") as (work, found):
        nothing_on_the_first_screen(work, found)
        triage.answer_question(work, found.id, "thunderclap", "yes")
    assert (found.state, found.level) == ("closed_emergency", "emergency")


@pytest.mark.invariant(12)
def test_a_slip_of_the_finger_is_corrected_but_not_forgotten(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_chest")
    with house.write(family.by_wang) as work:
        triage.correct_triage(work, found.id)
        again = nothing_on_the_first_screen(work, found)
        assert again.state == "open" and again.taken_back == ["gate_chest"]
        answer_all(work, found, duration="under_3_days")
        found = triage.finish_triage(work, found.id)
        lines = "\n".join(line.zh for line in triage.doctor_summary(found))
        answers = [a.value for a in triage.answer_trace(work, found.id) if a.question == "gate_chest"]
        assert [r.level for r in triage.result_trace(work, found.id)] == ["emergency", "soon"]
        assert answers == ["yes", "no"]
    assert found.level == "soon"
    assert "先答「有」后改「没有」" in lines


@pytest.mark.invariant(12)
def test_a_new_triage_remembers_the_danger_sign_until_a_doctor_has_called(house: House, family: Family) -> None:
    first = ticking(house, family, "gate_chest")
    assert ticking(house, family).taken_back == ["gate_chest"]
    with house.write(family.by_wang) as work:
        triage.correct_triage(work, first.id)
    again = ticking(house, family)
    assert again.taken_back == ["gate_chest"], "opened again and left, the emergency was told all the same"
    with house.write(family.by_wang) as work:
        answer_all(work, again, duration="under_3_days")
        told = triage.outcome_of(triage.finish_triage(work, again.id))
        assert told is not None and told.call_back and told.level is Level.SOON
    with house.write(HOUSE) as work:
        triage.record_call_back(work, first.id)
    assert ticking(house, family).taken_back == []


@pytest.mark.invariant(12)
def test_not_sure_on_the_first_screen_is_not_read_as_no_and_asks_for_a_call(house: House, family: Family) -> None:
    found = ticking(house, family, rest="unknown")
    assert found.state == "open"
    with house.write(family.by_wang) as work:
        answer_all(work, found, duration="under_3_days")
        found = triage.finish_triage(work, found.id)
    told = triage.outcome_of(found)
    assert told is not None and told.level is Level.SOON and told.call_back
    assert found.call_back_due == found.created_at + timedelta(minutes=10)
    assert {point.reason for point in told.stayed_unknown if point.question == "gate_mind"} == {"said_unknown"}


def test_who_waits_for_a_call_stands_in_a_list_until_somebody_has_called(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_stroke")
    with house.write(HOUSE) as work:
        assert [t.id for t in triage.call_backs_due(work, found.organization_id)] == [found.id]
        triage.record_call_back(work, found.id)
        assert triage.call_backs_due(work, found.organization_id) == []
    with house.write(family.by_zhao) as work, pytest.raises(NotFound):
        triage.record_call_back(work, found.id)


@pytest.mark.invariant(12)
def test_an_emergency_calls_the_doctors_and_one_of_them_calls_back(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_stroke")
    doctor = doctor_of(house, found.organization_id)
    stranger = Actor("doctor", uuid7(), uuid7(), uuid7())
    with house.read(HOUSE) as work:
        assert work.session.exec(select(triage.call_backs_waiting(found.organization_id))).one() == 1
        waiting = all_of(work, Job, col(Job.kind).endswith("tell_doctors_to_call"))
        assert len(waiting) == 1
    with house.read(doctor) as work:
        triage.call_backs_due(work, found.organization_id)
    with house.write(stranger) as work, pytest.raises(NotFound):
        triage.record_call_back(work, found.id)
    with house.write(doctor) as work:
        triage.record_call_back(work, found.id)
    with house.read(HOUSE) as work:
        assert work.session.exec(select(triage.call_backs_waiting(found.organization_id))).one() == 0
        trail = [entry.action for entry in all_of(work, AuditEntry)]
    assert "read:call_back" in trail and "call_back:made" in trail


@pytest.mark.invariant(9)
@pytest.mark.parametrize("state", ["submitted", "suspended", "expired"])
def test_a_doctor_whose_licence_is_not_in_force_reads_no_names_and_numbers(house: House, family: Family,
                                                                           state: str) -> None:
    found = ticking(house, family, "gate_stroke")
    doctor = doctor_of(house, found.organization_id, state)
    with house.read(doctor) as work, pytest.raises(LicenceNotInForce):
        triage.call_backs_due(work, found.organization_id)
    with house.write(doctor) as work, pytest.raises(LicenceNotInForce):
        triage.record_call_back(work, found.id)


def test_thoughts_of_self_harm_open_the_crisis_path_and_no_queue(house: House, family: Family) -> None:
    found = ticking(house, family, "gate_harm", gate_harm_kind="on_purpose")
    told = triage.outcome_of(found)
    assert found.state == "closed_emergency" and told is not None and told.self_harm and told.call_back
    assert [line.number for line in told.crisis_lines] == ["120", "110", "12356"]
    assert "mental_health" in [advice.code for advice in told.departments]


def test_not_saying_which_harm_opens_the_crisis_path_and_an_accident_does_not(house: House, family: Family) -> None:
    silent = triage.outcome_of(ticking(house, family, "gate_harm"))
    unsure = triage.outcome_of(ticking(house, family, "gate_harm", gate_harm_kind="unknown"))
    accident = triage.outcome_of(ticking(house, family, "gate_harm", gate_harm_kind="accident"))
    assert silent is not None and unsure is not None and accident is not None
    assert silent.self_harm and unsure.self_harm and not accident.self_harm
    assert {o.level for o in (silent, unsure, accident)} == {Level.EMERGENCY}


@pytest.mark.invariant(12)
def test_words_of_self_harm_weigh_more_than_a_no(house: House, family: Family) -> None:
    found = ticking(house, family, text="咳了很久，不想活了")
    with house.write(family.by_wang) as work:
        view = triage.triage_view(work, found.id)
        assert [line.question.id for line in view.gate if line.mentioned] == ["gate_harm"]
        answer_all(work, found, duration="under_3_days")
        found = triage.finish_triage(work, found.id)
    told = triage.outcome_of(found)
    assert told is not None and told.level is Level.SOON and told.call_back
    assert [p.reason for p in told.stayed_unknown if p.question == "gate_harm"] == ["text_disagrees"]


def test_the_first_screen_refuses_what_it_did_not_ask(house: House, family: Family) -> None:
    with begun(house, family.by_wang, family.wang, "rash") as (work, found):
        lines = [line.question.id for line in triage.triage_view(work, found.id).gate]
        good = triage.ticked(lines, [], "no")
        with pytest.raises(UnknownQuestion):
            triage.answer_gate(work, found.id, {**good, "thunderclap": "yes"})
        with pytest.raises(UnusableAnswer):
            triage.answer_gate(work, found.id, {**good, "gate_mind": "maybe"})
        with pytest.raises(UnusableAnswer):
            triage.answer_gate(work, found.id, {**good, "gate_mind": None})
    assert found.gate_answered_at is None and found.answers == {}


def test_the_screen_of_a_small_child_asks_more_than_the_screen_of_a_man(house: House, family: Family) -> None:
    with begun(house, family.by_ma, family.xiaoyu, "rash") as (work, hers):
        child = [line.question.id for line in triage.triage_view(work, hers.id).gate]
    with begun(house, family.by_wang, family.wang, "rash") as (work, his):
        man = [line.question.id for line in triage.triage_view(work, his.id).gate]
    assert len(man) == 8
    assert child == [*man, "gate_child", "gate_child_look"]

"""A first visit online on days that happened: refused, lawful under an exception of December 2022, refused again."""
from datetime import UTC, datetime

import pytest

from app.kit.clock import FrozenClock
from app.policy import api as policy
from consult import api as consult
from consult.visit.problems import NotOnline
from tests.cast import Scene, finished_triage, give_consents, visit_in_progress

CONFIRMED = {"covid_symptoms": True, "covid_home_care_eligible": True}
FIRST = {"is_follow_up": False, "same_condition": False, "condition_changed": False}
BEFORE, WITHIN, LAST, AFTER = "2022-12-10", "2022-12-13", "2023-03-31", "2023-04-01"


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FrozenClock:
    """Ten in the morning in the hospital on the day that the test names."""
    return FrozenClock(datetime.fromisoformat(request.param).replace(hour=2, tzinfo=UTC))


def asked(scene: Scene) -> consult.Visit:
    """Wang asks for a first visit with what he says alone."""
    give_consents(scene)
    found = finished_triage(scene)
    return scene.does("wang", consult.request_visit, found.id, "first_visit")


@pytest.mark.invariant(1)
@pytest.mark.parametrize("clock", [BEFORE, AFTER], indirect=True)
def test_outside_the_window_it_is_refused_before_any_money(scene: Scene) -> None:
    with pytest.raises(NotOnline) as refused:
        asked(scene)
    assert refused.value.facts["rules"] == ["CN-VISIT-01"]


@pytest.mark.invariant(1)
@pytest.mark.parametrize("clock", [BEFORE, AFTER], indirect=True)
def test_outside_the_window_what_the_doctor_confirms_opens_nothing(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, **FIRST, **CONFIRMED)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.diagnose, visit.id, "U07.1")
    assert "CN-VISIT-01" in refused.value.facts["rules"]


@pytest.mark.invariant(1)
@pytest.mark.parametrize("clock", [WITHIN, LAST], indirect=True)
def test_within_the_window_it_is_asked_for_and_diagnosed_when_both_are_confirmed(scene: Scene) -> None:
    visit = visit_in_progress(scene, kind="first_visit", evidence=False)
    scene.does("lin", consult.judge_follow_up, visit.id, **FIRST)
    for missing in ({}, {"covid_symptoms": True}, {"covid_symptoms": False, "covid_home_care_eligible": True}):
        scene.does("lin", consult.judge_follow_up, visit.id, **dict.fromkeys(CONFIRMED, None) | missing)
        with pytest.raises(policy.StepRefused):
            scene.does("lin", consult.diagnose, visit.id, "U07.1")
    scene.does("lin", consult.judge_follow_up, visit.id, **CONFIRMED)
    made = scene.does("lin", consult.diagnose, visit.id, "U07.1")
    with scene.sees("house") as work:
        decision = policy.decision_record(work, made.decision_id).decision
    assert decision.exceptions_used == ("CN-EXC-COVID-2022",)


@pytest.mark.parametrize("clock", [WITHIN], indirect=True)
def test_a_changed_condition_still_stops_it(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.judge_follow_up, visit.id, **{**FIRST, "condition_changed": True}, **CONFIRMED)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.diagnose, visit.id, "U07.1")
    assert refused.value.facts["rules"] == ["CN-VISIT-03"]


@pytest.mark.parametrize(("clock", "facts"), [
    (BEFORE, set()), (AFTER, set()), (WITHIN, {"patient.covid_symptoms", "patient.covid_home_care_eligible"})],
    indirect=["clock"])
def test_only_a_day_with_an_exception_asks_the_doctor_for_its_facts(scene: Scene, facts: set[str]) -> None:
    with scene.sees("house") as work:
        policies = policy.policies_in_force(work)
        opened = policies.exceptions_at("diagnose", policies.date_of(work.now))
    assert {name for one in opened for name in one.facts} == facts

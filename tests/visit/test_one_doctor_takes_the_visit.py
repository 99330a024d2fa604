"""Exactly one wins: doctor against doctor, against the clock, against the patient."""
from datetime import timedelta

import pytest

from app.identity import api as identity
from app.kit.problems import Invalid, NotFound
from app.kit.states import WrongState
from app.policy import api as policy
from app.work import all_of
from consult import api as consult
from consult.visit.commands import admit_to_waiting_room, expire_visit
from consult.visit.problems import NotOnDuty, VisitOpenAlready
from records import api as records
from tests.cast import (
    Scene,
    confirm_history,
    finished_triage,
    give_consents,
    requested_visit,
    visit_in_progress,
    waiting_visit,
)
from tests.visit.acts import money, refusals, state, together, told


def test_the_doctor_who_takes_a_visit_may_read_the_record(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with pytest.raises(NotFound), scene.sees("lin") as work:
        records.history_of(work, visit.patient_id)
    scene.does("lin", consult.accept_visit, visit.id)
    with scene.sees("lin") as work:
        assert records.history_of(work, visit.patient_id).allergies[0].text == "青霉素"
    scene.run()
    assert "医生已接诊" in told(scene, "wang")[0]


def test_of_two_doctors_at_the_same_moment_one_gets_the_visit(scene: Scene) -> None:
    visit = waiting_visit(scene)
    answers = together(scene, *[(who, lambda work: consult.accept_visit(work, visit.id).practitioner_id)
                                for who in ("lin", "gao")])
    lost = refusals(answers)
    assert len(lost) == 1 and isinstance(lost[0], WrongState)
    found = scene.row(consult.Visit, visit.id)
    assert found.practitioner_id in answers and found.state == "in_progress"
    with scene.sees("house") as work:
        assert len(all_of(work, records.Treatment, records.Treatment.visit_id == visit.id)) == 1
    scene.run()
    assert money(scene, visit) == "captured"


@pytest.mark.invariant(7)
@pytest.mark.parametrize("early", [True, False])
def test_a_doctor_and_the_deadline_never_both_win(scene: Scene, early: bool) -> None:
    visit = waiting_visit(scene)
    scene.clock.at = visit.deadline - timedelta(seconds=1 if early else 0)
    answers = together(scene, ("lin", lambda work: consult.accept_visit(work, visit.id)),
                       ("house", lambda work: expire_visit(work, visit.id)))
    scene.run()
    assert len(refusals(answers)) == (0 if early else 1)
    expected = ("in_progress", "captured") if early else ("expired", "cancelled")
    assert (state(scene, visit), money(scene, visit)) == expected


@pytest.mark.invariant(7)
def test_a_doctor_and_a_patient_who_cancels_never_both_win(scene: Scene) -> None:
    visit = waiting_visit(scene)
    answers = together(scene, ("lin", lambda work: consult.accept_visit(work, visit.id)),
                       ("wang", lambda work: consult.cancel_visit(work, visit.id)))
    scene.run()
    assert len(refusals(answers)) == 1
    assert (state(scene, visit), money(scene, visit)) in {("in_progress", "captured"), ("cancelled", "cancelled")}


@pytest.mark.invariant(7)
def test_money_that_arrives_while_the_patient_cancels_is_never_kept(scene: Scene) -> None:
    visit = requested_visit(scene)
    together(scene, ("house", lambda work: admit_to_waiting_room(work, visit.id)),
             ("wang", lambda work: consult.cancel_visit(work, visit.id)))
    scene.run()
    assert (state(scene, visit), money(scene, visit)) == ("cancelled", "cancelled")


def test_two_taps_on_the_same_wish_are_one_visit(scene: Scene) -> None:
    found = finished_triage(scene)
    answers = together(scene, *[("wang", lambda work: consult.request_visit(work, found.id, "advice"))] * 3)
    assert len(refusals(answers)) == 2
    with scene.sees("house") as work:
        assert len(all_of(work, consult.Visit)) == 1


def test_two_triages_at_the_same_moment_lead_to_one_open_visit(scene: Scene) -> None:
    found = [finished_triage(scene), finished_triage(scene)]
    answers = together(scene, *[("wang", lambda work, t=t: consult.request_visit(work, t.id, "advice")) for t in found])
    lost = refusals(answers)
    assert len(lost) == 1 and not isinstance(lost[0], NotFound)


def test_a_visit_is_taken_on_duty_only(scene: Scene) -> None:
    visit = waiting_visit(scene)
    scene.does("lin", identity.set_duty, False)
    with pytest.raises(NotOnDuty):
        scene.does("lin", consult.accept_visit, visit.id)
    assert state(scene, visit) == "waiting"


@pytest.mark.parametrize("who", ["he", "ren", "kang", "qin", "bai", "wang", "zhao"])
def test_a_visit_is_not_there_for_anybody_who_could_not_take_it(scene: Scene, who: str) -> None:
    visit = waiting_visit(scene)
    for act in (lambda work: consult.accept_visit(work, visit.id),
                lambda work: consult.decline_visit(work, visit.id, "忙")):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)
    assert state(scene, visit) == "waiting"


def test_who_was_asked_for_by_name_is_the_only_one(scene: Scene) -> None:
    visit = waiting_visit(scene, wanted="gao")
    with pytest.raises(NotFound):
        scene.does("lin", consult.accept_visit, visit.id)
    with scene.sees("lin") as work:
        assert consult.queue(work).waiting == []
    assert scene.does("gao", consult.accept_visit, visit.id).practitioner_id == scene.gao.practitioner_id


def test_a_taken_visit_is_taken(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for who in ("lin", "gao"):
        with pytest.raises(WrongState):
            scene.does(who, consult.accept_visit, visit.id)
    with pytest.raises(WrongState):
        scene.does("lin", consult.decline_visit, visit.id, "忙")


def test_a_doctor_declines_with_a_reason_and_not_without(scene: Scene) -> None:
    visit = waiting_visit(scene)
    for empty in ("", "  \u200b ", "长" * 1001):
        with pytest.raises(Invalid):
            scene.does("lin", consult.decline_visit, visit.id, empty)
    assert state(scene, visit) == "waiting"


@pytest.mark.invariant(2)
def test_the_rules_are_asked_and_a_refusal_is_kept(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with scene.by("bai") as work:
        licence = identity.licence_of(work, scene.lin.practitioner_id)
        licence.independent_since = scene.clock.now().date() - timedelta(days=300)
        work.add(licence)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.accept_visit, visit.id)
    assert "CN-DOC-01" in refused.value.facts["rules"]
    with scene.sees("house") as work:
        kept = policy.decisions_of_visit(work, visit.id, "consult_start")
    assert [row.verdict for row in kept] == ["block"] and state(scene, visit) == "waiting"
    assert scene.does("gao", consult.accept_visit, visit.id).state == "in_progress"


@pytest.mark.invariant(1)
def test_a_doctor_whose_identity_was_not_checked_in_this_login_takes_nobody(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with scene.by("house") as work:
        work.get(identity.SessionToken, scene.lin.session_id).identity_checked_at = None
    with pytest.raises(policy.StepRefused):
        scene.does("lin", consult.accept_visit, visit.id)
    assert state(scene, visit) == "waiting"


def test_a_consent_withdrawn_while_waiting_stops_the_start(scene: Scene) -> None:
    visit = waiting_visit(scene)
    scene.does("wang", records.withdraw_consent, visit.patient_id, "informed_consent")
    with pytest.raises(policy.StepRefused):
        scene.does("lin", consult.accept_visit, visit.id)


def test_a_visit_open_in_another_department_is_no_obstacle(scene: Scene) -> None:
    requested_visit(scene)
    give_consents(scene)
    scene.clock.forward(minutes=1)
    found = finished_triage(scene, department="general_medicine")
    confirm_history(scene)
    assert scene.does("wang", consult.request_visit, found.id, "advice").state == "requested"
    with pytest.raises(VisitOpenAlready):
        requested_visit(scene)

"""Booking and settling are steps of their own: each asks its rules at its own date, before any cashier opens."""
from datetime import timedelta
from uuid import UUID

import pytest

from app.identity import api as identity
from app.kit.ids import uuid7
from app.payments import api as payments
from app.policy import api as policy
from app.work import all_of
from consult import api as consult
from consult.visit.problems import VisitOpenAlready
from tests.cast import (
    Scene,
    confirm_history,
    finished_triage,
    finished_visit,
    give_consents,
    offered_evidence,
    requested_visit,
    visit_in_progress,
    waiting_visit,
)
from tests.visit.acts import together


def refusal(scene: Scene, **wish: object) -> policy.StepRefused:
    with pytest.raises(policy.StepRefused) as refused:
        requested_visit(scene, **wish)
    assert refused.value.status == 409
    return refused.value


def kept(scene: Scene, problem: policy.StepRefused) -> list[policy.PolicyDecision]:
    with scene.sees("house") as work:
        found = [policy.decision_row(work, id) for id in map(UUID, problem.facts["decision_ids"])]
        assert all(policy.decision_again(work, row.id) == policy.read_record(row).decision for row in found)
    return found


def decisions(scene: Scene, visit: consult.Visit) -> dict[str, policy.PolicyDecision]:
    with scene.sees("house") as work:
        return {row.stage: row for row in policy.decisions_of_visit(work, visit.id)}


def everything(scene: Scene) -> tuple[int, int]:
    with scene.sees("house") as work:
        return len(all_of(work, consult.Visit)), len(all_of(work, payments.Payment))


def facts_of(row: policy.PolicyDecision) -> dict[str, object]:
    return policy.read_record(row).values()


def missed(scene: Scene, times: int, days_ago: float = 1) -> None:
    """Visits of Wang's that ended because he stayed silent, written straight into the table."""
    seen = finished_visit(scene)
    with scene.by("house") as work:
        for number in range(times):
            work.add(consult.Visit(**seen.model_dump(exclude={"id", "number", "triage_id", "state", "ended_at"}),
                                   number=f"V-0000-{number}", triage_id=uuid7(), state="abandoned",
                                   ended_at=work.now - timedelta(days=days_ago)))
    scene.clock.forward(minutes=5)


@pytest.mark.invariant(2)
def test_a_wish_is_booked_and_settled_under_the_rules_of_its_own_day(scene: Scene) -> None:
    visit = requested_visit(scene, wanted="lin")
    found = decisions(scene, visit)
    assert {stage: row.verdict for stage, row in found.items()} == {"book": "allow", "settle": "allow"}
    booked = facts_of(found["book"])
    assert (booked["booking.patient_id_matches"], booked["booking.active_for_same_doctor_day"],
            booked["booking.no_shows_90d"]) == (True, 0, 0)
    assert facts_of(found["settle"])["insurance.requested"] is False
    assert {row.as_of for row in found.values()} == {visit.requested_at.date()}


@pytest.mark.invariant(11)
def test_a_second_visit_to_the_same_doctor_on_one_day_is_refused_with_the_reason(scene: Scene) -> None:
    first = requested_visit(scene, wanted="lin")
    before = everything(scene)
    scene.clock.forward(minutes=1)
    problem = refusal(scene, wanted="lin")
    assert problem.facts["rules"] == ["CN-BOOK-01"] and "江苏" in problem.facts["citations"][0]
    assert "限约一个号" in problem.detail.zh and "one slot" in problem.detail.en
    row = kept(scene, problem)[0]
    assert (row.stage, row.verdict, row.subject_kind, row.visit_id) == ("book", "block", "triage", None)
    assert row.patient_id == scene.patients["wang"] and facts_of(row)["booking.active_for_same_doctor_day"] == 1
    assert everything(scene) == before and scene.row(consult.Visit, first.id).state == "requested"


def test_another_doctor_of_the_department_is_a_matter_of_the_house_and_not_of_that_rule(scene: Scene) -> None:
    requested_visit(scene, wanted="lin")
    scene.clock.forward(minutes=1)
    with pytest.raises(VisitOpenAlready):
        requested_visit(scene, wanted="gao")


@pytest.mark.parametrize("over", ["cancelled", "completed", "yesterday"])
def test_a_visit_that_is_over_or_of_yesterday_takes_no_slot(scene: Scene, over: str) -> None:
    if over == "completed":
        finished_visit(scene, wanted="lin")
    elif over == "cancelled":
        scene.does("wang", consult.cancel_visit, requested_visit(scene, wanted="lin").id)
    else:
        running = visit_in_progress(scene, wanted="lin")
        with scene.by("house") as work:
            work.get(consult.Visit, running.id).department = "dermatology"    # else the house asks to end it first
        scene.clock.forward(hours=24)
    scene.clock.forward(minutes=1)
    assert requested_visit(scene, wanted="lin").state == "requested"


@pytest.mark.invariant(2)
def test_two_missed_visits_are_borne_and_three_are_not(scene: Scene) -> None:
    missed(scene, 2)
    visit = requested_visit(scene, wanted="lin")
    assert facts_of(decisions(scene, visit)["book"])["booking.no_shows_90d"] == 2
    scene.does("wang", consult.cancel_visit, visit.id)
    missed_one_more(scene, visit)
    problem = refusal(scene, wanted="lin")
    assert problem.facts["rules"] == ["CN-BOOK-02"] and "累计违约3次" in problem.detail.zh


def missed_one_more(scene: Scene, like: consult.Visit) -> None:
    with scene.by("house") as work:
        work.add(consult.Visit(**like.model_dump(exclude={"id", "number", "triage_id", "state", "ended_at"}),
                               number="V-0001-1", triage_id=uuid7(), state="abandoned", ended_at=work.now))
    scene.clock.forward(minutes=1)


@pytest.mark.parametrize(("days", "held"), [(90, True), (90.1, False)])
def test_what_was_missed_more_than_90_days_ago_counts_no_more(scene: Scene, days: float, held: bool) -> None:
    missed(scene, 3, days - 5 / 1440 - 1 / 86400)    # the wish comes five minutes and a second after this is written
    if held:
        assert refusal(scene, wanted="lin").facts["rules"] == ["CN-BOOK-02"]
    else:
        assert requested_visit(scene, wanted="lin").state == "requested"


def test_a_payment_that_came_too_late_and_a_doctor_who_did_not_answer_are_no_missed_visits(scene: Scene) -> None:
    requested_visit(scene)
    scene.later(minutes=90)
    visit_in_progress(scene)
    scene.later(hours=2)
    scene.clock.forward(minutes=1)
    visit = requested_visit(scene)
    assert facts_of(decisions(scene, visit)["book"])["booking.no_shows_90d"] == 0


def check_of(scene: Scene, who: str, **changes: object) -> None:
    with scene.by("house") as work:
        person = work.get(identity.Patient, scene.patients[who])
        check = work.get(identity.RealnameCheck, person.realname_check_id)
        for name, value in changes.items():
            setattr(check, name, value)


@pytest.mark.invariant(1)
@pytest.mark.parametrize("changes", [{"matched": False}, {"answered_at": None}])
def test_a_child_is_booked_with_the_checked_identity_of_the_parent(scene: Scene, changes: dict[str, object]) -> None:
    if "answered_at" in changes:
        changes = {"answered_at": scene.clock.now() - timedelta(days=366)}
    check_of(scene, "ma", **changes)
    problem = refusal(scene, patient="xiaoyu", kind="advice")
    assert problem.facts["rules"] == ["CN-BOOK-01"]
    assert problem.facts["missing"] == (["booking.patient_id_matches"] if "answered_at" in changes else [])


@pytest.mark.invariant(1)
def test_an_identity_that_nobody_has_confirmed_books_not_even_advice(scene: Scene) -> None:
    check_of(scene, "wang", answered_at=scene.clock.now() - timedelta(days=366))
    problem = refusal(scene, kind="advice")
    assert problem.facts["rules"] == ["CN-BOOK-01"] and everything(scene) == (0, 0)


def elsewhere(scene: Scene) -> consult.Visit:
    """A running visit of Wang's with Dr Lin that counts to another department."""
    running = visit_in_progress(scene, wanted="lin")
    with scene.by("house") as work:
        work.get(consult.Visit, running.id).department = "dermatology"
    scene.clock.forward(minutes=1)
    return running


@pytest.mark.invariant(11)
def test_of_two_visits_of_one_patient_taken_by_one_doctor_at_once_one_is_taken(scene: Scene) -> None:
    first = waiting_visit(scene)
    with scene.by("house") as work:
        work.get(consult.Visit, first.id).department = "general_medicine"     # Dr Lin's scope fits both
    scene.clock.forward(minutes=1)
    second = waiting_visit(scene)
    answers = together(scene, *[("lin", lambda work, v=v: consult.accept_visit(work, v.id)) for v in (first, second)])
    lost = [one for one in answers if isinstance(one, Exception)]
    assert [one.facts["rules"] for one in lost] == [["CN-BOOK-01"]]
    assert sorted(scene.row(consult.Visit, v.id).state for v in (first, second)) == ["in_progress", "waiting"]


@pytest.mark.invariant(11)
def test_whoever_is_free_first_is_asked_again_when_it_is_known_who_that_is(scene: Scene) -> None:
    elsewhere(scene)
    visit = waiting_visit(scene)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.accept_visit, visit.id)
    assert refused.value.facts["rules"] == ["CN-BOOK-01"] and scene.row(consult.Visit, visit.id).state == "waiting"
    scene.does("gao", consult.accept_visit, visit.id)
    found = decisions(scene, visit)
    assert (found["book"].verdict, found["consult_start"].verdict) == ("allow", "allow")


@pytest.mark.invariant(2)
def test_booking_and_the_start_refuse_in_one_answer(scene: Scene) -> None:
    elsewhere(scene)
    visit = waiting_visit(scene)
    with scene.by("house") as work:
        file = next(f for f in all_of(work, identity.LicenceFile) if f.practitioner_id == scene.lin.practitioner_id)
        file.independent_since = scene.clock.now().date() - timedelta(days=400)
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("lin", consult.accept_visit, visit.id)
    assert refused.value.facts["rules"] == ["CN-BOOK-01", "CN-DOC-01"] and len(refused.value.facts["reasons"]) == 2
    assert {row.stage for row in kept(scene, refused.value)} == {"book", "consult_start"}


@pytest.mark.invariant(1)
def test_where_a_cashier_could_ask_an_insurer_nothing_is_taken_for_granted(
        scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    cashiers = scene.house.tools.get(payments.Cashiers)
    shop = cashiers.get("sandbox")
    give_consents(scene)
    found = finished_triage(scene)
    scene.clock.forward(seconds=1)
    confirm_history(scene)
    monkeypatch.setattr(shop, "capabilities", shop.capabilities | {"insurance"})
    with pytest.raises(policy.StepRefused) as refused:
        scene.does("wang", consult.request_visit, found.id, "advice", scene.lin.practitioner_id)
    problem = refused.value
    assert problem.facts["rules"] == ["CN-PAY-01"] and problem.facts["citations"] == [
        "医保发〔2020〕45号 条款未注明 (article not named)"]
    assert "insurance.requested" in problem.facts["missing"] and everything(scene) == (0, 0)
    assert [row.stage for row in kept(scene, problem)] == ["settle"]


def test_a_visit_that_costs_nothing_settles_nothing(scene: Scene) -> None:
    with scene.by("house") as work:
        work.get(identity.Practitioner, scene.lin.practitioner_id).fee_fen = 0
    assert set(decisions(scene, requested_visit(scene, wanted="lin"))) == {"book"}


@pytest.mark.invariant(2)
def test_the_forecast_tells_of_missed_visits_before_any_doctor_is_chosen(scene: Scene) -> None:
    missed(scene, 3)
    told = forecast(scene)
    assert told.verdict is policy.Verdict.BLOCK and "CN-BOOK-02" in told.rule_ids


def test_the_forecast_says_that_a_slot_depends_on_the_doctor_only_where_it_does(scene: Scene) -> None:
    assert "CN-BOOK-01" not in {one.rule for one in (*forecast(scene).later, *forecast(scene).fired)}
    elsewhere(scene)
    waits = [one for one in forecast(scene).later if one.rule == "CN-BOOK-01"]
    assert [one.missing for one in waits] == [("booking.active_for_same_doctor_day",)]


def forecast(scene: Scene) -> policy.Forecast:
    give_consents(scene)
    found, paper = finished_triage(scene), offered_evidence(scene)
    return consult.told_in(scene.does("wang", consult.forecast_visit, found.id, [paper.id]))

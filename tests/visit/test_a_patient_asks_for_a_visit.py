"""The wish for a visit: what must be true before any money is asked for."""
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy
from pydantic import ValidationError

from app.identity import api as identity
from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotFound
from app.kit.states import WrongState
from app.payments import api as payments
from app.policy import api as policy
from app.work import Actor, Work, all_of
from consult import api as consult
from consult.visit.models import VisitForecast
from consult.visit.problems import (
    ConsentMissing,
    DoctorAway,
    DoctorUnsuitable,
    HistoryNotConfirmed,
    NotOnline,
    OnlineWayClosed,
    TriageNotFinished,
    TriageTooOld,
    TriageUsed,
    VisitOpenAlready,
)
from consult.visit.rules import MOST_PAPERS
from records import api as records
from tests.cast import (
    Scene,
    confirm_history,
    finished_triage,
    finished_visit,
    give_consents,
    offered_evidence,
    pay,
    requested_visit,
    waiting_visit,
)
from web.api.visits import VisitIn


def ask(scene: Scene, triage_id: UUID, who: str = "wang", kind: str = "follow_up", **more: object) -> consult.Visit:
    return scene.does(who, consult.request_visit, triage_id, kind, **more)


def visits(scene: Scene) -> list[consult.Visit]:
    with scene.sees("house") as work:
        return all_of(work, consult.Visit)


def test_a_follow_up_with_evidence_is_asked_for_and_its_payment_opened(scene: Scene) -> None:
    visit = requested_visit(scene)
    assert (visit.state, visit.kind, visit.level, visit.bridge) == ("requested", "follow_up", "routine", False)
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
        lines = payments.charge_lines(work, payment.id)
    assert payment.state == "created" and payment.fen == visit.price_fen == 1500
    assert [(line.kind, line.beneficiary_kind) for line in lines] == [("consult_fee", "hospital")]


def test_the_chosen_doctors_price_counts(scene: Scene) -> None:
    visit = requested_visit(scene, wanted="lin")
    assert visit.price_fen == 2500 and visit.wanted_practitioner_id == scene.lin.practitioner_id


@pytest.mark.invariant(7)
@pytest.mark.parametrize("away", [
    lambda work, lin: identity.suspend_licence(work, identity.licence_of(work, lin).id, "正在调查"),
    lambda work, lin: setattr(identity.licence_of(work, lin), "expires", date(2020, 1, 1)),
    lambda work, lin: setattr(work.get(identity.Practitioner, lin), "on_duty_since", None)])
def test_no_money_is_asked_for_a_doctor_who_cannot_come(scene: Scene, away: Callable[[Work, UUID], object]) -> None:
    with scene.house.write(Actor("admin", account_id=scene.gao.account_id)) as work:
        away(work, scene.lin.practitioner_id)
    with pytest.raises(DoctorAway):
        requested_visit(scene, wanted="lin")
    assert visits(scene) == []
    assert requested_visit(scene, wanted="gao").state == "requested"


@pytest.mark.invariant(7)
def test_a_visit_that_costs_nothing_asks_for_no_money_and_waits_at_once(scene: Scene) -> None:
    with scene.by("house") as work:
        work.get(identity.Practitioner, scene.lin.practitioner_id).fee_fen = 0
    visit = requested_visit(scene, wanted="lin")
    with scene.sees("house") as work:
        assert payments.payment_of(work, "visit", visit.id) is None
    assert scene.row(consult.Visit, visit.id).state == "waiting"


def test_an_urgent_case_is_marked_as_a_bridge_to_a_clinic(scene: Scene) -> None:
    assert requested_visit(scene, level="urgent").bridge


@pytest.mark.invariant(12)
def test_an_emergency_never_reaches_the_queue(scene: Scene) -> None:
    with scene.by("wang") as work:
        found = consult.start_triage(work, scene.patients["wang"], "chest_pain")
        lines = [line.question.id for line in consult.triage_view(work, found.id).gate]
        consult.answer_gate(work, found.id, dict.fromkeys(lines, "yes"))
    assert found.level == "emergency"
    for command in (consult.forecast_visit, consult.request_visit):
        with pytest.raises(OnlineWayClosed), scene.by("wang") as work:
            command(work, found.id, *(("advice",) if command is consult.request_visit else ()))
    assert visits(scene) == []


@pytest.mark.invariant(12)
def test_an_emergency_found_later_closes_the_way_of_an_earlier_calm_triage(scene: Scene) -> None:
    calm = finished_triage(scene)
    scene.clock.forward(minutes=3)
    with scene.by("wang") as work:
        found = consult.start_triage(work, scene.patients["wang"], "chest_pain")
        lines = [line.question.id for line in consult.triage_view(work, found.id).gate]
        consult.answer_gate(work, found.id, dict.fromkeys(lines, "yes"))
    with pytest.raises(OnlineWayClosed):
        ask(scene, calm.id, kind="advice")
    assert visits(scene) == []


def test_a_paper_counts_once_and_there_is_an_end_to_the_list(scene: Scene) -> None:
    found, paper = finished_triage(scene), offered_evidence(scene).id
    scene.clock.forward(seconds=1)
    confirm_history(scene)
    give_consents(scene, "wang")
    with pytest.raises(Invalid):
        ask(scene, found.id, evidence_ids=[uuid7() for _ in range(MOST_PAPERS + 1)])
    visit = ask(scene, found.id, evidence_ids=[paper] * 1000)
    with scene.sees("house") as work:
        assert [piece.id for piece in records.presented_evidence(work, visit.id)] == [paper]
    with pytest.raises(ValidationError):
        VisitIn(triage_id=found.id, evidence_ids=[paper] * (MOST_PAPERS + 1))


@pytest.mark.invariant(12)
def test_a_triage_of_yesterday_is_done_again(scene: Scene) -> None:
    found = finished_triage(scene)
    scene.clock.forward(hours=24, seconds=1)
    with pytest.raises(TriageTooOld):
        ask(scene, found.id, kind="advice")


def test_an_unfinished_triage_leads_nowhere(scene: Scene) -> None:
    with scene.by("wang") as work:
        found = consult.start_triage(work, scene.patients["wang"], "headache")
    with pytest.raises(TriageNotFinished):
        ask(scene, found.id)


def test_one_triage_leads_to_one_visit(scene: Scene) -> None:
    visit = requested_visit(scene)
    with pytest.raises(TriageUsed):
        ask(scene, visit.triage_id)
    pay(scene, visit.id)
    with pytest.raises(TriageUsed):
        ask(scene, visit.triage_id)


def ended(scene: Scene, how: str) -> consult.Visit:
    """A wish that ended before a doctor began with it, in each of the four ways."""
    visit = requested_visit(scene)
    if how == "refused":
        pay(scene, visit.id, choice="decline")
    elif how == "expired":
        scene.later(minutes=90)
    elif how == "cancelled":
        scene.does("wang", consult.cancel_visit, visit.id)
    else:
        pay(scene, visit.id)
        scene.does("lin", consult.decline_visit, visit.id, "请到门诊复查。")
    scene.run()
    found = scene.row(consult.Visit, visit.id)
    assert found.state == how
    return found


@pytest.mark.parametrize("how", ["refused", "expired", "cancelled", "declined"])
def test_a_wish_that_no_doctor_began_with_can_be_made_again_with_the_same_answers(scene: Scene, how: str) -> None:
    former = ended(scene, how)
    with scene.sees("wang") as work:
        assert consult.may_ask_again(work, former)
    again = requested_visit(scene, triage=scene.row(consult.Triage, former.triage_id))
    assert (again.triage_id, again.state) == (former.triage_id, "requested") and again.id != former.id
    assert scene.row(consult.Triage, former.triage_id).visit_id == again.id
    with scene.sees("wang") as work:
        assert not consult.may_ask_again(work, former)
    with pytest.raises(TriageUsed):
        ask(scene, former.triage_id)


def test_the_same_answers_do_not_carry_a_wish_of_tomorrow(scene: Scene) -> None:
    former = ended(scene, "cancelled")
    scene.clock.forward(hours=24, minutes=1)
    with scene.sees("wang") as work:
        assert not consult.may_ask_again(work, former)
    with pytest.raises(TriageTooOld):
        ask(scene, former.triage_id)


def test_two_visits_at_once_on_one_triage_are_impossible_in_the_database_too(scene: Scene) -> None:
    visit = requested_visit(scene)
    copy = consult.Visit(**visit.model_dump(exclude={"id", "number"}), number="V-2611-1")
    with pytest.raises(sqlalchemy.exc.IntegrityError), scene.by("house") as work:
        work.add(copy)


@pytest.mark.invariant(13)
@pytest.mark.parametrize("stranger", ["zhao", "ma", "lin", "qin"])
def test_nobody_asks_with_the_triage_of_somebody_else(scene: Scene, stranger: str) -> None:
    found = finished_triage(scene)
    for act in (lambda: ask(scene, found.id, stranger),
                lambda: scene.does(stranger, consult.forecast_visit, found.id)):
        with pytest.raises(NotFound):
            act()


def test_a_second_wish_in_the_same_department_waits_for_the_first_to_end(scene: Scene) -> None:
    first = requested_visit(scene)
    scene.clock.forward(minutes=1)
    with pytest.raises(VisitOpenAlready):
        requested_visit(scene)
    scene.does("wang", consult.cancel_visit, first.id)
    scene.clock.forward(minutes=1)
    assert requested_visit(scene).state == "requested"


def test_every_visit_needs_an_informed_consent_of_its_own(scene: Scene) -> None:
    first = requested_visit(scene)
    scene.does("wang", consult.cancel_visit, first.id)
    scene.clock.forward(minutes=1)
    found = finished_triage(scene)
    confirm_history(scene)
    with pytest.raises(ConsentMissing) as refused:
        ask(scene, found.id, kind="advice")
    assert refused.value.facts["missing"] == ["informed_consent"]
    give_consents(scene)
    assert ask(scene, found.id, kind="advice").state == "requested"


def test_a_withdrawn_consent_to_health_data_stops_the_wish(scene: Scene) -> None:
    found = finished_triage(scene)
    scene.does("wang", records.withdraw_consent, scene.patients["wang"], "sensitive_data")
    with pytest.raises(ConsentMissing):
        ask(scene, found.id, kind="advice")


@pytest.mark.invariant(12)
def test_a_history_that_was_never_asked_is_not_taken_as_none(scene: Scene) -> None:
    give_consents(scene, "zhao")
    found = finished_triage(scene, "zhao")
    with pytest.raises(HistoryNotConfirmed) as refused:
        ask(scene, found.id, "zhao", "advice")
    assert refused.value.facts["missing"] == ["allergies", "medicines"]


def test_the_history_is_confirmed_again_for_every_visit(scene: Scene) -> None:
    finished_visit(scene)
    scene.clock.forward(minutes=5)
    give_consents(scene)
    found = finished_triage(scene)
    with pytest.raises(HistoryNotConfirmed):
        ask(scene, found.id, kind="advice")
    confirm_history(scene)
    assert ask(scene, found.id, kind="advice").state == "requested"


def test_a_confirmation_long_before_the_triage_does_not_count(scene: Scene) -> None:
    scene.clock.forward(hours=3)
    found = finished_triage(scene)
    with pytest.raises(HistoryNotConfirmed):
        ask(scene, found.id, kind="advice")


def test_a_childs_weight_that_is_too_old_is_asked_again(scene: Scene) -> None:
    scene.clock.forward(days=200)
    give_consents(scene, "xiaoyu")
    found = finished_triage(scene, "xiaoyu")
    with pytest.raises(records.HistoryIncomplete):
        confirm_history(scene, "xiaoyu")
    with pytest.raises(HistoryNotConfirmed):
        ask(scene, found.id, "ma", "advice")


def test_a_doctor_of_another_field_cannot_be_asked(scene: Scene) -> None:
    found = finished_triage(scene)
    for somebody in ("he", "ren"):
        with pytest.raises(DoctorUnsuitable):
            ask(scene, found.id, wanted_practitioner_id=scene.people[somebody].practitioner_id)


def test_only_known_kinds_can_be_asked_for(scene: Scene) -> None:
    with pytest.raises(Invalid):
        ask(scene, finished_triage(scene).id, kind="surgery")
    assert visits(scene) == []


@pytest.mark.invariant(1)
@pytest.mark.parametrize(("kind", "said"), [("first_visit", None), ("first_visit", True), ("follow_up", False)])
def test_a_first_visit_is_refused_before_any_money_and_told_why(scene: Scene, kind: str, said: bool | None) -> None:
    found = finished_triage(scene)
    with pytest.raises(NotOnline) as refused:
        ask(scene, found.id, kind=kind, diagnosed_before=said)
    assert "CN-VISIT-01" in refused.value.facts["rules"]
    assert "首诊" in refused.value.detail.zh and refused.value.detail.en
    assert visits(scene) == []
    assert ask(scene, found.id, kind="advice").kind == "advice"


@pytest.mark.invariant(2)
def test_the_forecast_before_the_visit_is_kept_and_binds_nobody(scene: Scene) -> None:
    found = finished_triage(scene)
    evidence = offered_evidence(scene)
    row = scene.does("wang", consult.forecast_visit, found.id, [evidence.id])
    told = consult.told_in(row)
    assert told.verdict in (policy.Verdict.ALLOW, policy.Verdict.WARN) and told.later
    assert scene.row(VisitForecast, row.id).content == row.content
    assert visits(scene) == []


def test_a_follow_up_without_proof_is_told_that_evidence_is_needed(scene: Scene) -> None:
    found = finished_triage(scene)
    told = consult.told_in(scene.does("wang", consult.forecast_visit, found.id, [], True))
    assert told.verdict == policy.Verdict.REQUIRE


@pytest.mark.invariant(13)
def test_a_mothers_paper_proves_nothing_for_the_child(scene: Scene) -> None:
    paper = offered_evidence(scene, "ma")
    visit = waiting_visit(scene, "xiaoyu", evidence=False)
    assert visit.state == "needs_evidence"
    with pytest.raises(NotFound):
        scene.does("ma", consult.add_evidence_to_visit, visit.id, paper.id)
    scene.does("ma", consult.cancel_visit, visit.id)
    scene.clock.forward(minutes=1)
    give_consents(scene, "xiaoyu")
    found = finished_triage(scene, "xiaoyu")
    confirm_history(scene, "xiaoyu")
    with pytest.raises(NotFound):
        ask(scene, found.id, "ma", evidence_ids=[paper.id], diagnosed_before=True)


def test_a_visit_that_is_over_takes_no_more_evidence(scene: Scene) -> None:
    visit = waiting_visit(scene, evidence=False)
    scene.does("wang", consult.cancel_visit, visit.id)
    paper = offered_evidence(scene)
    with pytest.raises(Exception, match="visit-not-running"):
        scene.does("wang", consult.add_evidence_to_visit, visit.id, paper.id)


def test_a_visit_is_cancelled_only_once(scene: Scene) -> None:
    visit = requested_visit(scene)
    scene.does("wang", consult.cancel_visit, visit.id)
    with pytest.raises(WrongState):
        scene.does("wang", consult.cancel_visit, visit.id)


def test_the_deadline_of_payment_is_half_an_hour(scene: Scene) -> None:
    visit = requested_visit(scene)
    assert visit.deadline - visit.requested_at == timedelta(minutes=30)

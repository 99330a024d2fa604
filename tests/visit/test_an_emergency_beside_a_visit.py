"""An emergency that is told beside a wish or a visit: nothing waits online with it, and it is not answered away."""
from collections.abc import Callable
from uuid import UUID

import pytest

from consult import api as consult
from consult.visit.problems import CallBackFirst, OnlineWayClosed
from tests.cast import (
    Scene,
    confirm_history,
    finished_triage,
    give_consents,
    requested_visit,
    visit_in_progress,
    waiting_visit,
)
from tests.visit.acts import money, state, told
from tests.visit.test_a_patient_asks_for_a_visit import ask, visits


def danger_told(scene: Scene) -> consult.Triage:
    """A triage that a tick on the first screen ended."""
    with scene.by("wang") as work:
        found = consult.start_triage(work, scene.patients["wang"], "hypertension_followup")
        lines = [line.question.id for line in consult.triage_view(work, found.id).gate]
        return consult.answer_gate(work, found.id, consult.ticked(lines, lines[:1], "no"))


@pytest.mark.invariant(12)
def test_an_emergency_is_not_answered_away_in_a_new_triage_before_a_doctor_has_called(scene: Scene) -> None:
    told = danger_told(scene)
    scene.clock.forward(minutes=1)
    calm = finished_triage(scene)
    scene.clock.forward(minutes=1)
    with pytest.raises(CallBackFirst) as refused:
        ask(scene, calm.id, kind="advice")
    assert refused.value.facts["triage_id"] == str(told.id) and visits(scene) == []
    scene.does("lin", consult.record_call_back, told.id)
    give_consents(scene, "wang")
    confirm_history(scene)
    assert ask(scene, calm.id, kind="advice").state == "requested"


def corrected(scene: Scene, triage_id: UUID) -> consult.Triage:
    """Every danger sign taken back, and the questions answered to their end."""
    with scene.by("wang") as work:
        consult.correct_triage(work, triage_id)
        lines = [line.question.id for line in consult.triage_view(work, triage_id).gate]
        found = consult.answer_gate(work, triage_id, consult.ticked(lines, [], "no"))
        while found.state == "open" and (question := consult.triage_view(work, found.id).question) is not None:
            value = {"yes_no_unknown": "no", "number": "unknown"}.get(question.kind)
            consult.answer_question(work, found.id, question.id, value or question.options[-1].id)
        if found.state == "open":
            consult.finish_triage(work, found.id)
        return found


def test_two_ticked_by_mistake_are_both_corrected_and_neither_stands_in_the_others_way(scene: Scene) -> None:
    give_consents(scene, "wang")
    first = danger_told(scene)
    scene.clock.forward(minutes=1)
    second = danger_told(scene)
    for one in (first, second):
        scene.clock.forward(minutes=1)
        corrected(scene, one.id)
    confirm_history(scene)
    assert ask(scene, second.id, kind="advice").state == "requested"


def test_a_calm_triage_after_a_corrected_emergency_still_does_not_know_its_signs(scene: Scene) -> None:
    first = danger_told(scene)
    scene.clock.forward(minutes=1)
    corrected(scene, first.id)
    scene.clock.forward(minutes=1)
    assert finished_triage(scene).level != "routine"


@pytest.mark.invariant(12)
@pytest.mark.parametrize("wished", [requested_visit, waiting_visit])
def test_an_emergency_told_beside_a_wish_stops_it_and_gives_the_money_back(
        scene: Scene, wished: Callable[[Scene], consult.Visit]) -> None:
    visit = wished(scene)
    scene.clock.forward(minutes=1)
    danger_told(scene)
    scene.run()
    assert state(scene, visit) == "refused" and money(scene, visit) in ("closed", "cancelled", "released", "refunded")
    assert "马上打开" in told(scene, "wang")[0]
    with scene.sees("lin") as work:
        assert consult.queue(work).waiting == []
    with pytest.raises(OnlineWayClosed):
        ask(scene, visit.triage_id)


@pytest.mark.invariant(12)
def test_a_doctor_in_the_visit_reads_of_an_emergency_that_the_patient_told_beside_it(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.clock.forward(minutes=1)
    danger_told(scene)
    scene.run()
    assert state(scene, visit) == "in_progress" and "情况紧急" in told(scene, "lin")[0]
    with scene.sees("lin") as work:
        last = consult.messages(work, work.get(consult.Visit, visit.id))[-1]
        lines = [line.en for line in consult.triage_for_doctor(work, visit.id)]
    assert last.card is not None and "120" in last.card["zh"]
    assert "again later" in lines[0] and lines.index("The triage that led to this visit:") > 1

"""Who rang in vain, who was there, and whose money it is: the doctor must let it ring, the patient only be there."""
from collections.abc import Callable
from datetime import timedelta

import pytest

from consult import api as consult
from consult.call.api import watch_call
from consult.call.rules import RING
from consult.visit.problems import NotSilentYet
from consult.visit.rules import SILENCE
from tests.call.test_a_call_in_a_visit import left
from tests.call.test_a_time_for_a_call import LATE, LATER, booked
from tests.cast import Scene, visit_in_progress
from tests.visit.acts import money, says, state

SECOND = timedelta(seconds=1)


def passes(scene: Scene, period: timedelta) -> None:
    scene.clock.forward(seconds=period.total_seconds())


def rings(scene: Scene, who: str, visit: consult.Visit) -> consult.Call:
    return scene.does(who, consult.ask_to_talk, visit.id, "video")


def rings_out(scene: Scene, who: str, visit: consult.Visit) -> None:
    call = rings(scene, who, visit)
    passes(scene, RING)
    assert scene.does("house", watch_call, call.id).state == "missed"


def rings_and_is_refused(scene: Scene, who: str, visit: consult.Visit) -> None:
    call = rings(scene, who, visit)
    passes(scene, SECOND)
    assert scene.does("wang" if who == "lin" else "lin", consult.hang_up, call.id).state == "declined"


def rings_and_hangs_up(scene: Scene, who: str, visit: consult.Visit, after: timedelta = SECOND) -> None:
    call = rings(scene, who, visit)
    passes(scene, after)
    assert scene.does(who, consult.hang_up, call.id).state == "withdrawn"


def rings_to_the_end_and_hangs_up_before_the_house_looks(scene: Scene, who: str, visit: consult.Visit) -> None:
    rings_and_hangs_up(scene, who, visit, RING)


def agreed_time_came(scene: Scene) -> consult.Visit:
    visit, _ = booked(scene)
    passes(scene, LATER + SECOND)
    return visit


@pytest.mark.parametrize("ring", [rings_out, rings_and_is_refused,
                                  rings_to_the_end_and_hangs_up_before_the_house_looks])
def test_a_doctor_whose_ring_was_left_or_refused_at_the_time_did_their_part(scene: Scene, ring: Callable) -> None:
    visit = agreed_time_came(scene)
    ring(scene, "lin", visit)
    passes(scene, SILENCE)
    assert left(scene, visit)


@pytest.mark.invariant(7)
@pytest.mark.parametrize("after", [SECOND, RING - SECOND])
def test_a_ring_that_is_taken_back_is_no_word_and_keeps_no_fee(scene: Scene, after: timedelta) -> None:
    visit = agreed_time_came(scene)
    rings_and_hangs_up(scene, "lin", visit, after)
    passes(scene, max(SILENCE, LATE))
    with pytest.raises(NotSilentYet):
        scene.does("lin", consult.abandon_visit, visit.id)
    for _ in range(10):
        scene.later(hours=6)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


@pytest.mark.invariant(7)
@pytest.mark.parametrize("back", [rings_out, rings_and_is_refused, rings_and_hangs_up])
def test_a_patient_who_rings_back_is_there_and_waits_for_the_doctor(scene: Scene, back: Callable) -> None:
    visit = agreed_time_came(scene)
    rings_out(scene, "lin", visit)
    passes(scene, SECOND)
    back(scene, "wang", visit)
    passes(scene, SILENCE)
    with pytest.raises(NotSilentYet) as refused:
        scene.does("lin", consult.abandon_visit, visit.id)
    assert refused.value.facts["possible_at"] is None    # until the doctor has said something
    for _ in range(10):
        scene.later(hours=6)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


def test_a_doctor_who_rings_once_more_after_the_patient_did_has_answered(scene: Scene) -> None:
    visit = agreed_time_came(scene)
    rings_out(scene, "wang", visit)
    rings_out(scene, "lin", visit)
    passes(scene, SILENCE)
    assert left(scene, visit)


@pytest.mark.invariant(7)
def test_a_patient_who_picked_up_and_heard_nobody_has_not_left(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    passes(scene, SILENCE - SECOND)
    call = rings(scene, "lin", visit)
    scene.does("wang", consult.answer_call, call.id)
    passes(scene, SECOND)
    scene.does("lin", consult.hang_up, call.id)
    assert not left(scene, visit)


def test_a_doctors_ring_at_no_agreed_time_is_no_word(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    rings_out(scene, "lin", visit)
    passes(scene, SILENCE)
    assert not left(scene, visit)

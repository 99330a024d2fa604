"""Both sides agree on a time to talk inside a visit: who may, what time does to it, and whose silence it is."""
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from app.kit.problems import Invalid, NotFound, Problem
from consult import api as consult
from consult.call.api import watch_appointment, watch_call
from consult.call.appointments.problems import AppointmentOver, OwnProposal, TooManyProposals
from consult.call.appointments.rules import FARTHEST, LATE, MOST, NEAR, SOONEST, may_start, next_look
from consult.call.appointments.states import LIVE
from consult.call.problems import CallNotPossible
from consult.visit.commands import end_if_silent
from consult.visit.rules import DOCTOR_GONE, PATIENT_GONE, SILENCE
from tests.call.test_a_call_in_a_visit import STRANGERS, left, lines
from tests.cast import Scene, finished_visit, visit_in_progress, waiting_visit
from tests.visit.acts import money, says, state, together, told

LATER = timedelta(hours=2)


def proposed(scene: Scene, by: str = "lin", later: timedelta = LATER, kind: str = "video",
             visit: consult.Visit | None = None) -> tuple[consult.Visit, consult.CallAppointment]:
    visit = visit or visit_in_progress(scene)
    return visit, scene.does(by, consult.propose_call, visit.id, kind, scene.clock.now() + later)


def booked(scene: Scene, later: timedelta = LATER) -> tuple[consult.Visit, consult.CallAppointment]:
    """Dr Lin proposed and Wang agreed."""
    visit, made = proposed(scene, later=later)
    return visit, scene.does("wang", consult.answer_proposal, made.id, True)


def kept(scene: Scene, visit: consult.Visit) -> list[consult.CallAppointment]:
    with scene.sees("house") as work:
        return consult.appointments_of(work, visit.id)


def stands(scene: Scene, who: str, visit: consult.Visit) -> consult.AppointmentView | None:
    with scene.sees(who) as work:
        side = "doctor" if who == "lin" else "patient"
        return consult.appointment_seen(work, work.get(consult.Visit, visit.id), side)


def watched(scene: Scene, made: consult.CallAppointment) -> str:
    return str(scene.does("house", watch_appointment, made.id).state)


# --- proposing and answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "other"), [("lin", "wang"), ("wang", "lin")])
def test_either_side_proposes_and_the_other_agrees(scene: Scene, by: str, other: str) -> None:
    visit, made = proposed(scene, by)
    seen, theirs = stands(scene, by, visit), stands(scene, other, visit)
    assert seen and seen.own and seen.state == "proposed"
    assert theirs and not theirs.own and theirs.starts_at == made.starts_at
    scene.does(other, consult.answer_proposal, made.id, True)
    [row] = kept(scene, visit)
    assert (row.state, row.answered_at, row.kind) == ("booked", scene.clock.now(), "video")
    assert any("约好了" in line for line in lines(scene, visit))


def test_the_other_side_is_told_and_its_own_is_not(scene: Scene) -> None:
    visit, made = proposed(scene)
    scene.run()
    assert any("医生想约" in line for line in told(scene, "wang"))
    assert not any("想约" in line for line in told(scene, "lin"))
    scene.does("wang", consult.answer_proposal, made.id, True)
    scene.run()
    assert any("约好了" in line for line in told(scene, "lin"))


def test_the_time_is_said_by_the_hospitals_clock(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    at = (scene.clock.now() + timedelta(days=1)).replace(hour=17, minute=30, second=0, microsecond=0)    # UTC
    scene.does("lin", consult.propose_call, visit.id, "voice", at)
    day = at + timedelta(hours=8)
    assert any(f"{day.month}月{day.day}日 01:30 语音通话" in line for line in lines(scene, visit))


def test_nobody_agrees_to_their_own_proposal(scene: Scene) -> None:
    visit, made = proposed(scene)
    for agree in (True, False):
        with pytest.raises(OwnProposal):
            scene.does("lin", consult.answer_proposal, made.id, agree)
    assert kept(scene, visit)[0].state == "proposed"


def test_an_answer_said_twice_is_said_once_and_another_one_is_refused(scene: Scene) -> None:
    visit, made = booked(scene)
    before = len(lines(scene, visit))
    scene.does("wang", consult.answer_proposal, made.id, True)
    assert len(lines(scene, visit)) == before
    with pytest.raises(AppointmentOver):
        scene.does("wang", consult.answer_proposal, made.id, False)
    assert kept(scene, visit)[0].state == "booked"


def test_no_is_an_answer_and_leaves_room_for_another_time(scene: Scene) -> None:
    visit, made = proposed(scene)
    scene.does("wang", consult.answer_proposal, made.id, False)
    assert stands(scene, "lin", visit) is None
    _, again = proposed(scene, "wang", timedelta(hours=5), visit=visit)
    assert [row.state for row in kept(scene, visit)] == ["declined", "proposed"] and again.proposed_by == "patient"


def test_a_new_proposal_takes_the_place_of_what_stood(scene: Scene) -> None:
    visit, _ = booked(scene)
    proposed(scene, "wang", timedelta(hours=4), "voice", visit)
    assert [(row.state, row.kind) for row in kept(scene, visit)] == [("cancelled", "video"), ("proposed", "voice")]


def test_the_same_proposal_again_changes_nothing(scene: Scene) -> None:
    visit, made = proposed(scene)
    again = scene.does("lin", consult.propose_call, visit.id, "video", made.starts_at)
    assert again.id == made.id and len(kept(scene, visit)) == 1


@pytest.mark.parametrize("by", ["lin", "wang"])
def test_either_side_calls_it_off_once(scene: Scene, by: str) -> None:
    visit, made = booked(scene)
    scene.does(by, consult.cancel_appointment, made.id)
    before = len(lines(scene, visit))
    scene.does(by, consult.cancel_appointment, made.id)
    assert kept(scene, visit)[0].state == "cancelled" and len(lines(scene, visit)) == before
    with pytest.raises(AppointmentOver):
        scene.does("wang", consult.answer_proposal, made.id, True)


def test_both_propose_at_the_same_moment_and_one_time_stands(scene: Scene) -> None:
    visit, now = visit_in_progress(scene), scene.clock.now()
    together(scene, ("lin", lambda w: consult.propose_call(w, visit.id, "video", now + LATER)),
             ("wang", lambda w: consult.propose_call(w, visit.id, "voice", now + LATER)))
    assert sorted(row.state for row in kept(scene, visit)) == ["cancelled", "proposed"]


def test_agreeing_against_taking_back_has_one_outcome(scene: Scene) -> None:
    visit, made = proposed(scene)
    answers = together(scene, ("wang", lambda w: consult.answer_proposal(w, made.id, True)),
                       ("lin", lambda w: consult.cancel_appointment(w, made.id)))
    assert kept(scene, visit)[0].state == "cancelled"    # agreed first or never
    assert all(isinstance(one, consult.CallAppointment | AppointmentOver) for one in answers)


def test_times_are_not_proposed_without_end(scene: Scene) -> None:
    visit, now = visit_in_progress(scene), scene.clock.now()
    for n in range(MOST):
        scene.does("wang", consult.propose_call, visit.id, "video", now + LATER + timedelta(minutes=n))
    with pytest.raises(TooManyProposals):
        scene.does("wang", consult.propose_call, visit.id, "video", now + LATER)
    assert [row.state for row in kept(scene, visit)].count("proposed") == 1


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [timedelta(days=-1), timedelta(), SOONEST - timedelta(seconds=1),
                                   FARTHEST + timedelta(seconds=1), timedelta(days=3000)])
def test_a_time_that_is_too_near_or_too_far_is_refused(scene: Scene, later: timedelta) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(Invalid):
        proposed(scene, later=later, visit=visit)
    assert kept(scene, visit) == []


@pytest.mark.parametrize("later", [SOONEST, FARTHEST])
def test_the_ends_of_the_range_are_possible(scene: Scene, later: timedelta) -> None:
    assert proposed(scene, later=later)[1].state == "proposed"


def test_a_kind_that_does_not_exist_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        proposed(scene, kind="hologram")


@pytest.mark.parametrize("make", [waiting_visit, finished_visit])
def test_only_a_running_visit_takes_a_time(scene: Scene, make: Any) -> None:
    visit = make(scene)
    with pytest.raises(CallNotPossible):
        scene.does("wang", consult.propose_call, visit.id, "video", scene.clock.now() + LATER)


@pytest.mark.invariant(13)
def test_nobody_else_proposes_answers_or_calls_off(scene: Scene) -> None:
    visit, made = proposed(scene)
    acts = (lambda w: consult.propose_call(w, visit.id, "video", made.starts_at),
            lambda w: consult.answer_proposal(w, made.id, True), lambda w: consult.answer_proposal(w, made.id, False),
            lambda w: consult.cancel_appointment(w, made.id))
    for who, act in product(STRANGERS, acts):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)
    assert [row.state for row in kept(scene, visit)] == ["proposed"]


def test_an_id_that_is_none_is_not_found(scene: Scene) -> None:
    visit, made = proposed(scene)
    for guess in (uuid4(), visit.id):
        with pytest.raises(NotFound):
            scene.does("wang", consult.answer_proposal, guess, True)
    assert made.id.version == 4    # knowing when it was proposed helps nobody to guess it


# --- what time does ---------------------------------------------------------------------------------------------


def test_both_are_reminded_before_and_at_the_time(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.run()
    scene.later(seconds=(LATER - NEAR).total_seconds())
    assert all(any("快到了" in line for line in told(scene, who)) for who in ("wang", "lin"))
    assert not any("时间到了" in line for line in told(scene, "wang"))
    scene.later(seconds=NEAR.total_seconds())
    assert all(any("时间到了" in line for line in told(scene, who)) for who in ("wang", "lin"))


def test_a_call_answered_about_the_time_keeps_it(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.clock.forward(seconds=(LATER - NEAR).total_seconds())
    call = scene.does("wang", consult.ask_to_talk, visit.id, "video")
    assert kept(scene, visit)[0].state == "booked"    # nobody answered yet
    scene.does("lin", consult.answer_call, call.id)
    [row] = kept(scene, visit)
    assert (row.state, row.call_id) == ("fulfilled", call.id)


def test_a_call_long_before_leaves_the_time_as_it_is(scene: Scene) -> None:
    visit, made = booked(scene)
    call = scene.does("wang", consult.ask_to_talk, visit.id, "video")
    scene.does("lin", consult.answer_call, call.id)
    assert kept(scene, visit)[0].state == "booked"
    scene.does("lin", consult.hang_up, call.id)


def test_a_call_that_goes_on_when_the_time_comes_keeps_it(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.clock.forward(seconds=(LATER - NEAR - timedelta(minutes=1)).total_seconds())
    call = scene.does("wang", consult.ask_to_talk, visit.id, "video")
    scene.does("lin", consult.answer_call, call.id)
    scene.clock.forward(minutes=1)
    assert watched(scene, made) == "fulfilled"
    assert kept(scene, visit)[0].call_id == call.id


def test_a_proposal_that_nobody_answered_lapses_at_its_time(scene: Scene) -> None:
    visit, made = proposed(scene)
    scene.clock.forward(seconds=(LATER - timedelta(seconds=1)).total_seconds())
    assert watched(scene, made) == "proposed"
    scene.clock.forward(seconds=1)
    with pytest.raises(AppointmentOver):
        scene.does("wang", consult.answer_proposal, made.id, True)
    assert watched(scene, made) == "lapsed"


def test_a_time_at_which_nobody_talked_was_missed(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.clock.forward(seconds=(LATER + LATE - timedelta(seconds=1)).total_seconds())
    assert watched(scene, made) == "booked"
    scene.clock.forward(seconds=1)
    assert watched(scene, made) == "noshow"
    assert any("没有打成" in line for line in lines(scene, visit)) and state(scene, visit) == "in_progress"
    assert watched(scene, made) == "noshow"    # once


def test_the_jobs_of_the_house_do_all_of_this_by_themselves(scene: Scene) -> None:
    visit, made = booked(scene)
    for _ in range(20):
        scene.later(minutes=10)
    assert kept(scene, visit)[0].state == "noshow"


def test_the_end_of_the_visit_takes_the_time_along(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.does("lin", consult.refer_visit, visit.id, "要当面检查", "人民医院")
    assert kept(scene, visit)[0].state == "cancelled" and stands(scene, "wang", visit) is None
    with pytest.raises(CallNotPossible):
        scene.does("wang", consult.cancel_appointment, made.id)


def test_the_house_finds_nothing_to_do_for_what_is_over_or_unknown(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.does("lin", consult.cancel_appointment, made.id)
    scene.clock.forward(days=1)
    assert watched(scene, made) == "cancelled"
    assert scene.does("house", watch_appointment, uuid4()) is None


# --- whose silence it is ----------------------------------------------------------------------------------------


def test_who_waits_for_an_agreed_time_is_not_silent(scene: Scene) -> None:
    """A doctor cannot end the visit as deserted by the patient, and the house ends it for nobody's silence."""
    visit, made = booked(scene, timedelta(days=6))
    says(scene, "lin", visit)
    scene.clock.forward(seconds=(SILENCE + timedelta(minutes=1)).total_seconds())
    assert not left(scene, visit)
    scene.clock.forward(seconds=(PATIENT_GONE + timedelta(hours=1)).total_seconds())
    assert scene.does("house", end_if_silent, visit.id).state == "in_progress"


def test_a_missed_time_is_the_doctors_to_make_good(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.clock.forward(seconds=(LATER + LATE).total_seconds())
    watched(scene, made)
    scene.clock.forward(seconds=SILENCE.total_seconds())
    assert not left(scene, visit)    # the patient may have waited in vain
    scene.clock.forward(seconds=DOCTOR_GONE.total_seconds())
    assert scene.does("house", end_if_silent, visit.id).state == "expired"    # unanswered: the money goes back


def test_a_doctor_who_rang_at_the_time_in_vain_did_their_part(scene: Scene) -> None:
    visit, made = booked(scene)
    scene.clock.forward(seconds=(LATER + timedelta(minutes=1)).total_seconds())
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    scene.clock.forward(minutes=2)
    scene.does("house", watch_call, call.id)
    scene.clock.forward(seconds=LATE.total_seconds())
    assert watched(scene, made) == "noshow"
    assert left(scene, visit)


def test_a_proposal_is_no_answer_and_leaves_the_patient_time(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "wang", visit)
    proposed(scene, visit=visit, later=timedelta(days=6))
    scene.clock.forward(seconds=(SILENCE + timedelta(minutes=1)).total_seconds())
    assert not left(scene, visit)


@pytest.mark.invariant(7)
@pytest.mark.parametrize("agrees_first", [True, False])
def test_a_doctor_who_only_calls_off_has_not_answered_and_keeps_no_fee(scene: Scene, agrees_first: bool) -> None:
    visit = visit_in_progress(scene)
    scene.clock.forward(minutes=1)
    says(scene, "wang", visit)
    _, made = proposed(scene, "wang", visit=visit)
    scene.clock.forward(minutes=5)
    scene.does("lin", consult.answer_proposal, made.id, agrees_first)
    if agrees_first:
        scene.clock.forward(minutes=110)
        scene.does("lin", consult.cancel_appointment, made.id)
    scene.clock.forward(minutes=31)
    assert not left(scene, visit)
    for _ in range(13):
        scene.later(hours=6)
    assert (state(scene, visit), money(scene, visit)) == ("expired", "refunded")


def test_a_first_word_may_wait_for_an_agreed_time_and_no_longer(scene: Scene) -> None:
    visit, made = booked(scene, timedelta(days=6))
    for _ in range(24):
        scene.later(hours=6)
    assert state(scene, visit) == "in_progress"    # the sixth day has not come
    for _ in range(3):
        scene.later(hours=6)
    assert (kept(scene, visit)[0].state, state(scene, visit), money(scene, visit)) == ("noshow", "expired", "refunded")


# --- pure -------------------------------------------------------------------------------------------------------


def test_the_house_looks_before_at_and_after_the_time() -> None:
    at = datetime.fromisoformat("2026-11-22T10:00:00+00:00")
    looks, now = [], at - timedelta(hours=3)
    while not looks or looks[-1] < at + LATE:
        now = next_look(at, now)
        looks.append(now)
    assert looks == [at - NEAR, at, at + LATE]


def test_a_time_is_near_from_ten_minutes_before_to_half_an_hour_after() -> None:
    at = datetime.fromisoformat("2026-11-22T10:00:00+00:00")
    second = timedelta(seconds=1)
    assert [may_start(at, moment) for moment in (at - NEAR - second, at - NEAR, at, at + LATE - second, at + LATE)] == [
        False, True, True, True, False]


def test_the_database_lets_one_time_stand(scene: Scene) -> None:
    visit, made = proposed(scene)
    assert made.state in LIVE
    with pytest.raises(Exception, match=r"(?i)unique"), scene.by("house") as work:
        work.add(consult.CallAppointment(visit_id=visit.id, patient_id=visit.patient_id, kind="video",
                                         proposed_by="doctor", proposed_at=work.now, starts_at=work.now + LATER))


def test_problems_name_themselves() -> None:
    assert {one.slug for one in (OwnProposal(), AppointmentOver())} == {"own-proposal", "appointment-over"}
    assert all(isinstance(one, Problem) and one.status == 409 for one in (OwnProposal(), AppointmentOver()))

"""Who comes next, who sees whom, and how long it honestly takes."""
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity import api as identity
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.work import Work
from consult import api as consult
from consult.visit.rules import TARGET_MINUTES, in_order, wait_range
from tests.cast import PEOPLE, Scene, give_history, visit_in_progress, waiting_visit
from tests.records.cast import Statements

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
LEVELS = st.sampled_from(["urgent", "soon", "routine", "self_care"])
WAITING = st.lists(st.tuples(LEVELS, st.integers(0, 600).map(lambda m: NOON - timedelta(minutes=m))), max_size=30)


@given(WAITING)
def test_everybody_stands_in_the_queue_once(entries: list[tuple[str, datetime]]) -> None:
    assert sorted(in_order(entries, NOON)) == list(range(len(entries)))


@given(WAITING)
def test_of_two_alike_the_one_who_came_first_is_first(entries: list[tuple[str, datetime]]) -> None:
    order = in_order(entries, NOON)
    for level in TARGET_MINUTES:
        times = [entries[i][1] for i in order if entries[i][0] == level]
        assert times == sorted(times)


@given(WAITING, LEVELS, st.integers(121, 600))
def test_nobody_starves_whoever_waited_two_hours_stands_before_every_newcomer(
        others: list[tuple[str, datetime]], level: str, waited: int) -> None:
    newcomers = [(name, NOON) for name, _ in others]
    order = in_order([*newcomers, (level, NOON - timedelta(minutes=waited))], NOON)
    assert order[0] == len(newcomers)


@given(WAITING, st.integers(0, 29))
def test_within_the_promised_half_hour_an_urgent_case_is_never_behind_a_milder_one(
        others: list[tuple[str, datetime]], waited: int) -> None:
    milder = [(name, max(since, NOON - timedelta(minutes=29))) for name, since in others if name != "urgent"]
    assert in_order([*milder, ("urgent", NOON - timedelta(minutes=waited))], NOON)[0] == len(milder)


@given(st.integers(0, 200), st.integers(0, 40))
def test_the_range_is_a_range_and_more_doctors_never_make_it_longer(ahead: int, doctors: int) -> None:
    low, high = wait_range(ahead, doctors)
    assert 1 <= low < high and wait_range(ahead, doctors + 1) <= (low, high) <= wait_range(ahead + 1, doctors)


def put(work: Work, scene: Scene, level: str = "routine", minutes: int = 0, **more: object) -> consult.Visit:
    """A waiting visit straight in the table, for long queues."""
    came = work.now - timedelta(minutes=minutes)
    return work.add(consult.Visit(**{
        "number": f"V-{uuid7().hex[-12:]}", "organization_id": scene.hospital, "patient_id": scene.patients["wang"],
        "account_id": scene.wang.account_id, "triage_id": uuid7(), "level": level, "kind": "advice",
        "department": "internal_medicine", "complaint": "咨询", "state": "waiting", "requested_at": came,
        "waiting_since": came, "deadline": work.now + timedelta(minutes=30)} | more))


def numbers(scene: Scene, who: str = "lin") -> list[str]:
    with scene.sees(who) as work:
        return [row.visit.number for row in consult.queue(work).waiting]


def test_urgency_orders_the_queue_and_waiting_ages_it(scene: Scene) -> None:
    with scene.by("house") as work:
        wanted = [put(work, scene, level, minutes).number for level, minutes in
                  (("urgent", 9), ("urgent", 0), ("soon", 20), ("soon", 3), ("routine", 25), ("self_care", 1))]
    assert numbers(scene) == wanted


def test_a_queue_of_two_hundred_costs_no_more_statements_than_an_empty_one(scene: Scene) -> None:
    with scene.sees("lin") as work, Statements(work.session) as empty:
        consult.queue(work)
    with scene.by("house") as work:
        for minute in range(200):
            put(work, scene, minutes=minute % 25)
    with scene.sees("lin") as work, Statements(work.session) as full:
        assert len(consult.queue(work).waiting) == 200
    assert full.count <= empty.count + 1 <= 6


def test_a_crowd_in_other_departments_hides_nobody(scene: Scene) -> None:
    with scene.by("house") as work:
        for _ in range(210):
            put(work, scene, minutes=20, department="paediatrics")
        mine = put(work, scene, "soon").number
    assert numbers(scene) == [mine]


def test_each_doctor_sees_the_own_field_alone(scene: Scene) -> None:
    visit = waiting_visit(scene)
    child = waiting_visit(scene, "xiaoyu")
    assert numbers(scene, "lin") == numbers(scene, "gao") == [visit.number]
    assert numbers(scene, "he") == [child.number]


@pytest.mark.parametrize("who", ["wang", "ren", "kang", "qin", "bai"])
def test_nobody_but_doctors_has_a_queue(scene: Scene, who: str) -> None:
    with pytest.raises(NotFound), scene.sees(who) as work:
        consult.queue(work)


def test_visits_of_another_hospital_are_not_in_the_queue(scene: Scene) -> None:
    with scene.by("house") as work:
        elsewhere = put(work, scene, organization_id=scene.renmin)
    assert numbers(scene) == []
    with pytest.raises(NotFound):
        scene.does("lin", consult.accept_visit, elsewhere.id)


def test_who_is_not_waiting_is_not_in_the_queue(scene: Scene) -> None:
    with scene.by("house") as work:
        for state in ("requested", "needs_evidence", "refused", "declined", "expired", "cancelled"):
            put(work, scene, state=state)
        put(work, scene, deadline=work.now)
    assert numbers(scene) == []


def test_the_queue_holds_visits_in_hand_and_those_of_the_last_day(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with scene.by("house") as work:
        mine = {"practitioner_id": scene.lin.practitioner_id, "state": "completed"}
        done = put(work, scene, **mine, ended_at=work.now - timedelta(hours=23)).number
        put(work, scene, **mine, ended_at=work.now - timedelta(hours=25))
    with scene.sees("lin") as work:
        found = consult.queue(work)
    assert [row.visit.number for row in found.in_progress] == [visit.number]
    assert [row.visit.number for row in found.finished] == [done]
    with scene.sees("gao") as work:
        other = consult.queue(work)
    assert other.in_progress == other.finished == []


def test_a_line_of_the_queue_says_who_waits_and_what_is_unread(scene: Scene) -> None:
    visit = waiting_visit(scene, wanted="lin")
    scene.does("wang", consult.send_message, visit.id, uuid7(), "text", "药快吃完了")
    with scene.sees("lin") as work:
        row = consult.queue(work).waiting[0]
    assert (row.patient_name, row.sex, row.age, row.unread, row.mine) == ("王建国", "male", 58, 1, True)


def test_the_place_tells_who_is_before_and_a_range_of_minutes(scene: Scene) -> None:
    with scene.by("house") as work:
        put(work, scene, "urgent", patient_id=scene.patients["zhao"])
        put(work, scene, minutes=10, patient_id=scene.patients["zhao"])
    visit = waiting_visit(scene)
    with scene.sees("wang") as work, Statements(work.session) as sql:
        place = consult.place_in_queue(work, work.get(consult.Visit, visit.id))
    assert (place.ahead, place.doctors, place.deadline) == (2, 2, visit.deadline)
    assert place.low_minutes < place.high_minutes and sql.count <= 4  # BEGIN, the visit, and two for the place


def test_a_wish_that_is_not_stored_yet_is_told_the_place_it_would_get(scene: Scene) -> None:
    with scene.by("house") as work:
        put(work, scene, "urgent")
    with scene.sees("wang") as work:
        now = {"requested_at": work.now, "deadline": work.now}
        place = consult.place_in_queue(work, consult.Visit(department="internal_medicine", level="routine", **now))
    assert (place.ahead, place.doctors) == (1, 2)


def test_who_asked_for_one_doctor_waits_for_that_doctor(scene: Scene) -> None:
    visit = waiting_visit(scene, wanted="lin")
    scene.does("lin", identity.set_duty, False)
    with scene.sees("wang") as work:
        assert consult.place_in_queue(work, work.get(consult.Visit, visit.id)).doctors == 0


def test_a_visit_without_paper_is_not_shown_to_doctors(scene: Scene) -> None:
    waiting_visit(scene, evidence=False)
    assert numbers(scene) == []


def test_advice_waits_without_any_paper(scene: Scene) -> None:
    give_history(scene, "zhao")
    assert PEOPLE["zhao"][2] == "male"
    assert waiting_visit(scene, "zhao", kind="advice").state == "waiting"

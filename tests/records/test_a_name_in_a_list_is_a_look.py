"""Whoever sees a name, a decision or an address leaves a line, also where nothing was opened."""
import inspect
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from app.identity import api as identity
from app.kit.problems import NotFound
from app.policy import api as policy
from app.work import all_of
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from tests.cast import (
    Scene,
    approved_prescription,
    build_hospital,
    requested_visit,
    signed_prescription,
    visit_in_progress,
)
from tests.pharmacy.counter import accepted
from web.api.decisions import decision_for
from web.pages.staff.doctor import signing
from web.pages.staff.pharmacist import queue as reviewing
from web.pages.staff.pharmacy.board import _pane
from web.pages.staff.searching import find_for

pytestmark = pytest.mark.invariant(9)


@pytest.fixture
def scene(house) -> Scene:
    """The hospital of the tests."""
    return build_hospital(house)


def looks(scene: Scene, action: str) -> list[tuple[str, UUID | None]]:
    """Who looked, and at what, under one action."""
    names = {actor.account_id: name for name, actor in scene.people.items()}
    return [(names.get(entry.actor_id, "?"), entry.subject_id) for entry in scene.trail(action)]


def listed(scene: Scene, who: str, page: Any) -> str:
    """What a list page shows to somebody."""
    with patch.object(inspect.getmodule(page), "show", lambda door, template, view, *rest: str(view)):
        return str(page(SimpleNamespace(read=lambda: scene.sees(who), actor=scene.people[who])))


def test_the_review_queue_leaves_one_line_for_each_prescription_a_pharmacist_sees(scene: Scene) -> None:
    rx = signed_prescription(scene)
    for _ in range(2):
        with scene.sees("ren") as work:
            assert len(prescribing.review_queue(work)) == 1
    assert looks(scene, "read:reviews") == [("ren", rx.id)]
    with scene.sees("su") as work:
        prescribing.review_queue(work)
    assert looks(scene, "read:reviews") == [("ren", rx.id), ("su", rx.id)]


def test_the_doctors_list_of_prescriptions_leaves_one_line_for_each_also_long_after_the_visit(scene: Scene) -> None:
    rx = approved_prescription(scene)
    scene.clock.forward(days=60)
    for _ in range(2):
        assert "王建国" in listed(scene, "lin", signing.prescriptions)
    assert looks(scene, "read:prescriptions") == [("lin", rx.id)]
    with scene.sees("wang") as work:
        seen = next(look for look in records.looks(work, rx.patient_id) if "prescriptions" in look.parts)
    assert (seen.ground, seen.purpose) == ("task", "prescribed")


@pytest.mark.parametrize("page", [reviewing.decided, reviewing.returned])
def test_the_pharmacists_lists_of_own_reviews_leave_one_line_for_each(scene: Scene, page: Any) -> None:
    rx = signed_prescription(scene)
    scene.does("ren", prescribing.return_prescription, rx.id, "dose", "剂量请再核对")
    for _ in range(2):
        assert "王建国" in listed(scene, "ren", page)
    assert listed(scene, "su", page).count("王建国") == 0
    assert looks(scene, "read:decided") == [("ren", rx.id)]


def test_the_board_leaves_a_line_only_where_it_shows_a_name(scene: Scene) -> None:
    order = accepted(scene)
    with scene.sees("kang") as work:
        shown = pharmacy.board(work)
        assert [row.order.id for row in shown.in_hand] == [order.id]
    assert looks(scene, "read:board") == [("kang", order.id)]
    with scene.sees("an") as work:
        assert pharmacy.board(work).in_hand == []
    assert len(looks(scene, "read:board")) == 1


def test_an_order_opened_from_the_board_is_a_look_at_the_order(scene: Scene) -> None:
    order = accepted(scene)
    with scene.sees("kang") as work:
        row = next(one for one in pharmacy.board(work).in_hand if one.order.id == order.id)
        _pane(work, row, order.id, {}, "")
    assert ("kang", order.id) in looks(scene, "read:order")


def test_a_search_that_finds_somebody_is_a_look(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    with scene.sees("lin") as work:
        assert find_for(work, "王建国")
    assert ("lin", visit.id) in looks(scene, "read:search")
    with scene.sees("gao") as work:
        assert find_for(work, "王建国") == ()
    assert {who for who, _ in looks(scene, "read:search")} == {"lin"}


@pytest.mark.parametrize("who", ["qin", "lin"])
def test_a_decision_is_never_read_without_a_line(scene: Scene, who: str) -> None:
    visit = visit_in_progress(scene)
    with scene.sees("house") as work:
        row = policy.decisions_of_visit(work, visit.id)[0]
    with scene.sees(who) as work:
        decision_for(work, row.id)
    assert (who, row.id) in looks(scene, "read:decision")


@pytest.mark.invariant(3)
def test_the_patient_reads_no_decision_about_what_was_only_signed(scene: Scene) -> None:
    rx = signed_prescription(scene)
    with scene.sees("house") as work:
        made = policy.decisions_of_prescription(work, rx.id, "prescribe")[0].id
    with scene.sees("ren") as work:
        assert decision_for(work, made).id == made
    with pytest.raises(NotFound), scene.sees("wang") as work:
        decision_for(work, made)
    scene.does("ren", prescribing.approve, rx.id)
    with scene.sees("wang") as work:
        assert decision_for(work, made).id == made


def test_emergency_reading_is_no_writing(scene: Scene) -> None:
    approved_prescription(scene)
    scene.does("gao", records.break_glass, scene.patients["wang"], "患者昏迷，需要马上看用药")
    with scene.sees("gao") as work:
        assert records.history_of(work, scene.patients["wang"]).medicines
    with pytest.raises(NotFound):
        scene.does("gao", records.save_egfr, scene.patients["wang"], 40, scene.clock.now().date(), "检验报告")


@pytest.mark.invariant(9)
def test_who_acted_for_a_child_once_reads_no_decisions_after_it_ended(scene: Scene) -> None:
    requested_visit(scene, "xiaoyu")
    child = scene.patients["xiaoyu"]
    with scene.sees("house") as work:
        made = next(row.id for row in all_of(work, policy.PolicyDecision, policy.PolicyDecision.patient_id == child))
    with scene.sees("ma") as work:
        assert decision_for(work, made).id == made
    code = scene.does("ma", identity.invite_guardian, child)
    scene.does("wang", identity.join_as_guardian, code, "other")
    scene.does("ma", identity.end_guardianship, child)
    with pytest.raises(NotFound), scene.sees("ma") as work:
        decision_for(work, made)
    with scene.sees("wang") as work:
        assert decision_for(work, made).id == made

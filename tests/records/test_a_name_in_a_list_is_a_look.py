"""Whoever sees a name, a decision or an address leaves a line, also where nothing was opened."""
from uuid import UUID

import pytest

from app.kit.problems import NotFound
from app.policy import api as policy
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from tests.cast import Scene, approved_prescription, build_hospital, signed_prescription, visit_in_progress
from tests.pharmacy.counter import accepted
from web.api.decisions import decision_for
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


def test_the_review_queue_leaves_one_line_for_each_prescription_a_pharmacist_sees(scene: Scene) -> None:
    rx = signed_prescription(scene)
    for _ in range(2):
        with scene.sees("ren") as work:
            assert len(prescribing.review_queue(work)) == 1
    assert looks(scene, "read:reviews") == [("ren", rx.id)]
    with scene.sees("su") as work:
        prescribing.review_queue(work)
    assert looks(scene, "read:reviews") == [("ren", rx.id), ("su", rx.id)]


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


def test_emergency_reading_is_no_writing(scene: Scene) -> None:
    approved_prescription(scene)
    scene.does("gao", records.break_glass, scene.patients["wang"], "患者昏迷，需要马上看用药")
    with scene.sees("gao") as work:
        assert records.history_of(work, scene.patients["wang"]).medicines
    with pytest.raises(NotFound):
        scene.does("gao", records.save_egfr, scene.patients["wang"], 40, scene.clock.now().date())

"""An id by which somebody's page was in a call is theirs for as long as the call is open, also after a newer one."""
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from app.work import HOUSE, all_of
from consult import api as consult
from consult.call import protocol
from consult.call.models import CallMember, CallPage
from consult.call.problems import CallElsewhere
from tests.call.guests import let_in
from tests.call.rooms import talking
from tests.call.test_a_call_in_a_visit import entered
from tests.cast import Scene


def pages_of(scene: Scene, call: UUID) -> dict[UUID, UUID]:
    with scene.sees("house") as work:
        return {one.page: one.account_id for one in all_of(work, CallPage, CallPage.call_id == call)}


def newer_page(scene: Scene, who: str, call: UUID) -> UUID:
    """Reload: another id takes the place of the one before."""
    page = uuid4()
    scene.does(who, consult.enter_call, call, page)
    return page


@pytest.mark.parametrize("owner", ["wang", "lin"])
def test_a_page_that_was_replaced_is_nobody_elses(scene: Scene, owner: str) -> None:
    visit, call, wang, lin = entered(scene)
    third = let_in(scene, visit)
    first, other = (wang, "lin") if owner == "wang" else (lin, "wang")
    middle = newer_page(scene, owner, call)
    last = newer_page(scene, owner, call)
    for old in (first, middle, last):
        with pytest.raises(CallElsewhere):
            scene.does(other, consult.enter_call, call, old)
        with pytest.raises(CallElsewhere):
            third.does(scene, consult.enter_call, call, old)
    with scene.sees("house") as work:
        there = {m.account_id: m.page for m in all_of(work, CallMember, CallMember.call_id == call)}
    assert there[getattr(scene, owner).account_id] == last and there[third.id] is None


def test_a_guests_page_stays_theirs_after_they_went(scene: Scene) -> None:
    visit, call, _, _ = entered(scene)
    first, second = let_in(scene, visit), let_in(scene, visit, name="陈明")
    old, new = uuid4(), uuid4()
    for page in (old, new):
        first.does(scene, consult.enter_call, call, page)
    first.does(scene, consult.leave_as_guest)
    for page in (old, new):
        with pytest.raises(CallElsewhere):
            second.does(scene, consult.enter_call, call, page)


def test_a_second_guardian_does_not_take_the_page_of_the_first(scene: Scene) -> None:
    room, patient, _, page, _ = talking()
    other = CallMember(call_id=room.call.id, account_id=uuid4(), side="patient")
    room.members = [*room.members, other]
    protocol.enter(room, other, uuid4())        # takes the call over from the first
    assert patient.page is None
    with pytest.raises(CallElsewhere):
        protocol.enter(replace(room, owners={page: patient.account_id}), other, page)
    assert protocol.enter(replace(room, owners={page: patient.account_id}), patient, page)


def test_ones_own_older_page_comes_back(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    newer_page(scene, "wang", call)
    scene.does("wang", consult.enter_call, call, wang)
    assert pages_of(scene, call)[wang] == scene.wang.account_id


def test_the_database_too_keeps_an_old_page_to_one_person(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    with pytest.raises(IntegrityError), scene.house.write(HOUSE) as work:
        work.add(CallPage(call_id=call, page=wang, account_id=scene.lin.account_id))


def test_with_the_call_its_pages_are_forgotten(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    assert set(pages_of(scene, call)) == {wang, lin}
    scene.does("lin", consult.hang_up, call)
    assert pages_of(scene, call) == {}
    again = scene.does("lin", consult.ask_to_talk, visit.id, "video").id
    scene.does("wang", consult.answer_call, again)
    scene.does("lin", consult.enter_call, again, lin)      # the same page in the next call of the visit

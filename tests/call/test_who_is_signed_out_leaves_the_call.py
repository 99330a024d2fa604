"""A side whose sign-in is over is carried, shown and recorded no more: at the next look, on whichever device it was."""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from app.identity import api as identity
from app.work import all_of
from consult import api as consult
from consult.call.engines.carrier import Carrier
from consult.call.models import CallMember
from consult.call.recording.queries import legs_to_end
from tests.call.guests import let_in
from tests.call.test_a_call_in_a_visit import beat_both, entered, seen_by
from tests.call.test_a_childs_call_needs_the_guardian import talks
from tests.call.test_recordings_are_agreed_kept_and_proven import agree, leg_of
from tests.call.test_who_may_be_carried import Remembering
from tests.cast import Scene, visit_in_progress


def suspended(scene: Scene) -> None:
    with scene.sees("house") as work:
        file = identity.licence_of(work, scene.lin.practitioner_id)
    assert file is not None
    scene.does("bai", identity.suspend_licence, file.id, "群众举报，核实中")


def ran_out(scene: Scene) -> None:
    """The doctor's own sign-in of twelve hours ends in the middle of the call."""
    with scene.by("house") as work:
        work.get(identity.SessionToken, scene.lin.session_id).expires_at = work.now


ENDS: dict[str, Callable[[Scene], Any]] = {
    "suspended": suspended, "ran out": ran_out,
    "everywhere": lambda scene: scene.does("lin", identity.sign_out_everywhere),
    "here": lambda scene: scene.does("lin", identity.sign_out),
}


def carried(scene: Scene, call: UUID, *pages: tuple[str, UUID]) -> tuple[Carrier, Remembering]:
    """Our engine carries these pages."""
    engine = Remembering()
    carrier = Carrier(scene.house, engine)
    for who, page in pages:
        carrier.publish(scene.does(who, consult.seat_in_call, call, page), "offer")
    carrier.let_go()
    assert {what for what, _ in engine.said} == {"publish"}
    engine.said.clear()
    return carrier, engine


def another_device(scene: Scene, who: str) -> str:
    """The same account, signed in a second time; returns who that is."""
    name, first = f"{who}'s laptop", scene.people[who]
    with scene.by("house") as work:
        more = work.add(identity.SessionToken(
            token_hash=uuid4().hex, account_id=first.account_id, role=first.role, created_at=work.now,
            organization_id=first.organization_id, practitioner_id=first.practitioner_id,
            expires_at=work.now + timedelta(hours=12)))
    scene.people[name] = replace(first, session_id=more.id)
    return name


@contextmanager
def statements(scene: Scene) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(scene.house.database.reader, "before_cursor_execute", note)
    yield asked
    event.remove(scene.house.database.reader, "before_cursor_execute", note)


@pytest.mark.parametrize("how", ENDS)
def test_who_is_signed_out_is_let_go_at_the_next_look_and_the_other_stays(scene: Scene, how: str) -> None:
    _, call, wang, lin = entered(scene)
    carrier, engine = carried(scene, call, ("wang", wang), ("lin", lin))
    ENDS[how](scene)
    carrier.let_go()
    carrier.let_go()
    carrier.stop()
    assert engine.said == [("leave", lin)]
    assert scene.row(consult.Call, call).state == "talking"


def test_a_stolen_phone_is_let_go_when_everything_is_signed_out(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    carrier, engine = carried(scene, call, ("wang", wang), ("lin", lin))
    scene.does(another_device(scene, "wang"), identity.sign_out_everywhere)
    carrier.let_go()
    carrier.stop()
    assert engine.said == [("leave", wang)]


def test_only_the_sign_in_by_which_the_page_came_counts(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    carrier, engine = carried(scene, call, ("wang", wang), ("lin", lin))
    laptop = another_device(scene, "wang")
    scene.does(another_device(scene, "lin"), identity.sign_out)
    carrier.let_go()
    assert engine.said == [], "another sign-in of the doctor ended"
    page = uuid4()
    scene.does(laptop, consult.enter_call, call, page)
    carrier.publish(scene.does(laptop, consult.seat_in_call, call, page), "offer")
    scene.does("wang", identity.sign_out)
    carrier.let_go()
    assert engine.said == [("publish", page), ("leave", wang)], "the call has moved on to the laptop"
    scene.does(laptop, identity.sign_out)
    carrier.let_go()
    carrier.stop()
    assert engine.said[2:] == [("leave", page)]


def test_the_other_side_reads_offline_with_its_next_word_and_the_return_as_well(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    scene.clock.forward(seconds=3)
    beat_both(scene, call, wang, lin)
    scene.does("lin", identity.sign_out)
    [other] = seen_by(scene, "wang", visit, "patient").others
    assert (other.side, other.status, other.page) == ("doctor", "offline", None)
    hints: list[str] = []
    scene.house.publish, published = hints.extend, scene.house.publish
    scene.does("wang", consult.beat_call, call, wang, consult.Beat(flows=True))
    scene.house.publish = published
    assert hints == [f"call:{visit.id}"], "screens look again at once"
    with scene.sees("house") as work:
        [gone] = [one for one in all_of(work, CallMember, CallMember.call_id == call) if one.side == "doctor"]
    assert (gone.state, gone.flows, scene.row(consult.Call, call).running_since) == ("away", False, None)
    back, page = another_device(scene, "lin"), uuid4()
    scene.does(back, consult.enter_call, call, page)
    [other] = seen_by(scene, "wang", visit, "patient").others
    assert (other.status, other.page) == ("here", page)


def test_a_guest_whose_session_is_over_is_offline_too(scene: Scene) -> None:
    visit, call, _, _ = entered(scene)
    let_in(scene, visit)
    scene.clock.forward(seconds=consult.GUEST_STAYS.total_seconds() + 1)
    thirds = [one for one in seen_by(scene, "lin", visit, "doctor").others if one.side == "guest"]
    assert all(one.page is None for one in thirds) and thirds


@pytest.mark.parametrize("who", ["wang", "lin"])
def test_the_copy_of_who_is_signed_out_ends_and_the_other_goes_on(scene: Scene, who: str) -> None:
    _, call, wang, lin = entered(scene)
    agree(scene, call)
    legs = {"wang": leg_of(scene, call, wang).id, "lin": leg_of(scene, call, lin, "lin").id}
    with scene.sees("house") as work:
        assert legs_to_end(work, list(legs.values())) == []
    scene.does(who, identity.sign_out_everywhere)
    with scene.sees("house") as work:
        assert legs_to_end(work, list(legs.values())) == [legs[who]]


@pytest.mark.invariant(9)
def test_a_guardian_who_leaves_is_let_go_and_shown_no_more(scene: Scene) -> None:
    visit, call, ma, he = talks(scene)
    carrier, engine = carried(scene, call, ("ma", ma), ("he", he))
    code = scene.does("ma", identity.invite_guardian, visit.patient_id)
    scene.does("zhao", identity.join_as_guardian, code, "child")
    carrier.let_go()
    assert engine.said == []
    scene.does("ma", identity.end_guardianship, visit.patient_id)
    carrier.let_go()
    assert engine.said == [("leave", ma)], "on another device, by themselves: the sign-in goes on"
    [other] = [one for one in seen_by(scene, "he", visit, "doctor").others if one.side == "patient"]
    assert (other.status, other.page) == ("offline", None)
    page = uuid4()
    scene.does("zhao", consult.enter_call, call, page)
    carrier.publish(scene.does("zhao", consult.seat_in_call, call, page), "offer")
    carrier.let_go()
    carrier.stop()
    assert engine.said[1:] == [("publish", page)]


def test_a_look_costs_the_same_for_one_call_and_for_two(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    carrier, engine = carried(scene, call, ("wang", wang), ("lin", lin))
    with statements(scene) as one:
        carrier.let_go()
    more = scene.does("he", consult.ask_to_talk, visit_in_progress(scene, "xiaoyu").id, "video").id
    scene.does("ma", consult.answer_call, more)
    for who, page in (("ma", uuid4()), ("he", uuid4())):
        scene.does(who, consult.enter_call, more, page)
        carrier.publish(scene.does(who, consult.seat_in_call, more, page), "offer")
    with statements(scene) as two:
        carrier.let_go()
    carrier.stop()
    assert len(two) == len(one) and sum("FROM session_token" in asked for asked in two) == 1
    assert {what for what, _ in engine.said} == {"publish"}


def test_an_id_of_a_page_without_any_sign_in_is_not_carried(scene: Scene) -> None:
    """Unknown is never "signed in"."""
    _, call, wang, lin = entered(scene)
    carrier, engine = carried(scene, call, ("wang", wang), ("lin", lin))
    with scene.by("house") as work:
        for one in all_of(work, CallMember, CallMember.call_id == call):
            one.session_id = None if one.side == "patient" else one.session_id
    carrier.let_go()
    carrier.stop()
    assert engine.said == [("leave", wang)]

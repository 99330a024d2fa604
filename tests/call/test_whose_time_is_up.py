"""Whose session is over, or who was sent away, is neither carried nor heard any more: rows, offers, running media."""
from uuid import UUID, uuid4

import pytest

from app.identity import api as identity
from app.jobs import Job
from app.work import all_of
from consult import api as consult
from consult.call.api import expire_guest
from consult.call.engines.carrier import Carrier, Seat
from consult.call.guests.models import CallGuest
from consult.call.guests.problems import DoorShut
from consult.call.guests.rules import SESSION_HOLDS
from consult.call.models import CallMember
from consult.call.rules import DESERTED
from tests.call.guests import Third, knocks, offered
from tests.call.test_a_call_in_a_visit import beat_both, entered, lines, seen_by
from tests.call.test_a_third_person_joins import inside, state_of
from tests.call.test_recordings_are_agreed_kept_and_proven import agree, recording
from tests.call.test_who_may_be_carried import Remembering
from tests.cast import Scene, visit_in_progress

LEFT = 30     # seconds that the session still holds when the guest is let in


def near_the_end(scene: Scene, role: str = "interpreter") -> tuple[consult.Visit, UUID, UUID, UUID, Third, UUID]:
    """Wang, Lin and somebody in one call who came to the door almost four hours ago."""
    visit = visit_in_progress(scene)
    third = knocks(scene, offered(scene, visit, role), actor=scene.people["gao"] if role == "doctor" else None)
    scene.clock.forward(seconds=SESSION_HOLDS.total_seconds() - LEFT)
    visit, call, wang, lin = entered(scene, visit)
    scene.does("lin", consult.admit_guest, third.id)
    page = uuid4()
    third.does(scene, consult.enter_call, call, page)
    return visit, call, wang, lin, third, page


def carried(scene: Scene, call: UUID, third: Third, page: UUID, wang: UUID) -> tuple[Carrier, Remembering]:
    """An engine carries what the guest and Wang send."""
    engine = Remembering()
    carrier = Carrier(scene.house, engine)
    carrier.publish(third.does(scene, consult.seat_in_call, call, page), "offer")
    carrier.publish(scene.does("wang", consult.seat_in_call, call, wang), "offer")
    carrier.let_go()
    assert engine.said == [("publish", page), ("publish", wang)], "while the session holds everything goes on"
    return carrier, engine


def is_let_go(carrier: Carrier, engine: Remembering, page: UUID) -> None:
    """The guest's media alone is ended, once."""
    carrier.let_go()
    carrier.let_go()
    carrier.stop()
    assert engine.said[2:] == [("leave", page)]


def test_media_ends_when_the_session_has_run_out_although_no_job_has_come_yet(scene: Scene) -> None:
    _, call, wang, _, third, page = near_the_end(scene)
    running = carried(scene, call, third, page, wang)
    scene.clock.forward(seconds=LEFT)
    assert state_of(scene, third.id) == "admitted"
    is_let_go(*running, page)


def test_media_of_who_is_sent_away_ends(scene: Scene) -> None:
    _, call, wang, _, third, page = inside(scene)
    running = carried(scene, call, third, page, wang)
    scene.does("lin", consult.send_guest_away, third.id)
    with pytest.raises(DoorShut):
        third.does(scene, consult.seat_in_call, call, page)
    is_let_go(*running, page)


def test_what_a_guest_offers_in_the_last_moment_is_let_go_too(scene: Scene) -> None:
    _, call, _, _, third, page = near_the_end(scene)
    seat = third.does(scene, consult.seat_in_call, call, page)
    scene.clock.forward(seconds=LEFT)
    engine = Remembering()
    carrier = Carrier(scene.house, engine)
    carrier.publish(Seat(seat.room, seat.party), "offer")
    carrier.let_go()
    carrier.stop()
    assert engine.said == [("publish", page), ("leave", page)]


def test_the_time_of_a_guest_ends_in_the_rows_and_the_two_go_on(scene: Scene) -> None:
    visit, call, wang, lin, third, page = near_the_end(scene)
    agree(scene, call)
    assert recording(scene, call).state == "asking", "the guest has not agreed"
    scene.does("house", expire_guest, third.id)
    assert state_of(scene, third.id) == "admitted", "not before the time"
    with scene.sees("house") as work:
        due = [job.due for job in all_of(work, Job) if job.kind == "consult.expire_guest"]
        assert work.get(CallGuest, third.id).token_until in due
    scene.clock.forward(seconds=LEFT)
    beat_both(scene, call, wang, lin)
    scene.does("house", expire_guest, third.id)
    scene.does("house", expire_guest, third.id)
    assert state_of(scene, third.id) == "expired" and lines(scene, visit).count("翻译离开了通话") == 1
    with scene.sees("house") as work:
        [gone] = [m for m in all_of(work, CallMember, CallMember.call_id == call) if m.account_id == third.id]
    assert gone.state == "gone"
    seen = seen_by(scene, "wang", visit, "patient")
    assert seen.state == "talking" and [one.side for one in seen.others] == ["doctor"] and seen.guests == ()
    assert recording(scene, call).state == "agreed", "nobody is heard any more who did not agree"
    assert [one.action for one in scene.trail("GuestTimedOut", "GuestLeft", "GuestSentAway")] == ["GuestTimedOut"]


def test_whoever_waits_before_the_door_too_long_is_out_and_nothing_is_said(scene: Scene) -> None:
    visit, _, _, _ = entered(scene)
    third = knocks(scene, offered(scene, visit))
    scene.clock.forward(seconds=SESSION_HOLDS.total_seconds())
    scene.does("house", expire_guest, third.id)
    assert state_of(scene, third.id) == "expired" and "翻译离开了通话" not in lines(scene, visit)


def test_a_second_doctor_who_signs_out_loses_media_and_then_the_place(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    visit, call, wang, lin = entered(scene, visit)
    third = knocks(scene, offered(scene, visit, "doctor"), actor=scene.people["gao"])
    scene.does("lin", consult.admit_guest, third.id)
    page = uuid4()
    third.does(scene, consult.enter_call, call, page)
    running = carried(scene, call, third, page, wang)
    scene.does("gao", identity.sign_out_everywhere)
    is_let_go(*running, page)
    for _ in range(int(DESERTED.total_seconds()) // 10):
        scene.clock.forward(seconds=10)
        beat_both(scene, call, wang, lin)
    scene.run()
    assert state_of(scene, third.id) == "expired" and lines(scene, visit)[-1] == "会诊医生离开了通话"
    assert seen_by(scene, "lin", visit, "doctor").state == "talking"

"""A third person in a call: asked by link and code, let in by the doctor alone, seen by everybody; both databases."""
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from app.identity.problems import SlowDown
from app.kit.problems import Invalid, NotFound
from app.kit.states import WrongState
from app.work import HOUSE, Actor, all_of
from consult import api as consult
from consult.call.api import expire_guest
from consult.call.guests.models import CallGuest
from consult.call.guests.problems import DoorShut, NoCallToJoin, OwnCall, TooManyGuests, WrongGuestCode
from consult.call.guests.rules import MOST_GUESTS, MOST_MISSES, OFFER_HOLDS, SESSION_HOLDS
from consult.call.models import CallMember, CallSignal
from consult.call.problems import CallElsewhere, CallNotPossible
from consult.call.rules import Candidate
from tests.call.guests import Third, knocks, let_in, offered
from tests.call.test_a_call_in_a_visit import OFFER, answered, beat_both, entered, lines, seen_by
from tests.cast import Scene, visit_in_progress, waiting_visit


def guest(scene: Scene, id: UUID) -> CallGuest:
    with scene.sees("house") as work:
        return work.get(CallGuest, id)


def state_of(scene: Scene, id: UUID) -> str:
    return guest(scene, id).state


def nobody_comes_by(scene: Scene, made: consult.Offered, refused: type[Exception] = DoorShut) -> None:
    with pytest.raises(refused):
        knocks(scene, made, "张三")


def wrong(code: str) -> str:
    """Another code than this."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


# --- asking -----------------------------------------------------------------------------------------------------


def test_both_sides_ask_and_nothing_that_opens_the_door_is_kept(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    for by, role in (("wang", "relative"), ("lin", "interpreter")):
        made = offered(scene, visit, role, by)
        kept = guest(scene, made.guest.id)
        assert (kept.role, kept.state, kept.invited_side) == (role, "offered", "doctor" if by == "lin" else "patient")
        assert len(made.code) == 6 and len(made.link) >= 43
        told = " ".join(str(value) for value in kept.model_dump().values())
        assert made.link not in told and made.code not in (kept.code_hash, kept.link_hash)


@pytest.mark.parametrize("who", ["zhao", "ma", "gao", "he", "ren", "kang", "qin", "bai"])
def test_a_stranger_asks_nobody_in_and_opens_no_door(scene: Scene, who: str) -> None:
    visit, _ = answered(scene)
    third = knocks(scene, offered(scene, visit))
    acts: tuple[tuple[Callable, tuple], ...] = (
        (consult.invite_guest, (visit.id, "relative")), (consult.withdraw_guest, (third.id,)),
        (consult.admit_guest, (third.id,)), (consult.refuse_guest, (third.id,)),
        (consult.send_guest_away, (third.id,)))
    for act, told in acts:
        with pytest.raises(NotFound):
            scene.does(who, act, *told)
    assert state_of(scene, third.id) == "knocking"


def test_the_patient_asks_but_never_opens(scene: Scene) -> None:
    visit, _ = answered(scene)
    third = knocks(scene, offered(scene, visit, "relative", "wang"))
    for act in (consult.admit_guest, consult.refuse_guest, consult.send_guest_away):
        with pytest.raises(NotFound):
            scene.does("wang", act, third.id)
    by_the_doctor = offered(scene, visit)
    with pytest.raises(NotFound):
        scene.does("wang", consult.withdraw_guest, by_the_doctor.guest.id)
    assert state_of(scene, third.id) == "knocking" and state_of(scene, by_the_doctor.guest.id) == "offered"


@pytest.mark.parametrize(("by", "role"), [("wang", "doctor"), ("wang", "patient"), ("lin", "nurse"), ("lin", "")])
def test_a_role_that_this_side_may_not_ask_is_refused(scene: Scene, by: str, role: str) -> None:
    visit = visit_in_progress(scene)
    with pytest.raises(Invalid):
        offered(scene, visit, role, by)
    assert seen_nobody(scene, visit)


def seen_nobody(scene: Scene, visit: consult.Visit) -> bool:
    with scene.sees("house") as work:
        return all_of(work, CallGuest, CallGuest.visit_id == visit.id) == []


def test_nobody_is_asked_before_the_visit_runs_and_not_more_than_a_few(scene: Scene) -> None:
    visit = waiting_visit(scene)
    with pytest.raises(CallNotPossible):
        offered(scene, visit, "relative", "wang")
    running = visit_in_progress(scene, "xiaoyu")
    made = [offered(scene, running, by="he") for _ in range(MOST_GUESTS)]
    with pytest.raises(TooManyGuests):
        offered(scene, running, by="he")
    scene.does("he", consult.withdraw_guest, made[0].guest.id)
    offered(scene, running, by="he")


# --- the door ---------------------------------------------------------------------------------------------------


def test_link_and_code_lead_to_the_door_and_the_doctor_opens(scene: Scene) -> None:
    visit, call, _, _ = entered(scene)
    third = knocks(scene, offered(scene, visit))
    assert third.sees(scene, consult.call_for_guest) is None, "before the door nothing of the call is seen"
    [line] = seen_by(scene, "lin", visit, "doctor").guests
    assert (line.name, line.role, line.state) == ("刘芳", "interpreter", "knocking")
    assert not [one for one in seen_by(scene, "wang", visit, "patient").others if one.side == "guest"]
    scene.does("lin", consult.admit_guest, third.id)
    seen = third.sees(scene, consult.call_for_guest)
    assert seen is not None and seen.id == call and seen.guests == ()
    assert {(one.side, one.name) for one in seen.others} == {("patient", "王建国"), ("doctor", "林静")}
    for who, side in (("wang", "patient"), ("lin", "doctor")):
        [there] = [one for one in seen_by(scene, who, visit, side).others if one.side == "guest"]
        assert (there.name, there.role, there.status) == ("刘芳", "interpreter", "invited"), "nobody joins unseen"
    assert "翻译进来了" in lines(scene, visit)


def test_a_link_is_used_once(scene: Scene) -> None:
    visit, _ = answered(scene)
    made = offered(scene, visit)
    knocks(scene, made)
    nobody_comes_by(scene, made)


def test_a_wrong_code_is_counted_and_the_fifth_shuts_the_link(scene: Scene) -> None:
    visit, _ = answered(scene)
    made = offered(scene, visit)
    for missed in range(1, MOST_MISSES + 1):
        with pytest.raises(WrongGuestCode) as refused:
            knocks(scene, made, code=wrong(made.code))
        assert refused.value.facts["left"] == MOST_MISSES - missed and guest(scene, made.guest.id).misses == missed
    nobody_comes_by(scene, made)
    assert state_of(scene, made.guest.id) == "expired" and guest(scene, made.guest.id).token_hash is None


def test_the_code_of_one_link_does_not_open_another(scene: Scene) -> None:
    visit, _ = answered(scene)
    first, second = offered(scene, visit), offered(scene, visit)
    if first.code != second.code:
        with pytest.raises(WrongGuestCode):
            knocks(scene, first, code=second.code)


@pytest.mark.parametrize("name", ["", "a", "王 1 号", "x" * 41, "\u202e坏"])
def test_who_gives_no_name_is_not_at_the_door(scene: Scene, name: str) -> None:
    visit, _ = answered(scene)
    made = offered(scene, visit)
    with pytest.raises(Invalid):
        knocks(scene, made, name)
    assert state_of(scene, made.guest.id) == "offered" and guest(scene, made.guest.id).misses == 0


def test_links_are_not_found_by_trying(scene: Scene) -> None:
    for _ in range(20):
        with scene.house.write(Actor("nobody")) as work, pytest.raises(DoorShut) as refused:
            consult.knock(work, "made-up", "000000", "张三", "203.0.113.7")
        with scene.house.write(Actor("nobody")) as work:
            assert refused.value.aftermath is not None
            refused.value.aftermath(work)
    with scene.house.write(Actor("nobody")) as work, pytest.raises(SlowDown):
        consult.knock(work, "made-up", "000000", "张三", "203.0.113.7")


def test_an_offer_ends_by_itself(scene: Scene) -> None:
    visit, _ = answered(scene)
    made, used = offered(scene, visit), offered(scene, visit)
    third = knocks(scene, used)
    scene.clock.forward(seconds=OFFER_HOLDS.total_seconds())
    nobody_comes_by(scene, made)
    for one in (made, used):
        scene.does("house", expire_guest, one.guest.id)
    assert state_of(scene, made.guest.id) == "expired" and state_of(scene, third.id) == "knocking"


def test_an_offer_that_was_taken_back_opens_nothing(scene: Scene) -> None:
    visit, _ = answered(scene)
    made, knocked = offered(scene, visit, "relative", "wang"), offered(scene, visit, "relative", "wang")
    third = knocks(scene, knocked)
    for one in (made, knocked):
        scene.does("wang", consult.withdraw_guest, one.guest.id)
    nobody_comes_by(scene, made)
    with pytest.raises(DoorShut):
        third.sees(scene, consult.call_for_guest)
    with pytest.raises(WrongState):
        scene.does("lin", consult.admit_guest, third.id)


def test_nobody_is_let_into_an_empty_room(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    third = knocks(scene, offered(scene, visit))
    with pytest.raises(NoCallToJoin):
        scene.does("lin", consult.admit_guest, third.id)
    scene.does("lin", consult.ask_to_talk, visit.id, "video")
    with pytest.raises(NoCallToJoin):
        scene.does("lin", consult.admit_guest, third.id)
    assert state_of(scene, third.id) == "knocking"


def test_a_refused_person_stays_outside(scene: Scene) -> None:
    visit, call, _, _ = entered(scene)
    third = knocks(scene, offered(scene, visit))
    with pytest.raises(NotFound):
        third.does(scene, consult.enter_call, call, uuid4())
    scene.does("lin", consult.refuse_guest, third.id)
    with pytest.raises(DoorShut):
        third.does(scene, consult.enter_call, call, uuid4())
    nobody_comes_by(scene, consult.Offered(guest(scene, third.id), third.link, third.code))


def test_a_second_doctor_is_a_staff_account_and_never_the_own_one(scene: Scene) -> None:
    visit, _ = answered(scene)
    made = offered(scene, visit, "doctor")
    with pytest.raises(NotFound):
        knocks(scene, made, "何宁")
    with pytest.raises(OwnCall):
        knocks(scene, made, actor=scene.lin)
    third = knocks(scene, made, name="谁都行", actor=scene.he)
    kept = guest(scene, third.id)
    assert (kept.name, kept.practitioner_id) == ("何宁", scene.he.practitioner_id)
    scene.does("lin", consult.admit_guest, third.id)
    with scene.sees("he") as work, pytest.raises(NotFound):
        consult.visit_for_doctor(work, visit.id)  # being in the call opens no record


# --- inside -----------------------------------------------------------------------------------------------------


def inside(scene: Scene) -> tuple[consult.Visit, UUID, UUID, UUID, Third, UUID]:
    """Wang, Lin and an interpreter in one call with a page each."""
    visit, call, wang, lin = entered(scene)
    third, page = let_in(scene, visit), uuid4()
    third.does(scene, consult.enter_call, call, page)
    return visit, call, wang, lin, third, page


def test_three_hear_each_other_one_connection_for_two(scene: Scene) -> None:
    visit, call, wang, lin, third, page = inside(scene)
    third.does(scene, consult.pass_signal, call, page, wang, OFFER)
    scene.does("lin", consult.pass_signal, call, lin, page, Candidate(candidate="c"))
    scene.does("wang", consult.pass_signal, call, wang, lin, Candidate(candidate="d"))
    with scene.sees("house") as work:
        told = {(one.sender_page, one.page) for one in all_of(work, CallSignal, CallSignal.call_id == call)}
    assert told == {(page, wang), (lin, page), (wang, lin)}
    polite = {(a, one.page): one.polite for a, who, side in ((wang, "wang", "patient"), (lin, "lin", "doctor"))
              for one in seen_by(scene, who, visit, side).others}
    seen = third.sees(scene, consult.call_for_guest)
    polite |= {(page, one.page): one.polite for one in seen.others}
    assert len(polite) == 6 and all(polite[a, b] != polite[b, a] for a, b in polite), "exactly one of two is polite"


def test_nobody_takes_the_page_of_another_and_everybody_may_change_their_own(scene: Scene) -> None:
    _, call, wang, lin, third, page = inside(scene)
    scene.does("wang", consult.pass_signal, call, wang, lin, OFFER)
    for taken in (wang, lin):
        with pytest.raises(CallElsewhere):
            third.does(scene, consult.enter_call, call, taken)
        with pytest.raises(CallElsewhere):
            third.does(scene, consult.seat_in_call, call, taken)
    with pytest.raises(CallElsewhere):
        scene.does("lin", consult.enter_call, call, page)
    scene.does("lin", consult.enter_call, call, lin)        # the same page on a new line
    scene.does("lin", consult.enter_call, call, uuid4())    # a second device of hers
    third.does(scene, consult.enter_call, call, uuid4())
    fourth = third.does(scene, consult.leave_as_guest)
    with scene.sees("house") as work:
        [gone] = [m for m in all_of(work, CallMember, CallMember.call_id == call) if m.account_id == fourth.id]
    assert gone.state == "gone" and gone.page is not None
    with pytest.raises(CallElsewhere):
        scene.does("lin", consult.enter_call, call, gone.page)


def test_the_database_too_keeps_a_page_to_one_person(scene: Scene) -> None:
    _, call, _, lin, third, _ = inside(scene)
    with pytest.raises(IntegrityError), scene.house.write(HOUSE) as work:
        [member] = [m for m in all_of(work, CallMember, CallMember.call_id == call) if m.account_id == third.id]
        member.page = lin
        work.add(member)


def test_a_guest_does_nothing_but_take_part(scene: Scene) -> None:
    visit, call, _, _, third, page = inside(scene)
    acts: tuple[tuple[Callable, tuple], ...] = (
        (consult.ask_to_talk, (visit.id,)), (consult.answer_call, (call,)), (consult.decline_call, (call,)),
        (consult.hang_up, (call,)), (consult.send_message, (visit.id, uuid4(), "text", "你好")),
        (consult.visit_for_patient, (visit.id,)), (consult.visit_for_doctor, (visit.id,)),
        (consult.invite_guest, (visit.id, "relative")), (consult.recordings_of, (visit.id,)),
        (consult.send_guest_away, (third.id,)))
    for act, told in acts:
        with pytest.raises(NotFound):
            third.does(scene, act, *told)
    third.does(scene, consult.beat_call, call, page, consult.Beat(flows=True))


def test_a_guest_of_one_visit_enters_no_other(scene: Scene) -> None:
    _, _, _, _, third, _ = inside(scene)
    other = visit_in_progress(scene, "xiaoyu")
    call = scene.does("he", consult.ask_to_talk, other.id, "video")
    scene.does("ma", consult.answer_call, call.id)
    with pytest.raises(NotFound):
        third.does(scene, consult.enter_call, call.id, uuid4())


def test_who_is_sent_away_is_out_at_once_and_the_two_go_on(scene: Scene) -> None:
    visit, call, wang, lin, third, page = inside(scene)
    scene.does("lin", consult.pass_signal, call, lin, page, OFFER)
    scene.does("lin", consult.send_guest_away, third.id)
    for act, told in ((consult.beat_call, (call, page, consult.Beat())), (consult.enter_call, (call, uuid4())),
                      (consult.pass_signal, (call, page, wang, OFFER))):
        with pytest.raises(DoorShut):
            third.does(scene, act, *told)
    with scene.sees("house") as work:
        assert all_of(work, CallSignal, CallSignal.page == page) == []
    beat_both(scene, call, wang, lin)
    seen = seen_by(scene, "wang", visit, "patient")
    assert seen.state == "talking" and [one.side for one in seen.others] == ["doctor"] and seen.guests == ()
    assert lines(scene, visit)[-1] == "翻译离开了通话"
    scene.does("lin", consult.pass_signal, call, lin, page, OFFER)  # said to a page that is gone: void, and no fault


def test_a_guest_leaves_by_themselves(scene: Scene) -> None:
    visit, _, _, _, third, _ = inside(scene)
    third.does(scene, consult.leave_as_guest)
    assert state_of(scene, third.id) == "left" and seen_by(scene, "lin", visit, "doctor").state == "talking"
    with pytest.raises(DoorShut):
        third.sees(scene, consult.own_place)


def test_the_end_of_a_call_puts_everybody_back_before_the_door(scene: Scene) -> None:
    visit, call, _, _, third, page = inside(scene)
    scene.does("wang", consult.hang_up, call)
    assert state_of(scene, third.id) == "knocking" and third.sees(scene, consult.call_for_guest) is None
    again = scene.does("wang", consult.ask_to_talk, visit.id, "video")
    scene.does("lin", consult.answer_call, again.id)
    with pytest.raises(NotFound):
        third.does(scene, consult.enter_call, again.id, page)
    scene.does("lin", consult.admit_guest, third.id)
    third.does(scene, consult.enter_call, again.id, page)


def test_the_end_of_the_visit_shuts_every_door(scene: Scene) -> None:
    visit, call, _, _, third, page = inside(scene)
    made = offered(scene, visit)
    waiting = knocks(scene, offered(scene, visit))
    scene.does("lin", consult.refer_visit, visit.id, "请当面看。", "人民医院")
    nobody_comes_by(scene, made)
    for one in (third, waiting):
        with pytest.raises(DoorShut):
            one.sees(scene, consult.call_for_guest)
        assert state_of(scene, one.id) == "expired"
    with pytest.raises(DoorShut):
        third.does(scene, consult.enter_call, call, page)
    with pytest.raises(DoorShut):
        third.does(scene, consult.leave_as_guest)


def test_a_session_ends_by_itself(scene: Scene) -> None:
    visit, _ = answered(scene)
    third = knocks(scene, offered(scene, visit))
    scene.clock.forward(seconds=SESSION_HOLDS.total_seconds() - 60)
    with scene.sees("house") as work:
        assert consult.guest_actor(work, third.session) is not None
    scene.clock.forward(seconds=60)
    with scene.sees("house") as work:
        assert consult.guest_actor(work, third.session) is None and consult.guest_actor(work, third.link) is None


def test_a_guest_has_their_own_relay_password(scene: Scene) -> None:
    _, call, _, _, third, _ = inside(scene)
    with scene.sees("house") as work:
        names = [one.relay_name for one in all_of(work, CallMember, CallMember.call_id == call)]
    assert len(set(names)) == 3


def test_every_step_stands_in_the_trail_with_who_did_it(scene: Scene) -> None:
    _, _, _, _, third, _ = inside(scene)
    scene.does("lin", consult.send_guest_away, third.id)
    told = [(one.action, one.actor_role) for one in scene.trail() if one.action.startswith("Guest")]
    assert told == [("GuestInvited", "doctor"), ("GuestKnocked", "nobody"), ("GuestAdmitted", "doctor"),
                    ("GuestSentAway", "doctor")]

"""The protocol of a call on rows that no database has seen: no socket, no clock, no transaction."""
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from app.kit.problems import NotFound
from app.kit.states import WrongState
from consult.call import protocol
from consult.call.models import CallMember
from consult.call.problems import CallElsewhere, CallNotAnswered, CallOver, TooManySignals
from consult.call.protocol import Beat
from consult.call.rules import (
    ABSENT,
    DESERTED,
    MOST_SIGNALS,
    NO_WAY,
    OFFLINE,
    QUIET,
    Candidate,
    Description,
    body_of,
    status_of,
)
from tests.call.rooms import FLOWS, NOON, OFFER, connected, later, ringing, talking

# --- asking and answering -------------------------------------------------------------------------------------


def test_whoever_asked_does_not_answer() -> None:
    with pytest.raises(CallNotAnswered):
        protocol.answer(ringing(), "doctor")


@pytest.mark.parametrize(("by", "state"), [("patient", "declined"), ("doctor", "withdrawn")])
def test_a_no_of_the_other_side_is_a_decline_and_of_ones_own_a_withdrawal(by: str, state: str) -> None:
    for act in (protocol.decline, protocol.hang_up, protocol.withdraw):
        room = ringing()
        act(room, by)
        assert (room.call.state, room.call.ended_by) == (state, by)


def test_a_ring_ends_by_itself_and_not_before() -> None:
    room = ringing()
    room.now = room.call.ring_until - timedelta(seconds=1)
    assert not protocol.look_after(room) and room.call.state == "ringing"
    later(room, seconds=1)
    assert protocol.look_after(room) and room.call.state == "missed"


def test_a_call_that_never_connects_ends_by_itself_and_a_connected_one_goes_on() -> None:
    room, patient, doctor, p, d = talking()
    for _ in range(0, int(NO_WAY.total_seconds()), 10):
        assert not protocol.look_after(room)
        later(room, seconds=10)
        for member, page in ((patient, p), (doctor, d)):
            protocol.beat(room, member, page, Beat())
    assert protocol.look_after(room) and room.call.state == "ended"
    room, patient, doctor, p, d = connected()
    for _ in range(0, int(NO_WAY.total_seconds()) * 2, 10):
        later(room, seconds=10)
        for member, page in ((patient, p), (doctor, d)):
            protocol.beat(room, member, page, FLOWS)
    assert not protocol.look_after(room) and room.call.state == "talking"


@pytest.mark.parametrize("act", [protocol.answer, protocol.decline, protocol.hang_up])
def test_nothing_can_be_done_with_a_call_that_is_over(act) -> None:
    room, *_ = talking()
    protocol.hang_up(room, "patient")
    before = room.call.model_dump()
    with pytest.raises(CallOver) as refused:
        act(room, "doctor")
    assert refused.value.facts["state"] == "ended" and room.call.model_dump() == before


def test_an_answered_call_is_not_answered_again() -> None:
    room, *_ = talking()
    with pytest.raises(WrongState):
        protocol.answer(room, "patient")


# --- signals --------------------------------------------------------------------------------------------------


def test_a_signal_is_numbered_and_addressed_to_the_other_page() -> None:
    room, patient, doctor, p, d = talking()
    first = protocol.tell(room, patient, p, d, OFFER)
    second = protocol.tell(room, doctor, d, p, Candidate(candidate="candidate:1"))
    assert first and second
    assert (first.seq, first.page, first.sender_page) == (1, d, p)
    assert (second.seq, second.page, second.body) == (2, p, {"cand": {"candidate": "candidate:1"}})


def test_before_the_answer_nobody_can_be_told_anything() -> None:
    room = ringing()
    page = uuid4()
    protocol.enter(room, room.members[1], page)
    with pytest.raises(CallNotAnswered):
        protocol.tell(room, room.members[1], page, uuid4(), OFFER)


def test_a_message_after_the_end_is_refused() -> None:
    room, patient, _, p, d = talking()
    protocol.end(room)
    for act in (lambda: protocol.tell(room, patient, p, d, OFFER), lambda: protocol.beat(room, patient, p, FLOWS),
                lambda: protocol.enter(room, patient, p)):
        with pytest.raises(CallOver):
            act()
    assert room.call.last_seq == 0 and patient.state == "gone"


def test_a_signal_for_a_page_that_is_gone_is_void_and_takes_no_number() -> None:
    room, patient, doctor, p, d = talking()
    protocol.enter(room, doctor, uuid4())
    assert protocol.tell(room, patient, p, d, OFFER) is None and room.call.last_seq == 0


def test_a_page_does_not_signal_to_itself_nor_for_another_page() -> None:
    room, patient, _, p, d = talking()
    with pytest.raises(NotFound):
        protocol.tell(room, patient, p, p, OFFER)
    with pytest.raises(CallElsewhere):
        protocol.tell(room, patient, d, d, OFFER)


def test_a_page_may_say_so_much_in_a_minute_and_again_in_the_next() -> None:
    room, patient, _, p, d = talking()
    for _ in range(MOST_SIGNALS):
        assert protocol.tell(room, patient, p, d, OFFER)
    with pytest.raises(TooManySignals):
        protocol.tell(room, patient, p, d, OFFER)
    assert room.call.last_seq == MOST_SIGNALS
    later(room, seconds=61)
    protocol.enter(room, patient, p)
    assert protocol.tell(room, patient, p, d, OFFER)


@pytest.mark.parametrize("signal", [
    lambda: Description(type="offer", sdp="x" * 32_769), lambda: Candidate(candidate="x" * 1025),
    lambda: Candidate(sdpMLineIndex=-1), lambda: Description(type="offer", sdp="v=0\u0000"),
    lambda: Candidate(candidate="\ud800"), lambda: Description(type="script", sdp="")])  # type: ignore[arg-type]
def test_what_no_browser_says_is_refused(signal) -> None:
    with pytest.raises(ValidationError):
        signal()


def test_only_known_fields_are_passed_on() -> None:
    said = Description.model_validate({"type": "offer", "sdp": "v=0", "toJSON": {}, "evil": "<script>"})
    assert body_of(said) == {"desc": {"type": "offer", "sdp": "v=0"}}


def test_exactly_one_of_two_is_polite_whoever_came_first() -> None:
    for _ in range(20):
        _, patient, doctor, *_ = talking()
        assert protocol.is_polite(patient, doctor) is not protocol.is_polite(doctor, patient)


# --- pages come and go ----------------------------------------------------------------------------------------


def test_the_same_page_comes_back_and_nothing_is_new() -> None:
    room, patient, _, p, _ = connected()
    protocol.leave(room, patient, p)
    assert patient.state == "away"
    assert protocol.enter(room, patient, p) is False and patient.state == "here"


def test_a_second_device_takes_over_and_the_first_is_told() -> None:
    room, patient, _, p, d = connected()
    assert protocol.enter(room, patient, uuid4()) is True
    for act in (lambda: protocol.tell(room, patient, p, d, OFFER), lambda: protocol.beat(room, patient, p, FLOWS)):
        with pytest.raises(CallElsewhere):
            act()
    assert protocol.leave(room, patient, p) is False and patient.state == "here", "its goodbye means nothing"


def test_who_comes_back_takes_the_call_from_nobody() -> None:
    room, patient, _, p, _ = connected()
    tablet = uuid4()
    protocol.enter(room, patient, tablet)
    with pytest.raises(CallElsewhere):
        protocol.enter(room, patient, p, instead=p)
    assert patient.page == tablet
    assert protocol.enter(room, patient, uuid4(), instead=tablet) is True, "a reload of the page that has the call"


def test_who_signals_after_a_silence_is_there() -> None:
    room, patient, doctor, p, d = connected()
    later(room, seconds=30)
    protocol.settle(room)
    assert patient.state == "away"
    assert protocol.tell(room, patient, p, d, OFFER) and (patient.state, patient.seen_at) == ("here", room.now)
    assert doctor.state == "away"


def test_a_second_guardian_takes_over_from_the_first() -> None:
    room, mother, doctor, p, _ = connected()
    father = CallMember(call_id=room.call.id, account_id=uuid4(), side="patient")
    room.members = [*room.members, father]
    protocol.enter(room, father, uuid4())
    assert (mother.state, mother.page, father.state, doctor.state) == ("away", None, "here", "here")
    with pytest.raises(CallElsewhere):
        protocol.beat(room, mother, p, FLOWS)


def test_nobody_enters_by_the_name_of_somebody_elses_page() -> None:
    room, patient, doctor, p, d = connected()
    guest = CallMember(call_id=room.call.id, account_id=uuid4(), side="guest")
    gone = CallMember(call_id=room.call.id, account_id=uuid4(), side="guest", state="gone", page=uuid4())
    room.members = [*room.members, guest, gone]
    for taken in (p, d, gone.page):
        before = [one.model_dump() for one in room.members]
        with pytest.raises(CallElsewhere):
            protocol.enter(room, guest, taken)
        assert [one.model_dump() for one in room.members] == before
    with pytest.raises(CallElsewhere):
        protocol.enter(room, patient, d, instead=p)
    assert protocol.enter(room, doctor, d) is False and protocol.enter(room, guest, uuid4()) is True


@pytest.mark.parametrize(("silent", "word"), [
    (timedelta(), "here"), (QUIET, "here"), (QUIET + timedelta(seconds=1), "reconnecting"), (OFFLINE, "reconnecting"),
    (OFFLINE + timedelta(seconds=1), "offline")])
def test_the_other_side_reads_reconnecting_and_then_offline(silent: timedelta, word: str) -> None:
    _, patient, *_ = connected()
    assert status_of(patient, NOON + silent) == word


def test_a_line_that_closed_is_told_at_once() -> None:
    room, patient, _, p, _ = connected()
    protocol.leave(room, patient, p)
    assert status_of(patient, NOON) == "reconnecting"


# --- time that counts -----------------------------------------------------------------------------------------


def test_time_counts_only_while_both_hear_each_other() -> None:
    room, patient, doctor, p, d = talking()
    protocol.beat(room, patient, p, FLOWS)
    later(room, seconds=6)
    assert protocol.seconds_of(room.call, room.now) == 0, "the doctor hears nothing yet"
    protocol.beat(room, doctor, d, FLOWS)
    later(room, seconds=9)
    assert protocol.seconds_of(room.call, room.now) == 9
    protocol.beat(room, patient, p, Beat(flows=False))
    later(room, seconds=8)
    protocol.hang_up(room, "doctor")
    assert room.call.connected_seconds == 9


def test_silence_is_not_counted_from_when_it_began() -> None:
    room, _, doctor, _, d = connected()
    for _ in range(6):
        later(room, seconds=5)
        protocol.beat(room, doctor, d, FLOWS)
    assert room.call.connected_seconds == 0 and room.call.running_since is None, "last seen at the very beginning"


def test_after_a_night_of_the_server_nothing_of_it_is_counted() -> None:
    room, patient, doctor, p, d = connected()
    later(room, seconds=5)
    protocol.beat(room, patient, p, FLOWS)
    protocol.beat(room, doctor, d, FLOWS)
    later(room, minutes=1)
    protocol.beat(room, patient, p, FLOWS)
    protocol.beat(room, doctor, d, FLOWS)
    later(room, seconds=7)
    assert protocol.seconds_of(room.call, room.now) == 12


# --- nobody comes back ----------------------------------------------------------------------------------------


def test_a_call_that_both_left_ends_after_two_minutes() -> None:
    room, patient, doctor, p, d = connected()
    protocol.leave(room, patient, p)
    protocol.leave(room, doctor, d)
    room.now = NOON + DESERTED - timedelta(seconds=1)
    assert not protocol.look_after(room)
    later(room, seconds=1)
    assert protocol.look_after(room) and (room.call.state, room.call.ended_by) == ("ended", "house")


def test_a_place_is_kept_for_ten_minutes_while_the_other_waits() -> None:
    room, patient, doctor, p, d = connected()
    protocol.leave(room, patient, p)
    while room.now < NOON + ABSENT - timedelta(seconds=10):
        later(room, seconds=10)
        protocol.beat(room, doctor, d, FLOWS)
        assert not protocol.look_after(room)
    later(room, seconds=10)
    assert protocol.look_after(room)


def test_a_call_that_nobody_entered_ends_too() -> None:
    room = ringing()
    protocol.answer(room, "patient")
    later(room, seconds=DESERTED.total_seconds())
    assert protocol.look_after(room)


# --- three in a call ------------------------------------------------------------------------------------------


def with_a_third() -> tuple[protocol.Room, list[CallMember], list]:
    """Patient and doctor hear each other, and a third person has come in with a page of their own."""
    room, patient, doctor, p, d = connected()
    third, page = CallMember(call_id=room.call.id, account_id=uuid4(), side="guest"), uuid4()
    room.members = [patient, doctor, third]
    protocol.enter(room, third, page)
    return room, [patient, doctor, third], [p, d, page]


def test_each_of_three_tells_each_other_one_and_exactly_one_of_two_is_polite() -> None:
    room, members, pages = with_a_third()
    for me, page in zip(members, pages, strict=True):
        for other, to in zip(members, pages, strict=True):
            if me is other:
                with pytest.raises(NotFound):
                    protocol.tell(room, me, page, to, OFFER)
                continue
            told = protocol.tell(room, me, page, to, OFFER)
            assert told is not None and (told.sender_page, told.page) == (page, to)
            assert protocol.is_polite(me, other) != protocol.is_polite(other, me)
    assert room.call.last_seq == 6


def test_a_third_person_takes_over_from_nobody_and_two_of_them_not_from_each_other() -> None:
    room, members, pages = with_a_third()
    second = CallMember(call_id=room.call.id, account_id=uuid4(), side="guest")
    room.members = [*members, second]
    protocol.enter(room, second, uuid4())
    assert [one.state for one in room.members] == ["here"] * 4 and [one.page for one in members] == pages
    again = uuid4()
    assert protocol.enter(room, members[2], again), "a reload of the guest is a new page"
    assert members[2].page == again and second.state == "here"


def test_a_third_person_neither_begins_nor_stops_the_time_and_keeps_no_call_alive() -> None:
    room, (patient, doctor, third), (p, d, page) = with_a_third()
    since = room.call.running_since
    assert since is not None
    later(room, seconds=5)
    protocol.beat(room, third, page, Beat(flows=False))
    protocol.leave(room, third, page)
    assert room.call.running_since == since, "the two still hear each other"
    room, (patient, doctor, third), (p, d, page) = with_a_third()
    protocol.leave(room, patient, p)
    protocol.leave(room, doctor, d)
    assert room.call.running_since is None
    for _ in range(0, int(DESERTED.total_seconds()), 10):
        later(room, seconds=10)
        protocol.beat(room, third, page, FLOWS)
        assert room.call.running_since is None
    assert protocol.look_after(room) and room.call.state == "ended" and third.state == "gone"


def test_two_who_never_find_each_other_end_although_a_third_hears_both() -> None:
    room, patient, doctor, p, d = talking()
    third, page = CallMember(call_id=room.call.id, account_id=uuid4(), side="guest"), uuid4()
    room.members = [patient, doctor, third]
    protocol.enter(room, third, page)
    for _ in range(0, int(NO_WAY.total_seconds()), 10):
        later(room, seconds=10)
        for member, own, said in ((patient, p, Beat()), (doctor, d, Beat()), (third, page, FLOWS)):
            protocol.beat(room, member, own, said)
    assert protocol.look_after(room) and room.call.state == "ended"


def test_when_somebody_last_heard_the_others_is_kept() -> None:
    room, (_, _, third), (_, _, page) = with_a_third()
    assert third.heard_at is None
    protocol.beat(room, third, page, FLOWS)
    heard = third.heard_at
    later(room, seconds=5)
    protocol.beat(room, third, page, Beat(flows=False))
    assert third.heard_at == heard is not None


def test_a_third_person_who_begins_or_ceases_to_hear_is_news_to_the_others_and_goes_on_hearing_is_not() -> None:
    room, (_, _, third), (*_, t) = with_a_third()
    protocol.beat(room, third, t, Beat(flows=False))
    assert protocol.beat(room, third, t, Beat(flows=True)), "a guardian who hears the others takes part"
    later(room, seconds=5)
    assert not protocol.beat(room, third, t, Beat(flows=True))
    assert protocol.beat(room, third, t, Beat(flows=False))

"""The protocol of a call on rows that no database has seen: no socket, no clock, no transaction."""
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import ValidationError

from app.kit.problems import NotFound
from app.kit.states import WrongState
from consult.call import protocol
from consult.call.models import Call, CallMember
from consult.call.problems import CallElsewhere, CallNotAnswered, CallOver, TooManySignals
from consult.call.protocol import Beat, Room
from consult.call.rules import (
    ABSENT,
    DESERTED,
    MOST_SIGNALS,
    OFFLINE,
    QUIET,
    RING,
    Candidate,
    Description,
    body_of,
    status_of,
)

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
OFFER = Description(type="offer", sdp="v=0")
FLOWS = Beat(flows=True, picture=True)


def ringing(by: str = "doctor") -> Room:
    """The doctor rings; both rows exist."""
    call = Call(visit_id=uuid4(), organization_id=uuid4(), patient_id=uuid4(), kind="video", asked_by=by, asked_at=NOON,
                ring_until=NOON + RING)
    members = [CallMember(call_id=call.id, account_id=uuid4(), side=side) for side in ("patient", "doctor")]
    return Room(call, members, NOON)


def talking() -> tuple[Room, CallMember, CallMember, UUID, UUID]:
    """Both have answered and entered: the room, patient and doctor, and their pages."""
    room, pages = ringing(), (uuid4(), uuid4())
    protocol.answer(room, "patient")
    for member, page in zip(room.members, pages, strict=True):
        protocol.enter(room, member, page)
    return room, *room.members, *pages


def connected() -> tuple[Room, CallMember, CallMember, UUID, UUID]:
    """Both hear each other."""
    room, patient, doctor, p, d = talking()
    protocol.beat(room, patient, p, FLOWS)
    protocol.beat(room, doctor, d, FLOWS)
    return room, patient, doctor, p, d


def later(room: Room, **step: float) -> None:
    room.now += timedelta(**step)


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


def test_a_second_guardian_takes_over_from_the_first() -> None:
    room, mother, doctor, p, _ = connected()
    father = CallMember(call_id=room.call.id, account_id=uuid4(), side="patient")
    room.members = [*room.members, father]
    protocol.enter(room, father, uuid4())
    assert (mother.state, mother.page, father.state, doctor.state) == ("away", None, "here", "here")
    with pytest.raises(CallElsewhere):
        protocol.beat(room, mother, p, FLOWS)


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


# --- any story ------------------------------------------------------------------------------------------------

SIDES = st.sampled_from(["patient", "doctor"])


class AnyStory(RuleBasedStateMachine):
    """Whatever people, pages and time do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.room = ringing()
        self.pages: dict[str, list[UUID]] = {"patient": [], "doctor": []}
        self.heard: list[int] = []
        self.most = 0

    def me(self, side: str) -> CallMember:
        return next(m for m in self.room.members if m.side == side)

    def attempt(self, act):
        """A refusal changes nothing but the count of tries."""
        before = (self.room.call.model_dump(), [m.state for m in self.room.members])
        try:
            return act()
        except (CallOver, CallElsewhere, CallNotAnswered, TooManySignals, WrongState, NotFound):
            assert (self.room.call.model_dump(), [m.state for m in self.room.members]) == before
            return None

    @rule(side=SIDES)
    def answers(self, side: str) -> None:
        self.attempt(lambda: protocol.answer(self.room, side))

    @rule(side=SIDES, again=st.booleans())
    def enters(self, side: str, again: bool) -> None:
        page = self.pages[side][-1] if again and self.pages[side] else uuid4()
        if self.attempt(lambda: protocol.enter(self.room, self.me(side), page)) is not None:
            self.pages[side].append(page)

    @rule(side=SIDES, old=st.booleans(), flows=st.booleans())
    def beats(self, side: str, old: bool, flows: bool) -> None:
        if pages := self.pages[side]:
            page = pages[0] if old else pages[-1]
            self.attempt(lambda: protocol.beat(self.room, self.me(side), page, Beat(flows=flows)))

    @rule(side=SIDES)
    def loses_the_line(self, side: str) -> None:
        if pages := self.pages[side]:
            protocol.leave(self.room, self.me(side), pages[-1])

    @rule(side=SIDES, old=st.booleans())
    def signals(self, side: str, old: bool) -> None:
        other = "doctor" if side == "patient" else "patient"
        if not self.pages[side] or not self.pages[other]:
            return
        to = self.pages[other][0 if old else -1]
        told = self.attempt(lambda: protocol.tell(self.room, self.me(side), self.pages[side][-1], to, OFFER))
        if told is not None:
            assert self.room.call.state == "talking" and to == self.me(other).page
            self.heard.append(told.seq)

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds: int) -> None:
        self.room.now += timedelta(seconds=seconds)
        self.most += seconds
        protocol.look_after(self.room)

    @rule(side=SIDES)
    @precondition(lambda self: self.most > 60)
    def hangs_up(self, side: str) -> None:
        self.attempt(lambda: protocol.hang_up(self.room, side))

    @invariant()
    def numbers_have_no_gap(self) -> None:
        assert self.heard == list(range(1, self.room.call.last_seq + 1))

    @invariant()
    def no_more_is_counted_than_passed(self) -> None:
        assert 0 <= protocol.seconds_of(self.room.call, self.room.now) <= self.most
        assert self.room.call.running_since is None or self.room.call.state == "talking"

    @invariant()
    def a_call_that_is_over_is_over(self) -> None:
        over = self.room.call.state not in ("ringing", "talking")
        assert over == (self.room.call.ended_at is not None)
        assert not over or all(m.state == "gone" and not m.flows for m in self.room.members)

    @invariant()
    def one_page_a_side_has_the_call(self) -> None:
        for member in self.room.members:
            assert member.state != "here" or member.page == self.pages[member.side][-1]


AnyStory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
test_any_story_of_a_call = AnyStory.TestCase

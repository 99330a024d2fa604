"""Whatever people, pages and time do to a call, in any order, what it says of itself stays true."""
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.kit.problems import NotFound
from app.kit.states import WrongState
from consult.call import protocol
from consult.call.models import CallMember
from consult.call.problems import CallElsewhere, CallNotAnswered, CallOver, TooManySignals
from consult.call.protocol import Beat
from tests.call.rooms import OFFER, ringing

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

"""The person behind a live line: what they follow and say, and what is new for them. Knows no socket."""
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from app.identity import api as identity
from app.kit.problems import NotFound, NotSignedIn, Problem
from app.work import NOBODY, Actor, House, Work
from consult import api as consult
from web.live import calling
from web.live.lines import drawn, facts_of
from web.live.protocol import Draft, Followed, Frame, InCall, Mark, Send, VisitNow, error_frame, hint_frame
from web.live.topics import call_behind, full_name, may_watch, subject_of, visit_of

log = logging.getLogger("fuzhen.live")
PAGE = 200
OTHER = {"patient": "doctor", "doctor": "patient"}


def signed_in(work: Work, token: str) -> Actor | None:
    """Who is signed in with this token."""
    return identity.resolve_token(work.session, token, work.now)


@dataclass
class Person:
    """Whoever holds `token`; every method opens one Work and may run in a worker thread."""

    house: House
    token: str
    language: str = "zh"
    draws: bool = False
    who: Callable[[Work, str], Actor | None] = signed_in
    actor: Actor = NOBODY
    followed: dict[str, Followed] = field(default_factory=dict)
    calls: dict[str, calling.InPage] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)    # the topic of a call, and where it is followed

    @contextmanager
    def _work(self, writing: bool = False) -> Iterator[Work]:
        """A Work in which this person acts. Raises NotSignedIn when the session is over."""
        try:
            with self.house.write(NOBODY) if writing else self.house.read(NOBODY) as work:
                found = self.who(work, self.token)
                if found is None:
                    raise NotSignedIn
                work.actor = self.actor = replace(found, language=self.language)
                yield work
        except Problem as problem:
            self._keep_refusal(problem)
            raise

    def _keep_refusal(self, problem: Problem) -> None:
        trace = getattr(problem, "trace", None)
        if trace is not None:
            self.house.record_refusal(self.actor, trace)

    def follow(self, topics: dict[str, int]) -> list[Frame]:
        """Follow what this person may; returns the welcome and one error for each refused topic."""
        refused = []
        with self._work() as work:
            for name, after in topics.items():
                topic = full_name(self.actor, name)
                problem = may_watch(work, topic) if topic else NotFound()
                if problem is None and topic is not None:
                    self.followed[topic] = Followed(name, topic, max(0, after))
                    if call := call_behind(work, topic):
                        self.behind[call] = topic
                else:
                    self._keep_refusal(problem or NotFound())
                    refused.append(error_frame(NotFound(), name))
        return [{"type": "welcome", "topics": [one.name for one in self.followed.values()]}, *refused]

    def named(self, name: str) -> Followed:
        """What is followed under the page's `name`. Raises NotFound."""
        found = self.followed.get(full_name(self.actor, name) or "")
        if found is None:
            raise NotFound
        return found

    def visit_named(self, name: str) -> UUID:
        """The visit that is followed under `name`. Raises NotFound."""
        kind, id = subject_of(self.named(name).topic)
        if kind != "visit":
            raise NotFound
        return id

    # --- what is said ------------------------------------------------------------------------------------

    def send(self, said: Send) -> Frame:
        """Store a message and answer with its number; the same client id again gets the same number."""
        visit_id = self.visit_named(said.topic)
        with self._work(writing=True) as work:
            kept = consult.send_message(work, visit_id, said.client_id, said.kind, said.text, said.document_id)
            return {"type": "ack", "topic": said.topic, "client_id": str(said.client_id), "seq": kept.seq}

    def mark(self, said: Mark) -> None:
        """Raise this side's marks; a mark that rises nothing costs no writing transaction."""
        visit_id = self.visit_named(said.topic)
        with self._work() as work:
            visit, side = visit_of(work, visit_id), self.actor.role
            delivered, read = (min(mark, visit.last_seq) for mark in (max(said.delivered, said.read), said.read))
            if delivered <= getattr(visit, f"{side}_delivered") and read <= getattr(visit, f"{side}_read"):
                return
        with self._work(writing=True) as work:
            consult.mark(work, visit_id, said.delivered, said.read)

    def draft(self, said: Draft) -> None:
        """Keep what was typed so far for the other devices of this account."""
        visit_id = self.visit_named(said.topic)
        with self._work(writing=True) as work:
            consult.save_draft(work, visit_id, said.text)

    def in_call(self, said: InCall) -> None:
        """What a page in a call says; who enters is told of the relays at the next look."""
        topic = self.named(said.topic).topic
        if topic not in self.behind.values():
            raise NotFound
        with self._work(writing=True) as work:
            calling.heard(work, self.calls, topic, said)

    def leave_calls(self) -> None:
        """The line closed: the pages that it carried are away, which hangs nothing up."""
        for one in list(self.calls.values()):  # what was said last may still be under way in its thread
            try:
                with self._work(writing=True) as work:
                    consult.leave_call(work, one.call, one.page)
            except Problem as problem:
                log.debug("left a call that was over: %s", problem.slug)

    # --- what is new -------------------------------------------------------------------------------------

    def look(self, topics: list[str]) -> tuple[list[Frame], list[str]]:
        """Frames for what is new on these topics, and the topics that have more. Permission is asked anew."""
        frames: list[Frame] = []
        more: list[str] = []
        with self._work() as work:
            for one, call_only in self._asked(topics):
                try:
                    frames += self._call_told(work, one) if call_only else self._told(work, one, more)
                except Problem as problem:
                    del self.followed[one.topic]
                    frames.append(error_frame(problem, one.name))
        return frames, more

    def _asked(self, topics: list[str]) -> Iterator[tuple[Followed, bool]]:
        """What to look at: a topic as a whole, or of a visit only its call."""
        for topic in topics:
            name, of_call = self.behind.get(topic, topic), topic in self.behind
            if name in self.followed and not (of_call and name in topics):
                yield self.followed[name], of_call

    def _call_told(self, work: Work, one: Followed) -> list[Frame]:
        if one.topic.startswith("guest:"):
            return calling.told_guest(work, one, self.calls.get(one.topic))
        return calling.told(work, one, visit_of(work, subject_of(one.topic)[1]), self.calls.get(one.topic))

    def _told(self, work: Work, one: Followed, more: list[str]) -> list[Frame]:
        kind, id = subject_of(one.topic)
        if kind == "visit":
            return self._visit_told(work, one, visit_of(work, id), more)
        if kind == "guest":
            return self._call_told(work, one)
        problem = may_watch(work, one.topic)
        if problem is not None:
            raise problem
        return [hint_frame(one.name)]

    def _visit_told(self, work: Work, one: Followed, visit: consult.Visit, more: list[str]) -> list[Frame]:
        one.after = min(one.after, visit.last_seq)
        messages = consult.messages(work, visit, one.after, PAGE)
        if len(messages) == PAGE:
            more.append(one.topic)
        other = OTHER[self.actor.role]
        face = f"{visit.state} {visit.practitioner_id} {visit.deadline} {visit.ended_at}"
        now = VisitNow(face, getattr(visit, f"{other}_delivered"), getattr(visit, f"{other}_read"))
        frames = one.told(messages, now, lambda message: self._draw(work, visit, message))
        return frames + calling.told(work, one, visit, self.calls.get(one.topic))

    def _draw(self, work: Work, visit: consult.Visit, message: consult.Message) -> dict[str, Any]:
        told: dict[str, Any] = {"data": facts_of(message)}
        return told | {"html": drawn(work, visit, message)} if self.draws else told

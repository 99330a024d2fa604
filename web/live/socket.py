"""The WebSocket of a page or program: one listener, one sender, answers in a bounded line.

Store, commit, push: what arrives is stored first and only then seen by anybody. What goes out is read from
the tables when a hint comes, at the pace of this socket, so that a slow one holds up nobody and a lost one
misses nothing: it says at its next hello what it saw last.
"""
import asyncio
import logging
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from app.kit.problems import NotSignedIn, Problem
from consult import api as consult
from web.door import GUEST, STAFF, cookie_name, language_of, same_origin
from web.live.person import OTHER, Person, signed_in
from web.live.protocol import (
    FORBIDDEN,
    NO_SENSE,
    NOT_SIGNED_IN,
    TOO_SLOW,
    BadFrame,
    Beat,
    CallEnter,
    Draft,
    Frame,
    Hello,
    InCall,
    Mark,
    Outbound,
    Receipt,
    Said,
    Send,
    error_frame,
    read_frame,
    write_frame,
)
from web.live.topics import subject_of

router = APIRouter()
log = logging.getLogger("fuzhen.live")
HELLO_SECONDS = 10
BEAT_SECONDS = 25
TYPING_SECONDS = 2
BROKEN = 1011
COOKIES = {**{role: (role,) for role in ("patient", GUEST, *STAFF)}, "office": ("compliance", "admin", "operator")}


class Over(Exception):
    """The line ends with this close code; None when the other side is gone already."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


@router.websocket("/live")
async def live(socket: WebSocket, role: Annotated[str, Query(alias="as", max_length=20)] = "patient") -> None:
    """The live line; `as` says which of the browser's sign-ins speaks. Never a token in the address."""
    await socket.accept()
    await Line(socket, role).run()


class Line:
    """One open socket."""

    def __init__(self, socket: WebSocket, role: str) -> None:
        self.socket, self.role = socket, role
        self.hub, self.worker = socket.app.state.hub, socket.app.state.worker
        self.out = Outbound()
        self.person: Person
        self._wake = asyncio.Event()
        self._slow = asyncio.Event()
        self._typed = 0.0

    # --- life --------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Greet, then listen and send until one of them ends; close with the code that says why."""
        code: int | None = BROKEN
        try:
            await self._greet()
            await self._talk()
        except Over as over:
            code = over.code
        except NotSignedIn:
            code = NOT_SIGNED_IN
        except (WebSocketDisconnect, OSError):
            code = None
        except Exception as error:  # a defect of ours ends this line only; the page comes back by itself
            log.error("live line failed: %s", type(error).__name__, exc_info=error)
        finally:
            self.hub.leave(self)
            await self._leave_calls()
        await self._close(code)

    async def _leave_calls(self) -> None:
        """Whoever talks to this page is told at once that it is away."""
        person = getattr(self, "person", None)
        if person is not None and person.calls:
            await run_in_threadpool(person.leave_calls)

    async def _talk(self) -> None:
        tasks = {asyncio.create_task(part) for part in (self._listen(), self._send(), self._overflow())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, code: int | None) -> None:
        """Say goodbye; a socket that takes nothing any more is left to the server's ping."""
        if code is None:
            return
        try:
            await asyncio.wait_for(self.socket.close(code), 2)
        except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            log.debug("line was gone before its close")

    async def _greet(self) -> None:
        """Who is it, and what do they follow? Raises Over, NotSignedIn."""
        if not same_origin(self.socket):  # type: ignore[arg-type]
            raise Over(FORBIDDEN)
        try:
            hello = read_frame(await asyncio.wait_for(self._text(), HELLO_SECONDS))
        except (TimeoutError, BadFrame):
            raise Over(NO_SENSE) from None
        if not isinstance(hello, Hello):
            raise Over(NO_SENSE)
        token = hello.token or self._cookie()
        self.person = Person(self.socket.app.state.house, token, language_of(self.socket),  # type: ignore[arg-type]
                             draws=self.role == "patient" and hello.token is None,
                             who=consult.guest_actor if self.role == GUEST else signed_in)
        for frame in await run_in_threadpool(self.person.follow, hello.topics):
            self._answer(frame)
        self._watch()

    def _cookie(self) -> str:
        """The token of this page's sign-in. Raises Over; a cookie counts only with our own Origin beside it."""
        if "origin" not in self.socket.headers:
            raise Over(FORBIDDEN)
        secure = self.socket.url.scheme == "wss"
        for role in COOKIES.get(self.role, ()):
            if token := self.socket.cookies.get(cookie_name(role, secure)):
                return token
        raise Over(NOT_SIGNED_IN)

    def _watch(self) -> None:
        """Watch first, look then: nothing that is stored meanwhile is missed."""
        for topic in self.person.followed:
            self.hub.watch(topic, self)
            kind, id = subject_of(topic)
            if kind == "visit":
                self.hub.watch(f"typing:{id}:{OTHER.get(self.person.actor.role, '')}", self)
        for call, topic in self.person.behind.items():
            self.hub.watch(call, self)
            self.out.look_at(topic)
        self._wake.set()

    # --- out ---------------------------------------------------------------------------------------------

    def hint(self, topic: str) -> None:
        """Called by the hub: look soon, or pass on that the other side is writing."""
        if topic.startswith("typing:"):
            followed = self.person.followed.get(f"visit:{topic.split(':')[1]}")
            if followed:
                self._answer({"type": "typing", "topic": followed.name})
            return
        self.out.look_at(topic)
        self._wake.set()

    def _answer(self, frame: Frame) -> None:
        self.out.answer(frame)
        (self._slow if self.out.overflown else self._wake).set()

    async def _overflow(self) -> None:
        await self._slow.wait()
        raise Over(TOO_SLOW)

    async def _send(self) -> None:
        """The only task that writes; between hints it asks whether both ends are still there."""
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), BEAT_SECONDS)
            except TimeoutError:
                self._answer({"type": "ping"})
            self._wake.clear()
            answers, topics = self.out.take()
            for frame in answers:
                await self.socket.send_text(write_frame(frame))
            if topics or {"type": "ping"} in answers:
                await self._tell(topics)

    async def _tell(self, topics: list[str]) -> None:
        frames, more = await run_in_threadpool(self.person.look, topics)
        for frame in frames:
            await self.socket.send_text(write_frame(frame))
        for topic in more:
            self.hint(topic)

    # --- in ----------------------------------------------------------------------------------------------

    async def _text(self) -> str:
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise Over(None)
        if message.get("text") is None:
            raise Over(NO_SENSE)
        return str(message["text"])

    async def _listen(self) -> None:
        while True:
            raw = await self._text()
            try:
                said = read_frame(raw)
            except BadFrame as problem:
                self._answer(error_frame(problem))
                continue
            try:
                await self._heard(said)
            except NotSignedIn:
                raise
            except Problem as problem:
                self._answer(error_frame(problem, getattr(said, "topic", None), getattr(said, "client_id", None)))

    async def _heard(self, said: Said) -> None:
        """Do what was said; an acknowledgement goes out only after the commit."""
        if isinstance(said, Beat):
            if said.type == "ping":
                self._answer({"type": "pong"})
        elif isinstance(said, Send):
            self._answer(await run_in_threadpool(self.person.send, said))
            self.worker.wake()
        elif isinstance(said, Mark | Receipt):
            await run_in_threadpool(self.person.mark, said.as_mark() if isinstance(said, Receipt) else said)
        elif isinstance(said, Draft):
            await run_in_threadpool(self.person.draft, said)
        elif isinstance(said, InCall):
            await self._in_call(said)
        elif isinstance(said, Hello):
            raise BadFrame
        else:
            await self._typing(self.person.visit_named(said.topic))

    async def _in_call(self, said: InCall) -> None:
        """Do it; whoever entered is told everything by the sender alone, so that nothing overtakes the relays."""
        await run_in_threadpool(self.person.in_call, said)
        if isinstance(said, CallEnter):
            self.hint(self.person.named(said.topic).topic)

    async def _typing(self, visit_id: UUID) -> None:
        """Tell the other side, at most once in two seconds; nothing is stored."""
        now = asyncio.get_running_loop().time()
        if now - self._typed >= TYPING_SECONDS:
            self._typed = now
            topic = f"typing:{visit_id}:{self.person.actor.role}"
            await run_in_threadpool(self.person.house.publish, [topic])

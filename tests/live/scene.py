"""A hospital with a visit under way, and a real server on 127.0.0.1 that people connect to."""
import json
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import uvicorn
from websockets.sync.client import ClientConnection, connect

from app.identity.api import Account, Guardianship, Organization, Patient, Practitioner, SessionToken
from app.jobs import JobKinds
from app.kit.ids import uuid7
from app.settings import Settings
from app.work import HOUSE, Actor, House, Work
from app.worker import Worker
from consult.api import Message, Visit, send_message
from web.site import build_site

TOKENS = {"wang": "patient", "zhao": "patient", "lin": "doctor", "gao": "doctor", "ren": "pharmacist",
          "kang": "pharmacy", "qin": "compliance"}


@dataclass
class Scene:
    """Who there is; `actors` act directly, `tokens` sign in by name."""

    house: House
    hospital: UUID
    kang: UUID
    patient: UUID
    visit: UUID
    actors: dict[str, Actor] = field(default_factory=dict)

    def says(self, who: str, text: str) -> Message:
        """Store a message, as any other way of sending does."""
        with self.house.write(self.actors[who]) as work:
            return send_message(work, self.visit, uuid7(), "text", text)

    def stored(self) -> Visit:
        """The visit as it stands in the table."""
        with self.house.read(HOUSE) as work:
            return work.get(Visit, self.visit)

    @property
    def topic(self) -> str:
        """The topic of the visit."""
        return f"visit:{self.visit}"


def set_up(house: House) -> Scene:
    """Wang is in a running visit with Lin; Gao, Zhao, Ren, the pharmacy and Qin have no part in it."""
    with house.write(HOUSE) as work:
        hospital = work.add(Organization(kind="hospital", name_zh="示范互联网医院", name_en="Demo Hospital"))
        kang = work.add(Organization(kind="pharmacy", name_zh="康健药房", name_en="Kang Pharmacy"))
        scene = Scene(house, hospital.id, kang.id, uuid7(), uuid7())
        for name, role in TOKENS.items():
            scene.actors[name] = _enter(work, name, role, kang.id if role == "pharmacy" else hospital.id)
        _wang_and_his_visit(work, scene)
    return scene


def _enter(work: Work, name: str, role: str, place: UUID) -> Actor:
    kind = "patient" if role == "patient" else "staff"
    holder = work.add(Account(kind=kind, user_name=name, password_hash="-", created_at=work.now))
    doctor = None
    if role in ("doctor", "pharmacist"):
        doctor = work.add(Practitioner(account_id=holder.id, role=role, organization_id=place, name_zh=name,
                                       name_en=name, department="internal_medicine",
                                       specialties=["internal_medicine"])).id
    place_of = None if role == "patient" else place
    begun = work.add(SessionToken(token_hash=_hash(name), account_id=holder.id, role=role, organization_id=place_of,
                                  practitioner_id=doctor, created_at=work.now,
                                  expires_at=work.now + timedelta(hours=12)))
    return Actor(role, holder.id, place_of, doctor, begun.id)


def _hash(name: str) -> str:
    from app.identity.accounts.secrets import token_hash
    return token_hash(f"token-of-{name}")


def _wang_and_his_visit(work: Work, scene: Scene) -> None:
    work.add(Patient(id=scene.patient, name="王建国", birth_date=date(1968, 3, 12), sex="male",
                     created_at=work.now))
    work.add(Guardianship(account_id=scene.actors["wang"].account_id, patient_id=scene.patient, relation="self",
                          since=work.now))
    work.add(Visit(
        id=scene.visit, number="V-2611-00000001", organization_id=scene.hospital, patient_id=scene.patient,
        account_id=scene.actors["wang"].account_id, triage_id=uuid7(), level="routine", kind="follow_up",
        department="internal_medicine", complaint="复诊", state="in_progress", requested_at=work.now,
        practitioner_id=scene.actors["lin"].practitioner_id, accepted_at=work.now,
        deadline=work.now + timedelta(minutes=30)))


class Site:
    """A server of one process in a thread; `stop` and `start` again keep the house and the port."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.port = 0
        self.start()

    def start(self) -> None:
        """Listen on a free port, or on the same one as before."""
        settings = self.house.tools.get(Settings)
        app = build_site(self.house, Worker(self.house, self.house.tools.get(JobKinds)), settings)
        app.state.run_worker = False
        self.server = uvicorn.Server(uvicorn.Config(
            app, host="127.0.0.1", port=self.port, ws="websockets-sansio", ws_per_message_deflate=False,
            ws_max_size=64 * 1024, log_level="error", timeout_graceful_shutdown=2))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        started = threading.Event()
        begin = self.server.startup

        async def startup(sockets: Any = None) -> None:
            await begin(sockets)
            self.port = self.server.servers[0].sockets[0].getsockname()[1]
            started.set()

        self.server.startup = startup  # type: ignore[method-assign]
        self.thread.start()
        assert started.wait(20)
        self.app = app

    def stop(self) -> None:
        """End as on SIGTERM."""
        self.server.should_exit = True
        self.thread.join(20)

    def watching(self, topic: str) -> int:
        """How many sockets follow a topic in this process."""
        return self.app.state.hub.watching(topic)

    # --- people --------------------------------------------------------------------------------------

    def open(self, who: str | None = None, role: str = "", origin: str | None = "", **more: Any) -> "Ear":
        """A socket with the browser's cookie of `who`; without, as a program."""
        headers = dict(more)
        if who:
            headers["Cookie"] = f"fuzhen-{TOKENS[who]}=token-of-{who}"
        own = f"http://127.0.0.1:{self.port}"
        words = f"?as={role or TOKENS.get(who or '', 'patient')}"
        socket = connect(f"ws://127.0.0.1:{self.port}/live{words}", additional_headers=headers,
                         origin=own if origin == "" else origin, compression=None, max_size=1 << 20, legacy=True,
                         open_timeout=20)     # as long as for any frame; the library gives up after 10
        return Ear(socket)

    def follow(self, who: str, *topics: str, after: int = 0) -> "Ear":
        """Sign in as a program and follow."""
        ear = self.open(origin=None)
        ear.say(type="hello", topics=dict.fromkeys(topics, after), token=f"token-of-{who}")
        assert ear.next("welcome")
        return ear


class Ear:
    """One side of a connection: says frames, and hears them by kind."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    def say(self, **frame: Any) -> None:
        """Send one frame."""
        self.socket.send(json.dumps(frame, default=str))

    def next(self, kind: str) -> dict[str, Any]:
        """The next frame of this kind; others before it are kept in `heard`."""
        while True:
            frame = json.loads(self.socket.recv(20))
            self.heard.append(frame)
            if frame["type"] == kind:
                return frame

    def messages(self, count: int) -> list[int]:
        """Numbers of the next `count` messages."""
        return [self.next("message")["seq"] for _ in range(count)]

    def settle(self) -> list[str]:
        """Everything that was on its way is heard; returns the kinds since the last call."""
        self.heard.clear()
        self.say(type="ping")
        self.next("pong")
        return [frame["type"] for frame in self.heard[:-1]]

    def close_code(self) -> int | None:
        """Wait for the end and say its code."""
        from websockets.exceptions import ConnectionClosed
        try:
            while True:
                self.heard.append(json.loads(self.socket.recv(20)))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def cut(self) -> None:
        """Lose the network: no goodbye."""
        self.socket.socket.close()

    def close(self) -> None:
        """Close in order."""
        self.socket.close()

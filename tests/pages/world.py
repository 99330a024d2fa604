"""One hospital in which every page has something to show; `World` knows its people, ids and sign-ins."""
from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from app.settings import Settings
from app.storage import Streams
from app.wiring import build_house
from app.work import HOUSE, Actor
from app.work import NOBODY as NOBODY_ACTS
from consult import api as consult
from consult.call.recording.commands import keep_segment
from consult.call.recording.models import RecordingLeg
from prescribing import api as prescribing
from tests.pages.walks import IN, TREATED, Desks, Walk
from tests.server import Server
from web.demo.cast import cast, members, password
from web.demo.client import Person, until

NOBODY, JOINING = "nobody", "joining"


@dataclass
class World:
    """A running server; `ids` fill the addresses of the pages, `cookies` sign in `who` looks at them."""

    server: Server
    ids: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=lambda: {NOBODY: {}})

    def __post_init__(self) -> None:
        self.base = self.server.url
        self.desks = Desks(Person(self.base), Person(self.base), Person(self.base))

    def fill(self, path: str) -> str:
        """An address with its ids."""
        return path.format_map(self.ids)

    def walk(self) -> Walk:
        """Somebody new, among the same staff."""
        return Walk(self.base, desks=self.desks)

    def know(self, name: str, walk: Walk) -> None:
        """Remember the sign-in and the ids of a walk under a name."""
        self.cookies[name] = {"fuzhen-patient": walk.patient.token}
        for key, value in walk.ids.items():
            self.ids[f"{name}_{key.removesuffix('_id')}"] = str(value)

    def staff(self, key: str) -> None:
        """Sign in one of the house who takes part in no walk."""
        row = cast()["staff"][key]
        person = Person(self.base).sign_in_staff(key, password(), row["totp"])
        self.cookies[row["role"]] = {f"fuzhen-{row['role']}": person.token}

    def found_on(self, who: str, page: str, pattern: str) -> str:
        """The first address of this kind on a page."""
        reply = httpx.get(self.base + self.fill(page), cookies=self.cookies[who], follow_redirects=True, timeout=30)
        found = re.search(pattern, reply.text)
        if found is None:
            raise LookupError(f"{pattern} on {page}")
        return found[1]

    def kept(self, query: str, *given: str) -> str:
        """An id that no page lists, from the database."""
        with sqlite3.connect(self.server.data / "fuzhen.db") as database:
            row = database.execute(query, given).fetchone()
        if row is None:
            raise LookupError(query)
        return str(row[0])


def patients(world: World) -> None:
    """People before, on and after the way in."""
    world.know("nameless", world.walk().go("register"))
    world.know("newcomer", world.walk().go("register", "verify_identity"))
    world.know("mother", world.walk().as_one_of_the_cast("ma").go("triage_begun"))
    world.know("child", world.walk().as_one_of_the_cast("ma", 1))
    second_guardian(world)
    world.know("asked", world.walk().as_one_of_the_cast("zhou").go("triage_questions"))
    world.know("alarmed", world.walk().as_one_of_the_cast("zhao").go("triage_emergency"))


def second_guardian(world: World) -> None:
    """A father acts for the child too, so that the mother may end her own part; and one more code waits."""
    mother = Person(world.base)
    mother.token = world.cookies["mother"]["fuzhen-patient"]
    father = Person(world.base).sign_in(members()["zhao"].login, password())
    child = world.ids["child_patient"]
    code = mother.post(f"/patients/{child}/guardian-invitations", {})["code"]
    father.post("/guardianships", {"code": code, "relation": "child"})
    mother.post(f"/patients/{child}/guardian-invitations", {})
    world.ids["mother_account"] = mother.get("/me")["account_id"]


def visits(world: World) -> None:
    """One runs, one waits, one waits for money, one was finished weeks ago."""
    running = world.walk().as_one_of_the_cast("wang")
    past = running.patient.get(f"/patients/{running.ids['patient_id']}/visits")[0]["id"]
    running.go("confirm", "triage", "forecast", "request_visit", "pay", "wait", "accept_visit", "talk", "diagnose",
               "prescribe")
    running.ids |= {"past_visit": past}
    world.know("running", running)
    world.know("ready", world.walk().go(*IN[:-1], "confirm"))
    world.know("waiting", world.walk().go(*IN, "pay", "wait"))
    referred = world.walk().go(*IN, "pay", "wait", "accept_visit")
    referred.doctor.post(f"/visits/{referred.ids['visit_id']}/refer",
                         {"reason": "不是同一种病，请当面检查。", "to_place": "人民医院", "condition_changed": True})
    world.know("referred", referred)
    world.know("unpaid", world.walk().go(*IN, "visit_unpaid"))


def medicines(world: World) -> None:
    """A prescription in review, one to be ordered, and orders unpaid, offered and on the shelf."""
    world.know("signed", world.walk().go(*TREATED))
    world.know("approved", world.walk().go(*TREATED, "approve", "choose_pharmacy"))
    world.know("filled", world.walk().go(*TREATED, "approve", "choose_pharmacy"))
    world.know("ordered", world.walk().go(*TREATED, "approve", "choose_pharmacy", "order_unpaid"))
    world.know("offered", world.walk().go(*TREATED, "approve", "choose_pharmacy", "order"))
    world.know("picking", world.walk().go(*TREATED, "approve", "choose_pharmacy", "order", "accept_offer", "scan_one"))


def house(world: World) -> None:
    """The staff, and what only they open."""
    for role, person in (("doctor", world.desks.doctor), ("pharmacist", world.desks.pharmacist),
                         ("pharmacy", world.desks.pharmacy)):
        world.cookies[role] = {f"fuzhen-{role}": person.token}
    for key in ("qin", "bai"):
        world.staff(key)
    world.ids["licence"] = world.found_on("admin", "/admin/licences", r'/admin/licences/([0-9a-f-]{36})')


def visitor(world: World) -> None:
    """A browser between its phone number and the code."""
    with httpx.Client(base_url=world.base) as browser:
        token = re.search(r'name="csrf" value="(\w+)"', browser.get("/register").text)
        browser.post("/register", data={"csrf": token[1] if token else "", "phone": "13900001234"})
        world.cookies[JOINING] = dict(browser.cookies)


DECIDED = "SELECT id FROM policy_decision WHERE prescription_id = ? AND stage = ?"
ENTRY = ("SELECT id FROM record_entry WHERE patient_id = ? AND source_kind NOT IN "
         "('triage', 'visit', 'referral', 'prescription', 'order', 'evidence')")


def details(world: World) -> None:
    """Ids that stand behind other pages."""
    def plain(name: str) -> str:
        return UUID(world.ids[name]).hex

    rx = world.kept("SELECT id FROM prescription WHERE visit_id = ?", plain("running_past_visit"))
    world.ids["partner"] = str(UUID(world.kept("SELECT id FROM organization WHERE kind = 'partner_hospital'")))
    world.server.command("partners", "key", world.ids["partner"])
    world.ids |= {
        "past_prescription": rx,
        "unpaid_ref": world.kept("SELECT provider_ref FROM payment WHERE payable_id = ?", plain("unpaid_visit")),
        "paper": world.kept("SELECT '/verify/' || number || '/' || substr(digest, 1, 16) FROM prescription "
                            "WHERE id = ?", plain("approved_prescription")),
        "entry": world.kept(ENTRY, plain("running_patient")),
        "review_decision": world.kept(DECIDED, plain("approved_prescription"), "review"),
        "order_decision": world.kept(DECIDED, rx, "deliver"),
    }


def rules(world: World) -> None:
    """A draft of the hospital's own rules, and a version that waits for the second officer."""
    qin = Person(world.base)
    qin.token = world.cookies["compliance"]["fuzhen-compliance"]
    begun = [qin.post("/policy/versions", {"template": name})["id"] for name in ("days-of-supply", "evidence-90-days")]
    world.ids["version_draft"], world.ids["version_proposed"] = begun
    here = f"/policy/versions/{begun[1]}"
    qin.post(f"{here}/check")
    world.ids["replay"] = replay = qin.post(f"{here}/replays", {"last": 50})["id"]
    until(lambda: qin.get(f"/policy/replays/{replay}")["state"] == "finished" or None)
    qin.post(f"{here}/propose", {"effective_from": "2099-01-01", "why": "医保只支付 90 天内的复诊。"})
    row = cast()["staff"]["tang"]
    tang = Person(world.base).sign_in_staff("tang", password(), row["totp"])
    world.cookies["second"] = {"fuzhen-compliance": tang.token}


def recordings(world: World) -> None:
    """A minute of a call of the running visit, as it would have been kept."""
    house, _ = build_house(Settings(mode="demo", data=world.server.data))
    with house.write(HOUSE) as work:
        visit = work.get(consult.Visit, UUID(world.ids["running_visit"]))
        call = work.add(consult.Call(
            visit_id=visit.id, organization_id=visit.organization_id, patient_id=visit.patient_id, kind="video",
            state="ended", asked_by="doctor", asked_at=work.now, ring_until=work.now, ended_at=work.now))
        begun = int(work.now.timestamp() * 1000)
        for side in ("patient", "doctor"):
            leg = work.add(RecordingLeg(visit_id=visit.id, call_id=call.id, account_id=uuid4(), side=side, page=uuid4(),
                                        process=uuid4(), state="over", begun_at=work.now))
            writer = house.tools.get(Streams).create(f"{visit.patient_id}/{leg.id}/1/{begun}/av")
            writer.append(b"no picture that could be shown", (1, 1, 60_000))
            kept = writer.close()
            segment = keep_segment(work, {
                "leg": str(leg.id), "number": 1, "at_ms": begun, "ms": 60_000, "kinds": "av", "video": 1, "audio": 1,
                "recovered": side == "doctor", "key": kept.key, "sha256": kept.sha256, "size": kept.size})
            house.tools.get(Streams).settle(kept.key)
    house.database.dispose()
    assert segment is not None
    world.ids["running_segment"] = str(segment.id)


def third_people(world: World) -> None:
    """Links into the running visit that nobody used yet, and an interpreter at the door."""
    house, _ = build_house(Settings(mode="demo", data=world.server.data))
    with house.write(HOUSE) as work:
        visit = work.get(consult.Visit, UUID(world.ids["running_visit"]))
        work.actor = Actor("doctor", uuid4(), visit.organization_id, visit.practitioner_id)
        made = [consult.invite_guest(work, visit.id, role) for role in ("relative", "doctor", "interpreter")]
        world.ids["open_link"], world.ids["doctors_link"], _ = (one.link for one in made)
        work.actor = NOBODY_ACTS
        world.cookies["guest"] = {"fuzhen-guest": consult.knock(work, made[2].link, made[2].code, "刘芳")}
    house.database.dispose()


def paper(world: World) -> None:
    """A prescription whose paper a pharmacy outside has marked as dispensed."""
    house, _ = build_house(Settings(mode="demo", data=world.server.data))
    with house.write(NOBODY_ACTS) as work:
        rx = work.get(prescribing.Prescription, UUID(world.ids["filled_prescription"]))
        world.ids["filled_paper"] = f"/verify/{rx.number}/{rx.digest[:16]}"
        prescribing.fill_from_paper(work, rx.number, rx.digest[:16], "百姓大药房 Baixing Pharmacy", "b" * 32)
    house.database.dispose()


STAGES: tuple[Callable[[World], None], ...] = (patients, visits, medicines, house, visitor, details, rules, recordings,
                                               third_people, paper)


def started(server: Server) -> Server:
    """Start the server; a machine that is busy with other tests gets more time."""
    try:
        return server.start()
    except TimeoutError:
        if server.process is None or server.process.poll() is not None:
            raise
        server.wait_ready(180)
        return server


def build(server: Server) -> World:
    """Let everybody walk as far as their pages need."""
    world = World(server)
    for stage in STAGES:
        stage(world)
    return world

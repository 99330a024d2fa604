"""The API of third people: asked in, come by link and code, let in or not; nothing else of the house opens to them."""
from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.kit.ids import uuid7
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from tests.web.test_odd_values_are_refused import staff_token


class Programs:
    """A visit of Wang with Dr Lin that runs, and a program for each of the two; guests bring a session."""

    def __init__(self, site: Site) -> None:
        self.site, wang = site, Patient(site)
        self.http = TestClient(site.app)
        self.visit = walk.visit_in_hand(site, wang)
        self.patient = wang.id
        self.wang, self.lin = wang.token, staff_token(site, "lin")

    def call(self, who: str, method: str, path: str, expect: int = 200, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {who}"} if who else {}
        reply = self.http.request(method, f"/api/v1{path}", headers=headers, json=body if method == "POST" else None)
        assert reply.status_code == expect, (path, reply.status_code, reply.text[:400])
        return reply.json()

    def invite(self, who: str = "", role: str = "interpreter") -> dict[str, Any]:
        return dict(self.call(who or self.lin, "POST", f"/visits/{self.visit}/guests", 201, role=role))

    def arrive(self, made: dict[str, Any], expect: int = 201, code: str = "", who: str = "", name: str = "刘芳") -> Any:
        body = {"link": made["link"], "code": code or made["code"], "name": name}
        return self.call(who, "POST", "/guest/arrivals", expect, **body)

    def decide(self, made: dict[str, Any], what: str, expect: int = 200, who: str = "", visit: str = "") -> Any:
        return self.call(who or self.lin, "POST", f"/visits/{visit or self.visit}/guests/{made['id']}/{what}", expect)

    def talk(self) -> str:
        """Lin rings and Wang answers."""
        call = self.call(self.lin, "POST", f"/visits/{self.visit}/calls", 201, kind="video")["id"]
        self.call(self.wang, "POST", f"/calls/{call}/answer")
        return str(call)

    def states(self, who: str = "") -> list[str]:
        return [one["state"] for one in self.call(who or self.lin, "GET", f"/visits/{self.visit}/guests")]


@pytest.fixture
def programs(site: Site) -> Programs:
    return Programs(site)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_asked_in_come_let_in_and_gone(programs: Programs) -> None:
    made = programs.invite()
    assert made["address"].endswith(f"/join/{made['link']}") and len(made["code"]) == 6 and made["state"] == "offered"
    came = programs.arrive(made)
    assert came["role"] == "guest" and came["token"] not in made.values()
    here = programs.call(came["token"], "GET", "/guest")
    assert (here["state"], here["name"], here["doctor"]["zh"], here["call"]) == ("knocking", "刘芳", "林静", None)
    programs.decide(made, "admit", 409)      # nobody is let into an empty room
    call = programs.talk()
    assert programs.decide(made, "admit")["state"] == "admitted"
    inside = programs.call(came["token"], "GET", "/guest")
    assert inside["call"]["id"] == call and {one["side"] for one in inside["call"]["others"]} == {"patient", "doctor"}
    assert programs.states(programs.wang) == ["admitted"]
    assert programs.call(came["token"], "POST", "/guest/leave")["state"] == "left"
    programs.call(came["token"], "GET", "/guest", 410)
    assert programs.states() == []


def test_what_opens_the_door_is_told_once_and_stands_in_no_list(programs: Programs) -> None:
    made = programs.invite(programs.wang, "relative")
    told = programs.http.get(f"/api/v1/visits/{programs.visit}/guests",
                             headers={"authorization": f"Bearer {programs.lin}"}).text
    assert made["id"] in told and made["link"] not in told and made["code"] not in told
    address = programs.http.get(made["address"])
    assert address.status_code == 200, "the page of the same link"


def test_a_guest_agrees_to_the_recording_of_their_call_and_of_no_other(programs: Programs) -> None:
    made = programs.invite()
    guest = programs.arrive(made)["token"]
    call = programs.talk()
    programs.call(guest, "POST", "/guest/recording", 404, call_id=call, agree=True)     # still before the door
    programs.decide(made, "admit")
    text = programs.call(guest, "GET", "/guest")["call"]["text_sha256"]
    programs.call(guest, "POST", "/guest/recording", 404, call_id=str(uuid7()), agree=True, text_sha256=text)
    answer = programs.call(guest, "POST", "/guest/recording", call_id=call, agree=True, text_sha256=text)
    assert answer["call"]["recording"]["mine"] is True
    changed = programs.call(guest, "POST", "/guest/recording", 409, call_id=call, agree=True, text_sha256="0" * 64)
    assert changed["slug"] == "form-changed"


@pytest.mark.parametrize(("by", "role", "expect"), [
    ("wang", "doctor", 422), ("wang", "nurse", 422), ("lin", "", 422), ("lin", "x" * 21, 422)])
def test_a_role_that_this_side_may_not_ask_is_refused(programs: Programs, by: str, role: str, expect: int) -> None:
    told = programs.call(getattr(programs, by), "POST", f"/visits/{programs.visit}/guests", expect, role=role)
    assert told["errors"][0]["field"] == "role" and programs.states() == []


def test_five_wrong_codes_shut_the_link(programs: Programs) -> None:
    made = programs.invite()
    for left in (4, 3, 2, 1, 0):
        told = programs.arrive(made, 422, wrong(made["code"]))
        assert (told["slug"], told["left"]) == ("wrong-call-code", left)
    assert programs.arrive(made, 410)["slug"] == "call-door-shut"
    assert programs.states() == []


def test_a_link_opens_once_and_until_its_time(programs: Programs) -> None:
    used, old = programs.invite(), programs.invite()
    programs.arrive(used)
    programs.arrive(used, 410)
    programs.site.clock.forward(seconds=2 * 3600)
    programs.arrive(old, 410)
    programs.arrive({"link": "made-up", "code": "000000"}, 410)


def test_who_gives_no_name_stays_outside_and_may_try_again(programs: Programs) -> None:
    made = programs.invite()
    assert programs.arrive(made, 422, name="1")["errors"][0]["field"] == "name"
    programs.arrive(made)


def test_links_are_not_found_by_trying(programs: Programs) -> None:
    made_up = {"link": "made-up", "code": "000000"}
    programs.http = TestClient(programs.site.app, client=("203.0.113.7", 50_000))
    for _ in range(20):
        programs.arrive(made_up, 410)
    assert programs.arrive(made_up, 429)["retry_after"] > 0
    programs.arrive(programs.invite(), 429)


def test_a_guest_of_another_visit_is_not_found_and_nothing_is_done(programs: Programs) -> None:
    made = programs.invite()
    guest = programs.arrive(made)["token"]
    programs.talk()
    other = Patient(programs.site, "ma")
    for what in ("admit", "refuse", "send-away", "withdraw"):
        programs.decide(made, what, 404, visit=str(uuid7()))
    for what in ("admit", "refuse", "send-away"):
        programs.decide(made, what, 403, programs.wang)
    programs.decide(made, "withdraw", 404, programs.wang)       # Lin asked
    for stranger in (other.token, staff_token(programs.site, "gao")):
        programs.call(stranger, "GET", f"/visits/{programs.visit}/guests", 404)
        programs.call(stranger, "POST", f"/visits/{programs.visit}/guests", 404, role="relative")
        programs.decide(made, "withdraw", 404, stranger)
    assert programs.states() == ["knocking"] and programs.call(guest, "GET", "/guest")["state"] == "knocking"


@pytest.mark.parametrize("what", ["refuse", "withdraw", "send-away"])
def test_who_is_refused_or_sent_away_is_out(programs: Programs, what: str) -> None:
    made = programs.invite()
    guest = programs.arrive(made)["token"]
    programs.talk()
    if what == "send-away":
        programs.decide(made, "admit")
    programs.decide(made, what)
    programs.call(guest, "GET", "/guest", 410)
    programs.call(guest, "POST", "/guest/leave", 410)
    told = programs.decide(made, "admit", 409)
    assert told["slug"] == "wrong-state" and programs.states() == []


@pytest.mark.invariant(9)
def test_an_interpreter_sees_no_record(programs: Programs) -> None:
    made = programs.invite()
    guest = programs.arrive(made)["token"]
    programs.talk()
    programs.decide(made, "admit")
    told = programs.http.get("/api/v1/guest", headers={"authorization": f"Bearer {guest}"}).text
    assert programs.visit not in told and programs.patient not in told and "I10" not in told
    for path in (f"/visits/{programs.visit}", f"/visits/{programs.visit}/messages", f"/visits/{programs.visit}/guests",
                 f"/visits/{programs.visit}/recordings", f"/patients/{programs.patient}/record",
                 f"/patients/{programs.patient}/history"):
        programs.call(guest, "GET", path, 401)


def test_a_second_doctor_comes_by_their_own_sign_in(programs: Programs) -> None:
    made = programs.invite(role="doctor")
    assert made["address"].endswith(f"/doctor/join/{made['link']}")
    programs.arrive(made, 404)
    assert programs.arrive(made, 409, who=programs.lin)["slug"] == "own-call"
    came = programs.arrive(made, who=staff_token(programs.site, "he"), name="谁都行")
    assert programs.call(came["token"], "GET", "/guest")["name"] == "何宁"


def test_the_end_of_the_visit_shuts_every_door(programs: Programs) -> None:
    made, unused = programs.invite(), programs.invite()
    guest = programs.arrive(made)["token"]
    programs.call(programs.lin, "POST", f"/visits/{programs.visit}/refer", 201, reason="请当面看。",
                  to_place="人民医院")
    programs.call(guest, "GET", "/guest", 410)
    programs.arrive(unused, 410)

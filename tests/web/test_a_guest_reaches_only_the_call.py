"""The pages of a third person: link, code and name lead to the door; nothing else of the house opens to them."""
from __future__ import annotations

import re
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.kit.ids import uuid7
from app.work import HOUSE, NOBODY, Actor
from consult import api as consult
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.door import ANYONE, GUEST, gate_of
from web.site import routers


class Door:
    """A visit of Wang with Dr Lin that runs, and a browser that nobody knows."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.visit = UUID(walk.visit_in_hand(site, Patient(site)))
        with site.house.read(HOUSE) as work:
            row = work.get(consult.Visit, self.visit)
            self.lin = Actor("doctor", uuid7(), row.organization_id, row.practitioner_id)
        self.browser = TestClient(site.app, follow_redirects=False)

    def does(self, act, *args):
        with self.site.house.write(self.lin) as work:
            return act(work, *args)

    def offer(self, role: str = "interpreter") -> consult.Offered:
        return self.does(consult.invite_guest, self.visit, role)

    def send(self, path: str, **values: str):
        """Send the form of a page as its browser does."""
        csrf = re.search(r'name="csrf" value="(\w+)"', self.browser.get(path).text)
        return self.browser.post(path, data={"csrf": csrf[1] if csrf else "", **values})

    def comes(self, made: consult.Offered):
        return self.send(f"/join/{made.link}", code=made.code, name="刘芳")


@pytest.fixture
def door(site: Site) -> Door:
    return Door(site)


def test_link_code_and_name_lead_to_the_door(door: Door) -> None:
    made = door.offer()
    page = door.browser.get(f"/join/{made.link}")
    assert page.status_code == 200 and "翻译" in page.text and "王建国" not in page.text and made.code not in page.text
    answer = door.comes(made)
    assert answer.status_code == 303 and answer.headers["location"] == "/guest"
    cookie = answer.headers["set-cookie"]
    assert "fuzhen-guest=" in cookie and "HttpOnly" in cookie and made.link not in cookie
    room = door.browser.get("/guest")
    assert room.status_code == 200 and "您在门口" in room.text and "王建国" not in room.text
    assert door.browser.get("/guest/check").status_code == 200
    again = door.browser.get(f"/join/{made.link}")
    assert again.status_code == 303, "whoever came by it is led to where they are"


def test_a_wrong_code_is_told_at_its_field_and_what_was_typed_stays(door: Door) -> None:
    made = door.offer()
    answer = door.send(f"/join/{made.link}", code="12345", name="刘芳")
    assert answer.status_code == 422 and "口令不对" in answer.text and "刘芳" in answer.text
    answer = door.send(f"/join/{made.link}", code=made.code, name="")
    assert answer.status_code == 422 and "请填写您的姓名" in answer.text
    with door.site.house.read(HOUSE) as work:
        assert work.get(consult.CallGuest, made.guest.id).misses == 1


def test_a_link_that_is_shut_says_so_and_the_page_of_who_is_out_too(door: Door) -> None:
    made, other = door.offer(), door.offer()
    door.comes(made)
    stranger = TestClient(door.site.app, follow_redirects=False)
    assert stranger.get(f"/join/{made.link}").status_code == 410, "used"
    assert stranger.get("/join/made-up").status_code == 410
    door.does(consult.withdraw_guest, other.guest.id)
    assert stranger.get(f"/join/{other.link}").status_code == 410
    door.does(consult.refuse_guest, made.guest.id)
    for path in ("/guest", "/guest/part", "/guest/check", "/guest/check/relays"):
        assert door.browser.get(path).status_code == 410, path


def test_after_the_visit_every_page_of_a_guest_is_refused(door: Door) -> None:
    made, unused = door.offer(), door.offer()
    door.comes(made)
    door.does(consult.refer_visit, door.visit, "请当面看。", "人民医院")
    for path in ("/guest", "/guest/part", f"/join/{made.link}", f"/join/{unused.link}"):
        assert door.browser.get(path).status_code == 410, path


def test_who_leaves_is_out_for_good(door: Door) -> None:
    door.comes(door.offer())
    csrf = re.search(r'name="csrf" value="(\w+)"', door.browser.get("/guest").text)
    assert csrf is not None
    assert door.browser.post("/guest/leave", data={"csrf": "x"}).status_code == 403
    assert door.browser.post("/guest/leave", data={"csrf": csrf[1]}).status_code == 200
    assert door.browser.get("/guest", headers={"accept": "application/json"}).status_code == 401


def test_a_second_doctor_signs_in_first(door: Door) -> None:
    made = door.offer("doctor")
    assert door.browser.get(f"/join/{made.link}").headers["location"] == f"/doctor/join/{made.link}"
    assert "/staff/sign-in" in door.browser.get(f"/doctor/join/{made.link}").headers["location"]
    answer = door.send("/join/" + door.offer().link, code=made.code, name="何宁")
    assert answer.status_code == 422, "a code belongs to its link"


def test_a_guest_opens_nothing_else_of_the_house(door: Door) -> None:
    made = door.offer()
    with door.site.house.write(NOBODY) as work:
        session = consult.knock(work, made.link, made.code, "刘芳")
    opened, seen = {}, 0
    for router in routers():
        for route in router.routes:
            if isinstance(route, APIRoute) and not {ANYONE, GUEST} & set(gate_of(route).roles):
                seen += 1
                opened |= tries(door.site, route, session, str(door.visit))
    assert seen > 150 and opened == {}


def tries(site: Site, route: APIRoute, session: str, visit: str) -> dict[str, int]:
    """What answers with anything but a refusal to a guest's session, wherever it is put."""
    path = re.sub(r"{visit_id}", visit, route.path)
    path = re.sub(r"{[^}]+}", str(uuid7()), path)
    roles = gate_of(route).roles
    cookies = {f"fuzhen-{role}": session for role in (*roles, "guest")}
    client = TestClient(site.app, follow_redirects=False, cookies=cookies, raise_server_exceptions=False)
    found = {}
    for method in sorted(route.methods & {"GET", "POST", "PUT", "DELETE"}):
        answer = client.request(method, path, headers={"authorization": f"Bearer {session}", "accept": "text/html"})
        sent_away = answer.status_code == 303 and "sign-in" in answer.headers["location"]
        if answer.status_code not in (401, 403, 404, 422) and not sent_away:
            found[f"{method} {route.path}"] = answer.status_code
    return found

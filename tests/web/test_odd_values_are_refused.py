"""Numbers that no column holds, days beyond the calendar, characters that no database keeps: nothing breaks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pyotp
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.demo.cast import cast, password
from web.door import ANYONE, gate_of
from web.site import routers

NUL, HALF = "%00", "%ED%A0%80"
ODD = ["1" + "0" * 30, "-1", "nan", "inf", "-inf", "1e400", "9999-12-31", "0001-01-01", NUL, f"a{NUL}b", HALF, "%F0%9F"]
UNSAVED = '{"a\\u0000": 1}', '{"a": ["\\u0000"]}', '{"a": {"b": "x\\ud800"}}', '{"a": "\\uDFFF"}'
SAVED = '{"a": "\\\\u0000"}', '{"a": "\\ud83d\\ude00"}', "[]", "", "{"


def api_gets() -> list[APIRoute]:
    """Every GET route of the API."""
    found = [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith("/api/") and "GET" in route.methods]


def staff_token(site: Site, name: str) -> str:
    """Sign in a member of staff as a program does."""
    site.clock.forward(seconds=31)
    row = {**cast()["staff"], **cast()["pharmacies"]}[name]
    body = {"login": name, "password": password(), "totp": pyotp.TOTP(row["totp"]).at(site.clock.now())}
    return str(TestClient(site.app).post("/api/v1/sessions", json=body).json()["token"])


class Caller:
    """The people of a finished prescription with its ids; a defect comes back as a 500 instead of an exception."""

    def __init__(self, site: Site) -> None:
        wang, lin = Patient(site), site.as_("lin")
        visit = walk.visit_in_hand(site, wang)
        rx = walk.prescribe(lin, visit).path.rsplit("/", 1)[-1]
        walk.approve(site.as_("ren"), rx)
        order, evidence = wang.place_order(), wang.get(f"/patients/{wang.id}/evidence")[0]
        self.http = TestClient(site.app, raise_server_exceptions=False)
        self.tokens = {"patient": wang.token, **{role: staff_token(site, name) for role, name in (
            ("doctor", "lin"), ("pharmacist", "ren"), ("pharmacy", "kang"))}}
        self.ids = {"visit_id": visit, "prescription_id": rx, "order_id": order, "patient_id": wang.id, "page": "1",
                    "document_id": evidence["document_id"], "payment_id": wang.get(f"/visits/{visit}/payment")["id"],
                    "triage_id": wang.get(f"/visits/{visit}")["triage_id"], "decision_id": visit, "phone": "1",
                    "segment_id": visit, "account_id": visit}

    def roles(self, route: APIRoute) -> list[str]:
        gate = gate_of(route)
        assert gate is not None
        return [role for role in self.tokens if role in gate.roles or ANYONE in gate.roles]

    def get(self, role: str, path: str) -> int:
        reply = self.http.get(path, headers={"authorization": f"Bearer {self.tokens[role]}"})
        if reply.status_code == 200 and "nan" in reply.text.lower() and "json" in reply.headers["content-type"]:
            assert not re.search(r":\s*(-?NaN|-?Infinity)\b", reply.text), path
        return reply.status_code


def odd_paths(route: APIRoute, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The route with one odd value at a time, in its path and in its query; the other values fit."""
    names = [one.name for one in route.dependant.path_params]
    usual = {name: ids[name] for name in names}
    for name, odd in itertools.product(names, ODD):
        yield odd, route.path.format(**{**usual, name: odd})
    asked = [one.alias for one in route.dependant.query_params]
    wanted = {"patient_id": ids["patient_id"], "q": "a", "phone": "1", "latitude": "39", "longitude": "117"}
    rest = {name: wanted[name] for name in asked if name in wanted}
    for name, odd in itertools.product([*asked, "nobody_asks_this"], ODD):
        query = {**{other: quote(value) for other, value in rest.items()}, name: odd}
        yield odd, route.path.format(**usual) + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_no_odd_value_in_path_or_query_breaks_the_api(site: Site) -> None:
    caller = Caller(site)
    broken, let_in, tried = {}, {}, 0
    for route in api_gets():
        for role in caller.roles(route):
            for odd, path in odd_paths(route, caller.ids):
                status = caller.get(role, path)
                tried += 1
                if status >= 500:
                    broken[role, path] = status
                if NUL in odd and status not in (404, 422):
                    let_in[role, path] = status
    assert (broken, let_in) == ({}, {}) and tried > 1000
    usual = f"/api/v1/visits/{caller.ids['visit_id']}/messages?after=0"
    assert caller.get("doctor", usual) == 200


@pytest.mark.parametrize("path", ["/doctor?only=%00", "/doctor/prescriptions?q=%00",
                                  "/doctor/files/{document_id}/" + "1" + "0" * 30, "/static/%00.css",
                                  "/documents/{document_id}/pages/" + "9" * 30])
def test_no_odd_value_breaks_a_page(site: Site, path: str) -> None:
    wang, lin = Patient(site), site.as_("lin")
    document = wang.get(f"/patients/{wang.id}/evidence")[0]["document_id"]
    signed_in = {**lin.http.cookies, "fuzhen-patient": wang.token}
    http = TestClient(site.app, raise_server_exceptions=False, follow_redirects=False, cookies=signed_in)
    assert http.get(path.format(document_id=document)).status_code in (404, 422)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "nan", "-1"])
def test_a_day_that_no_trail_has_shows_today(site: Site, day: str) -> None:
    page = site.as_("bai").open(f"/admin/audit?day={day}")
    assert page.reply.status_code == 200 and 'value="2026-11-21"' in page.html


def test_a_form_with_a_character_that_cannot_be_kept_is_refused(site: Site) -> None:
    browser = site.stranger()
    page = browser.open("/sign-in")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.html)
    assert csrf
    for odd in ("13800000001\x00", "\x00"):
        values = {"csrf": csrf[1], "phone": odd, "password": password()}
        reply = browser.http.post("/sign-in", data=values, headers={"accept": "text/html"})
        assert reply.status_code == 422 and "无法保存的字符" in reply.text


@pytest.mark.parametrize("body", UNSAVED)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/problem+json"])
def test_json_with_a_character_that_cannot_be_kept_is_refused(site: Site, body: str, kind: str) -> None:
    wang = Patient(site)
    headers = {"authorization": f"Bearer {wang.token}", "content-type": kind}
    for path in ("/api/v1/sessions", f"/api/v1/patients/{wang.id}/history/confirm", "/api/v1/webhooks/sandbox"):
        reply = wang.http.post(path, content=body, headers=headers)
        assert reply.status_code == 422 and reply.json()["texts"]["zh"].startswith("含有无法保存的字符"), path


@pytest.mark.parametrize("body", SAVED)
def test_other_json_is_left_to_who_reads_it(site: Site, body: str) -> None:
    wang = Patient(site)
    headers = {"authorization": f"Bearer {wang.token}", "content-type": "application/json"}
    reply = wang.http.post(f"/api/v1/patients/{wang.id}/history/confirm", content=body, headers=headers)
    assert reply.status_code < 400 or "无法保存" not in reply.text


def test_a_doctors_words_with_a_nul_are_refused_and_change_nothing(site: Site) -> None:
    wang, http = Patient(site), TestClient(site.app)
    visit = wang.ask()
    headers: dict[str, Any] = {"authorization": f"Bearer {staff_token(site, 'lin')}"}
    reply = http.post(f"/api/v1/visits/{visit}/decline", json={"reason": "不\x00便"}, headers=headers)
    assert reply.status_code == 422 and wang.get(f"/visits/{visit}")["state"] == "waiting"

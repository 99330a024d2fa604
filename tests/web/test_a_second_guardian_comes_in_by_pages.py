"""Two phones, one child: the code is read out, looked at, confirmed, and ended; everybody else finds nothing."""
from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.identity.scenes import ZHOU_NUMBER
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site
from web.demo.cast import cast, password

NO_ID = "01a20000-0000-7000-8000-000000000000"


def child_of_ma(phone: Phone) -> str:
    """The path of who acts for Ms Ma's daughter."""
    return re.findall(r'href="(/family/[^"]+/guardians)"', phone.open("/family").html)[1]


def code_on(phone: Phone, path: str, **choice: str) -> str:
    phone.open(f"{path}/invite")
    phone.send(**choice)
    found = re.search(r"[A-HJ-NP-Z2-9]{5} [A-HJ-NP-Z2-9]{5}\b", phone.page.words)
    assert found, phone.page.words
    return found[0]


def join(phone: Phone, code: str, relation: str = "child") -> None:
    phone.open("/family/join")
    phone.send(code=code)
    phone.send(do="join", relation=relation, entitled="yes")


@pytest.fixture
def ma(site: Site) -> Phone:
    return Phone(site).sign_in("ma")


@pytest.fixture
def zhao(site: Site) -> Phone:
    return Phone(site).sign_in("zhao")


def test_the_father_is_let_in_reads_what_he_takes_on_and_leaves_again(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma)
    assert "您不能再把对方去掉" in ma.open(f"{path}/invite").words
    code = code_on(ma, path)
    assert code not in ma.page.path and "只显示这一次" in ma.page.words
    assert "http://testserver/family/join" in ma.page.words
    assert code not in ma.open(path).words and "有一个邀请码还没有人用" in ma.page.words
    zhao.open("/family/join")
    zhao.send(code=code.lower())
    for words in ("您将替马小雨看诊", "马丽 邀请您", "您能看到全部记录", "您随时可以退出"):
        assert words in zhao.page.words
    assert zhao.page.path == "/family/join"
    zhao.send(do="join", relation="child", entitled="yes")
    assert zhao.page.path == "/family" and "马小雨" in zhao.page.words
    assert "又有一位家人可以替您名单里的人看诊了" in ma.open("/inbox").words
    assert "赵磊" in ma.open(path).words and "有一个邀请码还没有人用" not in ma.page.words
    mine = zhao.open(path).link("/guardians/" + account_of(zhao))
    zhao.open(mine)
    assert "不再替马小雨看诊？" in zhao.page.words
    zhao.send(do="end")
    assert zhao.page.path == "/family" and "马小雨" not in zhao.page.words
    zhao.open(path, 404)
    assert "不再替您名单里的人看诊" in ma.open("/inbox").words and "赵磊" not in ma.open(path).words


def account_of(phone: Phone) -> str:
    token = phone.client.cookies["fuzhen-patient"]
    return str(phone.client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).json()["account_id"])


@pytest.mark.invariant(9)
def test_a_code_works_once_and_a_guessed_one_shows_nobody(site: Site, ma: Phone, zhao: Phone) -> None:
    code = code_on(ma, child_of_ma(ma))
    join(zhao, code)
    wang = Phone(site).sign_in("wang")
    for wrong in (code, "AAAAA BBBBB", "", "%%%"):
        wang.open("/family/join")
        wang.send(code=wrong, _expect=422)
        assert "这个邀请码不对" in wang.page.words and "马小雨" not in wang.page.words
    wang.send(code="AAAAA CCCCC", _expect=422)
    wang.send(code="AAAAA DDDDD", _expect=429)


@pytest.mark.invariant(9)
def test_without_the_tick_or_the_relation_nobody_joins(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma)
    code = code_on(ma, path)
    zhao.open("/family/join")
    zhao.send(code=code)
    zhao.send(do="join", entitled="yes", _expect=422)
    assert "请选择您和就诊人的关系" in zhao.page.words
    zhao.send(do="join", relation="child", entitled="", _expect=422)
    assert "请确认您可以替这个人看诊" in zhao.page.words
    zhao.send(do="join", entitled="yes", relation="self", _expect=422)
    zhao.open(path, 404)


def test_a_code_that_was_taken_back_opens_nothing(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma)
    code = code_on(ma, path)
    ma.open(path)
    ma.send("/take-back")
    assert ma.page.path == path and "有一个邀请码还没有人用" not in ma.page.words
    zhao.open("/family/join")
    zhao.send(code=code, _expect=422)


@pytest.mark.invariant(9)
def test_a_parent_cannot_end_the_other_nor_leave_the_child_alone(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma)
    own, other = account_of(ma), account_of(zhao)
    ma.open(f"{path}/{own}", 404)
    assert f"{path}/{own}" not in ma.open(path).html
    join(zhao, code_on(ma, path))
    ma.open(f"{path}/{other}", 404)
    assert f"{path}/{other}" not in ma.open(path).html
    ma.open(f"{path}/invite")
    csrf = ma.forms()[0].values["csrf"]
    assert ma.client.post(f"{path}/{other}", data={"csrf": csrf}, follow_redirects=False).status_code == 403
    assert ma.client.post(f"{path}/{NO_ID}", data={"csrf": csrf}, follow_redirects=False).status_code == 404
    assert "马小雨" in zhao.open("/family").words


@pytest.mark.invariant(9)
def test_whoever_was_ended_finds_no_page_of_the_person_any_more(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma)
    join(zhao, code_on(ma, path))
    child = path.split("/")[2]
    zhao.open(f"/act-for/{child}")
    assert "马小雨" in zhao.open("/record").words
    zhao.open(zhao.open(path).link("/guardians/" + account_of(zhao)))
    zhao.send(do="end")
    for page in ("/home", "/record", "/history", "/medicines", "/visits"):
        assert "马小雨" not in zhao.open(page).words
    for gone in (f"/act-for/{child}", f"/family/{child}/check", path, f"{path}/invite"):
        zhao.open(gone, 404)


@pytest.mark.invariant(9)
def test_the_person_ends_what_another_does_and_every_page_of_theirs_is_over(site: Site, zhao: Phone) -> None:
    wang = Phone(site).sign_in("wang")
    path = re.findall(r'href="(/family/[^"]+/guardians)"', wang.open("/family").html)[0]
    assert "您可以随时结束" in wang.open(f"{path}/invite").words
    join(zhao, code_on(wang, path), "parent")
    other = account_of(zhao)
    wang.open(wang.open(path).link(f"/guardians/{other}"))
    assert "不让赵磊再替您看诊？" in wang.page.words and "退出登录" in wang.page.words
    wang.send(do="end")
    assert wang.page.path == path and "赵磊" not in wang.page.words
    assert zhao.open("/home").path == "/sign-in"
    zhao.sign_in("zhao")
    assert "本人收回了让您代办的权限" in zhao.open("/inbox").words
    zhao.open(path, 404)


def test_the_pages_speak_english(site: Site, ma: Phone, zhao: Phone) -> None:
    path = child_of_ma(ma.speak("en"))
    code = code_on(ma, path)
    assert "Read this code to them" in ma.page.words
    zhao.speak("en").open("/family/join")
    zhao.send(code=code)
    assert "You will act for 马小雨" in zhao.page.words and "Once you confirm" in zhao.page.words


# --- programs -------------------------------------------------------------------------------------------------------


class Program:
    """A patient's account by the API."""

    def __init__(self, site: Site, who: str) -> None:
        self.http = TestClient(site.app)
        body = {"login": cast()["patients"][who]["phone"], "password": password()}
        self.http.headers["authorization"] = f"Bearer {self.http.post('/api/v1/sessions', json=body).json()['token']}"

    def ask(self, method: str, path: str, expect: int, body: object = None) -> object:
        reply = self.http.request(method, f"/api/v1{path}", json=body)
        assert reply.status_code == expect, (path, reply.status_code, reply.text[:300])
        return reply.json() if reply.content else None


@pytest.mark.invariant(9)
def test_only_who_acts_longest_is_offered_the_code_for_the_patient(site: Site, ma: Phone, zhao: Phone) -> None:
    mother = {"name": "周桂芳", "id_number": ZHOU_NUMBER, "relation": "parent"}
    person = str(Program(site, "ma").ask("POST", "/patients", 201, mother)["id"])
    path = f"/family/{person}/guardians"
    join(zhao, code_on(ma, path, whose="family"), "parent")
    assert 'value="own"' in ma.open(f"{path}/invite").html
    offered = zhao.open(f"{path}/invite")
    assert 'value="own"' not in offered.html and "给本人的邀请码，只有马丽能发" in offered.words
    Program(site, "zhao").ask("POST", f"/patients/{person}/guardian-invitations", 403, {"own": True})
    assert code_on(zhao, path)
    code_on(ma, path, whose="own")


def test_a_program_walks_the_same_way(site: Site) -> None:
    ma, zhao, wang = (Program(site, who) for who in ("ma", "zhao", "wang"))
    child = ma.ask("GET", "/patients", 200)[1]["id"]
    for who in (zhao, wang):
        for method, path in (("GET", "guardians"), ("POST", "guardian-invitations"), ("DELETE", "guardian-invitations"),
                             ("DELETE", f"guardians/{NO_ID}")):
            who.ask(method, f"/patients/{child}/{path}", 404, {} if method == "POST" else None)
    code = ma.ask("POST", f"/patients/{child}/guardian-invitations", 201, {})["code"]
    ma.ask("POST", f"/patients/{child}/guardian-invitations", 422, {"own": True})
    assert zhao.ask("POST", "/guardian-invitations/look", 200, {"code": code})["name"] == "马小雨"
    zhao.ask("POST", "/guardianships", 422, {"code": code, "relation": "self"})
    assert zhao.ask("POST", "/guardianships", 201, {"code": code, "relation": "child"})["id"] == child
    wang.ask("POST", "/guardianships", 422, {"code": code, "relation": "child"})
    both = ma.ask("GET", f"/patients/{child}/guardians", 200)
    assert [one["relation"] for one in both] == ["child", "child"]
    ma.ask("DELETE", f"/patients/{child}/guardians/{both[1]['account_id']}", 403)
    zhao.ask("DELETE", f"/patients/{child}/guardians/{both[1]['account_id']}", 204)
    zhao.ask("GET", f"/patients/{child}/guardians", 404)
    ma.ask("DELETE", f"/patients/{child}/guardians/{both[0]['account_id']}", 409)

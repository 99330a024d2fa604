"""The addresses by which pages send sound and picture through us: who may, and what a wrong request is told."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from app.identity import api as identity
from app.work import HOUSE, NOBODY, Actor, all_of
from consult import api as consult
from consult.call.engines.p2p import DirectEngine
from consult.call.engines.problems import EngineAway, NotSending, OfferNotUnderstood
from consult.call.models import CallMember
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from tests.web.test_odd_values_are_refused import staff_token
from web.door import csrf_token

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


class Asked(DirectEngine):
    """An engine that writes down what it is asked, and fails as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, UUID]] = []
        self.fault: type[Exception] | None = None

    def publish(self, room: UUID, party: UUID, offer: str) -> str:  # type: ignore[override]
        return self._said("publish", party)

    def watch(self, room: UUID, party: UUID, whom: UUID) -> str:  # type: ignore[override]
        return self._said("watch", whom)

    def agree(self, room: UUID, party: UUID, whom: UUID, answer: str) -> None:  # type: ignore[override]
        self._said("agree", whom)

    def _said(self, what: str, whom: UUID) -> str:
        self.asked.append((what, whom))
        if self.fault is not None:
            raise self.fault
        return "v=0"


class Talk:
    """Wang, Dr Lin and an interpreter in one call, with a page and a browser each, and an engine of the test."""

    def __init__(self, site: Site) -> None:
        self.site, wang = site, Patient(site)
        self.visit = walk.visit_in_hand(site, wang)
        self.tokens = {"wang": wang.token, "lin": staff_token(site, "lin")}
        self.carrier = site.house.tools.get(consult.Carrier)
        self.carrier.engine = self.engine = Asked()
        self.call = self.does("lin", consult.ask_to_talk, UUID(self.visit), "video").id
        self.does("wang", consult.answer_call, self.call)
        self.pages = {who: uuid4() for who in ("wang", "lin", "guest")}
        self.guest = self.comes()
        self.does("lin", consult.admit_guest, self.guest)
        for who, page in self.pages.items():
            self.does(who, consult.enter_call, self.call, page)
        self.before = self.rows()

    def comes(self, name: str = "guest") -> UUID:
        """Somebody asked in, who knocks."""
        made = self.does("lin", consult.invite_guest, UUID(self.visit), "interpreter")
        with self.site.house.write(NOBODY) as work:
            self.tokens[name] = consult.knock(work, made.link, made.code, "刘芳")
        return made.guest.id

    def does(self, who: str, act: Any, *args: Any) -> Any:
        with self.site.house.write(NOBODY) as work:
            work.actor = self.actor(work, who)
            return act(work, *args)

    def actor(self, work: Any, who: str) -> Actor:
        token = self.tokens[who]
        found = consult.guest_actor(work, token) if "guest" in who else identity.resolve_token(
            work.session, token, work.now)
        assert found is not None
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The call and everybody in it."""
        with self.site.house.read(HOUSE) as work:
            members = all_of(work, CallMember, CallMember.call_id == self.call)
            return [one.model_dump() for one in (work.get(consult.Call, self.call), *members)]

    def send(self, who: str, do: str = "publish", token: str = "", visit: str = "", **fields: Any) -> Any:
        """Send as the page of somebody does; the fields are the right ones unless others are given."""
        role = "guest" if "guest" in who else {"wang": "patient"}.get(who, "doctor")
        whose = token or self.tokens[who]
        path = {"patient": f"/visits/{visit or self.visit}/call/media",
                "doctor": f"/doctor/visits/{visit or self.visit}/call/media", "guest": "/guest/call/media"}[role]
        form = {"call": self.call, "page": self.pages.get(who, uuid4()), "sdp": SDP if do != "watch" else "",
                "whom": "" if do == "publish" else self.pages["lin" if who != "lin" else "wang"], **fields}
        browser = TestClient(self.site.app, cookies={f"fuzhen-{role}": whose}, raise_server_exceptions=False)
        return browser.post(path, data={"do": do, **{name: str(value) for name, value in form.items()}}, headers={
            "accept": "application/json", "x-csrf-token": csrf_token(self.site.house, whose)})

    def is_refused(self, status: int, slug: str, who: str, *args: Any, **more: Any) -> None:
        """A problem that says what is wrong; the engine was not asked and no row has changed."""
        asked = list(self.engine.asked)
        reply = self.send(who, *args, **more)
        assert (reply.status_code, reply.json()["slug"]) == (status, slug), reply.text[:300]
        assert self.engine.asked == asked and self.rows() == self.before

    def now(self) -> None:
        """What a test has done itself belongs to how it stood before."""
        self.before = self.rows()


@pytest.fixture
def talk(site: Site) -> Iterator[Talk]:
    made = Talk(site)
    yield made
    made.carrier.stop()


EVERYBODY, ACTS = ("wang", "lin", "guest"), ("publish", "watch", "agree")
ODD: list[tuple[str, dict[str, str], int, str]] = [
    ("publish", {"sdp": "v" * 65_537}, 422, "invalid"), ("agree", {"sdp": "v" * 65_537}, 422, "invalid"),
    ("publish", {"sdp": "v=0\x00"}, 422, "invalid"), ("publish", {"call": "1"}, 422, "invalid"),
    ("publish", {"page": "x"}, 422, "invalid"), ("publish", {"whom": str(uuid4())}, 404, "not-found"),
    ("watch", {"whom": ""}, 404, "not-found"), ("agree", {"whom": "x"}, 404, "not-found"),
    ("listen", {}, 404, "not-found"), ("x" * 2_000, {}, 422, "invalid")]


def test_everybody_in_the_call_sends_and_sees(talk: Talk) -> None:
    for who in EVERYBODY:
        talk.engine.asked.clear()
        for do in ACTS:
            reply = talk.send(who, do)
            assert reply.status_code == 200 and set(reply.json()) == {"sdp"}, reply.text
        other = talk.pages["wang" if who == "lin" else "lin"]
        assert talk.engine.asked == [("publish", talk.pages[who]), ("watch", other), ("agree", other)]
    assert talk.rows() == talk.before


def test_without_a_sign_in_or_with_a_made_up_one_nothing_is_carried(talk: Talk) -> None:
    for who, do in product(EVERYBODY, ACTS):
        talk.is_refused(401, "not-signed-in", who, do, token="made-up")
    for path in ("/guest/call/media", f"/visits/{talk.visit}/call/media", f"/doctor/visits/{talk.visit}/call/media"):
        nobody = TestClient(talk.site.app).post(path, data={"do": "publish"}, headers={"accept": "application/json"})
        assert nobody.status_code == 401


def test_a_form_of_another_site_is_refused(talk: Talk) -> None:
    browser = TestClient(talk.site.app, cookies={"fuzhen-patient": talk.tokens["wang"]})
    form = {"do": "publish", "call": str(talk.call), "page": str(talk.pages["wang"]), "sdp": SDP}
    reply = browser.post(f"/visits/{talk.visit}/call/media", data=form, headers={"accept": "application/json"})
    assert (reply.status_code, reply.json()["slug"]) == (403, "forged-request") and talk.engine.asked == []


def test_strangers_are_not_found_although_they_know_every_id(talk: Talk) -> None:
    zhao, gao = Patient(talk.site, "zhao").token, staff_token(talk.site, "gao")
    talk.comes("guest before the door")
    talk.now()
    for do in ACTS:
        talk.is_refused(404, "not-found", "lin", do, token=gao)
        talk.is_refused(404, "not-found", "wang", do, token=zhao)
        talk.is_refused(404, "not-found", "guest before the door", do, page=talk.pages["guest"])


def test_who_was_sent_away_is_not_carried_any_more(talk: Talk) -> None:
    talk.does("lin", consult.send_guest_away, talk.guest)
    talk.now()
    for do in ACTS:
        talk.is_refused(410, "call-door-shut", "guest", do)


def test_whose_session_has_run_out_is_not_carried_any_more(talk: Talk) -> None:
    talk.site.clock.forward(seconds=consult.GUEST_STAYS.total_seconds())
    for do in ACTS:
        talk.is_refused(401, "not-signed-in", "guest", do)


def test_who_was_signed_out_everywhere_is_not_carried_any_more(talk: Talk) -> None:
    for who in ("wang", "lin"):
        talk.does(who, identity.sign_out_everywhere)
        for do in ACTS:
            talk.is_refused(401, "not-signed-in", who, do)


def test_the_address_of_another_visit_carries_nothing(talk: Talk) -> None:
    for who, do, visit in product(("wang", "lin"), ACTS, (uuid4(), talk.call)):
        talk.is_refused(404, "not-found", who, do, visit=str(visit))


def test_a_guessed_id_carries_nothing(talk: Talk) -> None:
    for who in EVERYBODY:
        talk.is_refused(404, "not-found", who, call=uuid4())
        for page in (uuid4(), *(page for name, page in talk.pages.items() if name != who)):
            talk.is_refused(409, "call-elsewhere", who, page=page)
        for do, whom in product(("watch", "agree"), (uuid4(), talk.pages[who])):
            talk.is_refused(404, "not-found", who, do, whom=whom)


def test_a_call_that_is_over_or_still_rings_carries_nothing(talk: Talk) -> None:
    talk.does("lin", consult.hang_up, talk.call)
    talk.now()
    for do in ACTS:
        talk.is_refused(409, "call-over", "wang", do)
        talk.is_refused(409, "call-over", "lin", do)
        talk.is_refused(404, "not-found", "guest", do)      # who stands before the door again knows of no call
    talk.call = talk.does("lin", consult.ask_to_talk, UUID(talk.visit), "video").id
    talk.does("lin", consult.enter_call, talk.call, talk.pages["lin"])
    talk.now()
    talk.is_refused(409, "call-not-answered", "lin")


def test_an_odd_request_is_told_so_and_carries_nothing(talk: Talk) -> None:
    for who, (do, fields, status, slug) in product(EVERYBODY, ODD):
        talk.is_refused(status, slug, who, do, **fields)
    talk.is_refused(413, "too-large", "wang", sdp="v" * (1 << 20))


def test_an_offer_that_no_engine_understands_is_told_so(talk: Talk) -> None:
    talk.engine.fault = OfferNotUnderstood
    for who, do in product(EVERYBODY, ("publish", "agree")):
        reply = talk.send(who, do, sdp="this is no description")
        assert (reply.status_code, reply.json()["slug"]) == (422, "offer-not-understood")
    assert talk.rows() == talk.before


@pytest.mark.parametrize("fault", [EngineAway, NotSending])
def test_while_the_engine_does_not_answer_pages_are_told_to_wait(talk: Talk, fault: Any) -> None:
    """No fault of the page: it hears which wait it is, and asks again."""
    talk.engine.fault = fault
    for who in EVERYBODY:
        reply = talk.send(who)
        assert (reply.status_code, reply.json()) == (200, {"sdp": "", "waits": fault.slug})
    assert talk.rows() == talk.before


def test_where_browsers_reach_each_other_nothing_is_carried(talk: Talk) -> None:
    talk.carrier.engine = DirectEngine()
    reply = talk.send("wang")
    assert (reply.status_code, reply.json()["slug"]) == (409, "not-carried") and talk.rows() == talk.before

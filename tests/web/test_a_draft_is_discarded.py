"""A draft that nobody wants is thrown away at its page or by a program, and only by its doctor."""

from __future__ import annotations

from uuid import UUID

import pyotp
import pytest

from app.work import HOUSE
from prescribing import api as prescribing
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Page, Site
from web.demo.cast import cast, password


@pytest.fixture
def draft(site: Site) -> Page:
    """Dr Lin's draft with one line."""
    lin = site.as_("lin")
    page = lin.open(f"/doctor/visits/{walk.visit_in_hand(site, Patient(site))}/prescription")
    walk.add_line(lin, page)
    return page


def state(site: Site, page: Page) -> str:
    with site.house.read(HOUSE) as work:
        return work.get(prescribing.Prescription, UUID(page.path.rsplit("/", 1)[-1])).state


def test_its_doctor_throws_it_away_once_the_box_is_ticked(site: Site, draft: Page) -> None:
    lin = site.as_("lin")
    lin.post(lin.open(draft.path), "/discard")
    assert state(site, draft) == "draft", "without the tick nothing happens"
    back = lin.post(lin.open(draft.path), "/discard", sure="yes")
    assert state(site, draft) == "discarded" and back.path.startswith("/doctor/visits/")


def test_another_doctor_finds_nothing_to_discard(site: Site, draft: Page) -> None:
    form = site.as_("lin").open(draft.path).form("/discard")
    he = site.as_("he")
    token = he.open("/doctor").form("/sign-out").values["csrf"]
    reply = he.http.post(form.action, data={"csrf": token, "sure": "yes"}, headers={"accept": "text/html"})
    assert reply.status_code == 404 and state(site, draft) == "draft"


def test_a_program_discards_it_too(site: Site, draft: Page) -> None:
    lin = Patient(site)
    site.clock.forward(seconds=31)
    lin.token = lin.post("/sessions", {"login": "lin", "password": password(), "totp": pyotp.TOTP(
        cast()["staff"]["lin"]["totp"]).at(site.clock.now())})["token"]
    lin.call("DELETE", f"/prescriptions/{draft.path.rsplit('/', 1)[-1]}", expect=204)
    assert state(site, draft) == "discarded"

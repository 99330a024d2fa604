"""What a patient took back stands struck in both columns; a doctor or pharmacist confirms it there, with a reason."""
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.work import HOUSE
from records import api as records
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Page, Site

SAID = {"reason": "皮试阴性，去年用过阿莫西林"}


@pytest.fixture
def wang(site: Site) -> Patient:
    """His penicillin allergy stands in the record of the seeded house."""
    return Patient(site)


def takes_back(wang: Patient) -> dict[str, Any]:
    """One answer "none", as a program of the patient gives it."""
    assert [one["text"] for one in wang.get(f"/patients/{wang.id}/history")["allergies"]] == ["青霉素"]
    wang.site.clock.forward(minutes=1)
    wang.call("PUT", f"/patients/{wang.id}/history", json={"allergies": "none"})
    return wang.get(f"/patients/{wang.id}/history")


def open_strikes(wang: Patient) -> list[records.TakenBackLine]:
    with wang.site.house.read(HOUSE) as work:
        return records.history_of(work, UUID(wang.id)).taken_back


def shows(page: Page) -> bool:
    return "<s>青霉素</s>" in page.html and "由患者删去，没有医生或药师确认过" in page.words


def test_the_doctor_reads_it_and_confirms_it_with_a_reason(site: Site, wang: Patient) -> None:
    visit = walk.visit_in_hand(site, wang)
    told = takes_back(wang)
    assert told["none_known"] and [one["text"] for one in told["taken_back"]] == ["青霉素"]
    lin, [struck] = site.as_("lin"), open_strikes(wang)
    page = lin.open(f"/doctor/visits/{visit}")
    assert shows(page) and "问过，患者说没有" in page.words
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    assert shows(draft)
    walk.add_line(lin, draft, "amoxicillin", "amxl", dose="500", frequency="tid")
    assert "过敏记录被删去过" in lin.open(draft.path).words
    refused = lin.post(page, f"/allergies/{struck.id}", reason=" ")
    assert refused.reply.status_code == 422 and open_strikes(wang) == [struck]
    after = lin.post(page, f"/allergies/{struck.id}", **SAID)
    assert after.path == f"/doctor/visits/{visit}" and not shows(after) and open_strikes(wang) == []
    assert "过敏记录被删去过" not in lin.open(draft.path).words
    late = lin.post(page, f"/allergies/{struck.id}", **SAID)
    assert late.reply.status_code == 409 and "已经有人确认过" in late.words


def test_the_pharmacist_reads_it_and_confirms_it_too(site: Site, wang: Patient) -> None:
    _, rx = walk.signed(site, wang)
    takes_back(wang)
    [struck], ren = open_strikes(wang), site.as_("ren")
    page = ren.open(f"/pharmacist/reviews/{rx}")
    assert shows(page)
    after = ren.post(page, f"/allergies/{struck.id}", **SAID)
    assert after.path == f"/pharmacist/reviews/{rx}" and not shows(after) and open_strikes(wang) == []


def test_the_patients_own_page_says_that_it_is_asked_about(site: Site, wang: Patient) -> None:
    takes_back(wang)
    page = site.stranger()
    page.http.cookies.set("fuzhen-patient", wang.token)
    assert "您删去过： 青霉素 。写错了没关系" in " ".join(page.open("/history").words.split())


@pytest.mark.parametrize("whose", ["another patient", "nobody"])
def test_an_allergy_of_somebody_else_is_not_found_by_the_address_of_this_visit(
        site: Site, wang: Patient, whose: str) -> None:
    visit = walk.visit_in_hand(site, wang)
    takes_back(wang)
    lin, other = site.as_("lin"), Patient(site, "zhao")
    for answer in ([{"text": "磺胺"}], "none"):
        other.call("PUT", f"/patients/{other.id}/history", json={"allergies": answer})
    form = lin.open(f"/doctor/visits/{visit}").form(f"/allergies/{open_strikes(wang)[0].id}")
    [theirs] = open_strikes(other)
    address = f"/doctor/visits/{visit}/allergies/{theirs.id if whose == 'another patient' else uuid4()}"
    reply = lin.http.post(address, data={**form.values, **SAID}, headers={"accept": "text/html"})
    assert reply.status_code == 404 and open_strikes(other) == [theirs]

"""The patient asks a partner hospital for the record, its program sends it, and the doctor reads it as a paper."""
import hashlib

import pytest

from app.identity import api as identity
from app.work import HOUSE
from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.demo.papers import OUTPATIENT, fhir_record


def connected(site: Site) -> tuple[str, str]:
    """The partner hospital of the cast and its key."""
    with site.house.write(HOUSE) as work:
        place = identity.organizations(work, "partner_hospital")[0].id
        return str(place), identity.issue_partner_key(work, place)


def test_the_doctor_reads_the_partners_record_as_a_paper_and_takes_the_bytes_along(site: Site) -> None:
    visit = Patient(site).ask()
    lin = site.as_("lin")
    walk.accept(lin, visit)
    page = lin.open(f"/doctor/visits/{visit}/evidence")
    paper = page.html.split('<article class="sheet-doc">')[1].split("</article>")[0]
    assert "门诊病历" in paper and "原发性高血压" in paper and "王建国" in paper and "I10" in paper
    assert "resourceType" not in page.html
    original = lin.open(page.link("original=true")).reply
    assert "attachment" in original.headers["content-disposition"] and b'"resourceType": "Bundle"' in original.content
    assert hashlib.sha256(original.content).hexdigest() in page.html, "the digest on the page is that of the bytes"


@pytest.mark.invariant(9)
def test_zhao_asks_renmin_and_its_program_sends_the_record(site: Site) -> None:
    place, key = connected(site)
    phone = Phone(site).sign_in("zhao")
    phone.to_forecast()
    phone.send(seen="yes")
    assert "从人民医院导入" in phone.page.words
    phone.open(phone.page.link(f"/import/{place}"))
    assert "身份证号" in phone.page.words
    phone.send(do="confirm")
    assert "已经请它发来" in phone.page.words
    headers = {"authorization": f"Bearer {key}"}
    http = site.stranger().http
    [asked] = http.get("/api/v1/partner/requests", headers=headers).json()
    raw = fhir_record(asked["name"], asked["id_number"], "I10", "原发性高血压", site.house.clock.now().date(),
                      OUTPATIENT["I10"])
    for _ in range(2):
        sent = http.post(f"/api/v1/partner/requests/{asked['id']}/record", headers=headers, content=raw)
        assert sent.status_code == 201 and sent.json()["sha256"] == hashlib.sha256(raw).hexdigest()
    told = phone.open(phone.page.path)
    assert told.words.count("人民医院 · ") == 1, "it is offered on the page, once"
    assert http.get("/api/v1/patients", headers=headers).status_code == 403
    told = phone.open("/record/who-looked").words
    assert "身份证号" in told and "请这家医院把以前的病历发来" in told, "what the hospital got to know"


@pytest.mark.parametrize(("body", "status"), [(b"{}", 422), (b"\xff\xfe", 422), (b" " * (2 << 20), 413)])
def test_bad_records_are_a_clear_answer(site: Site, body: bytes, status: int) -> None:
    place, key = connected(site)
    patient = Patient(site)
    patient.post(f"/patients/{patient.id}/record-requests", {"institution_id": place})
    http, headers = site.stranger().http, {"authorization": f"Bearer {key}"}
    [asked] = http.get("/api/v1/partner/requests", headers=headers).json()
    reply = http.post(f"/api/v1/partner/requests/{asked['id']}/record", headers=headers, content=body)
    assert reply.status_code == status
    assert status == 413 or reply.json()["errors"][0]["field"] == "Bundle" or reply.json()["slug"] == "bad-fhir-record"
    patient.call("DELETE", f"/patients/{patient.id}/record-requests/{place}")
    assert http.get("/api/v1/partner/requests", headers=headers).json() == []

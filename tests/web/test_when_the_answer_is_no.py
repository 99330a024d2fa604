"""When the answer is no: advice without diagnosis and prescription, held on every way in; a stop with its letter."""
import pytest

from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.demo.cast import cast


@pytest.mark.invariant(1)
def test_an_advice_visit_has_no_diagnosis_and_no_prescription_on_any_way(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask(kind="advice")
    walk.accept(lin, visit)
    page = lin.open(f"/doctor/visits/{visit}")
    assert "这是咨询，只能给建议" in page.words and "/judge" not in page.html
    refused = walk.diagnose(lin, visit)
    assert refused.reply.status_code == 409 and "只能给建议" in refused.words
    assert lin.open(f"/doctor/visits/{visit}/prescription").reply.status_code == 409
    token = lin.http.cookies["fuzhen-doctor"]
    for path, body in (("diagnoses", {"code": "I10"}), ("prescriptions", {})):
        reply = wang.http.post(f"/api/v1/visits/{visit}/{path}", json=body,
                               headers={"authorization": f"Bearer {token}"})
        assert (reply.status_code, reply.json()["slug"]) == (409, "advice-only"), path
    assert wang.get(f"/visits/{visit}/summary")["diagnoses"] == []


def test_one_action_stops_the_visit_and_the_patient_holds_the_letter_in_the_same_minute(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = wang.ask()
    walk.accept(lin, visit)
    Phone(site).sign_in("wang").open(f"/visits/{visit}/letter", expect=404)
    begun = site.house.clock.now()
    page = lin.open(f"/doctor/visits/{visit}/refer")
    place = page.html.split('id="f-to"')[1].split('value="')[2].split('"')[0]
    refused = lin.post(page, "/refer", reason="changed", urgency="urgent", to=place, summary="很长" * 1951)
    assert refused.reply.status_code == 422 and "最多 3900 字" in refused.words and "很长" * 1951 in refused.html
    lin.post(page, "/refer", reason="changed", urgency="urgent", to=place,
             summary="胸闷三天，请当面检查。" + "病情。" * 500 + "诊断 I20.0")
    phone = Phone(site).sign_in("wang")
    phone.open(f"/visits/{visit}/summary")
    letter = phone.open(phone.page.link("/letter"))
    assert (site.house.clock.now() - begun).total_seconds() < 60
    for told in ("胸闷三天", "诊断 I20.0", "今天就去", "青霉素", "林静", "病情"):
        assert told in letter.words, told
    Phone(site).sign_in("zhao").open(f"/visits/{visit}/letter", expect=404)
    assert walk.diagnose(lin, visit).reply.status_code in (404, 409), "nothing is diagnosed after the stop"
    assert cast()["patients"]["wang"]["people"][0]["name"] in letter.words

"""A closed record, the page that says what emergency access does, and what the patient reads of it afterwards."""
from __future__ import annotations

import pytest

from app.identity import api as identity
from app.work import HOUSE, all_of
from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Page, Site
from tests.web.test_a_second_guardian_comes_in_by_pages import Program
from tests.web.test_odd_values_are_refused import staff_token

REASON = "家属来电：患者昏迷，急诊要核对青霉素过敏"
NO_ID = "01a20000-0000-7000-8000-000000000000"


def write(site: Site, patient: str, reason: str, who: str = "he") -> Page:
    doctor = site.as_(who)
    return doctor.post(doctor.open(f"/doctor/patients/{patient}/emergency"), "/emergency", reason=reason)


def test_a_refused_doctor_is_led_there_reads_for_an_hour_and_the_patient_knows_why(site: Site) -> None:
    wang, he = Patient(site), site.as_("he")
    shut = he.open(f"/doctor/patients/{wang.id}/record")
    assert shut.reply.status_code == 404 and "没有向您打开" in shut.words and "王建国" not in shut.words
    page = he.open(shut.link("/emergency"))
    assert "王建国" not in page.words
    for words in ("只开 1 小时", "只能看", "马上收到通知", "谁也删不掉"):
        assert words in page.words
    opened = he.post(page, "/emergency", reason=REASON)
    assert opened.path == f"/doctor/patients/{wang.id}/record" and "青霉素" in opened.words
    assert "紧急查阅，到" in opened.words
    site.run()
    phone = Phone(site).sign_in("wang")
    assert "有医生紧急查看了健康记录" in phone.open("/inbox").words
    told = phone.follow("/looks")
    assert told.path == f"/records/{wang.id}/looks"
    for words in ("紧急查看：何宁", REASON, "没有经您同意", "挡住：何宁"):
        assert words in told.words, words
    site.clock.forward(hours=1)
    assert he.open(f"/doctor/patients/{wang.id}/record").reply.status_code == 404


@pytest.mark.invariant(9)
@pytest.mark.parametrize("reason", ["", "急", "  急  诊  ", "\u200b" * 20])
def test_without_a_reason_in_words_it_stays_closed_and_the_words_are_kept(site: Site, reason: str) -> None:
    wang = Patient(site)
    page = write(site, wang.id, reason)
    assert page.reply.status_code == 422 and "请写明紧急查看的原因" in page.words
    assert site.as_("he").open(f"/doctor/patients/{wang.id}/record").reply.status_code == 404
    assert not any(one["ground"] == "break_glass" for one in wang.get(f"/patients/{wang.id}/looks"))


@pytest.mark.invariant(9)
def test_it_reads_and_writes_nothing(site: Site) -> None:
    wang, he = Patient(site), site.as_("he")
    visit = walk.visit_in_hand(site, wang)
    write(site, wang.id, REASON)
    token = he.open("/doctor").form("/duty").values["csrf"]
    for path, data in ((f"/doctor/visits/{visit}/note", {"advice": "x"}), (f"/doctor/visits/{visit}/finish", {}),
                       (f"/doctor/visits/{visit}/judge", {"answer": "same"})):
        assert he.http.post(path, data={"csrf": token, **data}).status_code in (403, 404, 405), path


def test_what_stands_in_the_open_record_opens_too(site: Site) -> None:
    wang, he = Patient(site), site.as_("he")
    page = write(site, wang.id, REASON)
    links = [one for one in page.html.split('"') if one.startswith(("/doctor/evidence/", "/doctor/prescriptions/",
                                                                    "/doctor/files/"))]
    assert links
    for link in dict.fromkeys(links):
        assert he.open(link).reply.status_code == 200, link


@pytest.mark.invariant(9)
def test_nobody_else_and_nobody_without_a_licence_opens_anything(site: Site) -> None:
    wang = Patient(site)
    for who in ("ren", "bai", "kang"):
        reply = site.as_(who).http.get(f"/doctor/patients/{wang.id}/emergency", headers={"accept": "text/html"},
                                       follow_redirects=False)
        assert reply.status_code == 303 and "/staff/sign-in" in reply.headers["location"]
    assert write(site, NO_ID, REASON).reply.status_code == 404
    with site.house.write(HOUSE) as work:
        he = next(one for one in all_of(work, identity.Practitioner) if one.name_zh == "何宁")
        kept = identity.licence_of(work, he.id)
        assert kept is not None
        kept.state = "suspended"
    assert write(site, wang.id, REASON).reply.status_code == 409
    assert site.as_("he").open(f"/doctor/patients/{wang.id}/record").reply.status_code == 404


def test_a_visit_of_long_ago_says_how_its_record_opens_and_a_strangers_does_not(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    past = wang.get(f"/patients/{wang.id}/visits")[0]["id"]
    shut = lin.open(f"/doctor/visits/{past}")
    assert shut.reply.status_code == 404 and shut.link("/emergency") == f"/doctor/patients/{wang.id}/emergency"
    strange = site.as_("he").open(f"/doctor/visits/{past}")
    assert strange.reply.status_code == 404 and wang.id not in strange.html


def test_who_calls_back_in_an_emergency_finds_the_way(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words="胸口压着疼", complaint="chest_pain")
    phone.send(flags="gate_chest")
    page = site.as_("lin").open("/doctor/call-backs")
    assert page.link("/emergency") == f"/doctor/patients/{Patient(site).id}/emergency"


def test_a_program_opens_by_the_same_rule(site: Site) -> None:
    wang, token = Patient(site), staff_token(site, "he")
    doctor = Program(site, "zhao")
    doctor.ask("POST", f"/patients/{wang.id}/emergency-access", 403, {"reason": REASON})
    doctor.http.headers["authorization"] = f"Bearer {token}"
    doctor.ask("GET", f"/patients/{wang.id}/record", 404)
    doctor.ask("POST", f"/patients/{wang.id}/emergency-access", 422, {"reason": "急"})
    doctor.ask("POST", f"/patients/{NO_ID}/emergency-access", 404, {"reason": REASON})
    assert doctor.ask("POST", f"/patients/{wang.id}/emergency-access", 201, {"reason": REASON})["until"]
    doctor.ask("GET", f"/patients/{wang.id}/record", 200)
    doctor.ask("PUT", f"/patients/{wang.id}/history", 403, {"allergies": "none"})

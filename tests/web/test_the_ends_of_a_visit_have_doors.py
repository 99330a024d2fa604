"""The patient left, the doctor never spoke, a call is due: each has its button, and each is told to both sides."""
from __future__ import annotations

from uuid import UUID

import pyotp

from app.identity import api as identity
from app.kit.ids import uuid7
from app.work import HOUSE, one_or_none
from records import api as records
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.demo.cast import cast, password


def taken(site: Site, patient: Patient) -> str:
    """A visit that Dr Lin has taken and done nothing with."""
    visit = patient.ask()
    site.run()
    walk.accept(site.as_("lin"), visit)
    site.run()
    return visit


def test_a_doctor_ends_a_visit_whose_patient_left_only_after_half_an_hour(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = taken(site, wang)
    lin.post(lin.open(f"/doctor/visits/{visit}"), "/messages", body="您好，还在吗？")
    site.run()
    assert [m["sender"] for m in wang.get(f"/visits/{visit}/messages")][-1] == "doctor"
    assert "患者没有回来" not in lin.open(f"/doctor/visits/{visit}/finish").words
    site.clock.forward(minutes=31)
    page = lin.open(f"/doctor/visits/{visit}/finish")
    assert "患者没有回来" in page.words
    lin.post(page, "/abandon")
    assert wang.get(f"/visits/{visit}")["state"] == "abandoned"


def test_a_patient_who_is_to_come_back_is_told_when(site: Site) -> None:
    wang, lin = Patient(site), site.as_("lin")
    visit = taken(site, wang)
    lin.post(lin.open(f"/doctor/visits/{visit}/note"), "/note", **walk.NOTE | {"next_step": " "})
    page = lin.post(lin.open(f"/doctor/visits/{visit}/finish"), "/finish", outcome="return")
    assert page.reply.status_code == 422 and "患者不知道何时再来" in page.words
    assert wang.get(f"/visits/{visit}")["state"] == "in_progress"
    lin.post(lin.open(f"/doctor/visits/{visit}/note"), "/note", **walk.NOTE | {"next_step": "四周后再来。"})
    lin.post(lin.open(f"/doctor/visits/{visit}/finish"), "/finish", outcome="return")
    assert wang.get(f"/visits/{visit}")["state"] == "completed"
    assert "四周后再来" in str(wang.get(f"/visits/{visit}/summary"))


def test_a_visit_whose_doctor_never_spoke_comes_back_to_the_patient_with_the_money(site: Site) -> None:
    wang = Patient(site)
    visit = taken(site, wang)
    site.clock.forward(minutes=61)
    site.run()
    assert wang.get(f"/visits/{visit}")["state"] == "expired"
    assert wang.get(f"/visits/{visit}/payment")["state"] == "refunded"


def test_a_call_that_is_due_is_counted_shown_and_done(site: Site) -> None:
    zhou, lin = Patient(site, "zhou"), site.as_("lin")
    begun = zhou.post("/triages", {"patient_id": zhou.id, "free_text": "胸口压着疼", "complaint": "chest_pain"})
    ticked = {line["id"]: "yes" for line in begun["gate"]}
    assert zhou.post(f"/triages/{begun['id']}/gate", {"answers": ticked})["level"] == "emergency"
    site.run()
    page = lin.open("/doctor/call-backs")
    assert "周桂芬" in page.words and "急症" in page.words
    lin.post(page, f"/doctor/call-backs/{begun['id']}")
    assert "周桂芬" not in lin.open("/doctor/call-backs").words


def test_a_second_doctor_of_the_patient_sees_what_was_signed_and_no_draft(site: Site) -> None:
    wang = Patient(site)
    visit, rx = walk.signed(site, wang)
    token = token_of(site, "gao")
    gao = {"authorization": f"Bearer {token}"}
    closed = wang.http.get(f"/api/v1/visits/{visit}/prescriptions", headers=gao)
    assert closed.status_code == 404
    with site.house.write(HOUSE) as work:
        doctor = one_or_none(work, identity.Practitioner, identity.Practitioner.name_en == "Gao Yuan")
        records.open_treatment(work, UUID(wang.id), doctor.id, uuid7())
    seen = wang.http.get(f"/api/v1/visits/{visit}/prescriptions", headers=gao)
    assert seen.status_code == 200 and [one["state"] for one in seen.json()] == ["signed"]


def token_of(site: Site, name: str) -> str:
    """A bearer token of a member of staff."""
    row = cast()["staff"][name]
    client = Patient(site)
    code = pyotp.TOTP(row["totp"]).at(site.clock.now())
    client.token = ""
    return str(client.post("/sessions", {"login": name, "password": password(), "totp": code})["token"])

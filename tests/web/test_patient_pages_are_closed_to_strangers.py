"""Somebody else's ids, forged forms, typed scripts, a switch of person, and the back button."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from app.identity import api as identity
from app.kit.ids import uuid7
from app.policy import api as policy
from app.work import HOUSE, all_of
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from tests.web.patient_staff import Staff
from tests.web.patient_walk import Phone, photo
from tests.web.staff_site import Site
from web.door import gate_of
from web.site import routers

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def page_routes() -> list[APIRoute]:
    """Every route of the patient's pages."""
    found = [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]
    return [r for r in found if r.endpoint.__module__.startswith(("web.pages.patient", "web.pages.public"))]


def wangs_ids(site: Site) -> dict[str, str]:
    """One of everything that is Mr Wang's, by the name that addresses give it."""
    with site.house.read(HOUSE) as work:
        visit = all_of(work, consult.Visit)[-1]
        entry = all_of(work, records.RecordEntry, records.RecordEntry.patient_id == visit.patient_id)[0]
        piece = all_of(work, records.Evidence, records.Evidence.patient_id == visit.patient_id)[0]
        order = all_of(work, pharmacy.Order, pharmacy.Order.patient_id == visit.patient_id)
        rx = all_of(work, prescribing.Prescription, prescribing.Prescription.patient_id == visit.patient_id)
        from app.payments import api as payments

        payment = payments.payment_of(work, "visit", visit.id)
        decided = all_of(work, policy.PolicyDecision, policy.PolicyDecision.patient_id == visit.patient_id)[0]
        asked = identity.organizations(work, "partner_hospital")[0]
        question = consult.load_ruleset().protocols["hypertension_followup"].questions[0].id
        return {
            "patient_id": str(visit.patient_id), "visit_id": str(visit.id), "triage_id": str(visit.triage_id),
            "entry_id": str(entry.id), "evidence_id": str(piece.id), "document_id": str(piece.document_id), "page": "1",
            "order_id": str(order[0].id), "prescription_id": str(rx[0].id), "ref": payment.provider_ref or "",
            "question_id": question, "payable_id": str(visit.id), "room": "visits", "form": "privacy",
            "slug": "not-found", "decision_id": str(decided.id), "institution_id": str(asked.id),
            "account": str(uuid7()), "number": "RX-2611-00000000", "code": "guessed-guessed-guessed"}


@pytest.mark.invariant(9)
def test_no_page_opens_for_a_stranger_who_guessed_the_id(site: Site) -> None:
    Phone(site).sign_in("wang").wait_for_doctor()
    ids, stranger = wangs_ids(site), Phone(site).sign_in("zhao")
    tried = 0
    for route in page_routes():
        names = re.findall(r"{(\w+)}", route.path)
        if not names or names == ["slug"]:
            continue
        path = route.path.format(**ids)
        if route.path.endswith("/order"):
            path += f"?pharmacy={uuid7()}"
        if "GET" in route.methods:
            reply = stranger.client.get(path, follow_redirects=False)
        else:
            stranger.open("/me")
            token = re.search(r'name="csrf-token" content="([^"]+)"', stranger.page.html)[1]
            files = {"file": ("x.png", photo(), "image/png")} if path.endswith(("/page", "/file")) else None
            data = {"csrf": token, "do": "approve", "text": "x", "words": "x", "consent": "yes", "flags": "none",
                    "answer": "no", "phone": "13800000004", "allergies": "no", "medicines": "no", "doctor": "first",
                    "seen": str(ids["evidence_id"]), "recipient": "x", "area": "x", "street": "x"}
            reply = stranger.client.post(path, data=data, files=files, follow_redirects=False)
        carried = route.path.endswith(("/doctor", "/forecast", "/pharmacies")) and reply.status_code == 303
        if carried:  # a choice that is only carried along in the address; the page behind it refuses
            reply = stranger.client.get(reply.headers["location"])
        assert reply.status_code == 404, (route.methods, route.path, reply.status_code, reply.text[:300])
        assert "王建国" not in reply.text
        tried += 1
    assert tried >= 45


@pytest.mark.invariant(9)
def test_nothing_of_a_person_shows_without_signing_in(site: Site) -> None:
    Phone(site).sign_in("wang").wait_for_doctor()
    ids, nobody = wangs_ids(site), Phone(site)
    for route in page_routes():
        gate = gate_of(route)
        if gate is None or gate.roles != ("patient",) or "GET" not in route.methods:
            continue
        path = route.path.format(**ids) + (f"?pharmacy={uuid7()}" if route.path.endswith("/order") else "")
        reply = nobody.client.get(path, follow_redirects=False)
        assert reply.status_code == 303 and reply.headers["location"].startswith("/sign-in?next="), route.path


def test_a_forged_form_changes_nothing(site: Site) -> None:
    Phone(site).sign_in("wang").wait_for_doctor()
    ids, phone = wangs_ids(site), Phone(site).sign_in("wang")
    for route in page_routes():
        if "POST" in route.methods:
            path = route.path.format(**ids) + (f"?pharmacy={uuid7()}" if route.path.endswith("/order") else "")
            for data in ({"do": "cancel"}, {"do": "cancel", "csrf": "made-up"}):
                assert phone.client.post(path, data=data, follow_redirects=False).status_code == 403, route.path
    with site.house.read(HOUSE) as work:
        assert work.get(consult.Visit, UUID(ids["visit_id"])).state == "waiting"


@pytest.mark.invariant(14)
def test_a_script_that_a_patient_types_stays_text_on_every_page(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words=SCRIPT, complaint="hypertension_followup")
    phone.send(flags="none")
    while "/questions/" in phone.page.path:
        phone.answer_calmly()
    seen = [phone.page.html]
    phone.follow("/history")
    phone.send(allergies="yes", allergies_list=SCRIPT, medicines="yes", medicines_list=SCRIPT)
    phone.use_held_record()
    visit = phone.ask()
    phone.pay()
    phone.send(words=SCRIPT)
    paths = (f"{visit}/waiting", f"{visit}/chat", "/home", "/visits", "/record", "/history", "/medicines")
    seen += [phone.open(path).html for path in paths]
    for html in seen:
        assert "<script>alert" not in html and "<img src=x" not in html
    assert sum("&lt;script&gt;" in html for html in seen) >= 5


@pytest.mark.invariant(13)
def test_every_page_of_a_person_forbids_to_be_kept(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    visit = phone.wait_for_doctor()
    for path in ("/home", "/record", "/history", "/medicines", "/visits", f"{visit}/chat", f"{visit}/waiting/part",
                 "/me", "/family", "/inbox", "/record/who-looked"):
        assert "no-store" in phone.client.get(path).headers["cache-control"], path


@pytest.mark.invariant(13)
def test_after_a_switch_of_account_nothing_of_the_first_is_left(site: Site) -> None:
    phone = Phone(site).sign_in("ma")
    child = re.findall(r'href="(/act-for/[^"]+)"', phone.open("/home").html)[1]
    phone.open(child)
    assert "马小雨" in phone.open("/record").html
    phone.open("/me")
    phone.send("/sign-out", where="here")
    phone.sign_in("zhao")
    for path in ("/home", "/record", "/history", "/medicines"):
        html = phone.open(path).html
        assert "马小雨" not in html and "马丽" not in html and "赵磊" in html, path
    assert phone.client.get(child, follow_redirects=False).status_code == 404


@pytest.mark.invariant(13)
def test_a_form_opened_for_the_child_is_saved_for_the_child_after_a_switch_in_another_tab(site: Site) -> None:
    phone = Phone(site).sign_in("ma")
    switches = list(dict.fromkeys(re.findall(r'href="(/act-for/[^"]+)"', phone.open("/home").html)))
    phone.open(switches[1])
    phone.open("/history")
    first_tab = phone.page
    phone.client.get(switches[0])
    phone.page = first_tab
    phone.send(allergies="yes", allergies_list="花生（嘴唇肿）", medicines="no", weight="16.5")
    assert "花生" not in phone.open("/history").html
    phone.open(switches[1])
    assert "花生" in phone.open("/history").html


@pytest.mark.invariant(12)
def test_an_emergency_closes_the_way_and_opens_again_only_by_saying_so(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words="胸口压着疼", complaint="chest_pain")
    here = phone.page.path.removesuffix("/flags")
    phone.send(flags="gate_chest")
    assert phone.page.path == f"{here}/emergency" and 'href="tel:120"' in phone.page.html
    assert not re.search(r'href="[^"]*(forecast|/doctor|/check|/pay)', phone.page.html)
    for path in ("forecast", "doctor", "check", "history"):
        assert phone.open(f"{here}/{path}").path == f"{here}/emergency" or path == "history"
    phone.follow("/correct") if phone.page.path.endswith("/emergency") else phone.open(f"{here}/correct")
    phone.send(do="correct")
    assert phone.page.path == f"{here}/flags"


@pytest.mark.invariant(12)
def test_thoughts_of_self_harm_lead_to_the_question_and_to_people_who_listen(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words="", complaint="general")
    phone.send(flags="gate_harm", _expect=422)
    assert "想法" in phone.page.words and 'name="harm"' in phone.page.html
    phone.send(flags="gate_harm", harm="on_purpose")
    assert phone.page.path.endswith("/emergency") and "想找人说说话" in phone.page.words


@pytest.mark.invariant(12)
def test_not_sure_is_an_answer_and_an_empty_screen_is_not(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words="", complaint="hypertension_followup")
    phone.send(_expect=422)
    assert "有 1 处要改" in phone.page.words
    phone.send(flags="unsure")
    while "/questions/" in phone.page.path:
        phone.answer_calmly()
    assert phone.page.path.endswith("/result") and "没有把「不确定」当成「没有」" in phone.page.words


@pytest.mark.invariant(1)
def test_who_was_never_seen_in_person_is_offered_advice_and_no_prescription(site: Site) -> None:
    phone = Phone(site).sign_in("zhao")
    phone.to_forecast()
    phone.send(seen="no")
    assert "只能在线咨询，不能在线开药" in phone.page.words
    assert "kind=follow_up" not in phone.page.html and "kind=advice" in phone.page.html
    here = phone.page.path.removesuffix("/forecast")
    phone.open(f"{here}/check?kind=follow_up&seen=no&doctor=first")
    phone.send(consent="yes", _expect=409)
    assert "这次不能在线复诊" in phone.page.words


def test_a_paper_that_nobody_has_read_is_never_a_tick(site: Site) -> None:
    phone = Phone(site).sign_in("zhao")
    here = phone.to_forecast()
    phone.open(f"{here}/evidence")
    phone.send(_files=[("pages", ("x.png", photo(), "image/png"))], do="submit",
               hospital="人民医院", seen_on="2026-08-12", diagnosis="高血压")
    assert phone.page.path == f"{here}/forecast", phone.page.path
    assert "还没有人看过" in phone.page.words and "您传的病历，还没有医生看过" in phone.page.words
    assert "有当面看过病的证明" not in phone.page.words and "很可能" not in phone.page.words


@pytest.mark.invariant(3)
def test_a_draft_does_not_exist_for_the_patient(site: Site) -> None:
    phone, staff = Phone(site).sign_in("wang"), Staff(site)
    visit_id = staff.accept(phone.wait_for_doctor())
    with staff.by("lin") as work:
        consult.diagnose(work, visit_id, "I10")
        rx_id = prescribing.start_draft(work, visit_id).id
    phone.open(f"/prescriptions/{rx_id}", 404)
    phone.open(f"/prescriptions/{rx_id}/pharmacies", 404)


def test_templates_of_the_patient_carry_no_inline_style_or_script() -> None:
    room = Path("web/templates")
    for path in [*room.glob("patient/**/*.html"), *room.glob("public/*.html")]:
        text = path.read_text("utf-8")
        assert " style=" not in text and not re.search(r"<script(?![^>]*src=)", text), path

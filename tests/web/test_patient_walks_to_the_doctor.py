"""A person on a phone comes from nothing to the waiting room and into the conversation, by forms alone."""

from __future__ import annotations

import re

import pytest

from tests.web.patient_walk import Phone, photo
from tests.web.staff_site import Site
from web.demo.cast import id_number

PHONE = "13912345678"
SECRET = "a sentence that I know"


def register(phone: Phone) -> None:
    phone.open("/register")
    phone.send(phone=PHONE)
    assert phone.page.path == "/register/code"
    phone.send(code=phone.sms(PHONE), password=SECRET)
    assert phone.page.path == "/register/name", phone.page.words[:300]
    from datetime import date

    phone.send(name="王大明", identity=id_number(date(1970, 5, 4), 311))
    assert phone.page.path == "/register/person"
    phone.open("/register/consents")
    ticks = {name: "yes" for name in re.findall(r'name="(\w+_[0-9a-f]{32})"', phone.page.html)}
    assert len(ticks) == 2
    phone.send(**ticks)
    assert phone.page.path == "/home"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_newcomer_registers_and_reaches_the_waiting_room_by_forms_alone(site: Site, lang: str) -> None:
    phone = Phone(site, lang)
    register(phone)
    here = phone.to_forecast()
    phone.send(seen="upload")
    assert phone.page.path == f"{here}/evidence"
    phone.send(do="upload", _files=[("pages", ("record.png", photo(), "image/png"))])
    assert "record.png" in phone.page.html or phone.page.html.count('name="page"') == 1
    phone.send(do="submit", hospital="人民医院", seen_on="2026-08-12", diagnosis="原发性高血压")
    assert phone.page.path == f"{here}/forecast", phone.page.words[:300]
    visit = phone.ask()
    phone.pay()
    assert phone.page.path == f"{visit}/waiting", phone.page.words[:400]


def test_wang_uses_the_record_of_the_partner_hospital_and_talks_with_the_doctor(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    visit = phone.wait_for_doctor()
    phone.send(words="起床头晕，药要减量吗？")
    phone.open(f"{visit}/chat")
    assert "起床头晕" in phone.page.html
    phone.send("/chat", text="补一句", _files=[("file", ("x.png", photo(), "image/png"))])
    assert "补一句" in phone.page.html and "/documents/" in phone.page.html
    picture = re.findall(r'src="(/documents/[^"]+)"', phone.page.html)[0]
    assert phone.client.get(picture).headers["content-type"] == "image/jpeg"

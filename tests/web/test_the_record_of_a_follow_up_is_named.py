"""Before paying, the page names the record that a follow-up rests on: hospital, diagnosis, day; or there is none."""
import re
from uuid import UUID

import pytest

from app.kit.text import dated
from app.work import HOUSE, all_of
from records import api as records
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site


def to_check(phone: Phone) -> str:
    """From the forecast to the page where it is paid; its words."""
    link = next(h for h in re.findall(r'href="([^"]+)"', phone.page.html) if "/doctor?" in h).replace("&amp;", "&")
    phone.open(link)
    phone.send(doctor="first")
    assert phone.page.path.endswith("/check")
    return phone.page.words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chosen_record_is_named_with_hospital_diagnosis_and_day(site: Site, lang: str) -> None:
    phone = Phone(site).sign_in("wang").speak(lang)
    phone.to_forecast()
    phone.use_held_record()
    words = to_check(phone)
    with site.house.read(HOUSE) as work:
        piece = work.get(records.Evidence, UUID(re.search(r"evidence=([0-9a-f-]{36})", str(phone.page.reply.url))[1]))
    name = {"zh": "高血压", "en": "ypertension"}[lang]
    row = words.split({"zh": "复诊依据的病历", "en": "The record this follow-up rests on"}[lang])[1][:200]
    assert piece.institution in row and name in row and dated(piece.diagnosed_on).get(lang) in row


def test_advice_rests_on_no_record_and_a_follow_up_without_one_says_so(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    here = phone.to_forecast()
    assert "复诊依据" not in phone.open(f"{here}/check?kind=advice&seen=yes&doctor=first").words
    assert "还没有病历" in phone.open(f"{here}/check?kind=follow_up&seen=yes&doctor=first").words


def test_somebody_elses_record_in_the_address_is_not_named(site: Site) -> None:
    with site.house.read(HOUSE) as work:
        mine = {p.id for p in all_of(work, records.Evidence)}
    phone = Phone(site).sign_in("zhao")
    here = phone.to_forecast(complaint="cough_cold", words="咳嗽")
    for piece in mine:
        words = phone.open(f"{here}/check?kind=follow_up&evidence={piece}&doctor=first").words
        assert "还没有病历" in words

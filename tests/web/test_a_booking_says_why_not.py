"""A wish that the rules of booking refuse leads to the page that says why; what is settled is said before paying."""
import re
from typing import Any
from uuid import UUID

import pytest

from app.policy import api as policy
from app.work import HOUSE
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def check_page(phone: Phone) -> str:
    """From home to the last page before paying, with the first doctor of the list; returns that doctor's id."""
    phone.to_forecast()
    phone.use_held_record()
    link = next(h for h in re.findall(r'href="([^"]+)"', phone.page.html) if "/doctor?" in h)
    phone.open(link.replace("&amp;", "&"))
    doctor = re.findall(r'name="doctor" value="([0-9a-f-]{36})"', phone.page.html)[0]
    phone.send(doctor=doctor)
    return doctor


@pytest.mark.invariant(11)
@pytest.mark.parametrize(("lang", "said"), [("zh", "同一患者同一医师同日限约一个号"),
                                            ("en", "one slot per person, doctor and day")])
def test_the_second_visit_of_a_day_to_one_doctor_says_which_rule_stops_it(site: Site, lang: str, said: str) -> None:
    phone = Phone(site).sign_in("wang")
    phone.wait_for_doctor("listed")
    site.house.clock.forward(minutes=1)
    phone.speak(lang)
    check_page(phone)
    phone.send(consent="yes")
    assert phone.page.path.startswith("/decisions/") and said in phone.page.words
    assert "CN-BOOK-01" in phone.page.words and "江苏2012" in phone.page.words
    back = phone.page.link("/result")
    assert phone.open(back).path == back, "the way back leads to what was answered, not to a visit that is none"


def test_the_page_before_paying_says_that_no_insurer_pays(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    check_page(phone)
    assert "自费支付，本院还不能用医保结算" in phone.page.words
    here = str(phone.page.reply.url)
    phone.speak("en")
    assert "You pay yourself; we cannot settle with an insurer yet." in phone.open(here).words


class Sly(Patient):
    """A program that says along with its wish what only our own records may say."""

    def post(self, path: str, body: Any = None) -> Any:
        lies = {"insurance": True, "insurance.requested": True, "booking.patient_id_matches": False,
                "facts": {"insurance.requested": True, "booking.no_shows_90d": 9}}
        return super().post(path, {**(body or {}), **lies} if path == "/visits" else body)


@pytest.mark.invariant(1)
def test_a_program_cannot_say_who_pays_or_how_often_somebody_came(site: Site) -> None:
    visit = UUID(Sly(site).ask())
    with site.house.read(HOUSE) as work:
        found = {row.stage: policy.read_record(row) for row in policy.decisions_of_visit(work, visit)}
    assert found["settle"].values()["insurance.requested"] is False
    assert {fact.source.partition(":")[0] for fact in found["settle"].facts if fact.name.startswith("insur")} == {
        "cashier"}
    assert found["book"].values()["booking.no_shows_90d"] == 0 and found["book"].decision.allowed

"""After its years a talk and an order are gone, and whoever looks for them reads so in words instead of nothing."""
from __future__ import annotations

from typing import Any

import pytest

from app.retention import api as retention
from app.work import HOUSE, all_of
from consult import api as consult
from pharmacy import api as pharmacy
from records import api as records
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from tests.web.test_the_office_lets_old_things_go import PAGE, act
from web.pages.staff.doctor.talking import talk
from web.rendering import PageContext, render


def old(site: Site) -> dict[str, Any]:
    """What Wang did some weeks before the demo began: one visit with a talk, one order."""
    with site.house.read(HOUSE) as work:
        [order] = all_of(work, pharmacy.Order)
        [entry] = all_of(work, records.RecordEntry, records.RecordEntry.source_id == order.id)
        return {"order": order.id, "visit": order.visit_id, "entry": entry.id}


def years_pass_and_the_office_clears(site: Site, years: int) -> None:
    """Wang comes back in between, so that the record itself stays."""
    site.clock.forward(days=years * 366)
    Patient(site)
    qin = site.as_("qin")
    qin.post(qin.open(PAGE), "/draw")
    act(site, "bai", "confirm")
    act(site, "bai", "run")
    site.run()


def test_a_talk_that_was_cleared_says_so_to_the_patient_and_leads_to_the_summary(site: Site) -> None:
    visit, wang = old(site)["visit"], Phone(site)
    assert "按期清除" not in wang.sign_in("wang").open(f"/visits/{visit}/chat").words
    years_pass_and_the_office_clears(site, 3)
    page = wang.sign_in("wang").open(f"/visits/{visit}/chat")
    assert "问诊对话保存 3 年，已在" in page.words and f"/visits/{visit}/summary" in page.html
    assert "小结还在病历里" in page.words and "看更早的" not in page.words
    assert "kept for 3 years and cleared on time" in wang.speak("en").open(f"/visits/{visit}/chat").words


def test_a_talk_that_was_cleared_says_so_to_the_doctor_who_treats_again(site: Site) -> None:
    visit = old(site)["visit"]
    years_pass_and_the_office_clears(site, 3)
    with site.house.write(HOUSE) as work:
        seen = work.get(consult.Visit, visit)
        told = talk(work, seen)
    assert told.lines == () and "问诊对话保存 3 年" in told.cleared.zh
    html = render("staff/parts/_talk_lines.html", PageContext(lang="zh", path="/"), talk=told)
    assert "病程、诊断、处方和小结还在病历里" in html and "问诊对话保存 3 年" in html


def test_an_entry_of_the_timeline_about_a_cleared_order_leads_to_words(site: Site) -> None:
    things, wang = old(site), Phone(site)
    assert wang.sign_in("wang").open(f"/record/entries/{things['entry']}").path == f"/orders/{things['order']}"
    years_pass_and_the_office_clears(site, 5)
    page = wang.sign_in("wang").open(f"/record/entries/{things['entry']}")
    assert page.path == f"/record/entries/{things['entry']}" and "药品销售和配送保存 5 年，已在" in page.words


def test_the_address_of_a_cleared_order_tells_its_patient_so_and_a_stranger_nothing(site: Site) -> None:
    order = old(site)["order"]
    years_pass_and_the_office_clears(site, 5)
    for place in ("", "/cancel", "/pay"):
        page = Phone(site).sign_in("wang").open(f"/orders/{order}{place}", expect=410)
        assert "药品销售和配送保存 5 年" in page.words and "还在病历里" in page.words
    told = Patient(site).call("GET", f"/orders/{order}", 410)
    assert told["slug"] == "cleared" and "cleared on time" in told["texts"]["en"]
    Phone(site).sign_in("zhao").open(f"/orders/{order}", expect=404)
    Patient(site, "zhao").call("GET", f"/orders/{order}", 404)


@pytest.mark.parametrize("kind", ["chat", "sales"])
def test_only_what_was_deleted_under_a_list_is_called_cleared(site: Site, kind: str) -> None:
    site.clock.forward(days=6 * 366)
    Patient(site)
    qin = site.as_("qin")
    qin.post(qin.open(PAGE), "/draw")
    with site.house.read(HOUSE) as work:
        named = [one for one in retention.items_of(work, retention.reports(work)[0].id) if one.kind == kind]
        assert named and all(retention.erased(work, kind, one.subject_id) is None for one in named)
        assert all_of(work, consult.Message)

"""The figures above a list and in the top bar: on every page of a desk, and in the parts that are read again."""
from __future__ import annotations

import re

import pytest

from tests.web import staff_walk as walk
from tests.web.patient_staff import Staff
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Page, Site


def figure(page: Page, place: str) -> int:
    """What the top bar says of one place."""
    found = re.search(rf'data-count="{place}">(\d+)<', page.html)
    assert found, page.html[:400]
    return int(found[1])


def test_the_bar_counts_on_every_page_of_the_doctor(site: Site) -> None:
    lin, before = site.as_("lin"), figure(site.as_("lin").open("/doctor"), "/doctor")
    visit = Patient(site).ask()
    for path in ("/doctor", "/doctor/prescriptions", "/doctor/call-backs", f"/doctor/visits/{visit}", "/doctor/find"):
        assert figure(lin.open(path), "/doctor") == before + 1, path
    walk.accept(lin, visit)
    assert figure(lin.open(f"/doctor/visits/{visit}/note"), "/doctor") == before + 1, "in hand, it still counts"


def test_what_is_read_again_brings_the_figures_with_it(site: Site) -> None:
    lin = site.as_("lin")
    open_page = lin.open("/doctor")
    address = re.search(r'id="places"[^>]*data-fragment="([^"]+)"', open_page.html)
    assert address and 'data-topic="queue"' in open_page.html
    Patient(site).ask()
    part, bar = lin.open("/doctor/parts/queue?only=all&open="), lin.open(address[1].replace("&amp;", "&"))
    assert re.search(r'id="queue-figures">候诊 1 ', part.html) and 'id="queue"' in part.html
    assert figure(bar, "/doctor") == figure(open_page, "/doctor") + 1
    assert 'href="/doctor" aria-current="page"' in bar.html, "the place stays marked"


@pytest.mark.parametrize(("who", "part", "ids"), [
    ("ren", "/pharmacist/parts/queue", ("review-rows", "review-figures", "review-filters")),
    ("kang", "/pharmacy/parts/board", ("board", "board-figures"))])
def test_the_other_desks_bring_theirs(site: Site, who: str, part: str, ids: tuple[str, ...]) -> None:
    page = site.as_(who).open(part)
    assert all(f'id="{one}"' in page.html for one in ids), page.html[:300]


def test_a_desk_asks_for_its_figures_with_one_statement(site: Site) -> None:
    ren = site.as_("ren")
    with site.counting() as seen:
        assert figure(ren.open("/pharmacist/decided"), "/pharmacist") == 0
    assert sum("count(*)" in one for one in seen) == 1


def test_nobody_reads_the_bar_of_another_desk(site: Site) -> None:
    assert site.as_("ren").open("/doctor/parts/places").path == "/staff/sign-in"


def test_a_demonstration_says_so_on_the_pages_of_the_staff(site: Site) -> None:
    for page in (site.stranger().open("/staff/sign-in"), site.as_("lin").open("/doctor")):
        assert "演示系统，数据都是假的。" in page.words and 'href="/demo"' in page.html, page.path


def test_who_looked_costs_few_statements_however_much_was_looked_at(site: Site) -> None:
    wang = Phone(site).sign_in("wang")
    visit = wang.wait_for_doctor()
    Staff(site).accept(visit)
    site.run()
    with site.counting() as seen:
        assert "林静" in wang.open("/record/who-looked").words
    asked = [one for one in seen if one.startswith("SELECT")]
    about_the_record = [one for one in asked if not re.search(r"FROM (session|account|inbox_item)\b", one)]
    assert len(about_the_record) <= 8, "\n".join(asked)
    assert sum("FROM audit_entry" in one for one in asked) == 2, "looks and marks in one, the count in another"

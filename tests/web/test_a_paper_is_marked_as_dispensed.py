"""An outside pharmacy marks a paper by its page; the next one, the patient and the hospital see it, and can act."""
from __future__ import annotations

from uuid import UUID

import pytest

from app.work import HOUSE
from prescribing import api as prescribing
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Browser, Forms, Page, Site
from web.demo.cast import cast, password

NAME = "百姓大药房"
WANG = {"phone": cast()["patients"]["wang"]["phone"], "password": password()}


@pytest.fixture
def rx(site: Site) -> str:
    _, rx = walk.signed(site, Patient(site))
    walk.approve(site.as_("ren"), rx)
    return str(rx)


@pytest.fixture
def paper(site: Site, rx: str) -> str:
    with site.house.read(HOUSE) as work:
        row = work.get(prescribing.Prescription, UUID(rx))
        return f"/verify/{row.number}/{row.digest[:16]}"


def send(browser: Browser, page: Page, **values: str) -> Page:
    """Send the form that a page has for itself."""
    form = next(one for one in Forms(page.html).found if "csrf" in one.values)
    return Page(browser.http.post(form.action or page.path, data={**form.values, **values},
                                  headers={"accept": "text/html"}))


def wang(site: Site) -> Browser:
    """The patient at the site."""
    browser = Browser(site)
    assert send(browser, browser.open("/sign-in"), **WANG).path == "/home"
    return browser


def marked(browser: Browser, paper: str, name: str = NAME) -> Page:
    page = browser.open(browser.open(paper).link("/fill"))
    return send(browser, page, pharmacy=name)


def state(site: Site, rx: str) -> str:
    with site.house.read(HOUSE) as work:
        return work.get(prescribing.Prescription, UUID(rx)).state


@pytest.mark.invariant(5)
def test_it_is_marked_once_and_every_next_pharmacy_reads_by_whom(site: Site, rx: str, paper: str) -> None:
    here, there = site.stranger(), site.stranger()
    asked = there.open(there.open(paper).link("/fill"))
    for words in ("不能再配第二次", "网上下单", "马上收到通知", "十分钟内"):
        assert words in asked.words
    done = marked(here, paper)
    assert done.path == paper and "标记好了" in done.words and f"由{NAME}配出" in done.words
    late = send(there, asked, pharmacy="另一家药房")
    assert late.reply.status_code == 409 and "已经被使用" in late.words and f"由{NAME}配出" in late.words
    for shown in (late, there.open(paper)):
        assert "不要再配" in shown.words and "/undo" not in shown.html and "/fill" not in shown.html
    assert there.open(f"{paper}/fill").path == paper
    assert state(site, rx) == "redeemed"


def test_a_second_press_is_no_second_pharmacy(site: Site, rx: str, paper: str) -> None:
    here = site.stranger()
    asked = here.open(here.open(paper).link("/fill"))
    for _ in range(2):
        done = send(here, asked, pharmacy=NAME)
        assert done.path == paper and done.reply.status_code == 200 and "标记好了" in done.words
    with site.house.read(HOUSE) as work:
        assert len(prescribing.redemptions_of(work, UUID(rx))) == 1


@pytest.mark.parametrize("name", ["", "1", "电话 13800138000"])
def test_without_a_name_nothing_is_marked(site: Site, rx: str, paper: str, name: str) -> None:
    page = marked(site.stranger(), paper, name)
    assert page.reply.status_code == 422 and "请填写药房的名称" in page.words and state(site, rx) == "approved"
    if name:
        assert f'value="{name}"' in page.html


@pytest.mark.invariant(14)
def test_a_name_never_becomes_mark_up(site: Site, rx: str, paper: str) -> None:
    done = marked(site.stranger(), paper, "好药房&\"'")
    assert "好药房&amp;" in done.html and "好药房&\"" not in done.html


def test_the_same_browser_undoes_it_and_no_other(site: Site, rx: str, paper: str) -> None:
    here = site.stranger()
    done = marked(here, paper)
    forged = here.http.post(f"{paper}/undo", headers={"accept": "text/html"})
    assert forged.status_code == 403
    there = site.stranger()
    token = Forms(there.open("/sign-in").html).found[0].values["csrf"]
    refused = there.http.post(f"{paper}/undo", data={"csrf": token}, headers={"accept": "text/html"})
    assert refused.status_code == 409 and "只有标记的那台设备" in refused.text and state(site, rx) == "redeemed"
    back = here.post(done, "/undo")
    assert back.path == paper and "我们配出了这张处方" in back.words and state(site, rx) == "approved"


def test_after_ten_minutes_the_page_offers_no_undo_and_says_whom_to_ask(site: Site, rx: str, paper: str) -> None:
    here = site.stranger()
    done = marked(here, paper)
    site.clock.forward(minutes=11)
    assert "/undo" not in here.open(paper).html and "请联系开方的医院" in here.open(paper).words
    late = here.post(done, "/undo")
    assert late.reply.status_code == 409 and state(site, rx) == "redeemed"


def test_the_patient_reads_it_and_tells_the_hospital_which_takes_the_mark_off(site: Site, rx: str, paper: str) -> None:
    marked(site.stranger(), paper)
    site.run()
    phone = wang(site)
    assert "有药房凭您的纸质处方标记" in phone.open("/me").words + phone.open("/inbox").words
    page = phone.open(f"/prescriptions/{rx}")
    assert NAME in page.words and "没有核实" in page.words and "选择药房" not in page.words
    told = send(phone, phone.open(page.link("/not-received")))
    assert "您说没有拿到药" in told.words and "本院药师在核实" in told.words
    su = site.as_("su")
    seen = su.open(su.open("/pharmacist").link(f"/pharmacist/filled/{rx}"))
    assert NAME in seen.words and WANG["phone"] in seen.words
    empty = su.post(seen, "/give-back", reason=" ")
    assert empty.reply.status_code == 422 and state(site, rx) == "redeemed"
    done = su.post(seen, "/give-back", reason="药房说扫错了")
    assert "药房说扫错了" in done.words and state(site, rx) == "approved"
    assert f"/pharmacist/filled/{rx}" not in su.open("/pharmacist").html
    site.run()
    assert "选择药房" in phone.open(f"/prescriptions/{rx}").words


@pytest.mark.invariant(5)
def test_a_paper_marked_and_undone_too_often_is_refused_before_anything_is_dispensed(
        site: Site, rx: str, paper: str) -> None:
    here = site.stranger()
    for _ in range(4):
        here.post(marked(here, paper), "/undo")
    done, asked = marked(here, paper), site.stranger().open(paper)
    assert "次数太多" not in asked.words
    back = here.post(done, "/undo")
    for shown in (back, site.stranger().open(paper)):
        assert "不要配药" in shown.words and "次数太多" in shown.words and "请联系开方的医院" in shown.words
        assert "真的，现在有效" not in shown.words and "/fill" not in shown.html
    assert here.open(f"{paper}/fill").path == paper
    site.run()
    su = site.as_("su")
    assert "这张纸不能再配了" in su.open(f"/pharmacist/filled/{rx}").words
    assert su.open(su.open("/pharmacist").link(f"/pharmacist/filled/{rx}")).path == f"/pharmacist/filled/{rx}"
    page = wang(site).open(f"/prescriptions/{rx}")
    assert "不能再凭纸配药" in page.words and 'class="qr"' not in page.html and page.link("/pharmacies")


def test_a_pharmacist_finds_a_marked_paper_by_its_number(site: Site, rx: str, paper: str) -> None:
    marked(site.stranger(), paper)
    su = site.as_("su")
    found = su.post(su.open("/pharmacist"), "/find", q=paper.split("/")[2])
    assert f"/pharmacist/filled/{rx}" in found.html


def test_a_mark_that_was_undone_stays_visible_to_pharmacist_and_patient(site: Site, rx: str, paper: str) -> None:
    here = site.stranger()
    here.post(marked(here, paper), "/undo")
    su = site.as_("su")
    found = su.post(su.open("/pharmacist"), "/find", q=paper.split("/")[2])
    assert NAME in su.open(found.link(f"/pharmacist/filled/{rx}")).words
    page = wang(site).open(f"/prescriptions/{rx}")
    assert NAME in page.words and "撤销了的标记" in page.words and "选择药房" in page.words


def test_an_order_that_nobody_has_taken_ends_and_says_why(site: Site, paper: str, rx: str) -> None:
    patient = Patient(site)
    patient.visit = patient.get(f"/patients/{patient.id}/visits")[0]["id"]
    order = patient.place_order()
    marked(site.stranger(), paper)
    site.run()
    page = wang(site).open(f"/orders/{order}")
    assert "有药房凭您的纸质处方" in page.words and f"/prescriptions/{rx}/pharmacies" not in page.html
    assert page.link(f"/prescriptions/{rx}")
    site.clock.forward(hours=1)
    site.as_("su").post(site.as_("su").open(f"/pharmacist/filled/{rx}"), "/give-back", reason="药房说扫错了")
    assert "有药房凭您的纸质处方" in wang(site).open(f"/orders/{order}").words


def test_an_order_that_the_patient_cancelled_before_is_not_blamed_on_the_paper(
        site: Site, paper: str, rx: str) -> None:
    patient = Patient(site)
    patient.visit = patient.get(f"/patients/{patient.id}/visits")[0]["id"]
    order = patient.place_order()
    phone = wang(site)
    send(phone, phone.open(f"/orders/{order}/cancel"))
    site.clock.forward(hours=1)
    marked(site.stranger(), paper)
    site.run()
    page = phone.open(f"/orders/{order}")
    assert "取消" in page.words and "有药房凭您的纸质处方" not in page.words


@pytest.mark.invariant(9)
def test_nobody_else_tells_or_takes_off(site: Site, rx: str, paper: str) -> None:
    assert wang(site).open(f"/prescriptions/{rx}/not-received").path == f"/prescriptions/{rx}"
    assert site.as_("su").open(f"/pharmacist/filled/{rx}").reply.status_code == 404
    marked(site.stranger(), paper)
    assert site.stranger().open(f"/prescriptions/{rx}/not-received").path == "/sign-in"
    assert site.as_("lin").open(f"/pharmacist/filled/{rx}").path != f"/pharmacist/filled/{rx}" \
        or site.as_("lin").open(f"/pharmacist/filled/{rx}").reply.status_code == 403

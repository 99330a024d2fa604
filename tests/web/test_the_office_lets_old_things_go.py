"""The office's page about retention: a list is drawn by one person and confirmed by another; holds say why."""
from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlmodel import select

from app.identity import api as identity
from app.retention import api as retention
from app.work import HOUSE, all_of
from consult import api as consult
from tests.web.staff_site import Page, Site
from web.pages.staff.office import keeping

PAGE = "/admin/retention"


def messages(site: Site) -> int:
    with site.house.read(HOUSE) as work:
        return len(all_of(work, consult.Message))


def report(site: Site) -> retention.RetentionReport:
    with site.house.read(HOUSE) as work:
        return retention.reports(work)[0]


def act(site: Site, who: str, step: str) -> Page:
    browser = site.as_(who)
    return browser.post(browser.open(f"{PAGE}?report={report(site).id}"), f"/{step}")


def test_one_draws_another_confirms_and_only_then_it_goes(site: Site) -> None:
    had = messages(site)
    assert had > 0
    site.clock.forward(days=3 * 366)
    qin = site.as_("qin")
    drawn = qin.post(qin.open(PAGE), "/draw")
    assert "等另一人确认" in drawn.words and "您生成的" in drawn.words and "/confirm" not in drawn.html
    assert "问诊对话" in drawn.words and messages(site) == had
    assert "已确认" in act(site, "bai", "confirm").words
    act(site, "bai", "run")
    site.run()
    assert messages(site) == 0 and "已完成" in qin.open(f"{PAGE}?report={report(site).id}").words


def test_every_thing_of_a_long_list_can_be_read_before_it_is_confirmed(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "SHOWN", 2)
    site.clock.forward(days=16 * 366)
    qin = site.as_("qin")
    page = qin.post(qin.open(PAGE), "/draw")
    with site.house.read(HOUSE) as work:
        named = {str(one.subject_id) for one in retention.items_of(work, report(site).id)}
    seen: set[str] = set()
    for _ in range(len(named)):
        told = page.html.split("这份清单里的内容")[1].split("</section>")[0]
        seen |= set(re.findall(r'class="mono">([0-9a-f-]{36})<', told))
        further = re.search(r'href="([^"]+offset=\d+)">后面的', told)
        if not further:
            break
        page = qin.open(further[1].replace("&amp;", "&"))
    assert len(named) > 2 and seen == named


def test_nothing_due_is_said_and_nothing_is_kept(site: Site) -> None:
    site.clock.forward(hours=1)
    bai = site.as_("bai")
    page = bai.post(bai.open(PAGE), "/draw")
    assert page.reply.status_code == 409 and "没有到期的内容" in page.words


def test_a_hold_is_set_and_lifted_with_a_reason(site: Site) -> None:
    with site.house.read(HOUSE) as work:
        patient = work.session.exec(select(identity.Patient.id)).first()
    qin = site.as_("qin")
    assert qin.post(qin.open(PAGE), "/holds", patient=str(patient), reason="x").reply.status_code == 422
    wrong = qin.post(qin.open(PAGE), "/holds", patient="nobody", reason="患者起诉")
    assert wrong.reply.status_code == 422 and "没有这位患者" in wrong.words and "患者起诉" in wrong.html
    held = qin.post(qin.open(PAGE), "/holds", patient=str(patient), reason="患者起诉")
    assert "患者起诉" in held.words and str(patient) in held.words
    hold = re.search(r"/holds/([0-9a-f-]{36})/release", held.html)
    assert hold and UUID(hold[1])
    assert "现在没有冻结" in qin.post(held, "/release", reason="已经结案").words


def test_nobody_else_has_the_page(site: Site) -> None:
    assert site.as_("lin").open(PAGE).path == "/staff/sign-in"

"""A pharmacy of the patient's own choice scans the code of a prescription on paper."""
from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlmodel import select

from app.work import HOUSE
from prescribing import api as prescribing
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


@pytest.fixture
def paper(site: Site) -> str:
    """The address in the code of an approved prescription."""
    _, rx = walk.signed(site, Patient(site))
    walk.approve(site.as_("ren"), rx)
    with site.house.read(HOUSE) as work:
        row = work.session.get(prescribing.Prescription, UUID(rx))
        assert row is not None
        return f"/verify/{row.number}/{row.digest[:16]}"


@pytest.mark.invariant(15)
def test_a_stranger_with_the_paper_reads_what_stands_on_it(site: Site, paper: str) -> None:
    page = site.stranger().open(paper)
    assert page.reply.status_code == 200 and "真的，现在有效" in page.words
    for shown in ("氨氯地平", "林静", "王**", "处方药须凭处方在药师指导下购买和使用"):
        assert shown in page.words, shown
    for hidden in ("王建国", "1968", "I10", "高血压", "138"):
        assert hidden not in page.words, hidden
    assert page.reply.headers["cache-control"] == "no-store"


def test_the_next_pharmacy_is_warned_that_it_may_have_been_filled(site: Site, paper: str) -> None:
    first, second = site.stranger().open(paper), site.stranger().open(paper)
    assert "真的，现在有效" in first.words and "请盖章并留下这张纸" in first.words
    assert "先问清楚再配" in second.words and "之前已经查验过 1 次" in second.words
    assert "现在有效" not in second.words


def test_a_code_that_does_not_fit_says_nothing(site: Site, paper: str) -> None:
    wrong = re.sub(r"[0-9a-f]{16}$", "0" * 16, paper)
    page = site.stranger().open(wrong)
    assert page.reply.status_code == 404 and "氨氯地平" not in page.words and "林静" not in page.words


@pytest.mark.invariant(4)
def test_a_withdrawn_prescription_says_so(site: Site, paper: str) -> None:
    with site.house.write(HOUSE) as work:
        row = work.session.exec(select(prescribing.Prescription).where(
            prescribing.Prescription.number == paper.split("/")[2])).one()
        prescribing.PRESCRIPTION.move(row, "revoke", "house")
        work.session.add(row)
    page = site.stranger().open(paper)
    assert "不要配药" in page.words and "医生作废了这张处方" in page.words and "真的，现在有效" not in page.words

"""From a report into the record: the doctor enters it, doses are checked by it, and a wrong one is taken back."""
from __future__ import annotations

import pytest

from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Browser, Page, Site
from tests.web.test_a_second_guardian_comes_in_by_pages import Program
from tests.web.test_odd_values_are_refused import staff_token

GOOD = {"value": "40", "on": "2026-10-01", "source": "人民医院 检验报告"}


def enter(doctor: Browser, visit: str, back: str = "", **values: str) -> Page:
    page = doctor.open(f"/doctor/visits/{visit}/kidney{back}")
    return doctor.post(page, "/kidney", **{**GOOD, **values})


@pytest.fixture
def wang(site: Site) -> Patient:
    return Patient(site)


@pytest.fixture
def visit(site: Site, wang: Patient) -> str:
    return walk.visit_in_hand(site, wang)


def test_it_is_not_known_then_entered_shown_with_its_day_and_taken_back(site: Site, visit: str) -> None:
    lin = site.as_("lin")
    page = lin.open(f"/doctor/visits/{visit}")
    assert "肾功能 不清楚 不等于正常。" in page.words
    assert page.link("/kidney") == f"/doctor/visits/{visit}/kidney"
    told = enter(lin, visit)
    assert told.path == f"/doctor/visits/{visit}"
    assert "eGFR 40" in told.words and "2026年10月1日" in told.words and "人民医院 检验报告" in told.words
    page = lin.open(told.link("/kidney"))
    assert 'value="40"' not in page.html    # nothing is filled in beforehand
    assert "肾功能 不清楚" in lin.post(page, "/kidney", do="strike").words


def test_the_doses_of_an_open_draft_are_checked_by_it(site: Site, visit: str) -> None:
    lin = site.as_("lin")
    walk.judge(lin, visit)
    walk.diagnose(lin, visit)
    draft = walk.add_line(lin, lin.open(f"/doctor/visits/{visit}/prescription"), "metformin", "ejsg",
                          strength="500", dose="1000", frequency="bid")
    assert "eGFR 40" not in draft.words and "肾功能 不清楚" in draft.words
    back = enter(lin, visit, "?back=rx")
    assert back.path == draft.path and "eGFR 40：" in back.words, back.words[:1500]


@pytest.mark.invariant(6)
def test_an_old_report_is_shown_as_old_and_asks_like_an_unknown_one(site: Site, visit: str) -> None:
    lin = site.as_("lin")
    assert "太旧 超过一年，不能作准" in enter(lin, visit, value="82", on="2024-03-01").words
    walk.judge(lin, visit)
    walk.diagnose(lin, visit)
    draft = walk.add_line(lin, lin.open(f"/doctor/visits/{visit}/prescription"), "metformin", "ejsg",
                          strength="500", dose="500", frequency="bid")
    assert "太旧 超过一年" in draft.words and "最近一次 eGFR 是 2024-03-01 的 82，太旧，不能作准" in draft.words
    assert "太旧" not in enter(lin, visit, value="82", on="2026-10-01").words
    again = enter(lin, visit, value="90", on="2024-03-01")
    assert "eGFR 82" in again.words and "eGFR 90" not in again.words
    assert "以日期最新的为准" in lin.open(f"/doctor/visits/{visit}/kidney").words


@pytest.mark.parametrize("wrong", [{"value": ""}, {"value": "高"}, {"value": "0"}, {"value": "nan"}, {"value": "1e999"},
                                   {"on": ""}, {"on": "2027-01-01"}, {"on": "1900-01-01"}, {"on": "gestern"},
                                   {"source": "  "}])
def test_what_cannot_be_a_report_is_sent_back_and_changes_nothing(site: Site, visit: str,
                                                                  wrong: dict[str, str]) -> None:
    page = enter(site.as_("lin"), visit, **wrong)
    assert page.reply.status_code == 422 and page.form("/kidney").values["source"] == {**GOOD, **wrong}["source"]
    assert "肾功能 不清楚" in site.as_("lin").open(f"/doctor/visits/{visit}").words


@pytest.mark.invariant(9)
def test_no_other_doctor_reads_or_enters_it(site: Site, visit: str) -> None:
    he = site.as_("he")
    assert he.open(f"/doctor/visits/{visit}/kidney").reply.status_code == 404
    token = he.open("/doctor").form("/duty").values["csrf"]
    for data in (GOOD, {"do": "strike"}):
        assert he.http.post(f"/doctor/visits/{visit}/kidney", data={"csrf": token, **data}).status_code == 404
    assert site.as_("lin").http.post(f"/doctor/visits/{visit}/kidney", data=GOOD).status_code == 403


def test_a_program_of_the_doctor_enters_it_and_a_patient_reads_it(site: Site, wang: Patient, visit: str) -> None:
    body, path = {"egfr": 58.5, "on": "2026-10-01", "source": "人民医院 检验报告"}, f"/patients/{wang.id}/egfr"
    program = Program(site, "wang")
    program.ask("PUT", path, 403, body)
    lin, he = staff_token(site, "lin"), staff_token(site, "he")
    program.http.headers["authorization"] = f"Bearer {he}"
    program.ask("PUT", path, 404, body)
    program.ask("DELETE", path, 404)
    program.http.headers["authorization"] = f"Bearer {lin}"
    for wrong in ({"egfr": 300}, {"on": "2030-01-01"}, {"source": ""}, {"egfr": "much"}):
        program.ask("PUT", path, 422, {**body, **wrong})
    program.ask("PUT", path, 200, body)
    assert wang.get(f"/patients/{wang.id}/history")["egfr"] == 58.5
    phone = Phone(site).sign_in("wang")
    assert "58.5，10月1日，人民医院 检验报告" in phone.open("/history").words
    assert not any("egfr" in name for form in phone.forms() for name in form.values)
    program.ask("DELETE", path, 204)
    assert wang.get(f"/patients/{wang.id}/history")["egfr"] is None

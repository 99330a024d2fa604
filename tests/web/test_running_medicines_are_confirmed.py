"""Before a visit the patient reads what we prescribed and still runs, with where it comes from, and confirms it."""
import re
from uuid import UUID

import pytest

from app.kit.ids import uuid7
from app.work import HOUSE, all_of
from records import api as records
from tests.web.patient_staff import Staff, desk_of
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site
from tests.web.test_staff_rendering import context
from web.pages.staff import people
from web.rendering import environment, reading


@pytest.fixture
def treated(site: Site) -> tuple[Phone, str]:
    """Wang with a prescription of today, approved, on which nobody has acted."""
    phone, staff = Phone(site).sign_in("wang"), Staff(site)
    rx = staff.treat(staff.accept(phone.wait_for_doctor()))
    staff.approve(rx)
    site.run()
    return phone, f"/prescriptions/{rx}"


def asked_of(phone: Phone) -> list[str]:
    """Names of the fields that ask of one medicine."""
    return list(dict.fromkeys(re.findall(r'name="(taking-[^"]+)"', phone.open("/history").html)))


def line_of(site: Site, rx: str) -> tuple[list[str], list[str | None]]:
    """What the checks read of this prescription, and what the patient said of it."""
    with site.house.read(HOUSE) as work:
        rows = all_of(work, records.Medicine, records.Medicine.prescription_id == UUID(rx.rsplit("/", 1)[1]))
        return [row.drug_id or "" for row in rows], [row.said for row in rows]


def test_an_approved_medicine_is_asked_about_with_doctor_and_day_and_nothing_is_chosen(
        treated: tuple[Phone, str]) -> None:
    phone, _ = treated
    names = asked_of(phone)
    words = phone.page.words
    asked = words.split("我们开过，但没有送到您手上的药")[1]
    assert "林静医生 11月21日开的" in asked and "确认就表示您还在照着吃" not in asked
    assert len(names) == 2 and not set(names) & set(phone.forms()[-1].values)


def test_without_an_answer_nothing_is_confirmed_and_the_page_says_where(
        site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    name, other = asked_of(phone)
    for nothing in ({}, {name: "", other: "yes"}, {name: "perhaps", other: "yes"}):
        page = phone.send("", 422, **nothing)
        assert f'id="{name}-error"' in page.html and "请选一个答案，不知道也可以选" in page.words
        assert f'href="#{name}"' in page.html and f'id="{name}"' in page.html
    assert line_of(site, rx) == ([], [])


def test_what_is_taken_stands_on_the_list_and_can_be_told_as_stopped(
        site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    name, other = asked_of(phone)
    phone.send("", **{name: "yes", other: "no"})
    assert line_of(site, rx)[1] == ["taking"]
    assert asked_of(phone) == [other]
    english = phone.speak("en").open("/history").words.split("Taking any other medicine")[0]
    assert "by Dr Lin Jing on 21 November" in english and "每天" not in english
    phone.speak("zh").open("/history")
    line = phone.page.html.split('name="stopped" value="')[-1].split('"')[0]
    phone.send("", stopped=line, **{other: "no"})
    assert line_of(site, rx)[1] == ["stopped"]
    again = phone.open("/history").html
    assert f'value="{line}" checked' in again


def test_what_the_patient_does_not_know_counts_as_taken_and_is_asked_again(
        site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    name, other = asked_of(phone)
    phone.send("", **{name: "unknown", other: "no"})
    drugs, said = line_of(site, rx)
    assert len(drugs) == 1 and said == ["unknown"]
    again, left = asked_of(phone)
    assert left == other and phone.forms()[-1].values[again] == "unknown"
    phone.send("", **{other: "no"})
    assert line_of(site, rx)[1] == ["unknown"], "a confirmation does not turn unknown into yes"
    asked_of(phone)
    phone.send("", **{again: "no", other: "no"})
    assert line_of(site, rx)[1] == ["stopped"]


def test_what_is_not_taken_stands_on_no_list_and_is_kept_as_said(site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    name, other = asked_of(phone)
    phone.send("", **{name: "no", other: "no"})
    assert line_of(site, rx) == ([], []) and asked_of(phone) == [name, other]
    with site.house.read(HOUSE) as work:
        told = [row.after["is"] for row in all_of(work, records.HistoryChange) if row.what == "medicines" and row.after]
    assert told[-1]["said"] == "not_taking"


def test_the_doctor_reads_that_it_is_unconfirmed() -> None:
    line = records.MedicineLine(uuid7(), "amlodipine", "氨氯地平", None, None, None, False, uuid7(), "unknown")
    [shown] = people.medicines(records.HistoryView(uuid7(), medicines=[line]), {}) or ()
    assert shown.unsure and not shown.stopped
    for lang, words in (("zh", "患者不知道在不在用，未确认"), ("en", "unconfirmed, the patient does not know")):
        with reading(context(lang)):
            part = environment.get_template("staff/parts/_medicines.html")
            assert words in part.render(page=context(lang), medicines=[shown], medicines_source="")


def test_what_is_not_on_the_list_is_refused(treated: tuple[Phone, str]) -> None:
    phone, _ = treated
    name, other = asked_of(phone)
    phone.send("", 409, **{name: "no", other: "no", "taking-made-up": "yes"})
    asked_of(phone)
    phone.send("", 422, **{name: "no", other: "no", "stopped": "00000000-0000-7000-8000-000000000000"})


def test_what_is_on_its_way_from_us_is_not_asked_about(treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    phone.open(f"{rx}/pharmacies")
    phone.send(pharmacy=phone.page.html.split('name="pharmacy" value="')[1].split('"')[0])
    phone.send(phone="13800000001", area="示范市河西区", street="友谊路 8 号")
    assert asked_of(phone) == []
    phone.open(f"{rx}/pharmacies")


def test_what_was_delivered_is_named_too(site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    phone.open(f"{rx}/pharmacies")
    phone.send(pharmacy=phone.page.html.split('name="pharmacy" value="')[1].split('"')[0])
    phone.send(phone="13800000001", area="示范市河西区", street="友谊路 8 号")
    order, staff = phone.cashier(), Staff(site)
    phone.pay()
    assert asked_of(phone) == []
    desk = desk_of(site, order)
    taken = staff.take(order, desk)
    staff.ship(taken, desk)
    staff.deliver(taken, phone.open(order).html.split('class="code">')[1][:6], desk)
    words = phone.open("/history").words
    assert "已经不吃了" in words and "林静医生" in words and "没有送到您手上" not in words

"""What a newcomer stumbled over: what is done stays done, and what is ours is said once and in one's tongue."""
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.text import Text
from consult import api as consult
from records import api as records
from tests.conftest import MORNING
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site
from web.demo.cast import members
from web.demo.stage import card_of
from web.pages.patient import home
from web.pages.staff import people
from web.pages.staff.pharmacy.board import where


@pytest.mark.parametrize(("departments", "shown"), [
    (("internal_medicine", "internal_medicine"), []), (("paediatrics", "internal_medicine"), ["old"])])
def test_a_follow_up_that_took_place_is_not_announced(
        monkeypatch: pytest.MonkeyPatch, departments: tuple[str, str], shown: list[str]) -> None:
    clock = FrozenClock(MORNING)
    visits = [SimpleNamespace(id=name, state="completed", department=department)
              for name, department in zip(("new", "old"), departments, strict=True)]
    soon = clock.now().date() + timedelta(days=2)
    notes = {"new": SimpleNamespace(next_visit_on=None), "old": SimpleNamespace(next_visit_on=soon)}
    monkeypatch.setattr(consult, "visits_of", lambda work, who, n: visits)
    monkeypatch.setattr(consult, "note_of", lambda work, visit: notes[visit])
    monkeypatch.setattr(home, "doctor_words", lambda work, visit: "")
    coming = home._coming(SimpleNamespace(now=clock.now()), SimpleNamespace(id="wang"))  # type: ignore[arg-type]
    assert [one.href for one in coming] == [f"/visits/{name}/summary" for name in shown]


def test_a_complaint_of_ours_has_two_languages_and_own_words_stay() -> None:
    assert consult.complaint_said("高血压复诊") == Text(zh="高血压复诊", en="High blood pressure follow-up")
    assert consult.complaint_said("头晕两天") == Text(zh="头晕两天", en="头晕两天")


def test_how_our_medicine_is_taken_is_said_in_both_languages() -> None:
    rx = uuid7()
    ours = records.MedicineLine(uuid7(), "amlodipine", "氨氯地平", "每天早上 1 片，用 28 天", self_reported=False,
                                prescription_id=rx, since=None, until=None)
    item = SimpleNamespace(drug_id="amlodipine", wording_zh="每天早上 1 片", wording_en="1 tablet every morning")
    history = records.HistoryView(uuid7(), medicines=[ours])
    [shown] = people.medicines(history, {rx: [item]}) or ()  # type: ignore[list-item]
    assert shown.how == Text(zh="每天早上 1 片", en="1 tablet every morning")


@pytest.mark.parametrize(("address", "shown"), [
    ("王建国，友谊路 8 号", "友谊路 8 号"), ("王小明，友谊路 8 号", "王小明，友谊路 8 号"), ("王建国", "")])
def test_the_patients_name_stands_once_on_a_parcel(address: str, shown: str) -> None:
    assert where(address, "王建国") == shown


def test_the_cast_says_what_each_doctor_sees() -> None:
    assert [field.en for field in card_of(members()["gao"]).fields] == ["General medicine", "Internal medicine"]
    assert card_of(members()["wang"]).fields == ()


def test_on_the_way_to_the_doctor_everything_is_said_once(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.open("/triage")
    phone.send(words="来续降压药", complaint="hypertension_followup")
    phone.send(flags="none")
    numbers = []
    while "/questions/" in phone.page.path:
        if 'inputmode="decimal"' in phone.page.html:
            numbers.append(re.findall(r'<label[^>]*class="([^"]*)"[^>]*for="answer"', phone.page.html))
        phone.answer_calmly()
    assert numbers and all("sr" in one[0].split() for one in numbers), "the heading asks, the label is only heard"
    phone.follow("/history")
    given = phone.forms()[0].values
    assert "氨氯地平" in phone.page.words and given["medicines"] == "no", "ours, and not a second time among others"
    phone.confirm_history()
    phone.use_held_record()
    link = next(one for one in re.findall(r'href="([^"]+)"', phone.page.html) if "/doctor?" in one)
    page = phone.open(link.replace("&amp;", "&"))
    assert "建议看的是心血管内科" in page.words and "内科" in page.words and "也看这个" in page.words

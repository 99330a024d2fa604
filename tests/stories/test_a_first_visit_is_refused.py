"""Who was never diagnosed is told why before any money; who turns out to be new is sent on, with the money back."""
import pytest

from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories import flows_triage as triage
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.invariant(1)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_person_who_was_never_diagnosed_is_told_why_and_what_else(lang: str, hospital: Hospital) -> None:
    zhao = hospital.patient("zhao", lang)
    triage.begin(zhao, zhao.t("咳嗽三天", "A cough for three days"), "cough_cold")
    triage.no_danger(zhao)
    triage.answer_calmly(zhao)
    triage.to_forecast(zhao, seen="no")
    zhao.sees(".verd", zhao.t("预估，还没有收费", "Forecast · nothing paid yet"))
    the_reason_and_its_citation_can_be_read(zhao)
    other_ways_are_offered(zhao)


def the_reason_and_its_citation_can_be_read(window: Window) -> None:
    """Plain words, and the rule behind them on request."""
    reason = window.one(".verd").inner_text()
    assert window.t("没有当面诊断过", "nobody has diagnosed in person") in reason
    fold = window.one("main details", window.t("依据", "rule behind"))
    fold.locator("summary").click()
    assert "CN-VISIT-01" in fold.inner_text()


def other_ways_are_offered(window: Window) -> None:
    """Advice only, or to be seen in person; no way to a prescription."""
    words = window.one("main").inner_text()
    assert window.t("咨询", "dvice") in words
    assert window.t("当面", "in person") in words


def test_a_doctor_who_finds_another_condition_sends_on_and_the_money_goes_back(hospital: Hospital) -> None:
    wang, lin = hospital.patient("wang"), hospital.staff("lin")
    patient.pay(patient.ask_for_follow_up(wang, doctor="林静"))
    visit = patient.wait_in_the_room(wang)
    doctor.accept(lin, "王建国")
    wang.arrives(f"/visits/{visit}/chat")
    doctor.judge(lin, "changed")
    diagnosing_is_refused_with_a_reason(lin, visit)
    doctor.refer(lin, visit)
    wang.sees('#chat-status[data-open="no"]')
    wang.press('a[href*="/summary"]')
    wang.sees(".verd", "不能在线看")
    assert patient.money(wang, "visits", visit) in ("refunded", "cancelled", "released")


def diagnosing_is_refused_with_a_reason(window: Window, visit: str) -> None:
    """The console says why prescribing is closed; the diagnosis itself is refused by the rules."""
    reason = window.sees("#context .acts .why").inner_text()
    assert len(reason) > 10
    window.go(f"/doctor/visits/{visit}/note")
    with window.expecting(409):
        doctor.diagnose(window, "I10")
    assert "复诊" in window.sees(".errsum").inner_text(), "the rule says why"
    assert not window.has("table.mini th", "I10"), "no diagnosis was written"

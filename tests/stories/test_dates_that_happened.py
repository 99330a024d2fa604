"""The hospital on days that happened: around the COVID window, and when a cough medicine became controlled.

What every story walks through is done by program here; the pages are opened where the law of the day shows.
"""
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.cast import SIGNING_PIN
from web.demo.client import ApiFault, Person
from web.demo.journey import Journey

pytestmark = [pytest.mark.browser, pytest.mark.invariant(1)]
COUGH = {"drug_id": "dextromethorphan_oral_single", "product_code": "dextromethorphan_oral-15mg-24",
         "dose": {"value": "15", "unit": "mg"}, "route": "oral", "frequency": "tid", "days": 3}
FEVER = {"drug_id": "paracetamol", "product_code": "paracetamol-500mg-20", "dose": {"value": "500", "unit": "mg"},
         "route": "oral", "frequency": "tid", "days": 3}


def at(day: str) -> str:
    """Ten in the morning in the hospital, as FUZHEN_CLOCK takes it."""
    return datetime.fromisoformat(f"{day}T02:00").replace(tzinfo=UTC).isoformat()


@pytest.fixture(scope="module")
def of_2022(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital that opened in the autumn of 2022, for every day of this file."""
    folder = tmp_path_factory.mktemp("of_2022")
    Server(folder, extra={"FUZHEN_CLOCK": at("2022-12-10")}).prepare()
    return folder


@pytest.fixture
def on(of_2022: Path, open_hospital: Callable[..., Hospital]) -> Callable[[str], Hospital]:
    """The hospital on a day."""
    return lambda day: open_hospital(of_2022, FUZHEN_CLOCK=at(day))


def never_seen_in_person(hospital: Hospital, window: Window) -> Journey:
    """Zhao with a cough that nobody has diagnosed, up to the forecast; the window shows it."""
    walk = Journey(hospital.server.url, random.Random(7), complaint="cough_cold", clock=hospital.clock)
    walk.patient = window.program()
    walk.ids["patient_id"] = walk.patient.get("/patients")[0]["id"]
    for step in (walk.consent, walk.triage, walk.history):
        walk.ids.update(step() or {})
    window.go(f"/triage/{walk.ids['triage_id']}/forecast?seen=no")
    return walk


@pytest.mark.parametrize(("day", "lang"), [("2022-12-10", "zh"), ("2023-04-01", "en")])
def test_before_and_after_the_window_a_first_visit_is_refused(day: str, lang: str, on: Any) -> None:
    hospital = on(day)
    zhao = hospital.patient("zhao", lang)
    walk = never_seen_in_person(hospital, zhao)
    assert zhao.t("只能在线咨询", "advice only") in zhao.one(".verd").inner_text()
    assert "CN-VISIT-01" in zhao.one("main details").text_content()
    assert not zhao.has('.act a[href*="first_visit"]')
    with pytest.raises(ApiFault) as refused:
        walk.patient.post("/visits", {"triage_id": walk.ids["triage_id"], "kind": "first_visit"})
    assert refused.value.slug == "not-online"


def test_in_the_window_a_first_visit_with_covid_symptoms_is_diagnosed_and_prescribed_for(on: Any) -> None:
    hospital = on("2022-12-13")
    zhao, lin = hospital.patient("zhao"), hospital.staff("lin")
    walk = never_seen_in_person(hospital, zhao)
    assert "CN-EXC-COVID-2022" in zhao.one("main details").text_content()
    assert zhao.has('.act a[href*="first_visit"]')
    visit = walk.patient.post("/visits", {"triage_id": walk.ids["triage_id"], "kind": "first_visit"})["id"]
    walk.ids["visit_id"] = visit
    walk.pay(), walk.wait()
    doctor = lin.program()
    doctor.post(f"/visits/{visit}/accept")
    lin.go(f"/doctor/visits/{visit}")
    a_first_visit_alone_opens_nothing(lin, doctor, visit)
    judged_first(lin, "covid_symptoms", "covid_home_care_eligible")
    made = doctor.post(f"/visits/{visit}/diagnoses", {"code": "U07.1"})
    assert sign(doctor, visit, FEVER)["state"] == "signed"
    explained = lin.go(f"/doctor/decisions/{made['decision_id']}").one("#main").inner_text()
    assert "240号" in explained and "例外" in explained


def a_first_visit_alone_opens_nothing(lin: Window, doctor: Person, visit: str) -> None:
    """Without the two confirmations the diagnosis is refused by the rule."""
    judged_first(lin)
    assert "首次就诊不能在线诊断" in lin.sees("#context .acts").inner_text()
    with pytest.raises(ApiFault) as refused:
        doctor.post(f"/visits/{visit}/diagnoses", {"code": "U07.1"})
    assert refused.value.slug == "step-refused"


def judged_first(lin: Window, *confirmed: str) -> None:
    """Never seen before; with what the doctor confirms for the exception."""
    if not lin.page.locator("#context .judge").first.is_visible():
        lin.one("#context details.checked summary").click()
    lin.one('#context input[name="answer"][value="first"]').check()
    for name in confirmed:
        lin.one(f'#context input[name="exceptional"][value="{name}"]').check()
    lin.press("#context .judge-form button")


def sign(doctor: Person, visit: str, line: dict[str, Any]) -> Any:
    """Draft, one line, every finding answered, signed; what the rules refuse is raised."""
    draft = doctor.post(f"/visits/{visit}/prescriptions")["id"]
    doctor.post(f"/prescriptions/{draft}/items", line)
    doctor.put(f"/prescriptions/{draft}/terms", {"validity_days": 1, "off_label": False})
    for finding in doctor.get(f"/prescriptions/{draft}/checks")["stops"]:
        doctor.post(f"/prescriptions/{draft}/answers",
                    {"finding_id": finding, "reason_code": "monitoring_arranged", "text": "已评估"})
    return doctor.post(f"/prescriptions/{draft}/sign", {"pin": SIGNING_PIN})


@pytest.mark.parametrize(("day", "lawful"), [("2024-06-30", True), ("2024-07-01", False)])
def test_a_cough_medicine_is_prescribed_on_its_last_free_day_and_never_after(day: str, lawful: bool, on: Any) -> None:
    hospital = on(day)
    visit, lin = hospital.walked_to("diagnose").ids["visit_id"], hospital.staff("lin")
    if lawful:
        assert sign(lin.program(), visit, COUGH)["state"] == "signed"
        return
    with pytest.raises(ApiFault) as refused:
        sign(lin.program(), visit, COUGH)
    assert refused.value.slug == "step-refused"
    number = refused.value.problem["decision_ids"][0]
    why = lin.go(f"/doctor/decisions/{number}").one("#main").inner_text()
    assert "CN-RX-01" in why and "精神药品" in why

"""The nation only warns of old evidence; two officers make a rule that does not accept it, and a patient reads why."""
from datetime import datetime

import pytest

from app.kit.clock import HOSPITAL_ZONE
from tests.stories import flows_patient as patient
from tests.stories import flows_triage as triage
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.client import ApiFault

pytestmark = [pytest.mark.browser, pytest.mark.invariant(1), pytest.mark.invariant(2)]
TEMPLATE = "template:evidence-90-days"
WHY = ("医保只支付 90 天内的复诊。", "The insurer pays follow-ups within 90 days only.")
RULE = "HOUSE-EVIDENCE-01"


def test_an_officer_adds_a_rule_the_second_publishes_it_and_a_patient_is_refused(hospital: Hospital) -> None:
    wang = hospital.patient("wang")
    asks_for_a_follow_up(wang)
    assert "90 天" not in wang.one(".verd").inner_text(), "today the nation only warns, and that at 180 days"
    qin, tang = hospital.staff("qin", "en"), hospital.staff("tang")
    version = writes_the_rule(qin)
    replays_it(qin, version)
    hands_it_on(qin, version)
    approves_and_publishes(tang, version)
    qin.go("/admin/rules?layer=institution").sees("table.rules a", RULE)
    is_told_why(wang)


def asks_for_a_follow_up(window: Window) -> None:
    """Mr Wang's record of the partner hospital is 101 days old."""
    triage.begin(window, window.t(*patient.OWN_WORDS["hypertension_followup"]), "hypertension_followup")
    triage.no_danger(window)
    triage.answer_calmly(window)
    triage.to_forecast(window)


def writes_the_rule(window: Window) -> str:
    """From the template; a slip in the YAML is told with its line; the message is changed in the form."""
    window.go("/admin/rules/versions").pick("from", TEMPLATE)
    window.press("form[action='/admin/rules/versions'] button.btn")
    window.sees(".reads", "more than 90 days ago")
    version = window.path.split("/")[4]
    good = window.one("#f-yaml").input_value()
    window.fill("#f-yaml", good.replace("prior.date", "prior.dat"))
    with window.expecting(422):
        window.press('button[value="yaml"]')
    window.sees(".errsum", "line 10")
    assert "prior.dat," in window.one("#f-yaml").input_value(), "what was typed is still there"
    window.fill("#f-yaml", good).press('button[value="form"]')
    window.fill("#f-why", WHY[1]).press('button.btn[value="save"]')
    window.sees("table.differ ins", "the step is blocked")
    return version


def replays_it(window: Window, version: str) -> None:
    """The result comes by itself; there is no way to propose before it."""
    assert not window.has('form[action$="/propose"]')
    window.press('form[action$="/check"] button')
    assert not window.has('form[action$="/propose"]')
    window.press('form[action$="/replay"] button')
    window.sees('form[action$="/propose"]')
    window.press('a[href^="/admin/rules/replays/"]')
    words = window.sees("#replay").inner_text()
    assert "Case file" in words and "王建国" not in words and "Wang" not in words, "nobody is named"
    window.go(f"/admin/rules/versions/{version}")


def hands_it_on(window: Window, version: str) -> None:
    """Proposed, it can be neither changed nor approved by the same person."""
    window.fill("#f-wanted_from", today())
    window.fill('form[action$="/propose"] #f-why', WHY[1]).press('form[action$="/propose"] button')
    window.sees(".ban", "cannot approve it")
    assert not window.has('form[action$="/approve"]')
    window.go(f"/admin/rules/versions/{version}/edit")
    assert window.path.endswith(version), "the editor is closed"


def approves_and_publishes(window: Window, version: str) -> None:
    """The second officer finds it waiting, looks, ticks, and lets it decide from today on."""
    window.go("/admin/rules/versions").sees("table.tbl .tag", "待批准")
    window.press("table.tbl a[data-item]")
    assert WHY[1] in window.one(".why").inner_text() and window.path.endswith(version)
    window.tick('input[name="seen"]').press('form[action$="/approve"] button')
    window.sees(".pane__head", "在用")


def is_told_why(window: Window) -> None:
    """The same wish of the same patient, some minutes later."""
    triage.answer_seen(window.go(window.path), "")
    verdict = window.sees(".verd").inner_text()
    assert "90 天" in verdict and "门诊" in verdict, verdict
    fold = window.one("main details", "依据")
    fold.locator("summary").click()
    assert RULE in fold.inner_text()
    with pytest.raises(ApiFault) as refused:
        program = window.program()
        person = next(p for p in program.get("/patients") if p["name"] == "王建国")
        piece = next(e for e in program.get(f"/patients/{person['id']}/evidence") if e["state"] != "refused")
        program.post("/visits", {"triage_id": triage.triage_id(window), "kind": "follow_up",
                                 "evidence_ids": [piece["id"]]})
    assert refused.value.status == 409, "what the page does not offer, the house does not do"


def today() -> str:
    return datetime.now(HOSPITAL_ZONE).date().isoformat()

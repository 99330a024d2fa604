"""Ma Li asks for Xiaoyu, who is four: Dr He judges with the guardian present and doses by weight."""
import pytest

from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = pytest.mark.browser
XIAOYU = "马小雨"
RIGHT = {"dose": "240", "frequency": "q6h", "route": "oral", "days": "2"}


def test_a_mother_brings_her_child_and_the_dose_goes_by_weight(hospital: Hospital) -> None:
    ma, he = hospital.patient("ma"), hospital.staff("he")
    act_for_the_child(ma)
    patient.pay(patient.ask_for_follow_up(ma, "asthma_followup"))
    visit = patient.wait_in_the_room(ma)
    doctor.accept(he, XIAOYU)
    ma.arrives(f"/visits/{visit}/chat")
    doctor.judge_evidence(he, code="J45.9")
    he.tick('#context .judge-form input[name="guardian"]')
    doctor.judge(he)
    doctor.write_note(he)
    doctor.diagnose(he, "J45.9")
    he.go(f"/doctor/visits/{visit}")
    doctor.open_draft(he)
    he.sees(".panes--rx", "16.5 kg")
    prescribe_by_weight(he)
    doctor.sign(he)
    doctor.finish(he, visit)
    the_mother_reads_it_in_the_child_s_record(ma)


def act_for_the_child(window: Window) -> None:
    """Switch from herself to the child."""
    window.go("/home").press(".fam a.chip", "4")
    window.sees('.fam a.chip[aria-current="true"]', "4")


def prescribe_by_weight(window: Window) -> None:
    """29 mg/kg of a medicine whose limit goes by weight are stopped, 14.5 mg/kg are not."""
    doctor.add_drug(window, "dyxajf", "32 mg/ml")
    doctor.dose(window, **{**RIGHT, "dose": "480"})
    window.sees("#findings .finding--stop, #findings .finding--confirm")
    assert not window.has('#draft a[href$="/sign"]'), "an overdose for her weight cannot be signed"
    if not window.has("#draft form[data-line]"):
        doctor.open_line(window)
    doctor.dose(window, **RIGHT)
    doctor.confirm_findings(window)


def the_mother_reads_it_in_the_child_s_record(window: Window) -> None:
    """It stands with the child, and not with the mother."""
    assert {"visit", "diagnosis"} <= patient.record_kinds(window)
    window.press(".fam a.chip:not([aria-current])")
    window.go("/record").sees("main .card h2", "马丽")
    assert not window.has("ol.rec li")

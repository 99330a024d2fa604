"""Ma Li asks for Xiaoyu, who is four: Dr He judges with the guardian present and doses by weight."""
import pytest

from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = pytest.mark.browser
XIAOYU = "马小雨"


def test_a_mother_brings_her_child_and_the_dose_goes_by_weight(hospital: Hospital) -> None:
    ma, he = hospital.patient("ma"), hospital.staff("he")
    act_for_the_child(ma)
    patient.pay(patient.ask_for_follow_up(ma, "asthma_followup"))
    visit = patient.wait_in_the_room(ma)
    doctor.accept(he, XIAOYU)
    ma.arrives(f"/visits/{visit}/chat")
    he.sees("#context", "16.5 kg")
    doctor.judge_evidence(he, code="J45.9")
    doctor.judge_with_guardian(he)
    doctor.write_note(he)
    doctor.diagnose(he, "J45")
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
    """A medicine whose guide goes by weight; too much of it is stopped, the right amount is not."""
    doctor.add_drug(window, "ylk", "布洛芬")
    doctor.dose(window, **TOO_MUCH)
    window.sees("#findings .finding--stop, #findings .finding--confirm")
    doctor.dose(window, **RIGHT)
    doctor.confirm_findings(window)


def the_mother_reads_it_in_the_child_s_record(window: Window) -> None:
    """It stands with the child, and not with the mother."""
    assert {"visit", "diagnosis"} <= patient.record_kinds(window)
    window.press(".fam a.chip", "本人")
    assert not window.has("ol.rec li")


RIGHT = {"dose": "160", "frequency": "q8h", "route": "oral", "days": "3"}
TOO_MUCH = {**RIGHT, "dose": "600"}

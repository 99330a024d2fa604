"""The main job in four windows, phone, doctor, pharmacist and pharmacy; nobody reloads a page."""
from dataclasses import dataclass

import pytest

from tests.stories import flows_desks as desks
from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = pytest.mark.browser
AMLODIPINE = {"dose": "5", "frequency": "qd", "route": "oral", "timing": "after_breakfast", "days": "7"}


@dataclass
class Four:
    """The four windows of one visit."""

    wang: Window
    lin: Window
    ren: Window
    kang: Window


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visit_from_triage_to_the_door_and_the_record(lang: str, hospital: Hospital) -> None:
    four = Four(hospital.patient("wang", lang), hospital.staff("lin", lang), hospital.staff("ren", lang),
                hospital.staff("kang", lang))
    for window in (four.lin, four.ren, four.kang):
        window.marks()
    visit = the_doctor_comes(four)
    they_talk(four)
    the_doctor_prescribes(four, visit)
    the_pharmacist_approves(four)
    order = the_pharmacy_gets_the_order(four)
    the_parcel_arrives(four, order)
    everything_stands_in_the_record(four)


def the_doctor_comes(four: Four) -> str:
    """Triage, money, waiting; the room leads to the talk by itself when the doctor accepts."""
    patient.pay(patient.ask_for_follow_up(four.wang, doctor=four.wang.t("林静", "Lin Jing")))
    visit = patient.wait_in_the_room(four.wang)
    doctor.notices(four.lin, "王建国")
    assert four.lin.was_not_reloaded(), "the queue shows the patient by itself"
    doctor.accept(four.lin, "王建国")
    four.wang.arrives(f"/visits/{visit}/chat")
    return visit


def they_talk(four: Four) -> None:
    """Both ways, without a reload."""
    four.wang.marks()
    four.lin.marks()
    question = four.wang.t("医生您好，药快吃完了。", "Hello doctor, my pills run out.")
    answer = four.wang.t("您好，血压控制得怎么样？", "Hello, how is your blood pressure?")
    patient.say(four.wang, question)
    doctor.hears(four.lin, question)
    doctor.say(four.lin, answer)
    patient.hears(four.wang, answer)
    assert four.wang.was_not_reloaded() and four.lin.was_not_reloaded(), "the talk is live"


def the_doctor_prescribes(four: Four, visit: str) -> None:
    """Evidence, judgement, note, diagnosis, prescription, signature, the end."""
    lin = four.lin
    doctor.judge_evidence(lin)
    doctor.judge(lin)
    doctor.write_note(lin)
    doctor.diagnose(lin, "I10")
    lin.go(f"/doctor/visits/{visit}")
    doctor.open_draft(lin)
    doctor.add_drug(lin, "aldp", lin.t("氨氯地平", "mlodipine"))
    doctor.dose(lin, **AMLODIPINE)
    doctor.confirm_findings(lin)
    doctor.sign(lin)
    doctor.finish(lin, visit)


def the_pharmacist_approves(four: Four) -> None:
    """The queue of the pharmacist shows the prescription by itself; the patient's page of the visit is over."""
    four.ren.sees("#review-rows tr", "王建国")
    assert four.ren.was_not_reloaded(), "the review queue shows it by itself"
    desks.approve(four.ren, "王建国")


def the_pharmacy_gets_the_order(four: Four) -> str:
    """The patient chooses Kang and pays; its board shows the offer by itself."""
    patient.prescription_from_chat(four.wang)
    patient.choose_pharmacy(four.wang, four.wang.t("康健药房", "Kang Pharmacy"))
    patient.order(four.wang)
    order = patient.tracking(four.wang)
    desks.notices_offer(four.kang)
    assert four.kang.was_not_reloaded(), "the board shows the offer by itself"
    return order


def the_parcel_arrives(four: Four, order: str) -> None:
    """Accepted, packed, handed over, delivered; the patient follows it without a reload."""
    four.wang.marks()
    assert desks.accept_offer(four.kang) == order
    following(four.wang, "接单", "took it")
    desks.pack(four.kang, order)
    desks.hand_over(four.kang, order)
    code = patient.delivery_code(four.wang)
    desks.deliver(four.kang, order, code)
    following(four.wang, "送到", "Delivered")
    assert four.wang.was_not_reloaded(), "the parcel is followed by itself"


def following(window: Window, zh: str, en: str) -> None:
    """The page of the parcel comes to this state by itself."""
    window.sees("#tracking .tl li:is(.done, .now)", window.t(zh, en))


def everything_stands_in_the_record(four: Four) -> None:
    """Triage, visit, diagnosis, prescription, medicine; and who looked."""
    entries = patient.record_kinds(four.wang)
    assert {"triage", "visit", "diagnosis", "prescription", "dispense"} <= entries
    four.wang.press('a[href="/record/who-looked"]')
    four.wang.sees(".lr__t", four.wang.t("林静", "Lin Jing"))

"""Xiaoyu is four: Dr He doses by weight, and signs only while a guardian is in the call, her mother or her father."""
from typing import Any

import pytest

from tests.stories import flows_call as call
from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories import flows_third as third
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.cast import SIGNING_PIN

pytestmark = pytest.mark.browser
XIAOYU = "马小雨"
RIGHT = {"dose": "240", "frequency": "q6h", "route": "oral", "days": "2"}
GUARDIAN = "[data-call-hint]"


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


def test_a_child_gets_her_medicine_only_while_a_guardian_is_in_the_call(hospital: Hospital) -> None:
    ma, he = call.counted(hospital.patient("ma")), call.counted(hospital.staff("he"))
    act_for_the_child(ma)
    patient.pay(patient.ask_for_follow_up(ma, "asthma_followup"))
    visit = patient.wait_in_the_room(ma)
    doctor.accept(he, XIAOYU)
    ma.arrives(f"/visits/{visit}/chat")
    the_doctor_examines_the_papers(he)
    desk = without_a_guardian_nothing_is_signed(he, visit)
    the_mother_is_in_the_call(he, ma, visit)
    her_phone_is_gone_before_the_signature(he, ma, desk)
    father = the_father_comes_by_link(hospital, he)
    desk.page.reload()
    doctor.sign(desk)
    he.page.bring_to_front()
    call.hang_up(he)
    with father.expecting(410):
        doctor.finish(he, visit)
        father.sees("h1", "邀请不能再用")
    the_mother_reads_it_in_the_child_s_record(ma)


def the_doctor_examines_the_papers(he: Window) -> None:
    """The same condition as the evidence says; of a guardian the doctor says nothing."""
    doctor.judge_evidence(he, code="J45.9")
    doctor.judge(he)
    doctor.write_note(he)
    doctor.diagnose(he, "J45.9")


def without_a_guardian_nothing_is_signed(he: Window, visit: str) -> Window:
    """In a second tab, as during a call: the draft is complete, and what is missing is the guardian."""
    he.go(f"/doctor/visits/{visit}")
    desk = Window(he.page.context.new_page(), he.base, he.lang)
    desk.go(f"/doctor/visits/{visit}")
    doctor.open_draft(desk)
    desk.sees(".panes--rx", "16.5 kg")
    prescribe_by_weight(desk)
    desk.sees("#draft footer.finish", "监护人")
    assert not desk.has('#draft a[href$="/sign"]')
    return desk


def the_mother_is_in_the_call(he: Window, ma: Window, visit: str) -> None:
    """Both see and hear each other, and the doctor's page says that a guardian is there."""
    ma.go(f"/visits/{visit}/chat")
    call.ask(he)
    call.answer(ma)
    for window in (he, ma):
        call.hears_and_sees(window)
    he.sees(GUARDIAN, "监护人在通话里")


def her_phone_is_gone_before_the_signature(he: Window, ma: Window, desk: Window) -> None:
    """What was open to be signed is refused at the moment of signing, and the rule says why."""
    desk.page.reload()
    desk.press('#draft a[href$="/sign"]')
    ma.page.goto("about:blank")
    he.page.bring_to_front()
    he.sees(GUARDIAN, "监护人不在通话里")
    with desk.expecting(403, 409, 422):
        desk.fill("#f-pin", SIGNING_PIN).press("form#sign button")
    desk.sees("main", "监护人")
    desk.go(desk.path.removesuffix("/sign"))
    assert not desk.has('#draft a[href$="/sign"]'), "signing is shut again"


def the_father_comes_by_link(hospital: Hospital, he: Window) -> Window:
    """At the door he is nobody's guardian yet; let in, he and the doctor see and hear each other."""
    he.page.bring_to_front()
    father = third.comes_to_the_door(hospital, *third.asks_in(he, "guardian"), "马强")
    he.page.bring_to_front()
    he.sees(".vc__knock", "马强 监护人 想进来")
    he.sees(GUARDIAN, "监护人不在通话里")
    he.press_in('.vc__knock [data-guest-do="admit"]')
    father.sees(call.STAGE)
    call.hears_and_sees(father)
    he.page.bring_to_front()
    third.sees_and_hears_a_third(he)
    he.sees(GUARDIAN, "监护人在通话里")
    return father


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
    if window.has('#draft select[id^="q-"]'):
        doctor.answer_rules(window)
    for _ in range(window.page.locator("#findings form.ack").count()):
        doctor.give_reason(window)


def the_mother_reads_it_in_the_child_s_record(window: Window) -> None:
    """It stands with the child, and not with the mother."""
    assert {"visit", "diagnosis"} <= patient.record_kinds(window)
    window.press(".fam a.chip:not([aria-current])")
    window.go("/record").sees("main .card h2", "马丽")
    assert not window.has("ol.rec li")

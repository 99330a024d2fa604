"""The patient's whole way without a mouse, and the way to the paid visit without any script."""
import pytest

from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Keyboard, Window
from web.demo.cast import members, password
from web.demo.journey import Journey

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_comes_from_the_start_page_to_the_paid_visit(hospital: Hospital) -> None:
    window = hospital.window(kind=Keyboard, has_touch=False, is_mobile=False)
    window.go("/").press('a[href="/sign-in"]')
    window.fill("#phone", members()["wang"].login).fill("#password", password()).press("form .act button")
    patient.pay(patient.ask_for_follow_up(window))
    visit = patient.wait_in_the_room(window)
    assert patient.money(window, "visits", visit) == "authorised"


def test_the_keyboard_alone_comes_from_the_talk_to_the_order_and_the_record(hospital: Hospital) -> None:
    walked = hospital.walked_to("accept_visit")
    window = signed_in(hospital.window(kind=Keyboard, has_touch=False, is_mobile=False), walked)
    window.go("/home").press(".hero a.btn")
    patient.say(window, window.t("药快吃完了。", "My pills run out."))
    for name in ("diagnose", "prescribe", "sign", "approve"):
        told = walked.step(name, getattr(walked, name))
        assert told["ok"], told
    window.go("/home").press('.hero a[href*="/pharmacies"]')
    patient.take_the_best(window)
    patient.order(window)
    order = patient.tracking(window)
    assert patient.money(window, "orders", order) in ("authorised", "captured")
    window.go("/home").press('.tabs a[href="/record"]').press('a[href="/record/who-looked"]')
    window.sees("main .card")


def signed_in(window: Window, walked: Journey) -> Window:
    """The browser of somebody who came so far by program."""
    window.page.context.add_cookies([{"name": "fuzhen-patient", "value": walked.patient.token, "url": window.base}])
    return window


def test_the_whole_way_to_the_paid_visit_needs_no_script(hospital: Hospital) -> None:
    window = hospital.window(java_script_enabled=False)
    window.go("/").press('a[href="/sign-in"]')
    patient.sign_in(window, members()["wang"].login, password())
    patient.pay(patient.ask_for_follow_up(window))
    visit = patient.wait_in_the_room(window)
    assert patient.money(window, "visits", visit) == "authorised"

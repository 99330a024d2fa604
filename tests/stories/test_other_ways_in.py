"""The patient's way to the paid visit without a mouse, and without any script."""
import pytest

from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Keyboard
from web.demo.cast import members, password

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_comes_from_the_start_page_to_the_paid_visit(hospital: Hospital) -> None:
    window = hospital.window(kind=Keyboard, has_touch=False, is_mobile=False)
    window.go("/").press('a[href="/sign-in"]')
    window.fill("#phone", members()["wang"].login).fill("#password", password()).press("form .act button")
    patient.pay(patient.ask_for_follow_up(window))
    visit = patient.wait_in_the_room(window)
    assert patient.money(window, "visits", visit) == "authorised"


def test_the_whole_way_to_the_paid_visit_needs_no_script(hospital: Hospital) -> None:
    window = hospital.window(java_script_enabled=False)
    window.go("/").press('a[href="/sign-in"]')
    patient.sign_in(window, members()["wang"].login, password())
    patient.pay(patient.ask_for_follow_up(window))
    visit = patient.wait_in_the_room(window)
    assert patient.money(window, "visits", visit) == "authorised"

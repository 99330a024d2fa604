"""kill -9 in the middle of the talk: both pages come back by themselves, nothing is lost and nothing doubled."""
import pytest

from tests.stories import flows_doctor as doctor
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.invariant(8)]
BEFORE, WHILE, AFTER = "早上 128/78。", "停电时写的话。", "还有别的不舒服吗？"
ANSWER = "停电时医生也在写。"


def test_both_pages_come_back_by_themselves_with_every_word_once(hospital: Hospital) -> None:
    wang, lin = hospital.patient("wang"), hospital.staff("lin")
    patient.pay(patient.ask_for_follow_up(wang, doctor="林静"))
    visit = patient.wait_in_the_room(wang)
    doctor.accept(lin, "王建国")
    wang.arrives(f"/visits/{visit}/chat")
    patient.say(wang, BEFORE)
    doctor.hears(lin, BEFORE)
    for window in (wang, lin):
        window.marks()
    with wang.during_an_outage(), lin.during_an_outage():
        both_write_while_the_server_is_down(hospital, wang, lin)
        patient.hears(wang, ANSWER)
        doctor.hears(lin, WHILE)
        doctor.say(lin, AFTER)
        patient.hears(wang, AFTER)
    assert wang.was_not_reloaded() and lin.was_not_reloaded(), "both came back by themselves"
    every_word_once(wang, ".msg .bub")
    every_word_once(lin, "#talk .bub")
    stored = [m["text"] for m in wang.program().get(f"/visits/{visit}/messages")]
    assert [stored.count(words) for words in (BEFORE, WHILE, ANSWER, AFTER)] == [1, 1, 1, 1]


def both_write_while_the_server_is_down(hospital: Hospital, wang: Window, lin: Window) -> None:
    """Power goes; both write; power comes back."""
    hospital.server.kill()
    wang.fill("#text", WHILE).press_in(".comp button.send")
    wang.sees(".msg--own:not([data-seq])", WHILE)
    lin.fill("#say", ANSWER).press_in("#compose button.push")
    lin.sees("#talk .pend, #talk .fail", ANSWER)
    hospital.start()


def every_word_once(window: Window, bubbles: str) -> None:
    """Each sentence stands on the page exactly once."""
    shown = window.page.locator(bubbles).all_inner_texts()
    for words in (BEFORE, WHILE, ANSWER, AFTER):
        assert sum(words in text for text in shown) == 1, (words, shown)

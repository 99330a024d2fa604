"""Nobody answers in time: the money of a visit goes back by itself; a silent pharmacy loses the order to the next."""
import pytest

from tests.stories import flows_desks as desks
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.cast import cast
from web.demo.client import until
from web.demo.journey import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.invariant(7)
def test_an_unanswered_visit_gives_the_money_back_by_itself(hospital: Hospital) -> None:
    wang = hospital.patient("wang")
    patient.pay(patient.ask_for_follow_up(wang))
    visit = patient.wait_in_the_room(wang)
    assert patient.money(wang, "visits", visit) == "authorised"
    with wang.during_an_outage():
        hospital.later(minutes=31)
        wang.sees('#waiting[data-state="expired"]')
    wang.sees(".verd", "钱正在退回")
    until(lambda: patient.money(wang, "visits", visit) in ("cancelled", "released"))
    told(wang, "退")


def told(window: Window, word: str) -> None:
    """The inbox says it, without a word about health."""
    window.go("/inbox")
    notice = window.sees("main .lr", word).inner_text()
    assert "高血压" not in notice


@pytest.mark.invariant(7)
def test_a_silent_pharmacy_loses_the_order_to_the_next_and_nothing_is_charged_twice(hospital: Hospital) -> None:
    wang, walked = hospital.window(), hospital.walked_to("approve")
    patient.sign_in(wang, walked.phone, PASSWORD)
    wang.go(f"/prescriptions/{walked.ids['prescription_id']}")
    patient.choose_pharmacy(wang)
    patient.order(wang)
    order = patient.tracking(wang)
    first = asked(wang, 1)
    before = wang.program().get(f"/orders/{order}")
    with wang.during_an_outage():
        hospital.later(minutes=11)
        second = asked(wang, 2)
    assert second != first
    after = wang.program().get(f"/orders/{order}")
    assert after["drugs_fen"] + after["delivery_fen"] <= before["held_fen"], "no higher price"
    told(wang, "药房")
    desk = hospital.staff(second)
    assert desks.accept_offer(desk) == order
    charged_once(wang, order)


def asked(window: Window, times: int) -> str:
    """The login of the pharmacy that is asked now; the page of the parcel names it by itself."""
    steps = window.page.locator("#tracking .tl li").filter(has_text="在问")
    steps.nth(times - 1).wait_for(state="visible")
    words = steps.nth(times - 1).inner_text()
    return next(key for key, row in cast()["pharmacies"].items() if row["name"]["zh"] in words)


def charged_once(window: Window, order: str) -> None:
    """One payment: what was taken and not given back is the price of the pharmacy that accepted."""
    until(lambda: patient.money(window, "orders", order) in ("captured", "partly_refunded"))
    paid = window.program().get(f"/orders/{order}/payment")
    found = window.program().get(f"/orders/{order}")
    assert paid["captured_fen"] - paid["refunded_fen"] == found["drugs_fen"] + found["delivery_fen"]
    assert paid["captured_fen"] <= paid["fen"]

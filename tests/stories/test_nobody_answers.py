"""Nobody answers in time: the money of a visit goes back by itself; a silent pharmacy loses the order to the next."""
import random
from typing import Any

import pytest

from tests.stories import flows_desks as desks
from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.cast import cast
from web.demo.client import until
from web.demo.journey import PASSWORD, Journey

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
    wang, walked = hospital.window(), walked_to("approve", hospital)
    patient.sign_in(wang, walked.phone, PASSWORD)
    wang.go(f"/prescriptions/{walked.ids['prescription_id']}")
    patient.choose_pharmacy(wang)
    patient.order(wang)
    order = patient.tracking(wang)
    before = until(lambda: offered(wang, order))
    with wang.during_an_outage():
        hospital.later(minutes=11)
        after = until(lambda: moved_on(wang, order, before))
    assert after["drugs_fen"] + after["delivery_fen"] <= before["held_fen"], "no higher price"
    following_names_the_next(wang, order, after)
    told(wang, "药房")
    desk = hospital.staff(desk_of(hospital, after["pharmacy_id"], walked))
    assert desks.accept_offer(desk) == order
    charged_once(wang, order)


def walked_to(last: str, hospital: Hospital) -> Journey:
    """A person who went through the main job by program up to this step."""
    journey = Journey(hospital.server.url, random.Random(7))
    for line in journey.run():
        assert line["ok"], line
        if line["step"] == last:
            break
    return journey


def offered(window: Window, order: str) -> dict[str, Any] | None:
    """The order once a pharmacy was asked."""
    found = window.program().get(f"/orders/{order}")
    return found if found["state"] == "offered" else None


def moved_on(window: Window, order: str, before: dict[str, Any]) -> dict[str, Any] | None:
    """The order once another pharmacy was asked."""
    found = offered(window, order)
    return found if found and found["pharmacy_id"] != before["pharmacy_id"] else None


def following_names_the_next(window: Window, order: str, after: dict[str, Any]) -> None:
    """The page of the parcel names the pharmacy that is asked now."""
    window.go(f"/orders/{order}")
    name = next(o["name"]["zh"] for o in window.program().get(f"/prescriptions/{after['prescription_id']}/options")
                if o["pharmacy_id"] == after["pharmacy_id"])
    window.sees("#tracking", name)


def desk_of(hospital: Hospital, pharmacy: str, walked: Journey) -> str:
    """The login of the pharmacy that is asked."""
    options = walked.patient.get(f"/prescriptions/{walked.ids['prescription_id']}/options")
    name = next(o["name"]["en"] for o in options if o["pharmacy_id"] == pharmacy)
    return next(key for key, row in cast()["pharmacies"].items() if row["name"]["en"] == name)


def charged_once(window: Window, order: str) -> None:
    """One payment: what was taken and not given back is the price of the pharmacy that accepted."""
    until(lambda: patient.money(window, "orders", order) in ("captured", "partly_refunded"))
    paid = window.program().get(f"/orders/{order}/payment")
    found = window.program().get(f"/orders/{order}")
    assert paid["captured_fen"] - paid["refunded_fen"] == found["drugs_fen"] + found["delivery_fen"]
    assert paid["captured_fen"] <= paid["fen"]

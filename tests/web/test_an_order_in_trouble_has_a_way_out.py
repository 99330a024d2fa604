"""Where an order is stuck somebody finds a button: a new code, a box that came back, a box that was stopped."""

from __future__ import annotations

from uuid import UUID

import pyotp
import pytest

from app.payments import api as payments
from app.work import HOUSE
from pharmacy import api as pharmacy
from tests.web import staff_walk as walk
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Page, Site
from web.demo.cast import cast, password


def pack_all(site: Site, order: str, first: int = 1) -> Page:
    """Scan every pack at the pick list and close the box."""
    kang = site.as_("kang")
    for n, code in enumerate(walk.codes(site, UUID(order))):  # type: ignore[arg-type]
        page = kang.post(kang.open(f"/pharmacy/orders/{order}/pick"), "/scans", code=f"{code[:7]}{first + n:013d}")
        assert 'data-result="right"' in page.html, page.words[:600]
    return kang.post(page, "/pack")


@pytest.fixture
def wang(site: Site) -> Patient:
    """Mr Wang, whose order is with the courier."""
    patient, kang = Patient(site), site.as_("kang")
    _, rx = walk.signed(site, patient)
    walk.approve(site.as_("ren"), rx)
    site.run()
    order = patient.place_order()
    kang.post(kang.open(f"/pharmacy/orders/{order}"), "/accept")
    site.run()
    kang.post(pack_all(site, order), "/hand-over", courier="丁师傅")
    site.run()
    return patient


def stands(site: Site, order: str) -> pharmacy.Order:
    """The order as it is now."""
    with site.house.read(HOUSE) as work:
        return work.get(pharmacy.Order, UUID(order))


def spoil_code(site: Site, order: str) -> Page:
    """The pharmacy types a wrong code five times and then once more."""
    kang = site.as_("kang")
    for _ in range(6):
        page = kang.post(kang.open(f"/pharmacy/orders/{order}"), "/deliver", code="000000x")
    return page


def test_after_five_wrong_codes_the_patient_makes_a_new_one_and_the_box_is_delivered(site: Site, wang: Patient) -> None:
    kang, old = site.as_("kang"), wang.delivery_code()
    blocked = spoil_code(site, wang.order)
    assert blocked.reply.status_code == 409 and "换一个新的取药码" in blocked.words
    phone = Phone(site).sign_in("wang")
    page = phone.open(f"/orders/{wang.order}")
    assert "不能用了" in page.words and old not in page.html
    phone.send("/code")
    new = wang.delivery_code()
    assert new != old and new in phone.page.html and "不能用了" not in phone.page.words
    done = kang.post(kang.open(f"/pharmacy/orders/{wang.order}"), "/deliver", code=new)
    assert "已送达" in done.words


def test_a_program_makes_a_new_code_too(site: Site, wang: Patient) -> None:
    old = wang.delivery_code()
    spoil_code(site, wang.order)
    made = wang.post(f"/orders/{wang.order}/code")["delivery_code"]
    assert made == wang.delivery_code() != old and stands(site, wang.order).code_tries == 0


def refunded(site: Site, order: str) -> bool:
    """All money of the order went back."""
    site.run()
    with site.house.read(HOUSE) as work:
        return payments.payment_of(work, "order", UUID(order)).state == "refunded"


def act(site: Site, order: str, step: str, sure: str = "yes") -> Page:
    """The pharmacy takes a step at the order's page."""
    kang = site.as_("kang")
    return kang.post(kang.open(f"/pharmacy/orders/{order}"), f"/{step}", sure=sure)


@pytest.mark.invariant(7)
def test_a_box_that_came_back_is_told_and_the_patient_takes_the_money_back(site: Site, wang: Patient) -> None:
    assert act(site, wang.order, "come-back", sure="").reply.status_code == 422
    assert stands(site, wang.order).state == "shipped", "without the tick nothing happens"
    assert "退回" in act(site, wang.order, "come-back").words
    phone = Phone(site).sign_in("wang")
    phone.open(f"/orders/{wang.order}")
    phone.follow("/cancel")
    phone.send(do="cancel")
    assert stands(site, wang.order).state == "cancelled" and refunded(site, wang.order)


@pytest.mark.invariant(7)
@pytest.mark.parametrize("step", ["quarantine", "come-back"])
def test_the_pharmacy_gives_up_what_was_set_aside(site: Site, wang: Patient, step: str) -> None:
    act(site, wang.order, step)
    assert act(site, wang.order, "give-up", sure="").reply.status_code == 422
    assert "已取消" in act(site, wang.order, "give-up").words
    assert refunded(site, wang.order)


@pytest.mark.invariant(5)
@pytest.mark.parametrize("step", ["quarantine", "come-back"])
def test_what_was_set_aside_goes_to_the_next_pharmacy(site: Site, wang: Patient, step: str) -> None:
    act(site, wang.order, step)
    assert act(site, wang.order, "next", sure="").reply.status_code == 422
    before = stands(site, wang.order)
    act(site, wang.order, "next")
    site.run()
    after = stands(site, wang.order)
    assert (after.state, after.pharmacy_id) == ("offered", None) and before.pharmacy_id is not None
    with site.house.read(HOUSE) as work:
        offers = pharmacy.offers_of(work, after.id)
    assert [one.state for one in offers] == ["given_back", "offered"]
    assert offers[1].pharmacy_id != before.pharmacy_id


def test_a_stopped_box_is_packed_again_and_delivered(site: Site, wang: Patient) -> None:
    kang = site.as_("kang")
    stopped = act(site, wang.order, "quarantine")
    assert stopped.link("/pick")
    assert "不能再配" not in kang.open(f"/pharmacy/orders/{wang.order}/pick").words
    packed = pack_all(site, wang.order, first=500)
    kang.post(kang.post(packed, "/hand-over", courier="丁师傅"), "/deliver", code=wang.delivery_code())
    assert stands(site, wang.order).state == "delivered"


@pytest.mark.invariant(7)
def test_the_patient_does_without_a_stopped_box(site: Site, wang: Patient) -> None:
    act(site, wang.order, "quarantine")
    phone = Phone(site).sign_in("wang")
    assert "不要了，全额退款" in phone.open(f"/orders/{wang.order}").words
    phone.follow("/cancel")
    phone.send(do="cancel")
    assert refunded(site, wang.order)


def test_programs_have_the_same_steps(site: Site, wang: Patient) -> None:
    site.clock.forward(seconds=31)
    row = cast()["pharmacies"]["kang"]
    token = wang.post("/sessions", {"login": "kang", "password": password(),
                                    "totp": pyotp.TOTP(row["totp"]).at(site.clock.now())})["token"]
    wang.token = token
    assert wang.post(f"/orders/{wang.order}/come-back")["state"] == "returned"
    wang.call("POST", f"/orders/{wang.order}/quarantine", expect=409)
    assert wang.post(f"/orders/{wang.order}/give-up")["state"] == "cancelled"


@pytest.fixture
def lost(site: Site, wang: Patient) -> Patient:
    """Mr Wang did not wait any longer for a box that is somewhere."""
    with site.house.read(HOUSE) as work:
        late = pharmacy.may_stop_from(work.get(pharmacy.Order, UUID(wang.order))) - site.clock.now()
    site.clock.forward(seconds=late.total_seconds())
    site.run()
    site.browsers.clear()       # who was signed in then is not any more
    phone = Phone(site).sign_in("wang")
    phone.open(f"/orders/{wang.order}")
    phone.follow("/cancel")
    assert "处方才能再配" in phone.page.words
    phone.send(do="cancel")
    assert refunded(site, wang.order)
    return wang


@pytest.mark.invariant(5)
def test_the_patient_reads_why_nothing_can_be_filled_until_the_pharmacy_has_the_box_back(
        site: Site, lost: Patient) -> None:
    kang, phone = site.as_("kang"), Phone(site).sign_in("wang")
    page = phone.open(f"/orders/{lost.order}")
    assert "还不知道这一箱药在哪里" in page.words and "请马上问医生" in page.words
    rx = f"/prescriptions/{stands(site, lost.order).prescription_id}"
    assert "查清那一箱药以前，不能再配" in phone.open(rx).words and phone.page.link(f"/orders/{lost.order}")
    assert "已退款，追回这一箱" in kang.open("/pharmacy/board?column=out").words
    assert "记下退回" in act(site, lost.order, "come-back", sure="").words
    assert "已取消" in act(site, lost.order, "come-back").words
    site.run()
    assert "追回这一箱" not in kang.open("/pharmacy/board?column=out").words
    assert "还不知道" not in phone.open(f"/orders/{lost.order}").words
    assert phone.page.link("/pharmacies")


def test_the_hospitals_pharmacist_finds_out_and_gives_it_back(site: Site, lost: Patient) -> None:
    su = site.as_("su")
    queue = su.open("/pharmacist")
    assert "一箱药没有送到" in queue.words
    page = su.open(queue.link(str(stands(site, lost.order).prescription_id)))
    assert "康" in page.words and "没有送到，订单退款结束" in page.words
    su.post(page, "/give-back", reason="骑手丢了箱子，患者没有收到")
    site.run()
    assert "一箱药没有送到" not in su.open("/pharmacist").words
    assert Phone(site).sign_in("wang").open(f"/orders/{lost.order}").link("/pharmacies")


def test_programs_read_that_the_box_is_out_and_say_that_it_is_back(site: Site, lost: Patient) -> None:
    lost.token = lost.post("/sessions", {"login": "kang", "password": password(), "totp": pyotp.TOTP(
        cast()["pharmacies"]["kang"]["totp"]).at(site.clock.now())})["token"]
    assert [row["state"] for row in lost.get("/board")["in_hand"]] == ["cancelled"]
    assert lost.post(f"/orders/{lost.order}/come-back")["box_out"] is False
    assert lost.get("/board")["in_hand"] == []

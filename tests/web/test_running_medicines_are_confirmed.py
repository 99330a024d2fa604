"""Before a visit the patient reads what we prescribed and still runs, with where it comes from, and confirms it."""
import pytest

from tests.web.patient_staff import Staff, desk_of
from tests.web.patient_walk import Phone
from tests.web.staff_site import Site


@pytest.fixture
def treated(site: Site) -> tuple[Phone, str]:
    """Wang with a prescription of today, approved, on which nobody has acted."""
    phone, staff = Phone(site).sign_in("wang"), Staff(site)
    rx = staff.treat(staff.accept(phone.wait_for_doctor()))
    staff.approve(rx)
    site.run()
    return phone, f"/prescriptions/{rx}"


def test_an_approved_medicine_is_offered_with_doctor_and_day_and_nothing_is_ticked(treated: tuple[Phone, str]) -> None:
    phone, _ = treated
    page = phone.open("/history")
    assert "我从别处拿到了" in page.words and "林静医生 2026-11-21 开的" in page.words
    assert not phone.forms()[-1].values.get("taken")


def test_ticked_as_taken_it_stands_on_the_list_and_can_be_told_as_stopped(treated: tuple[Phone, str]) -> None:
    phone, _ = treated
    page = phone.open("/history")
    key = page.html.split('name="taken" value="')[1].split('"')[0]
    phone.send("", taken=key)
    page = phone.open("/history")
    assert f'value="{key}"' not in page.html and "已经不吃了" in page.words
    line = page.html.split('name="stopped" value="')[1].split('"')[0]
    phone.send("", stopped=line)
    again = phone.open("/history").html
    assert f'value="{line}" checked' in again


def test_what_is_not_on_the_list_is_refused(treated: tuple[Phone, str]) -> None:
    phone, _ = treated
    phone.open("/history")
    phone.send("", 409, taken="made-up")
    phone.open("/history")
    phone.send("", 422, stopped="00000000-0000-7000-8000-000000000000")


def test_what_was_delivered_is_named_too(site: Site, treated: tuple[Phone, str]) -> None:
    phone, rx = treated
    phone.open(f"{rx}/pharmacies")
    phone.send(pharmacy=phone.page.html.split('name="pharmacy" value="')[1].split('"')[0])
    phone.send(phone="13800000001", area="示范市河西区", street="友谊路 8 号")
    order, staff = phone.cashier(), Staff(site)
    phone.pay()
    desk = desk_of(site, order)
    taken = staff.take(order, desk)
    staff.ship(taken, desk)
    staff.deliver(taken, phone.open(order).html.split('class="code">')[1][:6], desk)
    words = phone.open("/history").words
    assert "已经不吃了" in words and "林静医生" in words and "我从别处拿到了" not in words

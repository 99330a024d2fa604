"""After an approval the page says until when it can be taken back; later, or once ordered, it offers nothing."""
from uuid import UUID

import pytest

from app.work import HOUSE
from prescribing import api as prescribing
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


@pytest.fixture
def approved(site: Site) -> str:
    """A prescription that Ren approved just now, on the page that follows."""
    _, rx = walk.signed(site, Patient(site))
    page = walk.approve(site.as_("ren"), rx)
    assert page.path == "/pharmacist" and "前可以收回" in page.words
    return rx


def state(site: Site, rx: str) -> str:
    with site.house.read(HOUSE) as work:
        return work.get(prescribing.Prescription, UUID(rx)).state


def test_one_press_opens_the_review_again(site: Site, approved: str) -> None:
    ren = site.as_("ren")
    page = ren.open(f"/pharmacist?approved={approved}")
    back = ren.post(page, "/take-back")
    assert back.path == f"/pharmacist/reviews/{approved}" and state(site, approved) == "signed"
    assert "您收回了通过" in ren.open("/pharmacist/decided").words
    assert "收回了通过" in site.as_("lin").open(f"/doctor/prescriptions/{approved}").words


def test_it_is_offered_in_the_list_of_the_day_and_only_to_who_approved(site: Site, approved: str) -> None:
    assert "/take-back" in site.as_("ren").open("/pharmacist/decided").html
    assert "/take-back" not in site.as_("su").open(f"/pharmacist?approved={approved}").html
    assert state(site, approved) == "approved"


def test_after_its_minutes_nothing_is_offered_and_a_late_press_is_told_why(site: Site, approved: str) -> None:
    ren = site.as_("ren")
    page = ren.open(f"/pharmacist?approved={approved}")
    site.clock.forward(minutes=11)
    assert "/take-back" not in ren.open(f"/pharmacist?approved={approved}").html
    assert "/take-back" not in ren.open("/pharmacist/decided").html
    late = ren.post(page, "/take-back")
    assert late.reply.status_code == 409 and "时间过了" in late.words and state(site, approved) == "approved"


@pytest.mark.parametrize("odd", ["x", "00000000-0000-0000-0000-000000000000", "'"])
def test_an_odd_id_in_the_address_is_no_fault(site: Site, odd: str) -> None:
    assert site.as_("ren").open(f"/pharmacist?approved={odd}").reply.status_code == 200

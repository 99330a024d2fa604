"""The sandbox cashier's page takes one choice; a second one is a clear conflict and changes nothing."""
import pytest

from web.demo.client import ApiFault
from web.demo.journey import Journey


def test_a_second_choice_is_refused_and_the_payment_stays(walked: Journey) -> None:
    payment = walked.ids["visit_payment_id"]
    before = walked.patient.get(f"/payments/{payment}")
    for choice in ("pay", "decline"):
        with pytest.raises(ApiFault) as refused:
            walked.patient.post(f"/payments/{payment}/sandbox", {"choice": choice})
        assert (refused.value.status, refused.value.slug) == (409, "cashier-closed")
    assert walked.patient.get(f"/payments/{payment}") == before

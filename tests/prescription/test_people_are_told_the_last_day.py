"""`expires_at` is the first moment when a prescription is no longer good; people are told the last day when it is."""
from datetime import timedelta

from app.kit.clock import local_date
from prescribing import api as prescribing
from tests.cast import Scene, signed_prescription


def test_a_prescription_of_today_and_three_days_ends_with_the_fourth_day(scene: Scene) -> None:
    rx = signed_prescription(scene)
    last = prescribing.last_minute(rx)
    assert last is not None and rx.expires_at is not None
    assert local_date(last) == local_date(scene.clock.now()) + timedelta(days=3)
    assert local_date(rx.expires_at) == local_date(last) + timedelta(days=1)


def test_a_draft_has_no_last_day() -> None:
    assert prescribing.last_minute(prescribing.Prescription(expires_at=None)) is None  # type: ignore[call-arg]

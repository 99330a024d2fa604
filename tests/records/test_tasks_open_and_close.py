"""Tasks as a ground of access: held by a person or an organisation, for one subject, until closed."""
import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.work import HOUSE, House, all_of
from records import api as records
from records.file.rules import TASK_ROLE, TASK_SCOPE, task_opens
from tests.records.cast import Cast


def can_read(house: House, cast: Cast, who: str, patient: str = "wang") -> bool:
    try:
        with house.read(cast.people[who]) as work:
            records.require_readable(work, cast.patients[patient], "history")
    except records.RecordClosed:
        return False
    return True


def open_review(house: House, cast: Cast, holder, subject, patient: str = "wang") -> records.AccessTask:
    with house.write(HOUSE) as work:
        return records.open_task(work, cast.patients[patient], holder, "review", subject)


def close(house: House, *args) -> None:
    with house.write(HOUSE) as work:
        records.close_task(work, "review", *args)


def test_two_reviews_stay_open_until_both_are_closed(house: House, cast: Cast) -> None:
    first, second = uuid7(), uuid7()
    for rx in (first, second):
        open_review(house, cast, cast.practitioner("ren"), rx)
    close(house, first)
    assert can_read(house, cast, "ren")
    close(house, second)
    assert not can_read(house, cast, "ren")


def test_a_review_that_a_pharmacist_takes_closes_for_the_others(house: House, cast: Cast) -> None:
    rx = uuid7()
    open_review(house, cast, cast.hospital, rx)
    assert can_read(house, cast, "ren") and can_read(house, cast, "su")
    open_review(house, cast, cast.practitioner("ren"), rx)
    close(house, rx, cast.hospital)
    assert can_read(house, cast, "ren") and not can_read(house, cast, "su")


def test_closing_the_subject_closes_every_holder(house: House, cast: Cast) -> None:
    rx = uuid7()
    for holder in (cast.hospital, cast.practitioner("ren")):
        open_review(house, cast, holder, rx)
    close(house, rx)
    assert not can_read(house, cast, "ren") and not can_read(house, cast, "su")


def test_opening_again_is_the_same_task(house: House, cast: Cast) -> None:
    rx = uuid7()
    first = open_review(house, cast, cast.hospital, rx)
    close(house, rx)
    again = open_review(house, cast, cast.hospital, rx)
    assert again.id == first.id and again.closed_at is None and can_read(house, cast, "su")


def test_the_time_of_the_first_closing_stands(house: House, cast: Cast, clock: FrozenClock) -> None:
    rx = uuid7()
    open_review(house, cast, cast.hospital, rx)
    close(house, rx)
    at = clock.now()
    clock.forward(hours=1)
    close(house, rx)
    with house.read(HOUSE) as work:
        assert [t.closed_at for t in all_of(work, records.AccessTask)] == [at]


def test_a_task_for_one_patient_opens_no_other(house: House, cast: Cast) -> None:
    open_review(house, cast, cast.practitioner("ren"), uuid7(), "zhou")
    assert can_read(house, cast, "ren", "zhou") and not can_read(house, cast, "ren", "wang")


def test_closing_what_was_never_opened_is_fine(house: House, cast: Cast) -> None:
    close(house, uuid7())
    assert not can_read(house, cast, "ren")


@pytest.mark.invariant(9)
@pytest.mark.parametrize("role", ["patient", "doctor", "pharmacy", "admin", "compliance", "operator", "house", ""])
def test_a_review_opens_for_pharmacists_alone(role: str) -> None:
    assert task_opens("review", "pharmacist", "history")
    assert not task_opens("review", role, "history")


@pytest.mark.invariant(9)
@pytest.mark.parametrize("kind", ["", "visit", "REVIEW", "review ", "order"])
def test_an_unknown_kind_opens_nothing(kind: str) -> None:
    for role in ("doctor", "pharmacist"):
        assert not task_opens(kind, role, "history") and not task_opens(kind, role, "evidence")


@pytest.mark.invariant(9)
@pytest.mark.parametrize("part", ["recording", "looks", "consents", "order", "orders", "", "something_new"])
def test_a_review_opens_what_a_prescription_is_judged_by_and_no_more(house: House, cast: Cast, part: str) -> None:
    open_review(house, cast, cast.practitioner("ren"), uuid7())
    with pytest.raises(records.RecordClosed), house.read(cast.people["ren"]) as work:
        records.require_readable(work, cast.patients["wang"], part)
    assert can_read(house, cast, "ren")


def test_every_kind_of_task_says_who_and_what() -> None:
    assert TASK_ROLE.keys() == TASK_SCOPE.keys()

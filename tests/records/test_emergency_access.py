"""Break-glass: a doctor without a relation opens a record in an emergency, and the patient sees why."""
from dataclasses import replace
from datetime import timedelta

import pytest

from app.identity import api as identity
from app.identity.problems import LicenceNotInForce
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import NotAllowed, NotFound
from app.notify import api as notify
from app.work import HOUSE, House
from records import api as records
from tests.records.cast import Cast

REASON = "患者剧烈头痛，血压 198/112，说不清在吃什么药"


def test_doctor_he_opens_the_record_with_a_reason_for_one_hour(house: House, cast: Cast, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    with house.write(cast.he) as work:
        records.break_glass(work, wang, REASON)
    with house.read(cast.he) as work:
        assert records.require_readable(work, wang, "history") == "break_glass"
    clock.forward(hours=1)
    with pytest.raises(records.RecordClosed), house.read(cast.he) as work:
        records.require_readable(work, wang, "history")


def test_the_patient_reads_the_reason_and_the_name(house: House, cast: Cast, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    with house.write(cast.he) as work:
        records.break_glass(work, wang, REASON)
    clock.forward(minutes=5)
    with house.read(cast.he) as work:
        records.history_of(work, wang)
    with house.read(cast.wang) as work:
        look = records.looks(work, wang)[0]
    assert (look.ground, look.reason, look.parts) == ("break_glass", REASON, ("history",))
    assert look.who.name.zh == "何田" and not look.refused


def test_each_opening_is_told_with_its_own_reason(house: House, cast: Cast, clock: FrozenClock) -> None:
    """Two openings on one day are two looks: the first reason does not vanish behind the second."""
    wang, second = cast.patients["wang"], "一小时后还在抢救，要再核对一次用药"
    for reason, minutes in ((REASON, 30), (second, 40)):    # the second within the first one's hour
        with house.write(cast.he) as work:
            records.break_glass(work, wang, reason)
        clock.forward(minutes=minutes)
        with house.read(cast.he) as work:
            records.history_of(work, wang)
    with house.read(cast.wang) as work:
        told = [one for one in records.looks(work, wang) if one.ground == "break_glass"]
        views, _ = records.count_looks(work, wang, clock.now() - timedelta(days=1))
    assert [one.reason for one in told] == [second, REASON] and views == 2


@pytest.mark.invariant(9)
def test_a_doctor_of_another_house_opens_nothing(house: House, cast: Cast) -> None:
    with house.write(HOUSE) as work:
        other = work.add(identity.Organization(kind="clinic", name_zh="和平诊所", name_en="Heping Clinic")).id
    with pytest.raises(NotAllowed), house.write(replace(cast.he, organization_id=other)) as work:
        records.break_glass(work, cast.patients["wang"], REASON)


def test_the_end_of_the_hour_is_told_to_the_doctor_alone(house: House, cast: Cast, clock: FrozenClock) -> None:
    wang, ends = cast.patients["wang"], clock.now() + timedelta(hours=1)
    with house.write(cast.he) as work:
        records.break_glass(work, wang, REASON)
    with house.read(cast.he) as work:
        assert records.emergency_until(work, wang) == ends
    for other in (cast.lin, cast.wang):
        with house.read(other) as work:
            assert records.emergency_until(work, wang) is None
    clock.forward(hours=1)
    with house.read(cast.he) as work:
        assert records.emergency_until(work, wang) is None


@pytest.mark.invariant(9)
@pytest.mark.parametrize("state", ["submitted", "suspended", "expired"])
def test_a_doctor_whose_licence_is_not_in_force_opens_nothing(house: House, cast: Cast, state: str) -> None:
    with house.write(HOUSE) as work:
        kept = identity.licence_of(work, cast.practitioner("he"))
        assert kept is not None
        kept.state = state
    with pytest.raises(LicenceNotInForce), house.write(cast.he) as work:
        records.break_glass(work, cast.patients["wang"], REASON)
    with pytest.raises(records.RecordClosed), house.read(cast.he) as work:
        records.require_readable(work, cast.patients["wang"], "history")


@pytest.mark.invariant(9)
def test_the_hour_of_an_emergency_ends_with_the_licence(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(cast.he) as work:
        records.break_glass(work, wang, REASON)
    with house.write(HOUSE) as work:
        kept = identity.licence_of(work, cast.practitioner("he"))
        assert kept is not None
        kept.state = "suspended"
    with pytest.raises(records.RecordClosed), house.read(cast.he) as work:
        records.require_readable(work, wang, "history")


def test_every_guardian_is_told_without_a_word_about_health(house: House, cast: Cast) -> None:
    with house.write(cast.lin) as work:
        records.break_glass(work, cast.patients["xiaoyu"], REASON)
    with house.read(cast.ma) as work:
        told = notify.inbox(work, cast.ma.account_id)
        assert [line.kind for line in told] == ["break_glass"]
        assert "198" not in told[0].text_zh and "小雨" not in told[0].text_zh


@pytest.mark.invariant(9)
@pytest.mark.parametrize("reason", ["", "急", "   急   诊   ", "\u200b" * 30])
def test_without_a_reason_in_words_it_stays_closed(house: House, cast: Cast, reason: str) -> None:
    with pytest.raises(records.ReasonNeeded), house.write(cast.he) as work:
        records.break_glass(work, cast.patients["wang"], reason)
    with pytest.raises(records.RecordClosed), house.read(cast.he) as work:
        records.require_readable(work, cast.patients["wang"], "timeline")


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", ["zhao", "ren", "bai", "kang", "qin", "nobody"])
def test_only_doctors_have_emergency_access(house: House, cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed), house.write(cast.people[name]) as work:
        records.break_glass(work, cast.patients["wang"], REASON)


def test_a_patient_who_does_not_exist_is_not_found(house: House, cast: Cast) -> None:
    with pytest.raises(NotFound), house.write(cast.he) as work:
        records.break_glass(work, uuid7(), REASON)


def test_emergency_access_is_no_treatment_relation(house: House, cast: Cast) -> None:
    """Nothing may be prescribed or decided on its ground."""
    with house.write(cast.he) as work:
        records.break_glass(work, cast.patients["wang"], REASON)
        assert not records.treats(work, cast.patients["wang"], cast.practitioner("he"))


def test_an_ordinary_relation_stands_before_emergency_access(house: House, cast: Cast) -> None:
    with house.write(cast.lin) as work:
        records.break_glass(work, cast.patients["wang"], REASON)
    cast.treat("lin", "wang")
    with house.read(cast.lin) as work:
        assert records.require_readable(work, cast.patients["wang"], "timeline") == "treats"

"""Break-glass: a doctor without a relation opens a record in an emergency, and the patient sees why."""
import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import NotAllowed, NotFound
from app.notify import api as notify
from app.work import House
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

"""The page "who looked at my record": every view with a name and a reason, refused attempts too."""
from datetime import timedelta

import pytest

from app.identity.api import Guardianship
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.work import HOUSE, Actor, House
from records import api as records
from tests.records.cast import Cast, Statements


def read(house: House, actor: Actor, patient_id, what: str) -> None:
    with house.read(actor) as work:
        records.require_readable(work, patient_id, what)


def refused(house: House, actor: Actor, patient_id) -> None:
    """Try, be refused, and leave the trace as the door does."""
    try:
        read(house, actor, patient_id, "timeline")
    except records.RecordClosed as problem:
        trace = records.refusal_of(problem)
        assert trace is not None
        house.record_refusal(actor, trace)


def looks(house: House, cast: Cast) -> list[records.Look]:
    with house.read(cast.wang) as work:
        return records.looks(work, cast.patients["wang"])


def test_doctor_and_pharmacist_stand_there_by_name_with_what_they_saw(
        house: House, cast: Cast, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    cast.treat("lin", "wang")
    read(house, cast.lin, wang, "timeline")
    clock.forward(minutes=9)
    read(house, cast.lin, wang, "history")
    with house.write(HOUSE) as work:
        records.open_task(work, wang, cast.practitioner("ren"), "review", uuid7())
    clock.forward(minutes=1)
    read(house, cast.ren, wang, "history")
    pharmacist, doctor = looks(house, cast)
    assert (doctor.who.name.zh, doctor.who.name.en, doctor.who.department) == ("林静", "Lin Jing", "internal_medicine")
    assert doctor.who.place is not None and doctor.who.place.en == "Demo Hospital"
    assert (doctor.ground, doctor.parts, doctor.views) == ("treats", ("timeline", "history"), 2)
    assert doctor.last_at - doctor.first_at == timedelta(minutes=9)
    assert (pharmacist.ground, pharmacist.who.name.zh) == ("task", "任芳")


def test_ones_own_views_and_jobs_of_the_house_are_not_listed(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    read(house, cast.wang, wang, "timeline")
    read(house, HOUSE, wang, "history")
    assert looks(house, cast) == []


@pytest.mark.invariant(9)
def test_stranger_zhao_was_blocked_and_the_patient_sees_it(house: House, cast: Cast) -> None:
    refused(house, cast.zhao, cast.patients["wang"])
    [look] = looks(house, cast)
    assert look.refused and look.who.role == "patient"
    assert (look.who.name.zh, look.who.place) == ("赵某的账号", None)


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", ["bai", "kang", "qin", "nobody"])
def test_blocked_staff_stand_there_by_role(house: House, cast: Cast, name: str) -> None:
    refused(house, cast.people[name], cast.patients["wang"])
    [look] = looks(house, cast)
    assert look.refused and look.who.role == cast.people[name].role and look.who.name.zh


def test_another_guardian_stands_there_with_the_relation(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        work.add(Guardianship(account_id=cast.ma.account_id, patient_id=wang, relation="parent", since=work.now))
    read(house, cast.ma, wang, "timeline")
    [look] = looks(house, cast)
    assert (look.who.name.zh, look.ground) == ("马丽", "own")
    assert look.who.place is not None and look.who.place.en == "a son or daughter"


def test_another_day_is_another_line(house: House, cast: Cast, clock: FrozenClock) -> None:
    cast.treat("lin", "wang")
    for _ in range(2):
        read(house, cast.lin, cast.patients["wang"], "timeline")
        read(house, cast.lin, cast.patients["wang"], "timeline")
        clock.forward(days=1)
    assert [look.views for look in looks(house, cast)] == [2, 2]


def test_the_list_costs_few_statements_however_many_looked(house: House, cast: Cast, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    for name in ("lin", "he"):
        cast.treat(name, "wang")
    for _ in range(7):
        for name in ("lin", "he"):
            read(house, cast.people[name], wang, "timeline")
        for name in ("zhao", "zhou", "bai", "nobody"):
            refused(house, cast.people[name], wang)
        clock.forward(days=1)
    with house.read(cast.wang) as work, Statements(work.session) as sql:
        assert len(records.looks(work, wang)) == 42
    assert sql.count <= 8 + 2


def test_only_the_patient_and_guardians_see_who_looked(house: House, cast: Cast) -> None:
    cast.treat("lin", "wang")
    for name in ("lin", "zhao", "bai"):
        with pytest.raises(Exception) as caught, house.read(cast.people[name]) as work:
            records.looks(work, cast.patients["wang"])
        assert caught.value.status == 404


def test_views_and_refusals_of_a_month_are_counted_apart(house: House, cast: Cast, clock: FrozenClock) -> None:
    wang = cast.patients["wang"]
    cast.treat("lin", "wang")
    read(house, cast.lin, wang, "timeline")
    clock.forward(days=1)
    since = clock.now()
    read(house, cast.lin, wang, "timeline")
    read(house, cast.lin, wang, "history")
    refused(house, cast.zhao, wang)
    with house.read(cast.wang) as work:
        assert records.count_looks(work, wang, since) == (1, 1), "one doctor, one day, one purpose: one look"
        found = records.who_looked(work, wang, since)
    assert found.views == len([one for one in found.looks if one.first_at >= since and not one.refused])


@pytest.mark.invariant(15)
def test_no_name_of_the_patient_stands_in_the_lines(house: House, cast: Cast) -> None:
    cast.treat("lin", "wang")
    read(house, cast.lin, cast.patients["wang"], "timeline")
    assert "王建国" not in str(looks(house, cast))


def test_nothing_is_told_of_another_patients_record(house: House, cast: Cast) -> None:
    cast.treat("lin", "zhou")
    read(house, cast.lin, cast.patients["zhou"], "timeline")
    assert looks(house, cast) == []

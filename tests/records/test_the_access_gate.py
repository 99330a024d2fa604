"""Who may read a record, on which ground, and what the trail keeps of it."""
from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit import AuditEntry
from app.identity.api import Guardianship
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.work import HOUSE, Actor, House, one_or_none
from records import api as records
from tests.records.cast import Cast

EVERYBODY_ELSE = ["zhou", "zhao", "ma", "lin", "he", "ren", "su", "bai", "kang", "qin", "nobody"]


def read(house: House, actor: Actor, patient_id, what: str = "timeline") -> str:
    with house.read(actor) as work:
        return records.require_readable(work, patient_id, what)


def trail(house: House) -> list[AuditEntry]:
    with house.read(HOUSE) as work:
        entries = list(work.session.exec(select(AuditEntry).order_by(AuditEntry.id)).all())
        work.session.expunge_all()
        return entries


def test_patient_wang_reads_the_own_record_and_it_is_written_down(house: House, cast: Cast) -> None:
    assert read(house, cast.wang, cast.patients["wang"]) == "own"
    entry = trail(house)[-1]
    assert (entry.action, entry.ground, entry.patient_id) == ("read:timeline", "own", cast.patients["wang"])
    assert (entry.actor_id, entry.actor_role) == (cast.wang.account_id, "patient")


def test_mother_ma_reads_her_childs_record_as_guardian(house: House, cast: Cast) -> None:
    assert read(house, cast.ma, cast.patients["xiaoyu"]) == "own"


def test_a_guardian_who_no_longer_is_one_reads_nothing(house: House, cast: Cast) -> None:
    with house.write(HOUSE) as work:
        bond = one_or_none(work, Guardianship, Guardianship.patient_id == cast.patients["xiaoyu"])
        assert bond is not None
        bond.ended_at = work.now
        work.add(bond)
    with pytest.raises(records.RecordClosed):
        read(house, cast.ma, cast.patients["xiaoyu"])


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", EVERYBODY_ELSE)
def test_nobody_without_a_ground_reads_the_record_of_wang(house: House, cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        read(house, cast.people[name], cast.patients["wang"])


@pytest.mark.invariant(9)
@pytest.mark.parametrize("look", [
    lambda work, wang: records.timeline(work, wang),
    lambda work, wang: records.conditions(work, wang),
    lambda work, wang: records.history_of(work, wang),
    lambda work, wang: records.history_changes(work, wang),
    lambda work, wang: records.evidence_list(work, wang),
    lambda work, wang: records.documents_of(work, wang),
    lambda work, wang: records.consent_history(work, wang),
    lambda work, wang: records.looks(work, wang),
    lambda work, wang: records.count_looks(work, wang, work.now)])
def test_stranger_zhao_gets_nothing_through_any_reading_function(house: House, cast: Cast, look) -> None:
    with pytest.raises(NotFound), house.read(cast.zhao) as work:
        look(work, cast.patients["wang"])


@pytest.mark.invariant(9)
@pytest.mark.parametrize("write", [
    lambda work, wang: records.save_allergies(work, wang, "none"),
    lambda work, wang: records.save_medicines(work, wang, "none"),
    lambda work, wang: records.save_pregnancy(work, wang, "no"),
    lambda work, wang: records.save_weight(work, wang, 70_000),
    lambda work, wang: records.confirm_history(work, wang),
    lambda work, wang: records.keep_document(work, wang, [], "photo", "x"),
    lambda work, wang: records.offer_evidence(work, wang, uuid7()),
    lambda work, wang: records.give_consent(work, wang, "privacy"),
    lambda work, wang: records.withdraw_consent(work, wang, "privacy")])
def test_stranger_zhao_changes_nothing_either(house: House, cast: Cast, write) -> None:
    with pytest.raises(NotFound), house.write(cast.zhao) as work:
        write(work, cast.patients["wang"])


def test_a_refused_attempt_carries_the_trace_that_the_door_records(house: House, cast: Cast) -> None:
    with pytest.raises(records.RecordClosed) as caught:
        read(house, cast.zhao, cast.patients["wang"])
    trace = records.refusal_of(caught.value)
    assert trace is not None
    assert (trace.action, trace.ground, trace.patient_id) == ("read:timeline", "refused", cast.patients["wang"])
    assert caught.value.status == 404 and caught.value.slug == "not-found"


def test_a_problem_without_a_trace_has_no_refusal(house: House) -> None:
    assert records.refusal_of(NotFound()) is None


def test_a_record_that_does_not_exist_answers_like_one_that_is_closed(house: House, cast: Cast) -> None:
    with pytest.raises(records.RecordClosed) as closed:
        read(house, cast.zhao, cast.patients["wang"])
    with pytest.raises(records.RecordClosed) as absent:
        read(house, cast.zhao, uuid7())
    assert (closed.value.slug, closed.value.facts) == (absent.value.slug, absent.value.facts)


def test_a_doctor_reads_while_the_treatment_relation_is_in_force(house: House, cast: Cast) -> None:
    cast.treat("lin", "wang")
    assert read(house, cast.lin, cast.patients["wang"]) == "treats"
    with pytest.raises(records.RecordClosed):
        read(house, cast.he, cast.patients["wang"])
    with pytest.raises(records.RecordClosed):
        read(house, cast.lin, cast.patients["zhou"])


def test_a_closed_relation_stays_open_until_the_correction_window_ends(
        house: House, cast: Cast, clock: FrozenClock) -> None:
    visit = cast.treat("lin", "wang")
    with house.write(cast.lin) as work:
        records.close_treatment(work, visit, until=work.now + timedelta(hours=72))
    clock.forward(hours=71, minutes=59)
    assert read(house, cast.lin, cast.patients["wang"]) == "treats"
    clock.forward(minutes=1)
    with pytest.raises(records.RecordClosed):
        read(house, cast.lin, cast.patients["wang"])


def test_a_relation_that_is_opened_again_reads_again(house: House, cast: Cast, clock: FrozenClock) -> None:
    visit = cast.treat("lin", "wang")
    with house.write(cast.lin) as work:
        records.close_treatment(work, visit)
    with pytest.raises(records.RecordClosed):
        read(house, cast.lin, cast.patients["wang"])
    cast.treat("lin", "wang", visit)
    assert read(house, cast.lin, cast.patients["wang"]) == "treats"


def test_treats_tells_the_pair_apart(house: House, cast: Cast) -> None:
    cast.treat("lin", "wang")
    with house.read(HOUSE) as work:
        assert records.treats(work, cast.patients["wang"], cast.practitioner("lin"))
        assert not records.treats(work, cast.patients["wang"], cast.practitioner("he"))
        assert not records.treats(work, cast.patients["zhou"], cast.practitioner("lin"))


def test_a_pharmacist_reads_while_the_own_review_is_open(house: House, cast: Cast) -> None:
    rx, wang = uuid7(), cast.patients["wang"]
    with house.write(cast.ren) as work:
        records.open_task(work, wang, cast.practitioner("ren"), "review", rx)
    assert read(house, cast.ren, wang, "history") == "task"
    with pytest.raises(records.RecordClosed):
        read(house, cast.su, wang)
    with house.write(cast.ren) as work:
        records.close_task(work, "review", rx)
        records.close_task(work, "review", rx)
    with pytest.raises(records.RecordClosed):
        read(house, cast.ren, wang)


def test_a_task_of_the_organisation_is_open_to_its_pharmacists_but_not_to_its_doctors(
        house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        records.open_task(work, wang, cast.hospital, "review", uuid7())
    assert read(house, cast.ren, wang) == read(house, cast.su, wang) == "task"
    for name in ("lin", "bai", "qin", "kang"):
        with pytest.raises(records.RecordClosed):
            read(house, cast.people[name], wang)


def test_an_evidence_task_opens_the_evidence_alone(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        records.open_task(work, wang, cast.practitioner("he"), "evidence", uuid7())
    assert read(house, cast.he, wang, "evidence") == "task"
    assert read(house, cast.he, wang, "document") == "task"
    for what in ("timeline", "history", "conditions"):
        with pytest.raises(records.RecordClosed):
            read(house, cast.he, wang, what)


def test_a_task_of_an_unknown_kind_opens_nothing(house: House, cast: Cast) -> None:
    with house.write(HOUSE) as work:
        records.open_task(work, cast.patients["wang"], cast.practitioner("ren"), "curiosity", uuid7())
    with pytest.raises(records.RecordClosed):
        read(house, cast.ren, cast.patients["wang"])


def test_one_page_that_asks_twice_is_one_line_in_the_trail(house: House, cast: Cast) -> None:
    before = len(trail(house))
    with house.read(cast.wang) as work:
        for _ in range(3):
            records.require_readable(work, cast.patients["wang"], "timeline")
        records.require_readable(work, cast.patients["wang"], "history")
    assert [e.action for e in trail(house)[before:]] == ["read:timeline", "read:history"]


def test_a_read_that_was_granted_for_one_patient_opens_no_other(house: House, cast: Cast) -> None:
    with house.read(cast.ma) as work:
        records.require_readable(work, cast.patients["xiaoyu"], "timeline")
        with pytest.raises(records.RecordClosed):
            records.require_readable(work, cast.patients["wang"], "timeline")


def test_a_read_for_one_scope_does_not_open_another(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        records.open_task(work, wang, cast.practitioner("he"), "evidence", uuid7())
    with house.read(cast.he) as work:
        records.require_readable(work, wang, "evidence")
        with pytest.raises(records.RecordClosed):
            records.require_readable(work, wang, "timeline")


def test_a_doctor_who_signed_in_without_being_a_practitioner_reads_nothing(house: House, cast: Cast) -> None:
    with pytest.raises(records.RecordClosed):
        read(house, Actor("doctor", cast.bai.account_id, cast.hospital), cast.patients["wang"])


def test_a_doctor_cannot_use_the_family_ground(house: House, cast: Cast) -> None:
    """The account of Wang, signed in as somebody else's doctor, is not Wang."""
    with pytest.raises(records.RecordClosed):
        read(house, Actor("doctor", cast.wang.account_id, cast.hospital, cast.practitioner("lin")),
             cast.patients["wang"])


def test_jobs_of_the_house_leave_a_trace_too(house: House, cast: Cast) -> None:
    assert read(house, HOUSE, cast.patients["wang"]) == "job"
    assert trail(house)[-1].ground == "job"

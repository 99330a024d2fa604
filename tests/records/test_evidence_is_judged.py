"""An upload becomes evidence when a doctor says so; each visit keeps what it rested on."""
from datetime import date, timedelta

import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotFound, Problem
from app.kit.states import WrongState
from app.notify import api as notify
from app.work import HOUSE, House
from app.worker import Worker
from records import api as records
from records.evidence.rules import UNDO_TIME, may_undo
from tests.records.cast import PDF, Cast

SEEN = ("人民医院", "I10", date(2026, 7, 3))


def accept(house: House, cast: Cast, piece, visit, who: str = "lin", seen=SEEN) -> records.Evidence:
    with house.write(cast.people[who]) as work:
        return records.accept_evidence(work, piece, visit, *seen)


def refuse(house: House, cast: Cast, piece, reason: str = "unreadable", who: str = "lin") -> records.Evidence:
    with house.write(cast.people[who]) as work:
        return records.refuse_evidence(work, piece, reason)


def state(house: House, piece) -> str:
    with house.read(HOUSE) as work:
        return records.evidence(work, piece).state


def kept(house: House, visit) -> list[records.RetainedEvidence]:
    with house.read(HOUSE) as work:
        return records.retained_evidence(work, visit)


def test_wang_offers_a_photo_and_it_waits_for_the_doctor(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    assert (piece.state, piece.origin, piece.family) == ("offered", "upload", None)
    assert piece.offered_by == cast.wang.account_id and piece.decided_by is None


def test_the_same_document_offered_twice_is_one_piece(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    with house.write(cast.wang) as work:
        assert records.offer_evidence(work, cast.patients["wang"], piece.document_id).id == piece.id


@pytest.mark.invariant(9)
def test_a_document_of_somebody_else_is_no_evidence(house: House, cast: Cast) -> None:
    mine = cast.upload("zhou", "zhou", (PDF, "a.pdf"))
    with pytest.raises(records.OtherPatient), house.write(cast.wang) as work:
        records.offer_evidence(work, cast.patients["wang"], mine.id)


def test_doctor_lin_accepts_with_what_stands_on_the_paper(house: House, cast: Cast, clock: FrozenClock) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    row = accept(house, cast, piece.id, visit, seen=("  人民医院 ", "i10.x00", date(2026, 7, 3)))
    assert (row.state, row.institution, row.diagnosis_code, row.family) == ("accepted", "人民医院", "I10.X00", "I10")
    assert (row.decided_by, row.decided_at) == (cast.practitioner("lin"), clock.now())
    [rests] = kept(house, visit)
    assert (rests.id, rests.diagnosed_on, rests.institution) == (piece.id, date(2026, 7, 3), "人民医院")
    assert rests.practitioner_id == cast.practitioner("lin") and len(rests.sha256) == 64


def test_the_timeline_tells_of_the_accepted_diagnosis(house: House, cast: Cast) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    accept(house, cast, piece.id, visit)
    with house.read(cast.wang) as work:
        [line] = records.timeline(work, cast.patients["wang"])
    assert line.kind == "evidence" and "人民医院" in line.title.zh and line.visit_id == visit
    assert line.summary is not None and "I10" in line.summary.en


@pytest.mark.invariant(1)
@pytest.mark.parametrize("seen", [
    ("", "I10", date(2026, 7, 3)), ("人民医院", "高血压", date(2026, 7, 3)), ("人民医院", "", date(2026, 7, 3)),
    ("人民医院", "I1", date(2026, 7, 3)), ("人民医院", "I10", date(2026, 11, 22))])
def test_without_hospital_code_and_a_past_day_nothing_is_accepted(house: House, cast: Cast, seen) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    with pytest.raises(Invalid):
        accept(house, cast, piece.id, visit, seen=seen)
    assert state(house, piece.id) == "offered" and kept(house, visit) == []


@pytest.mark.invariant(1)
@pytest.mark.parametrize("name", ["wang", "he", "ren", "zhao", "bai"])
def test_nobody_but_the_treating_doctor_judges(house: House, cast: Cast, name: str) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    for judge in (accept, refuse):
        with pytest.raises(Problem) as caught:
            judge(house, cast, piece.id, *([visit] if judge is accept else ["unreadable"]), who=name)
        assert caught.value.status in (403, 404)
    assert state(house, piece.id) == "offered"


def test_a_doctor_with_an_evidence_task_judges_before_the_visit(house: House, cast: Cast) -> None:
    piece, visit = cast.offer("wang", "wang"), uuid7()
    with house.write(HOUSE) as work:
        records.open_task(work, cast.patients["wang"], cast.practitioner("he"), "evidence", visit)
    assert accept(house, cast, piece.id, visit, "he").state == "accepted"


@pytest.mark.parametrize("reason", records.REFUSALS)
def test_refusing_needs_a_reason_that_the_patient_can_act_on(house: House, cast: Cast, reason: str) -> None:
    piece = cast.offer("wang", "wang")
    cast.treat("lin", "wang")
    row = refuse(house, cast, piece.id, reason)
    assert (row.state, row.refusal_code) == ("refused", reason)
    assert records.REFUSALS[reason].zh and records.REFUSALS[reason].en


def test_a_reason_of_ones_own_is_sent_back(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    cast.treat("lin", "wang")
    with pytest.raises(Invalid):
        refuse(house, cast, piece.id, "because")


@pytest.mark.invariant(15)
def test_the_patient_is_told_of_a_refusal_without_a_word_about_health(
        house: House, cast: Cast, worker: Worker) -> None:
    piece = cast.offer("wang", "wang")
    cast.treat("lin", "wang")
    refuse(house, cast, piece.id, "other_condition")
    worker.run_until_idle()
    with house.read(cast.wang) as work:
        [line] = notify.inbox(work, cast.wang.account_id)
        assert line.kind == "evidence_refused" and str(piece.id) in line.link
        assert records.REFUSALS["other_condition"].zh not in line.text_zh


@pytest.mark.parametrize("decide", [refuse, accept])
def test_a_slip_is_undone_within_five_seconds(house: House, cast: Cast, clock: FrozenClock, decide) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    decide(house, cast, piece.id, *([visit] if decide is accept else []))
    clock.forward(seconds=5)
    with house.write(cast.lin) as work:
        records.undo_evidence(work, piece.id)
    assert state(house, piece.id) == "offered" and kept(house, visit) == []
    with house.read(cast.wang) as work:
        assert records.timeline(work, cast.patients["wang"]) == []
        decisions = [d.decision for d in records.decisions_on(work, piece.id)]
    assert decisions == [decide.__name__, "undo"]


def test_after_five_seconds_it_is_too_late(house: House, cast: Cast, clock: FrozenClock) -> None:
    piece = cast.offer("wang", "wang")
    cast.treat("lin", "wang")
    refuse(house, cast, piece.id)
    clock.forward(seconds=5, microseconds=1)
    with pytest.raises(records.UndoTooLate), house.write(cast.lin) as work:
        records.undo_evidence(work, piece.id)
    assert state(house, piece.id) == "refused"


def test_nobody_undoes_a_colleagues_decision_or_one_that_was_undone(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    cast.treat("lin", "wang"), cast.treat("he", "wang")
    with pytest.raises(records.UndoTooLate), house.write(cast.lin) as work:
        records.undo_evidence(work, piece.id)
    refuse(house, cast, piece.id)
    with pytest.raises(records.UndoTooLate), house.write(cast.he) as work:
        records.undo_evidence(work, piece.id)
    with house.write(cast.lin) as work:
        records.undo_evidence(work, piece.id)
    with pytest.raises(records.UndoTooLate), house.write(cast.lin) as work:
        records.undo_evidence(work, piece.id)


def test_the_time_for_undoing_has_two_ends(clock: FrozenClock) -> None:
    at = clock.now()
    assert may_undo(at, at) and may_undo(at, at + UNDO_TIME)
    assert not may_undo(at, at + UNDO_TIME + timedelta(microseconds=1))
    assert not may_undo(at, at - timedelta(seconds=1))


def test_accepted_evidence_carries_later_visits_of_the_same_condition(
        house: House, cast: Cast, clock: FrozenClock) -> None:
    piece, first = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    accept(house, cast, piece.id, first)
    clock.forward(days=60)
    second = uuid7()
    with house.read(cast.wang) as work:
        assert [e.id for e in records.evidence_of(work, cast.patients["wang"], "I10")] == [piece.id]
        assert records.evidence_of(work, cast.patients["wang"], "J45") == []
    with house.write(cast.wang) as work:
        records.attach_evidence(work, second, piece.id)
    assert kept(house, second) == []
    cast.treat("he", "wang", second)
    with house.write(cast.he) as work:
        records.attach_evidence(work, second, piece.id)
    [rests] = kept(house, second)
    assert rests.practitioner_id == cast.practitioner("he") and rests.decided_at == clock.now()
    assert kept(house, first)[0].practitioner_id == cast.practitioner("lin")


def test_a_later_reading_does_not_reach_an_earlier_visit(house: House, cast: Cast, clock: FrozenClock) -> None:
    piece, first = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    accept(house, cast, piece.id, first)
    with house.write(cast.lin) as work:
        records.close_treatment(work, first)
    clock.forward(days=1)
    second = cast.treat("he", "wang")
    accept(house, cast, piece.id, second, "he", ("人民医院", "I11.9", date(2026, 7, 4)))
    assert (kept(house, first)[0].diagnosis_code, kept(house, second)[0].diagnosis_code) == ("I10", "I11.9")
    refuse(house, cast, piece.id, "altered", "he")
    assert kept(house, second) == [] and len(kept(house, first)) == 1


def test_undoing_a_confirmation_leaves_the_acceptance(house: House, cast: Cast, clock: FrozenClock) -> None:
    piece, first = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    accept(house, cast, piece.id, first)
    clock.forward(days=1)
    second = cast.treat("he", "wang")
    accept(house, cast, piece.id, second, "he")
    with house.write(cast.he) as work:
        records.undo_evidence(work, piece.id)
    assert state(house, piece.id) == "accepted"
    assert kept(house, second) == [] and len(kept(house, first)) == 1


@pytest.mark.invariant(1)
def test_presented_is_not_yet_proven(house: House, cast: Cast) -> None:
    piece, visit = cast.offer("wang", "wang"), uuid7()
    with house.write(cast.wang) as work:
        assert not records.evidence_attached(work, visit)
        records.attach_evidence(work, visit, piece.id)
        records.attach_evidence(work, visit, piece.id)
    with house.read(HOUSE) as work:
        assert records.evidence_attached(work, visit) and records.evidence_for_visit(work, visit) is None
        assert [e.id for e in records.presented_evidence(work, visit)] == [piece.id]
    cast.treat("lin", "wang", visit)
    with pytest.raises(records.NotAccepted), house.write(cast.lin) as work:
        records.attach_evidence(work, visit, piece.id)


def test_refused_evidence_cannot_be_presented_and_no_longer_counts(house: House, cast: Cast) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    with house.write(cast.wang) as work:
        records.attach_evidence(work, visit, piece.id)
    refuse(house, cast, piece.id)
    with house.read(HOUSE) as work:
        assert not records.evidence_attached(work, visit)
    with pytest.raises(records.NotAccepted), house.write(cast.wang) as work:
        records.attach_evidence(work, uuid7(), piece.id)
    with pytest.raises(WrongState):
        accept(house, cast, piece.id, visit)


@pytest.mark.invariant(9)
def test_stranger_zhao_attaches_nothing_of_wang(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    for act in (lambda w: records.attach_evidence(w, uuid7(), piece.id), lambda w: records.evidence(w, piece.id),
                lambda w: records.decisions_on(w, piece.id)):
        with pytest.raises(NotFound), house.write(cast.zhao) as work:
            act(work)


def test_the_newest_diagnosis_speaks_for_the_visit(house: House, cast: Cast) -> None:
    visit = cast.treat("lin", "wang")
    older, newer = cast.offer("wang", "wang"), cast.offer("wang", "wang")
    accept(house, cast, newer.id, visit, seen=("人民医院", "I10", date(2026, 9, 1)))
    accept(house, cast, older.id, visit, seen=("人民医院", "I10", date(2025, 9, 1)))
    with house.read(HOUSE) as work:
        found = records.evidence_for_visit(work, visit)
    assert found is not None and found.id == newer.id

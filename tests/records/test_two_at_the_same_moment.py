"""Double taps and colleagues at the same time: one result, never a crash."""
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.kit.ids import uuid7
from app.kit.problems import Problem
from app.work import HOUSE, House, all_of
from records import api as records
from tests.records.cast import PDF, Cast
from tests.records.test_evidence_is_judged import SEEN


def together(house: House, actors: list[Any], act: Callable[[Any], Any]) -> list[Any]:
    """Run `act(work)` for every actor at once; returns results and problems, anything else breaks the test."""
    start, answers, lock = threading.Barrier(len(actors)), [], threading.Lock()

    def one(actor: Any) -> None:
        start.wait()
        try:
            with house.write(actor) as work:
                answer = act(work)
        except Exception as problem:  # judged below, in the test's own thread
            answer = problem
        with lock:
            answers.append(answer)

    threads = [threading.Thread(target=one, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    strange = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Problem)]
    assert strange == []
    return answers


def test_a_double_tap_on_consent_is_one_consent(house: House, cast: Cast) -> None:
    answers = together(house, [cast.wang] * 4,
                       lambda work: records.give_consent(work, cast.patients["wang"], "privacy").id)
    assert len(set(answers)) == 1


def test_a_document_offered_by_many_taps_is_one_piece(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PDF, "a.pdf"))
    answers = together(house, [cast.wang] * 4,
                       lambda work: records.offer_evidence(work, cast.patients["wang"], kept.id).id)
    assert len(set(answers)) == 1


def test_two_doctors_judge_the_same_piece_and_both_judgements_stand_in_order(house: House, cast: Cast) -> None:
    piece, first, second = cast.offer("wang", "wang"), cast.treat("lin", "wang"), cast.treat("he", "wang")
    visits = {cast.practitioner("lin"): first, cast.practitioner("he"): second}
    together(house, [cast.lin, cast.he],
             lambda work: records.accept_evidence(work, piece.id, visits[work.actor.practitioner_id], *SEEN))
    with house.read(HOUSE) as work:
        assert sorted(d.decision for d in records.decisions_on(work, piece.id)) == ["accept", "confirm"]
        assert all(len(records.retained_evidence(work, visit)) == 1 for visit in visits.values())


def test_accept_and_refuse_at_once_end_in_one_state(house: House, cast: Cast) -> None:
    piece, visit = cast.offer("wang", "wang"), cast.treat("lin", "wang")
    cast.treat("he", "wang")

    def judge(work: Any) -> Any:
        if work.actor.practitioner_id == cast.practitioner("lin"):
            return records.accept_evidence(work, piece.id, visit, *SEEN)
        return records.refuse_evidence(work, piece.id, "unreadable")

    together(house, [cast.lin, cast.he], judge)
    with house.read(HOUSE) as work:
        row, last = records.evidence(work, piece.id), records.decisions_on(work, piece.id)[-1]
        assert {"accept": "accepted", "refuse": "refused"}[last.decision] == row.state


@pytest.mark.parametrize("save", [
    lambda work, wang: records.save_allergies(work, wang, "none"),
    lambda work, wang: records.save_weight(work, wang, 70_000),
    lambda work, wang: records.save_pregnancy(work, wang, "unknown")])
def test_the_first_answers_of_two_phones_make_one_history(house: House, cast: Cast, save: Any) -> None:
    together(house, [cast.wang] * 4, lambda work: save(work, cast.patients["wang"]))
    with house.read(HOUSE) as work:
        assert len(all_of(work, records.History)) == 1
        assert len(all_of(work, records.HistoryChange)) == 4


def test_a_medicine_of_one_dispense_is_added_once(house: House, cast: Cast) -> None:
    rx = uuid7()
    together(house, [HOUSE] * 4, lambda work: records.add_medicine_from_prescription(
        work, cast.patients["wang"], rx, "amlodipine", "氨氯地平", "每天 1 片", 28))
    with house.read(HOUSE) as work:
        assert len(all_of(work, records.Medicine)) == 1


@pytest.mark.invariant(8)
def test_an_import_that_two_workers_run_is_one_record(house: House, cast: Cast) -> None:
    answers = together(house, [HOUSE] * 3, lambda work: records.import_partner_record(
        work, cast.patients["wang"], cast.renmin, "I10", SEEN[2], b'{"a": 1}').id)
    assert len(set(answers)) == 1

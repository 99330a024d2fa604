"""The trail after a read: which part, whose record, which paper, by whom and on which ground; and it holds together."""
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.audit import AuditEntry
from app.audit.checkpoints import CheckpointSigner, FileWitness, sequence
from app.audit.verify import verify_trail
from app.kit.clock import FrozenClock
from app.work import HOUSE, House, Work
from records import api as records
from tests.intruder import unlock
from tests.records.cast import PDF, Cast

READS: list[tuple[str, str, Callable[[Work, UUID, UUID], Any]]] = [
    ("timeline", "read:timeline", lambda work, wang, paper: records.timeline(work, wang)),
    ("conditions", "read:conditions", lambda work, wang, paper: records.conditions(work, wang)),
    ("history", "read:history", lambda work, wang, paper: records.history_of(work, wang)),
    ("changes", "read:history", lambda work, wang, paper: records.history_changes(work, wang)),
    ("evidence", "read:evidence", lambda work, wang, paper: records.evidence_list(work, wang)),
    ("documents", "read:document", lambda work, wang, paper: records.documents_of(work, wang)),
    ("page", "read:document", lambda work, wang, paper: records.document_bytes(work, paper)),
    ("original", "read:document", lambda work, wang, paper: records.document_file(work, paper, original=True)),
    ("names of pages", "read:document", lambda work, wang, paper: records.pages_of(work, paper)),
]
PAPERS = {"page", "original", "names of pages"}


def newest(house: House, count: int = 1) -> list[AuditEntry]:
    with house.read(HOUSE) as work:
        entries = work.session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        work.session.expunge_all()
    return list(entries)[-count:]


@pytest.mark.invariant(9)
@pytest.mark.parametrize("who", ["wang", "lin"])
@pytest.mark.parametrize(("name", "action", "read"), READS, ids=[name for name, _, _ in READS])
def test_one_read_is_one_line_with_its_ground(house: House, cast: Cast, who: str, name: str, action: str,
                                              read: Callable[..., Any]) -> None:
    kept = cast.upload("wang", "wang", (PDF, "a.pdf"))
    cast.treat("lin", "wang")
    before = len(newest(house, 1000))
    with house.read(cast.people[who]) as work:
        read(work, cast.patients["wang"], kept.id)
    told = newest(house, 1000)[before:]
    assert [(e.action, e.patient_id, e.actor_id) for e in told] == [
        (action, cast.patients["wang"], cast.people[who].account_id)]
    assert told[0].ground == {"wang": "own", "lin": "treats"}[who]
    assert told[0].subject_id == (kept.id if name in PAPERS else None)


@pytest.mark.invariant(15)
def test_no_word_of_the_record_stands_in_the_trail(house: House, cast: Cast) -> None:
    """Ids and the names of parts only: neither titles nor file names nor diagnoses."""
    kept = cast.upload("wang", "wang", (PDF, "高血压病历.pdf"), title="高血压病历")
    with house.write(cast.wang) as work:
        records.offer_evidence(work, cast.patients["wang"], kept.id, institution="人民医院", diagnosis_code="I10")
        records.save_allergies(work, cast.patients["wang"], [records.AllergyIn(text="青霉素")])
        records.give_consent(work, cast.patients["wang"], "privacy")
    with house.read(cast.wang) as work:
        records.document_bytes(work, kept.id)
    told = str([(e.action, e.subject_kind, e.facts) for e in newest(house, 1000)])
    for word in ("高血压", "人民医院", "I10", "青霉素", "王建国"):
        assert word not in told


@pytest.mark.invariant(9)
def test_a_read_whose_answer_fails_is_written_down_all_the_same(house: House, cast: Cast) -> None:
    """Whoever got past the gate may have seen something before the failure."""
    before = len(newest(house, 1000))
    with pytest.raises(RuntimeError), house.read(cast.wang) as work:
        records.timeline(work, cast.patients["wang"])
        raise RuntimeError
    assert [e.action for e in newest(house, 1000)[before:]] == ["read:timeline"]


@pytest.mark.invariant(9)
def test_a_refused_read_writes_nothing_as_if_it_had_been_one(house: House, cast: Cast) -> None:
    before = len(newest(house, 1000))
    with pytest.raises(records.RecordClosed), house.read(cast.zhao) as work:
        records.timeline(work, cast.patients["wang"])
    assert len(newest(house, 1000)) == before


@pytest.mark.invariant(10)
def test_a_look_that_somebody_removes_is_missed(house: House, cast: Cast, clock: FrozenClock) -> None:
    cast.treat("lin", "wang")
    with house.read(cast.lin) as work:
        records.timeline(work, cast.patients["wang"])
    signer, witness = house.tools.get(CheckpointSigner), house.tools.get(FileWitness)
    with house.write(HOUSE) as work:
        sequence(work.session, signer, clock.now(), witness.keep)
    with house.read(HOUSE) as work:
        assert verify_trail(work.session, signer, witness.notes()).ok
    look = next(e for e in newest(house, 1000) if e.action == "read:timeline")
    with house.write(HOUSE) as work:
        unlock(work.session, "audit_entry")
        work.session.delete(work.get(AuditEntry, look.id))
    with house.read(HOUSE) as work:
        assert not verify_trail(work.session, signer, witness.notes()).ok

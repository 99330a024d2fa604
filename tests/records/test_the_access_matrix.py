"""Every role in every relation against every part of a record: what is not in this table is closed."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.identity.api import Guardianship
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.work import HOUSE, Actor, House, Work, all_of
from records import api as records
from tests.records.cast import Cast, picture

PARTS: dict[str, Callable[[Work, UUID, UUID], Any]] = {
    "timeline": lambda work, patient, document: records.timeline(work, patient),
    "conditions": lambda work, patient, document: records.conditions(work, patient),
    "history": lambda work, patient, document: records.history_of(work, patient),
    "changes": lambda work, patient, document: records.history_changes(work, patient),
    "evidence": lambda work, patient, document: records.evidence_list(work, patient),
    "documents": lambda work, patient, document: records.documents_of(work, patient),
    "page": lambda work, patient, document: records.document_bytes(work, document, 1),
    "original": lambda work, patient, document: records.document_file(work, document, 1, original=True),
    "looks": lambda work, patient, document: records.looks(work, patient),
}
ALL = frozenset(PARTS)
CLINICAL = ALL - {"looks"}
PAPERS = frozenset({"evidence", "documents", "page", "original"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """Who reads the record of Xiaoyu in which relation, and which parts open."""

    relation: str
    who: str
    opens: frozenset[str]


CASES = [
    Case("none", "ma", ALL),
    Case("guardianship ended", "ma", NONE),
    Case("none", "zhao", NONE),
    Case("none", "wang", NONE),
    Case("none", "he", NONE),
    Case("treats", "he", CLINICAL),
    Case("treats", "lin", NONE),
    Case("treatment ended", "he", NONE),
    Case("treatment to come", "he", NONE),
    Case("treats another child", "he", NONE),
    Case("emergency", "lin", CLINICAL),
    Case("emergency", "he", NONE),
    Case("emergency over", "lin", NONE),
    Case("evidence task", "lin", PAPERS),
    Case("evidence task", "ren", NONE),
    Case("review task", "ren", CLINICAL),
    Case("review task", "su", NONE),
    Case("review task", "lin", NONE),
    Case("review of the hospital", "su", CLINICAL),
    Case("review of the hospital", "bai", NONE),
    Case("review closed", "ren", NONE),
    Case("none", "bai", NONE),
    Case("none", "qin", NONE),
    Case("none", "kang", NONE),
    Case("none", "nobody", NONE),
]


def _end_guardianship(work: Work, cast: Cast, child: UUID) -> None:
    for bond in all_of(work, Guardianship, Guardianship.patient_id == child):
        bond.ended_at = work.now
        work.add(bond)


def _treat(work: Work, cast: Cast, patient: UUID, until: int | None = None, since: int = 0) -> None:
    end = work.now + timedelta(hours=until) if until is not None else None
    relation = records.open_treatment(work, patient, cast.practitioner("he"), uuid7(), end)
    relation.since += timedelta(hours=since)


def _emergency(work: Work, cast: Cast, child: UUID, hours_ago: int = 0) -> None:
    then = work.now - timedelta(hours=hours_ago)
    work.add(records.Treatment(
        organization_id=cast.hospital, patient_id=child, practitioner_id=cast.practitioner("lin"), since=then,
        ground="break_glass", reason="a reason in words", until=then + timedelta(hours=1)))


def _review(work: Work, holder: UUID, child: UUID, closed: bool = False) -> None:
    task = records.open_task(work, child, holder, "review", uuid7())
    if closed:
        records.close_task(work, "review", task.subject_id, holder)


def _judge_papers(work: Work, holder: UUID, child: UUID) -> None:
    records.open_task(work, child, holder, "evidence", uuid7())


RELATIONS: dict[str, Callable[[Work, Cast, UUID], None]] = {
    "none": lambda work, cast, child: None,
    "guardianship ended": _end_guardianship,
    "treats": lambda work, cast, child: _treat(work, cast, child),
    "treatment ended": lambda work, cast, child: _treat(work, cast, child, until=0),
    "treatment to come": lambda work, cast, child: _treat(work, cast, child, since=1),
    "treats another child": lambda work, cast, child: _treat(work, cast, cast.patients["wang"]),
    "emergency": lambda work, cast, child: _emergency(work, cast, child),
    "emergency over": lambda work, cast, child: _emergency(work, cast, child, hours_ago=1),
    "evidence task": lambda work, cast, child: _judge_papers(work, cast.practitioner("lin"), child),
    "review task": lambda work, cast, child: _review(work, cast.practitioner("ren"), child),
    "review of the hospital": lambda work, cast, child: _review(work, cast.hospital, child),
    "review closed": lambda work, cast, child: _review(work, cast.practitioner("ren"), child, closed=True),
}


@pytest.mark.invariant(9)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.who}-{case.relation}")
def test_exactly_these_parts_open(house: House, cast: Cast, case: Case) -> None:
    child = cast.patients["xiaoyu"]
    kept = cast.upload("ma", "xiaoyu", (picture(), "a.jpg"))
    with house.write(HOUSE) as work:
        RELATIONS[case.relation](work, cast, child)
    opened = set()
    for part, read in PARTS.items():
        try:
            with house.read(cast.people[case.who]) as work:
                read(work, child, kept.id)
        except NotFound:
            continue
        opened.add(part)
    assert opened == case.opens


def test_every_relation_of_the_table_is_tried() -> None:
    assert {case.relation for case in CASES} == set(RELATIONS)


@pytest.mark.invariant(9)
@pytest.mark.parametrize("role", ["patient", "doctor", "pharmacist", "pharmacy", "compliance", "admin", "operator",
                                  "nobody", "root", ""])
def test_with_empty_tables_every_role_is_closed_out(house: House, cast: Cast, role: str) -> None:
    """Deny by default: a role alone, even with every id of the hospital, opens nothing."""
    actor = Actor(role, cast.bai.account_id, cast.hospital, cast.practitioner("lin"))
    for read in PARTS.values():
        with pytest.raises(NotFound), house.read(actor) as work:
            read(work, cast.patients["wang"], uuid7())

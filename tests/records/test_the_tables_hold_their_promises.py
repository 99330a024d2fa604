"""What the database itself refuses, whatever a command forgets."""
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.kit.ids import uuid7
from app.work import HOUSE, House
from records import api as records
from tests.records.cast import Cast


def refuse(house: House, *rows: SQLModel) -> None:
    """All rows but the last go in; the last one must not."""
    with house.write(HOUSE) as work:
        for row in rows[:-1]:
            work.add(row)
    with pytest.raises(IntegrityError), house.write(HOUSE) as work:
        work.add(rows[-1])


def twice(house: House, make: Any) -> None:
    refuse(house, make(), make())


def test_one_line_for_one_source_and_kind(house: House, cast: Cast) -> None:
    source = uuid7()
    with house.read(HOUSE) as work:
        now = work.now
    twice(house, lambda: records.RecordEntry(
        organization_id=cast.hospital, patient_id=cast.patients["wang"], kind="visit", at=now, recorded_at=now,
        title_zh="x", title_en="x", source_kind="visit", source_id=source))


def test_one_relation_for_one_visit_and_doctor(house: House, cast: Cast) -> None:
    visit = cast.treat("lin", "wang")
    with house.read(HOUSE) as work:
        now = work.now
    refuse(house, records.Treatment(organization_id=cast.hospital, patient_id=cast.patients["wang"], since=now,
                                    practitioner_id=cast.practitioner("lin"), visit_id=visit))


@pytest.mark.invariant(9)
@pytest.mark.parametrize("missing", ["reason", "until"])
def test_no_emergency_access_without_a_reason_and_an_end(house: House, cast: Cast, missing: str) -> None:
    with house.read(HOUSE) as work:
        now = work.now
    told = {"reason": "a reason in words", "until": now, missing: None}
    refuse(house, records.Treatment(organization_id=cast.hospital, patient_id=cast.patients["wang"], since=now,
                                    practitioner_id=cast.practitioner("lin"), ground="break_glass", **told))


def test_one_diagnosis_of_one_code_a_visit(house: House, cast: Cast) -> None:
    visit = uuid7()
    with house.read(HOUSE) as work:
        now = work.now
    twice(house, lambda: records.Condition(
        organization_id=cast.hospital, patient_id=cast.patients["wang"], visit_id=visit, code="I10", family="I10",
        practitioner_id=cast.practitioner("lin"), label_zh="x", label_en="x", recorded_at=now))


def test_one_history_for_one_patient(house: House, cast: Cast) -> None:
    twice(house, lambda: records.History(patient_id=cast.patients["wang"]))


@pytest.mark.invariant(6)
@pytest.mark.parametrize("wrong", [{"pregnancy": "maybe"}, {"weight_g": 16_000}])
def test_a_history_knows_no_other_answers(house: House, cast: Cast, wrong: dict[str, Any]) -> None:
    refuse(house, records.History(patient_id=cast.patients["wang"], **wrong))


def test_one_medicine_of_one_prescription_and_drug(house: House, cast: Cast) -> None:
    rx = uuid7()
    with house.read(HOUSE) as work:
        now = work.now
    twice(house, lambda: records.Medicine(patient_id=cast.patients["wang"], drug_id="amlodipine", text="x",
                                          prescription_id=rx, recorded_at=now))


@pytest.mark.invariant(1)
@pytest.mark.parametrize("missing", ["practitioner_id", "institution", "diagnosis_code", "family", "diagnosed_on"])
def test_a_confirmation_is_complete_or_none(house: House, cast: Cast, missing: str) -> None:
    piece = cast.offer("wang", "wang")
    told: dict[str, Any] = {"practitioner_id": cast.practitioner("lin"), "institution": "x", "diagnosis_code": "I10",
                            "family": "I10", "diagnosed_on": date(2026, 1, 1), "confirmed_at": piece.offered_at,
                            missing: None}
    refuse(house, records.VisitEvidence(visit_id=uuid7(), evidence_id=piece.id, patient_id=cast.patients["wang"],
                                        document_id=piece.document_id, sha256="0" * 64, origin="upload",
                                        presented_at=piece.offered_at, **told))


def test_one_piece_of_evidence_for_one_document(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    refuse(house, records.Evidence(organization_id=cast.hospital, patient_id=cast.patients["wang"],
                                   document_id=piece.document_id, offered_at=piece.offered_at))


def test_pages_of_a_document_have_numbers_of_their_own(house: House, cast: Cast) -> None:
    piece = cast.offer("wang", "wang")
    refuse(house, records.DocumentPage(document_id=piece.document_id, number=1, name="x", media_type="image/jpeg",
                                       object_key="x", sha256="0" * 64, size=1))


@pytest.mark.parametrize("row", [
    lambda now: records.Allergy(patient_id=uuid7(), text="x", recorded_at=now),
    lambda now: records.Consent(patient_id=uuid7(), form="privacy", version="1", sha256="0" * 64, language="zh",
                                given_at=now, given_by=uuid7()),
    lambda now: records.AccessTask(patient_id=uuid7(), holder_id=uuid7(), kind="review", subject_id=uuid7(),
                                   opened_at=now)])
def test_nothing_stands_in_the_record_of_nobody(house: House, cast: Cast, row: Any) -> None:
    with house.read(HOUSE) as work:
        now = work.now
    refuse(house, row(now))

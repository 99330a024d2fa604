"""A partner hospital's record counts by its origin; its bytes are kept, and a doctor confirms it."""
from datetime import date

import pytest

from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotFound
from app.work import HOUSE, House, all_of
from records import api as records
from tests.records.cast import PDF, Cast

RAW = b'{"resourceType": "Condition", "code": "I10",  "onset": 13.20}'
DAY = date(2026, 8, 12)


def bring(house: House, cast: Cast, raw: bytes = RAW, who: str = "wang", place=None, code: str = "I10",
          day: date = DAY) -> records.Evidence:
    with house.write(cast.people[who]) as work:
        return records.import_partner_record(work, cast.patients["wang"], place or cast.renmin, code, day, raw)


def test_the_record_stands_accepted_by_its_origin(house: House, cast: Cast) -> None:
    piece = bring(house, cast)
    assert (piece.state, piece.origin, piece.institution) == ("accepted", "partner", "人民医院")
    assert (piece.diagnosis_code, piece.family, piece.diagnosed_on) == ("I10", "I10", DAY)
    assert piece.decided_by is None


def test_the_bytes_are_kept_exactly(house: House, cast: Cast) -> None:
    piece = bring(house, cast)
    with house.read(cast.wang) as work:
        assert records.document_bytes(work, piece.document_id) == (RAW, "application/json")


@pytest.mark.parametrize(("raw", "media_type"), [
    (PDF, "application/pdf"), (b"<html><script>alert(1)</script>", "application/octet-stream"),
    (b"[" * 100_000, "application/octet-stream"), (b"\xff\xfe\x00", "application/octet-stream")])
def test_what_cannot_be_told_is_only_ever_downloaded(house: House, cast: Cast, raw: bytes, media_type: str) -> None:
    piece = bring(house, cast, raw)
    with house.read(cast.wang) as work:
        assert records.document_bytes(work, piece.document_id) == (raw, media_type)


@pytest.mark.invariant(8)
def test_an_import_that_runs_twice_is_one_record(house: House, cast: Cast) -> None:
    assert bring(house, cast).id == bring(house, cast).id
    assert bring(house, cast, RAW + b" ").id != bring(house, cast).id
    with house.read(cast.wang) as work:
        assert len(records.timeline(work, cast.patients["wang"], kind="partner_record")) == 2


@pytest.mark.invariant(1)
def test_a_doctor_still_confirms_it_for_the_visit(house: House, cast: Cast) -> None:
    piece, visit = bring(house, cast), cast.treat("lin", "wang")
    with house.read(HOUSE) as work:
        assert records.evidence_for_visit(work, visit) is None
    with house.write(cast.lin) as work:
        records.attach_evidence(work, visit, piece.id)
    with house.read(HOUSE) as work:
        found = records.evidence_for_visit(work, visit)
    assert found is not None and (found.origin, found.practitioner_id) == ("partner", cast.practitioner("lin"))


def test_only_partner_hospitals_count_by_origin(house: House, cast: Cast) -> None:
    with pytest.raises(records.NotAPartner):
        bring(house, cast, place=cast.hospital)
    with pytest.raises(NotFound):
        bring(house, cast, place=uuid7())


@pytest.mark.parametrize(("code", "day"), [("", DAY), ("hypertension", DAY), ("I10", date(2026, 11, 22))])
def test_a_record_without_code_or_with_a_day_to_come_is_sent_back(
        house: House, cast: Cast, code: str, day: date) -> None:
    with pytest.raises(Invalid):
        bring(house, cast, code=code, day=day)
    with house.read(HOUSE) as work:
        assert all_of(work, records.Document) == []


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", ["zhao", "lin", "bai", "kang"])
def test_nobody_else_imports_into_the_record_of_wang(house: House, cast: Cast, name: str) -> None:
    with pytest.raises(records.RecordClosed):
        bring(house, cast, who=name)


def test_a_job_of_the_house_may_import(house: House, cast: Cast) -> None:
    with house.write(HOUSE) as work:
        assert records.import_partner_record(work, cast.patients["wang"], cast.renmin, "I10", DAY, RAW)

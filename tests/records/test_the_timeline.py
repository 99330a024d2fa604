"""The lines of a record, newest first, in few statements."""
from datetime import timedelta

import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import Invalid
from app.kit.text import Text
from app.work import HOUSE, House, all_of
from records import api as records
from tests.records.cast import Cast, Statements

KINDS = ("triage", "visit", "note", "diagnosis", "prescription", "order", "delivery")


def line(n: int) -> Text:
    return Text(zh=f"第 {n} 条", en=f"Line {n}")


def fill(house: House, cast: Cast, clock: FrozenClock, count: int) -> None:
    for n in range(count):
        clock.forward(minutes=1)
        with house.write(HOUSE) as work:
            records.add_entry(work, cast.patients["wang"], KINDS[n % len(KINDS)], line(n), line(n), "test", uuid7())


def test_lines_stand_newest_first_in_both_languages(house: House, cast: Cast, clock: FrozenClock) -> None:
    fill(house, cast, clock, 3)
    with house.read(cast.wang) as work:
        seen = records.timeline(work, cast.patients["wang"])
    assert [e.title.en for e in seen] == ["Line 2", "Line 1", "Line 0"]
    assert seen[0].title.zh == "第 2 条" and seen[0].summary == line(2)


def test_fourteen_lines_cost_few_statements(house: House, cast: Cast, clock: FrozenClock) -> None:
    fill(house, cast, clock, 14)
    for reader in (cast.wang, cast.lin):
        if reader is cast.lin:
            cast.treat("lin", "wang")
        with house.read(reader) as work:
            records.require_readable(work, cast.patients["wang"], "timeline")
            with Statements(work.session) as sql:
                assert len(records.timeline(work, cast.patients["wang"])) == 14
            assert sql.count <= 6


def test_the_gate_costs_at_most_two_statements(house: House, cast: Cast) -> None:
    for reader in (cast.wang, cast.lin):
        cast.treat("lin", "wang")
        with house.read(reader) as work, Statements(work.session) as sql:
            records.require_readable(work, cast.patients["wang"], "timeline")
        assert sql.count <= 2


def test_pages_follow_one_another_without_gap_or_double(house: House, cast: Cast, clock: FrozenClock) -> None:
    fill(house, cast, clock, 7)
    with house.write(HOUSE) as work:
        for n in (7, 8):
            records.add_entry(work, cast.patients["wang"], "visit", line(n), None, "test", uuid7())
    seen, before = [], None
    with house.read(cast.wang) as work:
        while page := records.timeline(work, cast.patients["wang"], before=before, limit=2):
            seen += [e.title.en for e in page]
            before = page[-1].id
    assert seen == [f"Line {n}" for n in range(8, -1, -1)]


@pytest.mark.parametrize(("chip", "found"), [
    ("visits", 4), ("medicines", 3), ("tests", 0), ("triage", 1), ("<script>", 0), (None, 7)])
def test_chips_choose_their_kinds(house: House, cast: Cast, clock: FrozenClock, chip: str, found: int) -> None:
    fill(house, cast, clock, 7)
    with house.read(cast.wang) as work:
        assert len(records.timeline(work, cast.patients["wang"], kind=chip)) == found


def test_the_same_source_stays_one_line_with_its_newest_words(house: House, cast: Cast, clock: FrozenClock) -> None:
    rx = uuid7()
    for words in ("处方，等药师审核", "处方，药师已通过"):
        clock.forward(minutes=5)
        with house.write(HOUSE) as work:
            records.add_entry(work, cast.patients["wang"], "prescription", Text(zh=words, en="x"), None, "rx", rx)
    with house.read(cast.wang) as work:
        [entry] = records.timeline(work, cast.patients["wang"])
    assert entry.title.zh == "处方，药师已通过" and entry.at == clock.now() - timedelta(minutes=5)


@pytest.mark.invariant(9)
def test_one_source_never_stands_in_two_records(house: House, cast: Cast) -> None:
    rx = uuid7()
    with house.write(HOUSE) as work:
        records.add_entry(work, cast.patients["wang"], "prescription", line(1), None, "rx", rx)
    with pytest.raises(records.EntryElsewhere), house.write(HOUSE) as work:
        records.add_entry(work, cast.patients["zhou"], "prescription", line(1), None, "rx", rx)


@pytest.mark.invariant(13)
def test_a_cursor_of_another_patient_shows_only_ones_own_lines(house: House, cast: Cast, clock: FrozenClock) -> None:
    with house.write(HOUSE) as work:
        records.add_entry(work, cast.patients["zhou"], "visit", line(1), None, "test", uuid7())
    clock.forward(minutes=1)
    with house.write(HOUSE) as work:
        later = records.add_entry(work, cast.patients["wang"], "visit", line(2), None, "test", uuid7())
    with house.read(cast.zhou) as work:
        seen = records.timeline(work, cast.patients["zhou"], before=later.id)
        assert [e.title.en for e in seen] == ["Line 1"]


@pytest.mark.invariant(14)
def test_a_title_that_looks_like_code_stays_text(house: House, cast: Cast) -> None:
    title = Text(zh="<script>x</script>", en="\u202e=cmd|' /C calc'!A0")
    with house.write(HOUSE) as work:
        records.add_entry(work, cast.patients["wang"], "visit", title, None, "test", uuid7())
    with house.read(cast.wang) as work:
        [entry] = records.timeline(work, cast.patients["wang"])
    assert (entry.title.zh, entry.title.en) == ("<script>x</script>", "=cmd|' /C calc'!A0")


def test_diagnoses_stand_once_and_are_struck_out_when_wrong(house: House, cast: Cast) -> None:
    visit, name = cast.treat("lin", "wang"), Text(zh="原发性高血压", en="Essential hypertension")
    with house.write(cast.lin) as work:
        first = records.add_condition(work, cast.patients["wang"], visit, "i10", name, cast.practitioner("lin"))
        again = records.add_condition(work, cast.patients["wang"], visit, "I10", name, cast.practitioner("lin"))
        assert first.id == again.id and (first.code, first.family, first.label) == ("I10", "I10", name)
    with house.read(cast.wang) as work:
        assert len(records.conditions(work, cast.patients["wang"])) == 1
    with house.write(cast.lin) as work:
        records.mark_condition_in_error(work, first.id)
    with house.read(cast.wang) as work:
        assert records.conditions(work, cast.patients["wang"]) == records.conditions_of_visit(work, visit) == []
        assert [c.status for c in all_of(work, records.Condition)] == ["entered_in_error"]
    with house.write(cast.lin) as work:
        records.add_condition(work, cast.patients["wang"], visit, "I10", name, cast.practitioner("lin"))
    with house.read(cast.wang) as work:
        assert len(records.conditions_of_visit(work, visit)) == 1


@pytest.mark.parametrize("code", ["", "10", "hypertension", "I1", "I10.", "I10'--"])
def test_a_diagnosis_needs_a_code(house: House, cast: Cast, code: str) -> None:
    with pytest.raises(Invalid), house.write(cast.lin) as work:
        records.add_condition(work, cast.patients["wang"], uuid7(), code, line(1), cast.practitioner("lin"))


def test_a_record_without_anything_is_an_empty_list(house: House, cast: Cast) -> None:
    with house.read(cast.wang) as work:
        assert records.timeline(work, cast.patients["wang"]) == []
        assert records.conditions(work, cast.patients["wang"]) == []

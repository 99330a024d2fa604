"""Which findings block, which reasons settle them, and what was covered."""
import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from prescribing.checks.findings import REASONS, CheckReport, Finding, OverrideReason, blocking, ordered, settles
from prescribing.checks.rules import CHECKS, run_checks
from prescribing.formulary.lines import DraftLine
from tests.checks.drafting import DATA, MA, WANG, XIAOYU, allergic, find, knowing, line, takes

HARD = [line("clarithromycin"), line("simvastatin")]
CONFIRM = [line("clopidogrel"), line("omeprazole")]


def one(severity: str, *lines: DraftLine, **known: object) -> Finding:
    return next(f for f in find(*lines, **known) if f.severity == severity)


def reason(finding: Finding, code: str = "benefit_outweighs", text: str = "已评估，监测") -> OverrideReason:
    return OverrideReason(finding_id=finding.id, finding_digest=finding.digest, code=code, text=text)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("code", REASONS)
def test_no_reason_ever_settles_a_hard_stop(code: str):
    stop = one("hard_stop", *HARD)
    assert not settles(stop, reason(stop, code, "我坚持" * 50))
    assert blocking([stop], [reason(stop, each) for each in REASONS]) == [stop]


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("code", "text", "settled"), [
    ("benefit_outweighs", "支架术后，短期用", True), ("other", "见会诊", True), ("benefit_outweighs", "", False),
    ("benefit_outweighs", "   ", False), ("benefit_outweighs", "x", False), ("judged_myself", "我判断过了", False),
])
def test_a_confirmation_needs_a_code_and_words(code: str, text: str, settled: bool):
    asked = one("must_confirm", *CONFIRM)
    assert settles(asked, reason(asked, code, text)) is settled
    assert (blocking([asked], [reason(asked, code, text)]) == []) is settled


def test_what_was_not_checked_has_to_be_acknowledged_but_not_argued():
    open_one = one("not_checked", line("valsartan"), current=takes("丹参滴丸"))
    assert blocking([open_one], []) == [open_one]
    assert blocking([open_one], [reason(open_one, "judged_myself", "")]) == []


def test_precautions_and_notes_are_shown_and_do_not_stop():
    found = find(line("valsartan"), patient=knowing(WANG, egfr_days_ago=101), current=takes("布洛芬"))
    mild = [f for f in found if f.severity in ("precaution", "note")]
    assert len(mild) >= 2 and blocking(mild, []) == []


@pytest.mark.invariant(6)
def test_a_reason_for_one_finding_does_not_settle_another():
    asked = one("must_confirm", *CONFIRM)
    other = one("must_confirm", line("lithium_carbonate"), line("ibuprofen"))
    assert blocking([asked], [reason(other)]) == [asked]


@pytest.mark.invariant(6)
def test_of_two_findings_with_one_id_the_graver_stays_and_both_lines_are_named():
    asked = one("must_confirm", *CONFIRM).model_copy(update={"lines": (0,)})
    milder = asked.model_copy(update={"severity": "note", "lines": (1,)})
    for came in ([asked, milder], [milder, asked]):
        assert [(f.severity, f.lines) for f in ordered(came)] == [("must_confirm", (0, 1))]


@pytest.mark.invariant(6)
def test_no_line_of_a_medicine_that_stands_twice_reads_as_fine():
    report = run_checks([line("valsartan"), line("valsartan")], knowing(MA, pregnancy="yes"), [], DATA)
    assert {c.status for c in report.coverage if c.kind == "pregnancy"} == {"found"}


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("before", "after"), [
    ([line("metformin", "500", "mg", frequency="tid")], [line("metformin", "1000", "mg", frequency="bid")]),
    ([line("metformin", "500", "mg", frequency="bid")] * 2, [line("metformin", "500", "mg", frequency="bid")] * 3),
])
def test_a_reason_for_one_dose_is_no_reason_for_a_larger_one(before: list[DraftLine], after: list[DraftLine]):
    weak = knowing(WANG, egfr=40)
    asked = blocking(find(*before, patient=weak), [])
    given = [reason(finding) for finding in asked]
    assert asked and blocking(find(*before, patient=weak), given) == []
    assert [f.kind for f in blocking(find(*after, patient=weak), given) if f.kind == "renal"]


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("drug", "patient"), [("metformin", knowing(WANG, egfr=None)), ("losartan", XIAOYU)])
def test_where_a_dose_cannot_be_compared_a_reason_holds_for_the_very_order(drug: str, patient):
    once, twice = line(drug, frequency="qd"), line(drug, frequency="bid")
    given = [reason(f) for f in find(once, patient=patient)]
    asked = [f for f in find(twice, patient=patient) if f.severity in ("must_confirm", "not_checked")]
    assert {f.id for f in blocking(asked, given)} & {f"missing_fact:egfr:{drug}:0", f"not_covered:dose:{drug}:0"}


def test_a_reason_holds_when_the_lines_are_moved():
    before, moved = find(*CONFIRM), find(*reversed(CONFIRM))
    assert blocking(moved, [reason(f) for f in before]) == []
    assert {f.id: f.digest for f in before} == {f.id: f.digest for f in moved}


def test_an_unknown_reason_code_is_refused():
    with pytest.raises(ValidationError):
        OverrideReason(finding_id="x", finding_digest="x", code="because", text="…")


def test_the_id_stays_when_the_checks_run_again_and_the_lines_are_moved():
    before, after = find(*CONFIRM), find(*reversed(CONFIRM))
    assert {f.id for f in before} == {f.id for f in after}


@pytest.mark.invariant(6)
def test_present_medicines_that_were_never_asked_stop_the_draft():
    report = run_checks([line("amlodipine")], knowing(WANG, medicines=None), [], DATA)
    asked = next(f for f in report.findings if f.missing == "current_medicines")
    assert asked.severity == "hard_stop"
    assert {c.status for c in report.coverage if c.kind in ("interaction", "duplicate")} == {"missing_fact"}


@pytest.mark.invariant(6)
def test_who_cannot_say_what_they_take_is_not_one_who_takes_nothing():
    unsure = knowing(WANG, medicines="unsure")
    report = run_checks([line("warfarin")], unsure, takes("阿司匹林"), DATA)
    asked = next(f for f in report.findings if f.missing == "current_medicines")
    assert asked.severity == "must_confirm" and "华法林" in asked.detail.zh and "warfarin" in asked.detail.en.lower()
    assert {c.status for c in report.coverage if c.kind in ("interaction", "duplicate")} == {"missing_fact"}
    assert [f for f in report.findings if f.kind == "interaction"], "what is known is still compared"
    assert asked.digest != next(f for f in find(line("warfarin"), line("amlodipine"), patient=unsure)
                                if f.id == asked.id).digest, "a reason for one medicine is none for two"


@pytest.mark.invariant(6)
def test_a_drug_outside_the_formulary_needs_a_reason_and_is_covered_by_nothing():
    foreign = DraftLine.model_validate(line("amlodipine").model_dump() | {"drug_id": "herbal_x"})
    report = run_checks([foreign, line("warfarin")], WANG, [], DATA)
    unknown = next(f for f in report.findings if f.id == "not_covered:drug:herbal_x")
    assert (unknown.severity, unknown.lines) == ("must_confirm", (0,))
    assert {c.status for c in report.coverage if c.line == 0} == {"not_covered"}
    assert {c.status for c in report.coverage if c.line == 1 and c.kind == "interaction"} == {"not_covered"}


def test_wangs_prescription_reads_as_on_the_screen():
    patient = knowing(allergic(WANG, "青霉素"), egfr_days_ago=101)
    report = run_checks([line("valsartan", timing="morning"), line("amlodipine", "2.5", "mg")], patient,
                        takes("氨氯地平", "阿托伐他汀", "布洛芬缓释", "丹参滴丸"), DATA)
    told = {(f.severity, f.title.zh) for f in report.findings}
    assert ("not_checked", "丹参滴丸（在用）") in told
    assert ("precaution", "缬沙坦 + 布洛芬缓释（在用）") in told
    assert ("note", "缬沙坦") in told
    assert [f.severity for f in blocking(report.findings, [])] == ["not_checked"]
    quiet = {(c.line, c.kind): c for c in report.coverage if c.status == "none_found"}
    assert quiet[0, "allergy"].statement.zh.startswith("青霉素")
    assert "320 mg" in quiet[0, "dose"].statement.zh
    assert "肝功能" in report.never_covered.zh


def test_every_check_speaks_on_every_line():
    report = run_checks([line("ibuprofen", "160", "mg", frequency="tid"), line("amoxicillin", "250",
                                                                               "mg")], XIAOYU, [], DATA)
    assert {(c.line, c.kind) for c in report.coverage} == {(n, kind) for n in (0, 1) for kind in CHECKS}


@pytest.mark.parametrize(("patient", "kind", "status"), [
    (WANG, "pregnancy", "not_applicable"), (MA, "pregnancy", "none_found"), (knowing(MA, pregnancy=None),
                                                                             "pregnancy", "missing_fact"),
    (WANG, "weight", "not_applicable"), (knowing(WANG, allergies=None), "allergy", "missing_fact"),
    (allergic(WANG, "某种药"), "allergy", "not_covered"), (knowing(WANG, egfr=None), "renal", "missing_fact"),
    (WANG, "renal", "none_found"), (knowing(WANG, egfr=20), "renal", "found"), (knowing(WANG, age_years=None),
                                                                                "dose", "missing_fact"),
    (knowing(WANG, age_years=None), "age", "missing_fact"), (WANG, "interaction", "none_found"),
])
def test_the_coverage_says_what_was_looked_at(patient, kind: str, status: str):
    report = run_checks([line("valsartan")], patient, [], DATA)
    assert {c.status for c in report.coverage if c.kind == kind} == {status}


@pytest.mark.invariant(6)
def test_kidneys_of_a_child_and_kidneys_without_data_are_not_covered():
    child = run_checks([line("ibuprofen", "160", "mg", frequency="tid")], XIAOYU, [], DATA)
    adult = run_checks([line("albendazole")], WANG, [], DATA)
    for report in (child, adult):
        assert {c.status for c in report.coverage if c.kind == "renal"} == {"not_covered"}


@given(drugs=st.lists(st.sampled_from(sorted(DATA.drugs)), min_size=1, max_size=4),
       patient=st.sampled_from([WANG, MA, XIAOYU, knowing(WANG, allergies=None), allergic(MA, "青霉素", "不明药物")]),
       home=st.lists(st.sampled_from(["阿司匹林", "丹参滴丸", "三七粉", "华法林"]), max_size=3))
@hypothesis_settings(deadline=None)
@pytest.mark.invariant(6)
def test_any_report_is_ordered_repeatable_json_and_never_calls_the_unchecked_fine(drugs, patient, home):
    lines = [line(drug) for drug in drugs]
    report = run_checks(lines, patient, takes(*home), DATA)
    assert report == run_checks(lines, patient, takes(*home), DATA)
    assert CheckReport.model_validate(json.loads(report.model_dump_json())) == report
    assert len({f.id for f in report.findings}) == len(report.findings)
    assert report.data_version == DATA.data_version
    open_words = "丹参滴丸" in home or "三七粉" in home
    quiet = {c.status for c in report.coverage if c.kind == "interaction"}
    assert not (open_words and quiet & {"none_found", "found"})
    if patient.allergies is None:
        assert blocking(report.findings, [])

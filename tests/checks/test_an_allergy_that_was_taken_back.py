"""What the patient's side struck from the record is compared like what stands, and asked about instead of forgotten."""
from datetime import date

import pytest

from prescribing.checks.findings import OverrideReason, blocking
from prescribing.checks.rules import run_checks
from prescribing.formulary.patient import PatientFacts
from tests.checks.drafting import DATA, WANG, find, knowing, line

ON = {"recorded_on": date(2026, 11, 1), "taken_back_on": date(2026, 11, 20)}


def took_back(*texts: str, allergies: object = (), **more: object) -> PatientFacts:
    return knowing(WANG, allergies=allergies, taken_back=tuple({"text": text} | ON | more for text in texts))


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("text", "drug"), [
    ("青霉素", "amoxicillin"), ("阿莫西林", "amoxicillin"), ("青霉素", "cefaclor"), ("海鲜、青霉素", "amoxicillin")])
def test_a_line_that_meets_it_needs_a_reason_and_is_not_stopped_for_good(text: str, drug: str) -> None:
    [found] = find(line(drug), patient=took_back(text), kind="allergy")
    assert found.severity == "must_confirm"
    said = OverrideReason(finding_id=found.id, finding_digest=found.digest, code="tolerated_before", text="去年用过")
    assert found in blocking([found], []) and blocking([found], [said]) == []


def test_it_says_when_it_stood_there_and_who_took_it_back() -> None:
    [found] = find(line("amoxicillin"), patient=took_back("青霉素", reaction="皮疹"), kind="allergy")
    for words in ("2026-11-01 记下", "2026-11-20 由患者删去", "没有医生或药师确认过", "皮疹"):
        assert words in found.detail.zh
    for words in ("Recorded on 2026-11-01", "taken back by the patient on 2026-11-20", "confirmed by no clinician"):
        assert words in found.detail.en
    [found] = find(line("amoxicillin"), patient=took_back("青霉素", by_family=True), kind="allergy")
    assert "由家属删去" in found.detail.zh and "by family" in found.detail.en


def test_another_medicine_meets_nothing_but_what_was_taken_back_is_named() -> None:
    patient = took_back("青霉素")
    assert find(line("amlodipine"), patient=patient, kind="allergy") == []
    [told] = [one for one in run_checks([line("amlodipine")], patient, [], DATA).coverage if one.kind == "allergy"]
    assert told.status == "none_found"
    assert "删去过：青霉素" in told.statement.zh and "taken back: 青霉素" in told.statement.en


def test_a_milder_level_stays_what_it_is() -> None:
    [found] = find(line("hydrochlorothiazide"), patient=took_back("磺胺"), kind="allergy")
    assert found.severity == "precaution"


def test_what_nobody_recognises_is_not_shown_as_fine() -> None:
    found = find(line("amlodipine"), patient=took_back("小白药片"), kind="not_covered")
    assert [one.severity for one in found] == ["not_checked"] and "小白药片" in found[0].title.zh
    assert find(line("amlodipine"), patient=took_back("花粉")) == []


def test_who_says_unsure_afterwards_is_asked_about_both() -> None:
    found = find(line("amoxicillin"), patient=took_back("青霉素", allergies=None))
    assert {"missing_fact", "allergy"} <= {one.kind for one in found}


def test_one_that_stands_beside_it_still_stops() -> None:
    patient = took_back("青霉素", allergies=({"text": "阿莫西林"},))
    assert [one.severity for one in find(line("amoxicillin"), patient=patient, kind="allergy")] == [
        "hard_stop", "must_confirm"]


def test_another_day_is_another_question() -> None:
    [first] = find(line("amoxicillin"), patient=took_back("青霉素"), kind="allergy")
    [again] = find(line("amoxicillin"), patient=took_back("青霉素", taken_back_on=date(2026, 11, 22)), kind="allergy")
    assert first.id == again.id and first.digest != again.digest

"""Before any money: what is already clear is told, what the visit brings is listed and never blocks."""
from typing import Any

import pytest

from app.policy.decision import Forecast, Verdict
from app.policy.forecast import forecast
from tests.policy.asking import TODAY, pack

STAGES = ("consult_start", "diagnose", "prescribe")
# What the hospital and the patient can know before the visit.
KNOWABLE = {"patient.age_years", "patient.realname_verified", "patient.sensitive_data_consent",
            "patient.guardian_privacy_consent", "patient.informed_consent", "institution.licensed_internet",
            "doctor.years_independent", "doctor.institution_consent", "doctor.practice_registered_or_filed",
            "doctor.licence_class", "visit.mode", "prior.evidence_retained"}
WANG: dict[str, Any] = {
    "patient.age_years": 58, "patient.realname_verified": True, "patient.sensitive_data_consent": True,
    "patient.informed_consent": True, "institution.licensed_internet": True, "doctor.years_independent": 12,
    "doctor.institution_consent": True, "doctor.practice_registered_or_filed": True,
    "doctor.licence_class": "physician", "visit.mode": "text", "prior.evidence_retained": True}


def ahead(**changes: Any) -> Forecast:
    """Forecast mainland China for Mr Wang; `patient__age_years=4` changes a fact, None removes it."""
    facts = WANG | {name.replace("__", "."): value for name, value in changes.items()}
    return forecast(pack("cn-mainland"), STAGES, TODAY, facts, KNOWABLE)


def test_mr_wang_with_his_record_is_likely_a_follow_up():
    seen = ahead()
    assert seen.verdict is Verdict.ALLOW and seen.label.zh and seen.label.en
    assert {"CN-VISIT-01", "CN-VISIT-03", "CN-VISIT-04", "CN-RX-01", "CN-RX-03"} <= {one.rule for one in seen.later}


@pytest.mark.invariant(1)
def test_what_only_the_visit_can_bring_never_blocks_and_is_never_left_out():
    seen = ahead()
    assert seen.holding == ()
    judged = {one.rule for one in seen.fired} | {one.rule for one in seen.later}
    assert "CN-VISIT-01" in judged and "CN-RX-11" in judged


def test_somebody_is_named_for_everything_that_is_decided_later():
    by_rule = {one.rule: one for one in ahead().later}
    assert "visit.doctor_judges_followup" in by_rule["CN-VISIT-01"].missing
    assert "D" in by_rule["CN-VISIT-01"].who and all(one.who for one in by_rule.values())
    assert "医生" in ahead().summary.zh and "the doctor" in ahead().summary.en


def test_a_certain_first_visit_is_told_before_any_money():
    seen = ahead(prior__offline_diagnosis=False)
    assert seen.verdict is Verdict.BLOCK and seen.rule_ids == ("CN-VISIT-01",)
    assert "首诊" in seen.summary.zh and "in person first" in seen.summary.en


def test_evidence_that_the_patient_can_still_bring_is_asked_for():
    seen = ahead(prior__offline_diagnosis=True, prior__evidence_retained=False)
    assert seen.verdict is Verdict.REQUIRE and seen.evidence_needed == ("prior.evidence_retained",)


def test_a_knowable_fact_that_nobody_established_is_not_taken_as_fine():
    seen = ahead(patient__realname_verified=None)
    assert seen.verdict is Verdict.BLOCK and seen.missing == ("patient.realname_verified",)


def test_a_child_is_told_that_a_guardian_must_be_there_later():
    seen = ahead(patient__age_years=4, patient__guardian_privacy_consent=True)
    assert seen.verdict is Verdict.ALLOW
    assert "CN-RX-02" in {one.rule for one in seen.later}


def test_a_guardian_who_is_known_to_be_absent_is_asked_for_now():
    seen = ahead(patient__age_years=4, patient__guardian_privacy_consent=True, patient__guardian_present=False)
    assert seen.rule_ids == ("CN-RX-02",) and seen.verdict is Verdict.REQUIRE


def test_in_the_covid_window_a_first_visit_waits_for_the_doctor():
    from datetime import date
    facts = WANG | {"prior.offline_diagnosis": False}
    seen = forecast(pack("cn-mainland"), STAGES, date(2022, 12, 20), facts, KNOWABLE)
    waiting = {one.rule: one.missing for one in seen.later}
    assert seen.verdict is not Verdict.BLOCK
    assert "patient.covid_symptoms" in waiting["CN-VISIT-01"]


def test_a_bad_fact_and_an_unknown_stage_block_the_forecast_too():
    assert ahead(patient__age_years="58").reasons[0].code == "bad_facts"
    seen = forecast(pack("cn-mainland"), ["diagnoze"], TODAY, WANG, KNOWABLE)
    assert seen.verdict is Verdict.BLOCK and seen.reasons[0].code == "unknown_stage"


def test_a_rule_of_two_stages_is_told_once():
    seen = ahead(institution__licensed_internet=False)
    assert [entry.rule for entry in seen.fired if entry.rule == "CN-INST-01"] == ["CN-INST-01"]


def test_a_forecast_survives_its_canonical_json():
    assert Forecast.from_bytes(ahead().to_bytes()) == ahead()

"""Signing freezes the bytes, asks checks and policy, and refuses what nobody may override."""
import json

import pytest

from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.policy import api as policy
from app.work import all_of
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import ChecksUnanswered, EmptyPrescription, HardStop, NoDiagnosis
from records import api as records
from tests.cast import (
    PIN,
    answer_findings,
    diagnosed,
    drafted_prescription,
    judged,
    line,
    signed_prescription,
    signing_pin,
    visit_in_progress,
)
from web.api.decisions import decision_for


def sign(scene, rx, doctor="lin", pin=PIN):
    return scene.does(doctor, prescribing.sign_prescription, rx.id, pin)


def state(scene, rx):
    return scene.row(prescribing.Prescription, rx.id).state


def decisions(scene, rx, stage="prescribe"):
    with scene.sees("house") as work:
        return [d for d in all_of(work, policy.PolicyDecision, policy.PolicyDecision.prescription_id == rx.id)
                if d.stage == stage]


def test_signed_bytes_say_everything_and_prove_their_doctor(scene):
    rx = signed_prescription(scene, line(), line("metformin", None, "500"))
    told = json.loads(rx.canonical)
    assert told["number"] == rx.number and told["patient"]["name"] == "王建国"
    assert [one["name_zh"] for one in told["lines"]] and told["diagnoses"][0]["code"] == "I10"
    assert identity.verify_signature(rx.public_key, rx.canonical, rx.signature)
    with scene.sees("house") as work:
        assert prescribing.is_unchanged(work, work.get(prescribing.Prescription, rx.id))


def test_it_is_valid_to_the_end_of_the_last_day_that_the_doctor_noted(scene):
    rx = signed_prescription(scene)
    end = rx.expires_at.astimezone(HOSPITAL_ZONE)
    assert (end - rx.signed_at.astimezone(HOSPITAL_ZONE)).days == 3 and (end.hour, end.minute) == (0, 0)


@pytest.mark.invariant(2)
def test_every_line_leaves_a_decision_with_its_rules_and_policy(scene):
    rx = signed_prescription(scene, line(), line("metformin", None, "500"))
    made = decisions(scene, rx)
    assert sorted(d.line for d in made) == [1, 2] and {d.verdict.value for d in made} <= {"allow", "warn"}
    with scene.sees("house") as work:
        assert policy.decision_record(work, made[0].id).facts


def test_pharmacists_and_patient_hear_of_it(scene):
    rx = signed_prescription(scene)
    with scene.sees("ren") as work:
        assert [row.prescription.id for row in prescribing.review_queue(work)] == [rx.id]
        assert records.require_readable(work, rx.patient_id, "history") == "task"
    with scene.sees("wang") as work:
        cards = [m for m in consult.messages(work, work.get(consult.Visit, rx.visit_id)) if m.kind == "card"]
    assert cards


def test_a_wrong_pin_signs_nothing(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene)
    answer_findings(scene, rx)
    with pytest.raises(identity.WrongPin):
        sign(scene, rx, pin="111112")
    row = scene.row(prescribing.Prescription, rx.id)
    assert (row.state, row.canonical, row.signature) == ("draft", None, "")


def test_an_empty_draft_is_not_signed(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene)
    scene.does("lin", prescribing.remove_item, rx.id, 1)
    with pytest.raises(EmptyPrescription):
        sign(scene, rx)


def test_nothing_is_signed_without_a_diagnosis(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, visit=judged(scene))
    with pytest.raises(NoDiagnosis):
        sign(scene, rx)


@pytest.mark.invariant(1)
def test_no_medicine_without_the_judgement_that_it_is_a_follow_up(scene):
    signing_pin(scene)
    visit = visit_in_progress(scene)
    rx = drafted_prescription(scene, visit=visit)
    with pytest.raises((policy.StepRefused, NoDiagnosis)):
        sign(scene, rx)
    assert state(scene, rx) == "draft"


@pytest.mark.invariant(1)
def test_a_changed_mind_about_the_follow_up_closes_the_way(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene)
    answer_findings(scene, rx)
    scene.does("lin", consult.judge_follow_up, rx.visit_id, is_follow_up=False, same_condition=False)
    with pytest.raises(policy.StepRefused):
        sign(scene, rx)
    assert [d.verdict.value for d in decisions(scene, rx)] == ["block"]


@pytest.mark.invariant(6)
def test_a_controlled_medicine_is_blocked_and_the_refusal_is_kept(scene):
    signing_pin(scene)
    cough = line("dextromethorphan_oral_single", None, "15", frequency="tid", days=3)
    rx = drafted_prescription(scene, cough)
    answer_findings(scene, rx)
    with pytest.raises(policy.StepRefused) as refused:
        sign(scene, rx)
    assert "CN-RX-01" in refused.value.facts["rules"]
    assert state(scene, rx) == "draft"
    kept = decisions(scene, rx)
    assert [d.verdict.value for d in kept] == ["block"]
    assert refused.value.facts["decision_ids"] == [str(kept[0].id)]


@pytest.mark.invariant(3)
def test_what_was_decided_about_a_draft_is_read_by_its_doctor_and_not_by_the_patient(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line(days=14))
    answer_findings(scene, rx)
    with pytest.raises(policy.StepRefused):
        sign(scene, rx)
    number = decisions(scene, rx)[0].id
    with scene.sees("lin") as work:
        assert decision_for(work, number).id == number
    with scene.sees("wang") as work, pytest.raises(policy.DecisionNotFound):
        decision_for(work, number)


@pytest.mark.invariant(6)
def test_an_allergy_is_a_hard_stop_that_no_reason_overrides(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line("amoxicillin", None, "500", frequency="tid"))
    with pytest.raises(HardStop) as stopped:
        sign(scene, rx)
    stop = next(f for f in stopped.value.facts["findings"] if f["severity"] == "hard_stop")
    with scene.by("lin") as work:
        read = next(f.digest for f in prescribing.check_report(work, rx).findings if f.id == stop["id"])
    for code in prescribing.OVERRIDE_REASONS:
        scene.does("lin", prescribing.acknowledge, rx.id, stop["id"], read, code, "我知道，继续")
    with pytest.raises(HardStop):
        sign(scene, rx)
    assert state(scene, rx) == "draft"


@pytest.mark.invariant(6)
def test_an_overdose_is_a_hard_stop(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line(dose="50"))
    answer_findings(scene, rx)
    with pytest.raises(HardStop):
        sign(scene, rx)


@pytest.mark.invariant(6)
def test_never_asked_is_not_none(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene)
    with scene.by("house") as work:
        history = all_of(work, records.History, records.History.patient_id == rx.patient_id)[0]
        history.allergies_asked_at = history.medicines_asked_at = history.allergies_none = None
        for row in all_of(work, records.Allergy) + all_of(work, records.Medicine):
            work.session.delete(row)
    answer_findings(scene, rx)
    with pytest.raises(ChecksUnanswered) as refused:
        sign(scene, rx)
    assert {f["missing"] for f in refused.value.facts["findings"]} >= {"allergies"}


@pytest.mark.invariant(1)
def test_more_than_seven_days_need_a_written_reason(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line(days=14))
    answer_findings(scene, rx)
    with pytest.raises(policy.StepRefused) as refused:
        sign(scene, rx)
    assert "CN-RX-05" in refused.value.facts["rules"] or "rx.extension_reason" in refused.value.facts["missing"]
    scene.does("lin", prescribing.set_terms, rx.id, extension_reason="慢性病，病情稳定，老人取药不便")
    assert sign(scene, rx).state == "signed"


@pytest.mark.invariant(1)
def test_whether_the_use_is_on_the_label_has_to_be_said(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene)
    answer_findings(scene, rx)
    with scene.by("lin") as work:
        work.get(prescribing.Prescription, rx.id).off_label = None
    with pytest.raises(policy.StepRefused):
        sign(scene, rx)


def test_the_reasons_travel_with_the_signed_bytes(scene):
    rx = signed_prescription(scene, line("ibuprofen", "200 mg", "200", frequency="tid", days=3))
    with scene.sees("house") as work:
        given = prescribing.answers_of(work, rx.id, prescribing.check_report(work, rx).findings)
    assert {r["finding"] for r in json.loads(rx.canonical)["reasons"]} == set(given)


@pytest.mark.invariant(6)
def test_a_reason_is_given_for_what_was_read_and_not_for_a_larger_dose(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line("metformin", None, "500", frequency="tid"))
    scene.does("lin", records.save_egfr, rx.patient_id, 40, local_date(scene.house.clock.now()), "检验报告")
    answer_findings(scene, rx)
    scene.does("lin", prescribing.set_item, rx.id, line("metformin", None, "1000", frequency="bid"), 1)
    with pytest.raises(ChecksUnanswered) as refused:
        sign(scene, rx)
    assert [f["id"] for f in refused.value.facts["findings"]] == ["renal:below-45:metformin:0"]
    assert state(scene, rx) == "draft"
    answer_findings(scene, rx)
    told = json.loads(sign(scene, rx).canonical)
    assert [one["finding"] for one in told["reasons"]].count("renal:below-45:metformin:0") == 1


@pytest.mark.invariant(6)
def test_a_reason_does_not_outlive_a_change_of_the_record(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line("metformin", None, "500", frequency="tid"))
    today = local_date(scene.house.clock.now())
    scene.does("lin", records.save_egfr, rx.patient_id, 44, today, "检验报告")
    answer_findings(scene, rx)
    scene.does("lin", records.save_egfr, rx.patient_id, 31, today, "检验报告")
    with pytest.raises(ChecksUnanswered):
        sign(scene, rx)
    scene.does("lin", records.save_egfr, rx.patient_id, 44, today, "检验报告")
    assert sign(scene, rx).state == "signed"


@pytest.mark.invariant(6)
def test_a_reason_for_what_is_over_is_not_signed_along(scene):
    signing_pin(scene)
    rx = drafted_prescription(scene, line("metformin", None, "500", frequency="tid"))
    scene.does("lin", records.save_egfr, rx.patient_id, 40, local_date(scene.house.clock.now()), "检验报告")
    answer_findings(scene, rx)
    scene.does("lin", prescribing.set_item, rx.id, line("metformin", None, "500"), 1)
    told = json.loads(sign(scene, rx).canonical)
    assert not [one for one in told["reasons"] if one["finding"].startswith("renal:")]


def test_a_preview_binds_nobody_and_is_not_kept(scene):
    rx = drafted_prescription(scene, visit=diagnosed(scene))
    with scene.sees("lin") as work:
        told = prescribing.preview(work, prescribing.prescription_for(work, rx.id))
    assert [number for number, _ in told] == [1]
    assert decisions(scene, rx) == []


def test_a_childs_dose_follows_the_weight_and_the_guardian_takes_part(scene):
    syrup = line("ibuprofen", "20 mg/ml", "100", frequency="tid", days=3)
    rx = signed_prescription(scene, syrup, patient="xiaoyu")
    assert rx.state == "signed"

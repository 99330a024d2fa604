"""A decision is stored with everything that explains it, is never changed, and can be computed again."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text, update

from app.audit import AuditEntry
from app.kit.ids import uuid7
from app.policy import api as policy
from app.policy.models import AppendOnly
from app.work import Actor, all_of
from tests.intruder import unlock
from tests.policy.asking import in_order

DR_LIN = Actor("doctor", account_id=uuid7(), practitioner_id=uuid7(), organization_id=uuid7())
STATED = ("visit.condition_changed", "visit.doctor_judges_followup")


def sheet_in_order(work, **changes):
    """Facts of a prescription of Dr Lin for Mr Wang in good order, some of them changed."""
    sheet = policy.fact_sheet(work)
    facts = in_order("CN-001") | {name.replace("__", "."): value for name, value in changes.items()}
    for name, value in facts.items():
        sheet.put(name, value, source="visit:1", actor="doctor" if name in STATED else "")
    return sheet


def subject(**known):
    return policy.Subject(kind="prescription", id=uuid7(), patient_id=uuid7(), **known)


def judge_once(house, **changes):
    """Judge one prescription in a Work of its own and return what was kept."""
    with house.write(DR_LIN) as work:
        return policy.judge(work, "prescribe", sheet_in_order(work, **changes), subject())


def test_an_allowed_step_is_kept_too(house):
    kept = judge_once(house)
    with house.read(DR_LIN) as work:
        row = policy.decision_row(work, kept.row.id)
        assert row.verdict is policy.Verdict.ALLOW and row.actor_role == "doctor" and row.stage == "prescribe"
        assert row.organization_id == DR_LIN.organization_id and row.as_of.isoformat() == "2026-11-21"


@pytest.mark.invariant(2)
def test_the_record_holds_facts_with_source_and_time_rules_citations_versions_and_hashes(house):
    kept = judge_once(house, prior__offline_diagnosis=False)
    with house.read(DR_LIN) as work:
        record = policy.decision_record(work, kept.row.id)
    fact = {fact.name: fact for fact in record.facts}["visit.doctor_judges_followup"]
    assert (fact.value, fact.source, fact.actor) == (True, "visit:1", "doctor") and fact.at == record.at
    assert record.decision.rule_ids == ("CN-VISIT-01",)
    assert record.decision.citations[0].instrument == "互联网诊疗管理办法(试行)"
    assert len(record.decision.layers[0].sha256) == 64 and record.decision.layers[0].version == "2026.11.0"
    assert record.actor.practitioner_id == DR_LIN.practitioner_id


@pytest.mark.invariant(2)
@pytest.mark.parametrize("changes", [
    {}, {"prior__offline_diagnosis": False}, {"patient__age_years": None}, {"rx__days": "7"},
    {"rx__days": float("nan")}, {"rx__lines": 10**30}, {"prior__date": "2026-01-01"}, {"rx__drug_classes": [3]}])
def test_a_decision_computed_again_from_its_record_is_the_same(house, changes):
    kept = judge_once(house, **changes)
    with house.read(DR_LIN) as work:
        again = policy.decision_again(work, kept.row.id)
        assert again == kept.decision and again.to_bytes() == kept.decision.to_bytes()
        assert policy.decision_record(work, kept.row.id) == kept.record


def test_the_policy_text_is_kept_once_however_often_it_decides(house):
    judge_once(house)
    judge_once(house)
    with house.read(DR_LIN) as work:
        [text_kept] = all_of(work, policy.PolicyText, order=policy.PolicyText.sha256)
        assert text_kept.policy == "cn-mainland"
        assert len(all_of(work, policy.PolicyDecision)) == 2


@pytest.mark.invariant(2)
def test_a_refused_step_rolls_back_and_its_decision_stays(house):
    with pytest.raises(policy.StepRefused) as refusal, house.write(DR_LIN) as work:
        kept = policy.judge(work, "prescribe", sheet_in_order(work, prior__same_condition=False), subject())
        work.later("never", {}, "key")
        policy.insist_allowed(kept)
    assert refusal.value.status == 409 and refusal.value.facts["rules"] == ["CN-VISIT-01"]
    assert "复诊" in refusal.value.detail.zh and refusal.value.facts["decision_ids"] == [str(kept.record.id)]
    with house.read(DR_LIN) as work:
        assert policy.decision_record(work, kept.record.id).decision.verdict is policy.Verdict.BLOCK


def test_an_allowed_step_is_not_held(house):
    policy.insist_allowed(judge_once(house))


def test_a_warning_does_not_hold_the_step(house):
    kept = judge_once(house, prior__date="2020-01-01")
    assert kept.decision.verdict is policy.Verdict.WARN and kept.allowed
    policy.insist_allowed(kept)


def test_nothing_judged_is_not_allowed():
    with pytest.raises(policy.StepRefused):
        policy.insist_allowed()


def test_the_audit_trail_carries_the_hash_of_the_decision(house):
    kept = judge_once(house, rx__lines=6)
    with house.read(DR_LIN) as work:
        [entry] = [one for one in all_of(work, AuditEntry) if one.action == "policy:judged"]
        assert entry.facts["sha256"] == kept.row.sha256 and entry.facts["rules"] == ["CN-RX-07"]
        assert entry.subject_id == kept.row.id and entry.patient_id == kept.row.patient_id


@pytest.mark.invariant(2)
def test_a_decision_can_be_neither_changed_nor_removed(house):
    kept = judge_once(house)
    with pytest.raises(AppendOnly), house.write(DR_LIN) as work:
        policy.decision_row(work, kept.row.id).verdict = policy.Verdict.BLOCK
    with pytest.raises(AppendOnly), house.write(DR_LIN) as work:
        work.session.delete(policy.decision_row(work, kept.row.id))


@pytest.mark.invariant(2)
@pytest.mark.parametrize("change", [{"record": b"{}"}, {"verdict": policy.Verdict.BLOCK}, {"sha256": "0" * 64}])
def test_a_change_past_the_program_is_noticed(house, change):
    kept = judge_once(house)
    with house.write(DR_LIN) as work:
        unlock(work.session, "policy_decision")
        work.session.exec(update(policy.PolicyDecision).values(**change))
    with pytest.raises(policy.DecisionAltered), house.read(DR_LIN) as work:
        policy.decision_record(work, kept.row.id)


def test_a_policy_text_changed_past_the_program_is_noticed(house):
    kept = judge_once(house)
    with house.write(DR_LIN) as work:
        unlock(work.session, "policy_text")
        work.session.exec(text("UPDATE policy_text SET sha256 = sha256, content = :c").bindparams(
            c=work.find(policy.PolicyText, kept.decision.layers[0].sha256).content.replace(b'"rx_max_lines":5',
                                                                                          b'"rx_max_lines":9')))
    with pytest.raises(policy.DecisionAltered), house.read(DR_LIN) as work:
        policy.decision_again(work, kept.row.id)


def test_a_decision_that_does_not_exist_is_not_found(house):
    with pytest.raises(policy.DecisionNotFound), house.read(DR_LIN) as work:
        policy.decision_row(work, uuid7())


def test_decisions_are_found_by_visit_and_by_prescription(house):
    visit, prescription = uuid7(), uuid7()
    with house.write(DR_LIN) as work:
        for stage in ("diagnose", "prescribe"):
            policy.judge(work, stage, sheet_in_order(work), subject(visit_id=visit, prescription_id=prescription))
    with house.read(DR_LIN) as work:
        assert [row.stage for row in policy.decisions_of_visit(work, visit)] == ["diagnose", "prescribe"]
        [row] = policy.decisions_of_prescription(work, prescription, stage="prescribe")
        assert row.prescription_id == prescription


def test_an_answer_of_yesterday_is_not_the_answer_of_today(house, clock):
    """The next day another law may be in force; the stored decision keeps its own date."""
    kept = judge_once(house)
    clock.forward(days=1)
    later = judge_once(house)
    assert later.row.as_of - kept.row.as_of == timedelta(days=1)


def test_two_works_that_keep_the_same_policy_text_at_once_both_succeed(house):
    together = Barrier(2)

    def judge_with_the_other(_):
        together.wait(timeout=30)
        return judge_once(house)

    with ThreadPoolExecutor(2) as people:
        kept = list(people.map(judge_with_the_other, range(2)))
    with house.read(DR_LIN) as work:
        assert len(all_of(work, policy.PolicyText, order=policy.PolicyText.sha256)) == 1
        assert {policy.decision_record(work, one.record.id).id for one in kept} == {k.record.id for k in kept}


def test_a_sheet_looks_ahead_without_keeping_anything(house):
    with house.read(Actor("patient")) as work:
        sheet = policy.fact_sheet(work)
        sheet.put("institution.licensed_internet", False)
        seen = policy.look_ahead(sheet, ["consult_start"], knowable={"institution.licensed_internet"})
        assert seen.rule_ids == ("CN-INST-01",) and all_of(work, policy.PolicyDecision) == []


@pytest.mark.invariant(15)
def test_the_audit_trace_of_a_decision_holds_no_fact_of_the_patient(house):
    judge_once(house, patient__age_years=58, patient__location="SH")
    with house.read(DR_LIN) as work:
        [entry] = [one for one in all_of(work, AuditEntry) if one.action == "policy:judged"]
        assert set(entry.facts) == {"stage", "verdict", "rules", "sha256"}

"""National, province, institution: whatever is added below, no decision becomes milder."""
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.decision import Verdict
from app.policy.engine import decide
from app.policy.loading import load_pack, parse_policy
from app.policy.policy_set import PolicySet
from tests.policy.asking import TODAY, case_file, in_order, pack

NATIONAL = load_pack("cn-mainland")
CASES = [case for case in case_file() if case.policy == "cn-mainland"]
CONDITIONS = [
    {"fact": "rx.days", "op": "gt", "value": 3}, {"fact": "rx.ai_generated", "op": "false"},
    {"fact": "patient.age_years", "op": "lt", "value": 60}, {"fact": "visit.mode", "op": "eq", "value": "video"},
    {"not": {"fact": "prior.date", "op": "days_since_le", "value": 90}},
    {"any": [{"fact": "rx.lines", "op": "gt", "value": 3}, {"fact": "rx.off_label", "op": "true"}]},
]


def local_rule(number: int, **changes: Any) -> dict[str, Any]:
    """A rule of a province as plain data."""
    rule = {"id": f"LOCAL-{number}", "stage": ["prescribe"], "effect": "block", "valid_from": "2020-01-01",
            "when": CONDITIONS[0], "cite": [{"instrument": "地方规定", "article": "第1条", "confidence": "text"}],
            "message": {"en": "Local rule.", "zh": "地方规定。"}}
    return rule | changes


def local_policy(*rules: dict[str, Any], layer: str = "province") -> Any:
    return parse_policy({"id": f"local-{layer}", "version": "1", "jurisdiction": "CN", "layer": layer,
                         "timezone": "Asia/Shanghai", "rules": list(rules)})


@st.composite
def local_rules(draw: Any) -> list[dict[str, Any]]:
    rules = []
    for number in range(draw(st.integers(1, 3))):
        effect = draw(st.sampled_from(["block", "require", "warn", "log"]))
        evidence = {"evidence": ["rx.extension_reason"]} if effect == "require" else {}
        start = date(2014, 1, 1) + timedelta(days=draw(st.integers(0, 5000)))
        rules.append(local_rule(number, effect=effect, when=draw(st.sampled_from(CONDITIONS)),
                                stage=draw(st.sampled_from([["prescribe"], ["dispense"], ["book", "settle"]])),
                                valid_from=start.isoformat(), **evidence))
    return rules


@given(local_rules(), st.sampled_from(["province", "institution"]))
@settings(max_examples=25, deadline=None)
@pytest.mark.invariant(1)
def test_no_decision_gets_milder_by_a_layer_below(rules, layer):
    both = PolicySet.of([local_policy(*rules, layer=layer), NATIONAL])
    for case in CASES:
        alone = decide(pack("cn-mainland"), case.stage, case.as_of, case.facts)
        together = decide(both, case.stage, case.as_of, case.facts)
        assert together.verdict.rank >= alone.verdict.rank
        assert set(alone.fired) <= set(together.fired)


def test_a_province_shortens_the_days_by_a_rule_of_its_own():
    both = PolicySet.of([NATIONAL, local_policy(local_rule(1))])
    decision = decide(both, "prescribe", TODAY, in_order("CN-001"))
    assert decision.verdict is Verdict.BLOCK and decision.rule_ids == ("LOCAL-1",)
    assert [layer.policy for layer in decision.layers] == ["cn-mainland", "local-province"]


def test_an_exception_below_does_not_lift_the_rule_above():
    forgiving = local_rule(1, when={"fact": "rx.lines", "op": "gt", "value": 5}, exceptions=[{
        "id": "LOCAL-EXC", "valid_from": "2020-01-01", "when": {"fact": "rx.signed_by_attending", "op": "true"},
        "cite": [{"instrument": "地方规定", "article": "第2条", "confidence": "text"}]}])
    both = PolicySet.of([NATIONAL, local_policy(forgiving)])
    decision = decide(both, "prescribe", TODAY, in_order("CN-037"))
    assert decision.rule_ids == ("CN-RX-07",) and decision.exceptions_used == ("LOCAL-EXC",)


def test_the_record_names_the_layer_that_said_nothing():
    both = PolicySet.of([NATIONAL, local_policy(local_rule(1, stage=["book"]))])
    decision = decide(both, "prescribe", TODAY, in_order("CN-001"))
    assert [(reason.code, reason.policy) for reason in decision.reasons] == [("no_rules", "local-province")]


def test_no_policy_at_all_blocks():
    decision = decide(PolicySet.of([]), "prescribe", TODAY, in_order("CN-001"))
    assert decision.verdict is Verdict.BLOCK and decision.reasons[0].code == "no_policy"


def test_a_decision_reads_only_the_rules_of_its_stage():
    stages = pack("cn-mainland").by_stage
    assert {one.rule.id for one in stages["review"]} == {"CN-DISP-02"}
    assert all("prescribe" in one.rule.stage for one in stages["prescribe"])

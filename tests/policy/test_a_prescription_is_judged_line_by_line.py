"""One decision per line, the worst counts: one drug cannot hide another."""
import pytest

from app.kit.ids import uuid7
from app.policy import api as policy
from app.work import Actor
from tests.policy.asking import in_order

KANG = Actor("pharmacy", account_id=uuid7(), organization_id=uuid7())
REN = Actor("pharmacist", account_id=uuid7())


def judge_order(house, *drugs, stage="dispense", base="CN-066", **changes):
    """Judge one online order with these drugs as lines."""
    with house.write(KANG) as work:
        sheet = policy.fact_sheet(work)
        for name, value in (in_order(base) | changes).items():
            if name != "rx.drug_classes":
                sheet.put(name, value, source="order:1")
        lines = [policy.Line(number, drug, {}) for number, drug in enumerate(drugs, start=1)]
        return policy.judge_lines(work, stage, sheet, lines, policy.Subject(kind="order", id=uuid7()))


@pytest.mark.invariant(6)
def test_insulin_does_not_hide_an_injection_that_may_not_be_sold_online(house):
    insulin, enoxaparin = judge_order(house, "insulin_glargine_pen", "enoxaparin_injection")
    assert insulin.allowed and enoxaparin.decision.rule_ids == ("CN-DISP-07",)
    assert policy.verdict_of([insulin, enoxaparin]) is policy.Verdict.BLOCK


def test_every_line_is_kept_with_its_number_and_the_rows_of_its_drug(house):
    judged = judge_order(house, "insulin_glargine_pen", "amlodipine")
    assert [one.row.line for one in judged] == [1, 2]
    assert [list(one.record.drug_class_hashes) for one in judged] == [["insulin_glargine_pen"], ["amlodipine"]]


@pytest.mark.invariant(6)
def test_a_line_whose_drug_is_unknown_is_blocked(house):
    [line] = judge_order(house, "a_drug_nobody_entered")
    assert line.decision.missing == ("rx.drug_classes",) and not line.allowed


def test_a_refusal_tells_what_every_held_line_says_and_keeps_them_all(house):
    with pytest.raises(policy.StepRefused) as refusal:
        with house.write(KANG) as work:
            sheet = policy.fact_sheet(work)
            for name, value in in_order("CN-066").items():
                sheet.put(name, value)
            lines = [policy.Line(1, "warfarin", {}), policy.Line(2, "amlodipine", {}),
                     policy.Line(3, "unknown_drug", {})]
            judged = policy.judge_lines(work, "dispense", sheet, lines, policy.Subject(kind="order"))
            policy.insist_allowed(*judged)
    assert refusal.value.facts["rules"] == ["CN-DISP-06", "CN-DISP-07"]
    assert len(refusal.value.facts["reasons"]) == 2
    with house.read(KANG) as work:
        assert [policy.decision_row(work, one.record.id).line for one in judged] == [1, 2, 3]


def test_a_line_brings_its_own_days_and_does_not_lend_them_to_the_next(house):
    with house.write(REN) as work:
        sheet = policy.fact_sheet(work)
        for name, value in in_order("CN-001").items():
            if name != "rx.days":
                sheet.put(name, value)
        lines = [policy.Line(1, "amlodipine", {"rx.days": 8}), policy.Line(2, "amlodipine", {"rx.days": 7}),
                 policy.Line(3, "amlodipine", {})]
        eight, seven, none = policy.judge_lines(work, "prescribe", sheet, lines, policy.Subject(kind="rx"))
    assert eight.decision.rule_ids == ("CN-RX-05",) and seven.allowed
    assert none.decision.missing == ("rx.days",)


def test_a_drug_that_became_controlled_overnight_is_looked_up_anew(house, clock):
    clock.at = clock.at.replace(year=2024, month=6, day=30)
    [before] = judge_order(house, "dextromethorphan_oral_single", **{"order.channel": "pickup"})
    clock.forward(days=1)
    [after] = judge_order(house, "dextromethorphan_oral_single")
    assert before.allowed and after.decision.rule_ids == ("CN-DISP-06", "CN-DISP-07")

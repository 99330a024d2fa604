"""The officer sees how often each rule spoke in thirty days; nothing is counted by doctor, drug or patient."""
import pytest
from sqlalchemy import update

from app.policy import api as policy
from app.policy.usage import spoken_in
from tests.intruder import unlock
from tests.policy.test_every_decision_is_kept import DR_LIN, judge_once


def counted(house, rule):
    with house.read(DR_LIN) as work:
        found = next(one for one in policy.policies_in_force(work).layers[0].rules if one.id == rule)
        return policy.uses(work).of(found)


def test_a_rule_is_counted_by_how_it_stood(house):
    judge_once(house)
    judge_once(house, rx__days=8)
    judge_once(house, rx__days=8, rx__extension_reason=True)
    judge_once(house, rx__days=None)
    use = counted(house, "CN-RX-05")
    assert (use.judged, use.how, use.spoke) == (4, {"fired": 1, "satisfied": 1, "cannot_determine": 1}, 3)
    assert counted(house, "CN-RX-07").how == {} and counted(house, "CN-RX-07").judged == 4


def test_a_decision_of_another_step_is_not_counted_for_a_rule_of_this_one(house):
    judge_once(house)
    assert counted(house, "CN-DISP-01").judged == 0


def test_after_thirty_days_a_use_is_counted_no_more(house, clock):
    judge_once(house, rx__days=8)
    clock.forward(days=30)
    assert counted(house, "CN-RX-05").spoke == 1, "the thirtieth day still counts"
    clock.forward(seconds=1)
    assert counted(house, "CN-RX-05").spoke == 0 and counted(house, "CN-RX-05").judged == 0


def test_the_column_says_what_the_record_says_and_another_word_in_it_is_noticed(house):
    kept = judge_once(house, rx__days=8)
    assert kept.row.spoken == spoken_in(kept.decision) and "CN-RX-05:fired" in kept.row.spoken.split()
    with house.write(DR_LIN) as work:
        unlock(work.session, "policy_decision")
        work.session.exec(update(policy.PolicyDecision).values(spoken=""))
    with pytest.raises(policy.DecisionAltered), house.read(DR_LIN) as work:
        policy.decision_record(work, kept.row.id)

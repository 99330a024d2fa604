"""Which rule takes how many decisions from which answer to which, and a few of them as examples."""
import pytest

from app.kit.ids import uuid7
from app.policy.api import Verdict, desk
from app.policy.versions.outcomes import Example, _spread, responsible
from tests.policy.officers import NINETY, QIN, does, drafted, prescribe, published, replayed, run

RECENT, OLD, OLDER = "2026-10-01", "2026-08-01", "2026-03-01"
ALLOW, WARN, BLOCK = Verdict.ALLOW, Verdict.WARN, Verdict.BLOCK
BOTH = NINETY + """
- id: H-LONG-01
  stage: [prescribe]
  effect: warn
  valid_from: 2026-11-01
  when: {fact: rx.days, op: ge, value: 7}
  cite: [{instrument: House rule 2026-15, article: "1", confidence: text}]
  message: {en: "A week is long here.", zh: "本院认为一周偏长。"}
"""


def told(house, id):
    with house.read(QIN) as work:
        return desk.outcomes(work, desk.replays(work, desk.version(work, id))[0])


def moves(house, id):
    return [(one.rule, one.before, one.after, one.count, one.patients) for one in told(house, id).moves]


@pytest.mark.parametrize(("before", "after", "old", "new", "whose"), [
    (ALLOW, BLOCK, [], ["H-1"], ["H-1"]),
    (WARN, BLOCK, ["CN-VISIT-05"], ["H-1", "H-2"], ["H-1", "H-2"]),
    (BLOCK, ALLOW, ["H-1"], [], ["H-1"]),
    (BLOCK, WARN, ["H-1"], ["CN-VISIT-05"], ["H-1"]),
    (WARN, BLOCK, ["H-1"], ["H-1"], ["H-1"]),
    (BLOCK, BLOCK, ["H-1", "H-2"], ["H-2", "H-3"], ["H-1", "H-3"]),
    (ALLOW, ALLOW, [], [], []),
])
def test_a_change_belongs_to_the_rules_that_give_the_new_answer_or_gave_the_old(before, after, old, new, whose):
    assert responsible(before, after, old, new) == whose


def test_each_rule_is_counted_by_what_it_changes_and_for_how_many_patients(house):
    for day in (RECENT, OLD, OLD):
        assert prescribe(house, day).allowed
    id = replayed(house, BOTH)
    assert moves(house, id) == [("H-EVIDENCE-01", ALLOW, BLOCK, 2, 2), ("H-LONG-01", ALLOW, WARN, 1, 1)]


def test_a_stricter_answer_is_not_laid_to_the_rule_that_only_warned_before(house):
    prescribe(house, OLDER)     # the national pack warns of 180 days
    id = replayed(house)
    assert moves(house, id) == [("H-EVIDENCE-01", WARN, BLOCK, 1, 1)]


def test_a_rule_that_becomes_laxer_is_the_one_that_is_named(house):
    first = published(house)
    assert not prescribe(house, OLD).allowed
    id = replayed(house, NINETY.replace("evidence_days: 90", "evidence_days: 150"), first)
    assert moves(house, id) == [("H-EVIDENCE-01", BLOCK, ALLOW, 1, 1)]


def test_examples_show_each_kind_of_change_before_they_repeat_one(house):
    for day in (OLD, OLD, OLD, OLD, OLD, OLD, RECENT):
        prescribe(house, day)
    found = told(house, replayed(house, BOTH)).examples
    assert [one.rule for one in found] == ["H-EVIDENCE-01", "H-LONG-01", *["H-EVIDENCE-01"] * 3]
    assert len({one.decision_id for one in found}) == 5


def test_a_decision_that_two_rules_change_is_shown_once():
    id, other = uuid7(), uuid7()
    groups = [[Example("H-1", id, ALLOW, BLOCK), Example("H-1", other, ALLOW, BLOCK)],
              [Example("H-2", id, ALLOW, BLOCK)]]
    assert [(one.rule, one.decision_id) for one in _spread(groups, 5)] == [("H-1", id), ("H-1", other)]


def test_a_replay_that_changes_nothing_names_no_rule(house):
    prescribe(house, RECENT)
    assert moves(house, replayed(house)) == [] and told(house, replayed(house)).examples == ()


def test_what_a_running_replay_has_found_so_far_can_be_read(house):
    prescribe(house, OLD)
    id = drafted(house)
    does(house, QIN, desk.check_version, id)
    does(house, QIN, desk.begin_replay, id)
    assert moves(house, id) == []
    run(house)
    assert len(moves(house, id)) == 1

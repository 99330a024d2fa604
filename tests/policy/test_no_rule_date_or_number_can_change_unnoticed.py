"""Mutation: drop a rule, shift a number or a date by one, and some case must fail."""
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.policy.decision import Verdict
from app.policy.engine import decide
from app.policy.facts import fact_registry
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Effect, Policy, Rule
from app.policy.wording import facts_of
from tests.policy.asking import PACK_NAMES, all_cases, pack

# On the day before, CN-ADVICE-2015 blocks prescribing whatever the facts are, and a case names only the rules of the
# worst effect: no case can see an earlier start of these two weaker rules. Proven below (docs/decisions/0026).
MASK = "CN-ADVICE-2015"
UNSEEN = {"CN-VISIT-05 begins -1", "CN-RX-02 begins -1"}
DAY = timedelta(days=1)


def dropped_rules(policy: Policy) -> Iterator[tuple[str, Policy]]:
    if len(policy.rules) == 1:
        return
    for rule in policy.rules:
        rest = tuple(one for one in policy.rules if one is not rule)
        yield f"{rule.id} dropped", policy.model_copy(update={"rules": rest})


def shifted_params(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for name, value in policy.params.items():
        for step in (-1, 1):
            yield f"{name} {step:+}", policy.model_copy(update={"params": policy.params | {name: value + step}})


def shifted_starts(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for rule in policy.rules:
        for step in (-1, 1):
            moved = rule.model_copy(update={"valid_from": rule.valid_from + step * DAY})
            yield f"{rule.id} begins {step:+}", with_rule(policy, rule, moved)


def shifted_ends(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for rule in policy.rules:
        for step in (-1, 1) if rule.valid_to else ():
            moved = rule.model_copy(update={"valid_to": rule.valid_to + step * DAY})
            yield f"{rule.id} ends {step:+}", with_rule(policy, rule, moved)


def shifted_exceptions(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for rule in policy.rules:
        for exception in rule.exceptions:
            for end in ("valid_from", "valid_to"):
                for step in (-1, 1):
                    moved = exception.model_copy(update={end: getattr(exception, end) + step * DAY})
                    changed = rule.model_copy(update={"exceptions": (moved,)})
                    yield f"{exception.id} {end} {step:+}", with_rule(policy, rule, changed)


def dropped_list_members(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for name, members in policy.lists.items():
        for member in members:
            shorter = {name: tuple(one for one in members if one != member)}
            yield f"{name} without {member}", policy.model_copy(update={"lists": policy.lists | shorter})


def with_rule(policy: Policy, old: object, new: object) -> Policy:
    return policy.model_copy(update={"rules": tuple(new if one is old else one for one in policy.rules)})


def survivors(name: str, mutants: Iterator[tuple[str, Policy]]) -> set[str]:
    """Names of the mutants that no case notices."""
    cases = all_cases(name)
    return {what for what, policy in mutants
            if all(case.holds_for(changed) for changed in [PolicySet.of([policy])] for case in cases)}


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_dropped_rule_makes_a_case_fail(name):
    assert survivors(name, dropped_rules(pack(name).layers[0])) == set()


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_shifted_number_makes_a_case_fail(name):
    assert survivors(name, shifted_params(pack(name).layers[0])) == set()


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_shifted_date_of_an_exception_makes_a_case_fail(name):
    assert survivors(name, shifted_exceptions(pack(name).layers[0])) == set()


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_shifted_first_or_last_day_of_a_rule_makes_a_case_fail(name):
    policy = pack(name).layers[0]
    assert survivors(name, shifted_starts(policy)) <= UNSEEN
    assert survivors(name, shifted_ends(policy)) == set()


def test_the_list_of_unseen_shifts_is_not_longer_than_it_must_be():
    assert survivors("cn-mainland", shifted_starts(pack("cn-mainland").layers[0])) == UNSEEN


def test_the_unseen_shifts_are_those_of_weaker_rules_that_begin_when_the_advice_only_years_end():
    policy = pack("cn-mainland").layers[0]
    mask = rule_named(policy, MASK)
    hidden = {rule.id for rule in policy.rules
              if rule.valid_from == mask.valid_to + DAY and set(rule.stage) <= set(mask.stage)
              and rule.effect is not mask.effect}
    assert mask.effect is Effect.BLOCK and not mask.exceptions
    assert {f"{name} begins -1" for name in hidden} == UNSEEN


@pytest.mark.parametrize("mode", [None, *sorted(fact_registry().specs["visit.mode"].values)])
@pytest.mark.parametrize("name", ["CN-VISIT-05", "CN-RX-02"])
def test_no_facts_at_all_could_show_the_earlier_start_of_a_masked_rule(name, mode):
    """Every mode there is, and none, is blocked that day: verdict and named rules are those of BLOCK alone."""
    policy = pack("cn-mainland").layers[0]
    rule = rule_named(policy, name)
    day = rule.valid_from - DAY
    alone = PolicySet.of([policy.model_copy(update={"rules": (rule_named(policy, MASK),)})])
    assert set(facts_of(rule_named(policy, MASK).when)) == {"visit.mode"}
    told = decide(alone, rule.stage[0], day, {"visit.mode": mode} if mode else {})
    assert told.verdict is Verdict.BLOCK and told.rule_ids == (MASK,)


@pytest.mark.parametrize(("name", "facts"), [("CN-VISIT-05", {"prior.date": "2017-01-01"}),
                                             ("CN-RX-02", {"patient.age_years": 4})])
def test_the_whole_record_of_a_decision_would_show_it_all_the_same(name, facts):
    policy = pack("cn-mainland").layers[0]
    rule = rule_named(policy, name)
    earlier = with_rule(policy, rule, rule.model_copy(update={"valid_from": rule.valid_from - DAY}))
    before, after = (decide(PolicySet.of([one]), "prescribe", rule.valid_from - DAY, {"visit.mode": "text", **facts})
                     for one in (policy, earlier))
    assert (before.verdict, before.rule_ids) == (after.verdict, after.rule_ids)
    assert {one.rule for one in after.fired} - {one.rule for one in before.fired} == {name}


def rule_named(policy: Policy, name: str) -> Rule:
    return next(rule for rule in policy.rules if rule.id == name)


def test_every_class_of_every_list_is_needed_by_a_case():
    seen = {name: survivors(name, dropped_list_members(pack(name).layers[0])) for name in PACK_NAMES}
    assert {what for group in seen.values() for what in group} == set()


@pytest.mark.parametrize("name", PACK_NAMES)
def test_the_unchanged_policy_passes_every_case(name):
    assert survivors(name, iter([("unchanged", pack(name).layers[0])])) == {"unchanged"}

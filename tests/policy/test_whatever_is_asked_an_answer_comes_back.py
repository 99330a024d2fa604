"""Any facts at all: the engine answers, in canonical form, twice the same, and never opens by accident."""
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.decision import Decision, Verdict, worst
from app.policy.engine import decide
from app.policy.facts import fact_registry
from app.policy.policy_set import PolicySet
from app.policy.rulebook import STAGES
from app.policy.sheet import FactSheet
from tests.policy.asking import PACK_NAMES, in_order, pack
from tests.policy.test_stale_facts_count_as_absent import NOW

NAMES = sorted(fact_registry().specs)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=2), max_leaves=4)
any_facts = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=12), anything, max_size=8)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@given(st.sampled_from(PACK_NAMES), st.sampled_from(STAGES), days, any_facts)
@settings(max_examples=150, deadline=None)
def test_any_facts_get_an_answer_that_survives_its_canonical_json(name, stage, day, facts):
    sheet = FactSheet(pack(name), NOW)
    for fact, value in facts.items():
        sheet.put(fact, value)
    decision = decide(pack(name), stage, day, sheet.values())
    assert Decision.from_bytes(decision.to_bytes()) == decision
    assert decide(pack(name), stage, day, sheet.values()).to_bytes() == decision.to_bytes()


@given(any_facts)
@settings(max_examples=150, deadline=None)
@pytest.mark.invariant(1)
def test_what_the_registry_does_not_accept_never_gets_past_it(facts):
    _, bad = fact_registry().read(facts, date(2026, 11, 21))
    decision = decide(pack("cn-mainland"), "prescribe", date(2026, 11, 21), in_order("CN-001") | facts)
    if bad:
        assert decision.verdict is Verdict.BLOCK and decision.fired == ()


def everything_known() -> st.SearchStrategy[dict[str, Any]]:
    """Facts of a prescription of which some are taken away or turned to another allowed value."""
    base = in_order("CN-001")
    flips = st.fixed_dictionaries({}, optional={
        name: st.booleans() | st.none() for name, value in base.items() if isinstance(value, bool)})
    return flips.map(lambda changes: base | changes)


@given(everything_known())
@settings(max_examples=150, deadline=None)
def test_the_verdict_is_the_worst_of_the_rules_that_fired(facts):
    decision = decide(pack("cn-mainland"), "prescribe", date(2026, 11, 21), facts)
    assert decision.verdict is worst(entry.verdict for entry in decision.fired)
    assert decision.allowed is (decision.holding == ())


@given(everything_known(), st.sampled_from(sorted(in_order("CN-001"))))
@settings(max_examples=150, deadline=None)
@pytest.mark.invariant(1)
def test_taking_a_fact_away_never_lets_a_known_block_go(facts, name):
    """A rule that fired without the fact still fires: knowing less never proves more."""
    full = decide(pack("cn-mainland"), "prescribe", date(2026, 11, 21), facts)
    less = decide(pack("cn-mainland"), "prescribe", date(2026, 11, 21), facts | {name: None})
    assert less.verdict.rank >= full.verdict.rank or full.verdict is Verdict.WARN
    assert {entry.rule for entry in full.holding} <= {entry.rule for entry in less.holding}


def test_the_order_of_verdicts_is_allow_warn_require_block():
    assert [verdict.rank for verdict in Verdict] == [0, 1, 2, 3]
    assert worst([]) is Verdict.ALLOW and worst([Verdict.REQUIRE, Verdict.WARN]) is Verdict.REQUIRE


# A published version never changes: a correction is a new version, with a line of its own here.
PUBLISHED = {
    ("cn-mainland", "2026.11.0"):
        "673201f13907ec54f914c4ccb1f0d519faa6c74b8bb3c8d5bdf5d27a23ac7f8e",
    ("india-tpg-2020", "2026.11.0"):
        "28bc361b28db424342eb73d26d6a264abfe480f2cae4fc806f8a1184ff419ec1",
    ("us-federal", "2026.11.0"):
        "7e69371b6f74a3bdc1f6a1345251acbe9e52d3b9cc096726f4d85d002ff6f9d4",
    ("uk-gphc-gmc", "2026.11.0"):
        "7814d0d5ae73dea384f2d8829a941299d1f1861fece126ddd6a4ec28c5429285",
    ("de-amvv", "2026.11.0"):
        "9f5215966f91b02d9c77d244dd097ee508e5f408175d3a3ab724527ecfb5eca9",
    ("sg-hcsa-oms", "2026.11.0"):
        "0dbe8d5443e13fe176144192d83b93d545e6b06361a2584f28cf825bd1afbb34",
}


def test_a_published_version_never_changes():
    policies = [pack(name).layers[0] for name in PACK_NAMES]
    assert {(policy.id, policy.version): policy.sha256 for policy in policies} == PUBLISHED


def test_the_house_holds_the_mainland_policy_as_a_tool(house):
    policy_set = house.tools.get(PolicySet)
    assert [layer.id for layer in policy_set.layers] == ["cn-mainland"]
    assert policy_set.date_of(NOW.replace(hour=16)).isoformat() == "2026-11-22"

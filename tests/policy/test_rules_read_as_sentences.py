"""Every shipped rule reads as a sentence in both languages, and what differs between two versions is said in words."""
import re

import pytest

from app.policy.differing import differences
from app.policy.loading import load_pack
from app.policy.operators import OPERATORS
from app.policy.versions.source import house_policy, source_of
from app.policy.versions.templates import templates
from app.policy.wording import OPERATOR_WORDS, facts_of, say_cites, say_rule
from tests.policy.asking import PACK_NAMES, pack
from tests.policy.officers import NINETY, SIXTY

NATION = pack("cn-mainland")


def house(source: str, number: int = 1):
    return house_policy(source, number, NATION)


def test_a_rule_is_one_sentence():
    policy = house(NINETY)
    told = say_rule(policy, policy.rules[0])
    assert told.zh == "开方时，如果线下诊断日期早于 90 天前，就禁止。"
    assert told.en == ("When prescribing: if the date of the in-person diagnosis is more than 90 days ago, "
                       "the step is blocked.")


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_shipped_rule_can_be_said(name):
    policy = load_pack(name)
    for rule in policy.rules:
        told = say_rule(policy, rule)
        assert re.search("[一-鿿]", told.zh) and not re.search(r"[{}_]|None", told.en), (rule.id, told)
        assert facts_of(rule.when) and say_cites(rule.cite).en


def test_every_operator_has_its_words():
    assert set(OPERATOR_WORDS) == set(OPERATORS)


def test_what_differs_is_said_in_words():
    changed = SIXTY.replace("2026-11-01", "2026-12-01").replace('"2"', '"3"')
    told = differences(house(NINETY), house(changed, 2))
    assert [(one.rule, one.what.en) for one in told] == [
        ("", "Parameter evidence_days"), ("H-EVIDENCE-01", "What it says"), ("H-EVIDENCE-01", "Dates"),
        ("H-EVIDENCE-01", "Source")]
    assert (told[0].before.en, told[0].after.en) == ("90", "60") and "60 天" in told[1].after.zh


def test_a_new_rule_and_one_that_is_gone_are_told():
    both = NINETY + templates()["days-of-supply"].source.partition("rules:\n")[2]
    both = both.replace("evidence_days: 90}", "evidence_days: 90, most_days: 14}")
    added = differences(house(NINETY), house(both))
    assert [one.before for one in added if one.rule == "HOUSE-DAYS-01"] == [None, None]
    gone = differences(house(both), house(NINETY))
    assert [one.after for one in gone if one.rule == "HOUSE-DAYS-01"] == [None, None]
    assert differences(house(NINETY), house(NINETY, 2)) == () and differences(None, house(NINETY))


@pytest.mark.parametrize("name", templates())
def test_a_template_can_be_used_as_it_stands(name):
    template = templates()[name]
    policy = house(template.source)
    assert policy.rules and template.title.zh and say_rule(policy, policy.rules[0])


@pytest.mark.parametrize("source", [NINETY, *(one.source for one in templates().values())])
def test_a_policy_written_as_yaml_reads_the_same(source):
    policy = house(source)
    assert house(source_of(policy)) == policy

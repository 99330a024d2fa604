"""What people are told: both languages, plain words, no codes, no shouting."""
import re

import pytest

from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.explain import SUPPLIER, explain_rule
from app.policy.facts import fact_registry
from tests.policy.asking import PACK_NAMES, Case, boundary_cases, case_file, pack, prescribing

CODES = re.compile(r"\b(CN|IN|US|UK|DE|SG)-[A-Z]+-?\d|\b(patient|prior|visit|doctor|rx|order|cold|booking)\.[a-z_]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVERY_CASE = [*case_file(), *boundary_cases()]


def decided(case: Case) -> Decision:
    return decide(pack(case.policy), case.stage, case.as_of, case.facts)


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.id)
def test_a_summary_names_no_codes_and_does_not_shout(case: Case):
    summary = decided(case).summary
    for sentence in (summary.zh, summary.en):
        assert not CODES.search(sentence) and "!" not in sentence and "！" not in sentence
        assert "  " not in sentence and "{" not in sentence


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.id)
def test_a_summary_is_chinese_in_chinese_and_english_in_english(case: Case):
    summary = decided(case).summary
    assert CHINESE.search(summary.zh)
    if not decided(case).exceptions_used:
        assert not CHINESE.search(summary.en)


@pytest.mark.parametrize("name", PACK_NAMES)
def test_the_messages_of_a_pack_are_whole_sentences_in_both_languages(name):
    for rule in pack(name).layers[0].rules:
        assert CHINESE.search(rule.message.zh) and rule.message.zh.endswith("。"), rule.id
        assert not CHINESE.search(rule.message.en) and rule.message.en.endswith("."), rule.id


@pytest.mark.parametrize("name", PACK_NAMES)
def test_every_rule_of_a_pack_is_cited_and_says_how_far_that_was_checked(name):
    for rule in pack(name).layers[0].rules:
        assert all(cite.confidence in ("text", "summary", "unverified") for cite in rule.cite)
        assert all("†" not in cite.article for cite in rule.cite)


def test_a_missing_fact_is_told_by_its_name_in_words():
    [entry] = prescribing(patient__age_years=None).decisive
    told = explain_rule(entry, fact_registry())
    assert "我们还不知道：就诊人年龄" in told.zh and "We do not know: the patient's age" in told.en
    assert "监护人在场" in told.zh and "a guardian taking part" in told.en


def test_a_used_exception_is_told_with_its_source():
    case = next(case for case in case_file() if case.id == "CN-012")
    assert "例外" in decided(case).summary.zh and "240号" in decided(case).summary.zh


def test_an_allowed_step_says_so_in_one_sentence():
    assert prescribing().summary.en == "This step may go on."


def test_a_bad_fact_is_told_by_its_name_and_not_by_its_value():
    summary = prescribing(rx__days="<b>7</b>").summary
    assert "用药天数" in summary.zh and "<b>" not in summary.zh + summary.en


def test_there_is_a_word_for_everybody_who_brings_facts():
    assert {mark for spec in fact_registry().specs.values() for mark in spec.by} == set(SUPPLIER)


def test_a_citation_stands_once_however_many_rules_rest_on_it():
    citations = prescribing(rx__drug_classes=["narcotic"], institution__licensed_internet=False).citations
    assert len(citations) == len(set(citations)) >= 3

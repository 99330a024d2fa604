"""Each row of the case files gives its verdict, its exact rules and its exception."""
import pytest

from app.policy.drug_classes import drug_classes
from app.policy.facts import fact_registry, say_value
from app.policy.remedies import remedies, say_remedy
from tests.policy.asking import (
    PACK_NAMES,
    TODAY,
    Case,
    boundary_cases,
    case_file,
    decide,
    in_order,
    pack,
    told,
)

EVERY_CASE = [*case_file(), *boundary_cases()]


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.id)
def test_a_case_is_decided_as_expected(case: Case):
    decision = decide(pack(case.policy), case.stage, case.as_of, case.facts)
    assert told(decision) == (case.verdict, case.rules, case.exception)


@pytest.mark.parametrize("case", [case for case in EVERY_CASE if case.verdict in ("block", "require")],
                         ids=lambda case: case.id)
@pytest.mark.invariant(2)
def test_whatever_holds_a_step_is_explained_in_both_languages_and_cited(case: Case):
    decision = decide(pack(case.policy), case.stage, case.as_of, case.facts)
    assert decision.summary.zh and decision.summary.en
    assert decision.citations or decision.reasons
    assert decision.layers[0].sha256 == pack(case.policy).layers[0].sha256


@pytest.mark.parametrize("case", [case for case in case_file() if case.drug], ids=lambda case: case.id)
def test_the_class_table_knows_the_drug_of_a_case_on_its_day(case: Case):
    assert drug_classes().classes_of(case.drug, case.as_of) == set(case.facts["rx.drug_classes"])


def test_an_unknown_fact_is_named_in_the_explanation():
    case = next(case for case in case_file() if case.id == "CN-005")
    decision = decide(pack(case.policy), case.stage, case.as_of, case.facts)
    assert [entry.why for entry in decision.decisive] == ["cannot_determine"]
    assert decision.missing == ("prior.offline_diagnosis",)
    assert "实体医疗机构的明确诊断" in decision.summary.zh and "We do not know" in decision.summary.en


def test_a_used_exception_is_cited_beside_its_rule():
    case = next(case for case in case_file() if case.id == "CN-012")
    decision = decide(pack(case.policy), case.stage, case.as_of, case.facts)
    [entry] = [entry for entry in decision.fired if entry.exception]
    assert entry.why == "excepted" and entry.cite[-1].instrument.startswith("联防联控机制")


def test_the_packs_hold_as_many_rules_as_the_catalogue():
    sizes = [len({rule.id for rule in pack(name).layers[0].rules}) for name in PACK_NAMES]
    assert sizes == [39, 4, 3, 3, 3, 2]


def test_the_registry_holds_72_facts_and_31_drug_classes():
    specs = fact_registry().specs
    assert len(specs) == 72 and len(specs["rx.drug_classes"].values) == 31


def test_every_fact_has_a_name_that_people_understand_in_both_languages():
    labels = [spec.label for spec in fact_registry().specs.values()]
    assert len({label.zh for label in labels}) == len({label.en for label in labels}) == 72


def test_every_value_that_a_fact_may_have_is_said_in_words():
    registry = fact_registry()
    silent = {value for spec in registry.specs.values() for value in spec.values or () if value not in registry.words}
    assert silent == set()
    assert say_value(registry, ["ordinary", "otc"]).zh == "普通药品、非处方药"
    assert say_value(registry, True).en == "yes" and say_value(registry, []).en == "—"


def test_what_would_free_a_step_is_said_in_both_languages():
    facts = in_order("CN-001") | {"prior.same_condition": False}
    [one] = [one for one in remedies(pack("cn-mainland"), "prescribe", TODAY, facts)
             if one.facts == {"prior.same_condition": True} and one.rule == "CN-VISIT-01"]
    told = say_remedy(one, fact_registry())
    assert told.zh == "是否同一种疾病：是" and told.en.endswith(": yes")

"""The door of the policy room: judge a step, look ahead, find and explain what was decided."""
from app.policy.commands import (
    Judgement,
    Line,
    fact_sheet,
    insist_allowed,
    judge,
    judge_lines,
    refusal_of,
    verdict_of,
)
from app.policy.decision import Decision, FiredRule, Forecast, LaterRule, Reason, Verdict, worst
from app.policy.differing import Difference, changed_rules, differences
from app.policy.disease_list import DiseaseList, normalise_icd10, same_family
from app.policy.drug_classes import DrugClasses
from app.policy.engine import decide
from app.policy.explain import explain_rule, name_facts
from app.policy.facts import FactRegistry, fact_registry, say_value
from app.policy.forecast import forecast
from app.policy.models import PolicyDecision, PolicyText
from app.policy.policy_set import OpenException, PolicySet, shipped_policy_set
from app.policy.problems import DecisionAltered, DecisionNotFound, PolicyError, StepRefused
from app.policy.queries import (
    decision_again,
    decision_record,
    decision_row,
    decisions_of_prescription,
    decisions_of_visit,
    look_ahead,
    policies_of,
    read_record,
    remedies_of,
)
from app.policy.record import DecisionRecord, Subject
from app.policy.remedies import Remedy, say_remedy
from app.policy.rulebook import STAGES, Cite, Condition, Effect, Policy, Rule
from app.policy.sheet import Fact, FactSheet
from app.policy.signed import decision_keys, quiet_rules, signed_decision, would_change
from app.policy.usage import RuleUse, Uses, uses
from app.policy.versions import desk
from app.policy.versions.in_force import OwnRules, policies_in_force
from app.policy.wording import (
    CONFIDENCE_WORDS,
    EFFECT_WORDS,
    OPERATOR_WORDS,
    STAGE_WORDS,
    facts_of,
    say_cites,
    say_rule,
    say_window,
)

__all__ = [
    "CONFIDENCE_WORDS", "EFFECT_WORDS", "OPERATOR_WORDS", "STAGES", "STAGE_WORDS", "Cite", "Condition", "Decision",
    "DecisionAltered", "DecisionNotFound", "DecisionRecord", "Difference", "DiseaseList", "DrugClasses", "Effect",
    "Fact", "FactRegistry", "FactSheet", "FiredRule", "Forecast", "Judgement", "LaterRule", "Line", "OpenException",
    "OwnRules", "Policy", "PolicyDecision", "PolicyError", "PolicySet", "PolicyText", "Reason", "Remedy", "Rule",
    "RuleUse", "StepRefused", "Subject", "Uses", "Verdict", "changed_rules", "decide", "decision_again",
    "decision_keys", "decision_record", "decision_row", "decisions_of_prescription", "decisions_of_visit", "desk",
    "differences", "explain_rule", "fact_registry", "fact_sheet", "facts_of", "forecast", "insist_allowed", "judge",
    "judge_lines", "look_ahead", "name_facts", "normalise_icd10", "policies_in_force", "policies_of", "quiet_rules",
    "read_record", "refusal_of", "remedies_of", "same_family", "say_cites", "say_remedy", "say_rule", "say_value",
    "say_window", "shipped_policy_set", "signed_decision", "uses", "verdict_of", "worst", "would_change",
]

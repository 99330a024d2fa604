"""Asks the policy about a step and keeps the answer, whatever it is."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.audit import Trace
from app.kit.ids import uuid7
from app.policy.canonical import canonical_bytes, sha256_hex
from app.policy.decision import Decision, Verdict, worst
from app.policy.engine import decide
from app.policy.models import PolicyDecision, PolicyText
from app.policy.policy_set import PolicySet
from app.policy.problems import StepRefused
from app.policy.record import AskedBy, DecisionRecord, Subject
from app.policy.rulebook import Policy
from app.policy.sheet import FactSheet
from app.policy.usage import spoken_in
from app.policy.versions.in_force import policies_in_force
from app.work import Work


@dataclass(frozen=True)
class Judgement:
    """A decision that was kept: the stored row, the full record, and the answer itself."""

    row: PolicyDecision
    record: DecisionRecord
    policy_set: PolicySet

    @property
    def decision(self) -> Decision:
        """The engine's answer."""
        return self.record.decision

    @property
    def allowed(self) -> bool:
        """True when the step goes on."""
        return self.decision.allowed


@dataclass(frozen=True)
class Line:
    """One prescription line: its number from 1, its drug by id of the class table, and its own facts."""

    number: int
    drug: str
    facts: Mapping[str, Any]
    source: str = ""


def fact_sheet(work: Work, visit_since: datetime | None = None,
               prescription_since: datetime | None = None) -> FactSheet:
    """Begin an empty sheet for one step, at the time of the Work and for the policy in force."""
    return FactSheet(policies_in_force(work), work.now, visit_since, prescription_since)


def judge(work: Work, stage: str, sheet: FactSheet, subject: Subject) -> Judgement:
    """Decide a step and store the decision, ALLOW included, with an audit trace in the same Work."""
    policy_set = sheet.policy_set
    as_of = policy_set.date_of(work.now)
    decision = decide(policy_set, stage, as_of, sheet.values())
    record = DecisionRecord(
        id=uuid7(), at=work.now, actor=_asked_by(work), stage=stage, as_of=as_of, subject=subject,
        registry_version=policy_set.registry.version, facts=sheet.facts(), stale=tuple(sorted(sheet.stale)),
        drug_class_hashes=sheet.class_hashes, decision=decision)
    return keep_decision(work, record, policy_set)


def judge_lines(work: Work, stage: str, sheet: FactSheet, lines: Iterable[Line],
                subject: Subject) -> list[Judgement]:
    """Decide a prescription once per line; what every line shares stands on `sheet`. The worst counts."""
    return [judge(work, stage, sheet.for_line(line.drug, line.facts, line.source),
                  subject.model_copy(update={"line": line.number})) for line in lines]


def verdict_of(judgements: Iterable[Judgement]) -> Verdict:
    """The worst verdict of several; of none BLOCK, because nothing was judged."""
    judgements = list(judgements)
    return worst(one.decision.verdict for one in judgements) if judgements else Verdict.BLOCK


def insist_allowed(*judgements: Judgement, instead: Subject | None = None) -> None:
    """Raise StepRefused unless all allow the step; the decisions are kept after the roll-back.

    `instead` is what they speak of then, where their own subject is undone together with the refused step.
    """
    if verdict_of(judgements) in (Verdict.ALLOW, Verdict.WARN):
        return
    problem = refusal_of(*judgements)
    problem.aftermath = partial(_keep_again, judgements, instead)
    raise problem


def _keep_again(judgements: tuple[Judgement, ...], instead: Subject | None, work: Work) -> None:
    for one in judgements:
        record = one.record.model_copy(update={"subject": instead}) if instead else one.record
        keep_decision(work, record, one.policy_set)


def refusal_of(*judgements: Judgement) -> StepRefused:
    """Say in one problem what every judgement that holds the step says."""
    held = [one for one in judgements if not one.allowed]
    held.sort(key=lambda one: -one.decision.verdict.rank)
    if not held:
        return StepRefused(verdict=Verdict.BLOCK.value)
    decisions = [one.decision for one in held]
    return StepRefused(
        decisions[0].summary, decision_ids=[str(one.record.id) for one in held],
        verdict=decisions[0].verdict.value, rules=_names(one.rule_ids for one in decisions),
        citations=_names((f"{cite.instrument} {cite.article}" for cite in one.citations) for one in decisions),
        missing=_names(one.missing for one in decisions),
        evidence_needed=_names(one.evidence_needed for one in decisions),
        reasons=[one.summary.model_dump() for one in decisions])


def _names(groups: Iterable[Iterable[str]]) -> list[str]:
    return sorted({name for group in groups for name in group})


def keep_decision(work: Work, record: DecisionRecord, policy_set: PolicySet) -> Judgement:
    """Store one record with its hash, the policies that made it, and an audit trace that carries the hash."""
    for policy, used in zip(policy_set.layers, policy_set.used, strict=True):
        _keep_policy(work, policy, used.sha256)
    content = record.to_bytes()
    subject, decision = record.subject, record.decision
    row = work.add(PolicyDecision(
        id=record.id, at=record.at, actor_role=record.actor.role, actor_id=record.actor.account_id,
        organization_id=subject.organization_id or record.actor.organization_id, stage=record.stage,
        as_of=record.as_of, verdict=decision.verdict, subject_kind=subject.kind, subject_id=subject.id,
        patient_id=subject.patient_id, visit_id=subject.visit_id, prescription_id=subject.prescription_id,
        line=subject.line, house_version_id=policy_set.house_version, spoken=spoken_in(decision),
        record=content, sha256=sha256_hex(content)))
    work.trace(Trace("policy:judged", patient_id=subject.patient_id, subject_kind="policy_decision",
                     subject_id=row.id, facts={"stage": record.stage, "verdict": decision.verdict.value,
                                               "rules": list(decision.rule_ids), "sha256": row.sha256}))
    return Judgement(row, record, policy_set)


def _keep_policy(work: Work, policy: Policy, sha256: str) -> None:
    """Keep the policy's text once; two Works may do so at the same moment."""
    if work.find(PolicyText, sha256) is not None:
        return
    content = canonical_bytes(policy.plain())
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"sha256": sha256, "policy": policy.id, "version": policy.version, "content": content}
    work.session.exec(dialect.insert(PolicyText).values(row).on_conflict_do_nothing())


def _asked_by(work: Work) -> AskedBy:
    who = work.actor
    return AskedBy(role=who.role, account_id=who.account_id, organization_id=who.organization_id,
                   practitioner_id=who.practitioner_id)

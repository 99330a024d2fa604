"""Finds stored decisions, checks that nobody changed them, and computes them again."""
import json
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col

from app.policy.canonical import sha256_hex
from app.policy.decision import Decision, Forecast
from app.policy.forecast import forecast
from app.policy.loading import parse_policy
from app.policy.models import PolicyDecision, PolicyText
from app.policy.policy_set import PolicySet
from app.policy.problems import DecisionAltered, DecisionNotFound
from app.policy.record import DecisionRecord, recompute
from app.policy.remedies import Remedy, remedies
from app.policy.sheet import FactSheet
from app.policy.usage import spoken_in
from app.work import Work, all_of


def decision_row(work: Work, decision_id: UUID) -> PolicyDecision:
    """The row of a decision. Raises DecisionNotFound."""
    row = work.find(PolicyDecision, decision_id)
    if row is None:
        raise DecisionNotFound(id=str(decision_id))
    return row


def decision_record(work: Work, decision_id: UUID) -> DecisionRecord:
    """The complete record of a decision. Raises DecisionAltered when its bytes no longer fit their hash."""
    return read_record(decision_row(work, decision_id))


def read_record(row: PolicyDecision) -> DecisionRecord:
    """Read a row's record; the columns are a view of it and must say the same."""
    record = DecisionRecord.from_bytes(row.record) if sha256_hex(row.record) == row.sha256 else None
    if record is None or (record.id, record.decision.verdict, spoken_in(record.decision)) != (
            row.id, row.verdict, row.spoken):
        raise DecisionAltered(id=str(row.id))
    return record


def decisions_of_visit(work: Work, visit_id: UUID, stage: str | None = None) -> list[PolicyDecision]:
    """All decisions of a visit in the order in which they were made, of one stage when given."""
    where = [PolicyDecision.visit_id == visit_id] + ([PolicyDecision.stage == stage] if stage else [])
    return all_of(work, PolicyDecision, *where, order=col(PolicyDecision.id))


def decisions_of_prescription(work: Work, prescription_id: UUID,
                              stage: str | None = None) -> list[PolicyDecision]:
    """All decisions of a prescription, in order."""
    where = [PolicyDecision.prescription_id == prescription_id]
    where += [PolicyDecision.stage == stage] if stage else []
    return all_of(work, PolicyDecision, *where, order=col(PolicyDecision.id))


def look_ahead(sheet: FactSheet, stages: Iterable[str], knowable: Iterable[str]) -> Forecast:
    """Forecast the stages from the facts of a sheet; it is shown, not stored, and binds nobody."""
    policy_set = sheet.policy_set
    return forecast(policy_set, stages, policy_set.date_of(sheet.now), sheet.values(), knowable)


def policies_of(work: Work, record: DecisionRecord) -> PolicySet:
    """The policies that a record names, exactly as they were when they decided."""
    texts = [work.get(PolicyText, layer.sha256) for layer in record.decision.layers]
    policies = [parse_policy(json.loads(text.content), text.policy) for text in texts]
    if [policy.sha256 for policy in policies] != [text.sha256 for text in texts]:
        raise DecisionAltered(id=str(record.id))
    return PolicySet.of(policies)


def remedies_of(work: Work, record: DecisionRecord) -> tuple[Remedy, ...]:
    """What would have freed each rule that held a stored decision, by the policies that made it."""
    return remedies(policies_of(work, record), record.stage, record.as_of, record.values())


def decision_again(work: Work, decision_id: UUID) -> Decision:
    """Compute a stored decision again from its own facts and its own policies."""
    record = decision_record(work, decision_id)
    return recompute(record, policies_of(work, record))

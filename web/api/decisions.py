"""Why: every decision of the policy with its rules, facts, citations and version."""
import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from app.audit import Trace
from app.policy import api as policy
from app.work import Work
from records import api as records
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["decisions"])


def decision_for(work: Work, decision_id: UUID) -> policy.PolicyDecision:
    """A decision about somebody whose record the asker may read, or that the asker's own act led to."""
    row = policy.decision_row(work, decision_id)
    mine = row.actor_id is not None and row.actor_id == work.actor.account_id
    if work.actor.role not in ("compliance", "operator") and not mine:
        records.require_readable(work, row.patient_id, "decision", row.id)
    else:
        work.trace(Trace("read:decision", "task", row.patient_id, "policy_decision", row.id))
    return row


@router.get("/decisions/{decision_id}")
def decision(decision_id: UUID, door: Annotated[Door, ApiGate(
        "patient", "doctor", "pharmacist", "pharmacy", "compliance", "operator")]) -> dict[str, Any]:
    """The complete record of one decision, and for each rule that holds the step what would free it."""
    with door.read() as work:
        row = decision_for(work, decision_id)
        found = policy.remedies_of(work, policy.read_record(row))
        return {"sha256": row.sha256, "record": json.loads(row.record),
                "would_change": [one.model_dump(mode="json") for one in found]}

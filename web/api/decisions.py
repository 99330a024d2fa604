"""Why: every decision of the policy with its rules, facts, citations and version."""
import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.audit import Trace
from app.identity import api as identity
from app.policy import api as policy
from app.work import Work
from prescribing import api as prescribing
from records import api as records
from web.door import ApiGate, Door, GuardedRoute

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute, tags=["decisions"])
Readers = Annotated[Door, ApiGate("patient", "doctor", "pharmacist", "pharmacy", "compliance", "operator")]


def decision_for(work: Work, decision_id: UUID) -> policy.PolicyDecision:
    """A decision about somebody whose record the asker may read, or that an own act of staff led to.

    Who acted for a patient once may not act for them now: of that side the record's gate is always asked.
    Nobody but its doctor reads about a draft, and no patient about what no pharmacist has approved.
    Raises DecisionNotFound or RecordClosed.
    """
    row = policy.decision_row(work, decision_id)
    mine = work.actor.role != "patient" and row.actor_id is not None and row.actor_id == work.actor.account_id
    if work.actor.role not in ("compliance", "operator") and not mine:
        records.require_readable(work, row.patient_id, "decision", row.id)
        _require_no_draft(work, row)
    else:
        work.trace(Trace("read:decision", "task", row.patient_id, "policy_decision", row.id))
    return row


def _require_no_draft(work: Work, row: policy.PolicyDecision) -> None:
    if row.prescription_id and not _is_out(work, row):
        raise policy.DecisionNotFound(id=str(row.id))


def _is_out(work: Work, row: policy.PolicyDecision) -> bool:
    """True once the prescription was signed, for the patient's side once a pharmacist has approved it.

    Drafts and discarded drafts are nobody's but their doctor's, and the record of a decision says which medicine it is.
    """
    known = prescribing.prescriptions_of_visit(work, row.visit_id, with_drafts=False) if row.visit_id else []
    staff = work.actor.role != "patient"
    return any(rx.id == row.prescription_id and (staff or prescribing.is_told(rx)) for rx in known)


def file_of(work: Work, row: policy.PolicyDecision) -> dict[str, Any]:
    """The signed decision file in the name of the hospital that it was decided in."""
    own = identity.organization(work, row.organization_id) if row.organization_id else identity.hospital(work)
    return policy.signed_decision(work, row, own.name)


def signed_file(content: dict[str, Any], decision_id: UUID) -> Response:
    """A decision file as a download."""
    return Response(json.dumps(content, ensure_ascii=False, indent=1), media_type="application/json",
                    headers={"Content-Disposition": f'attachment; filename="decision-{decision_id}.json"'})


@router.get("/decisions/{decision_id}")
def decision(decision_id: UUID, door: Readers) -> dict[str, Any]:
    """The complete record of one decision, what would free each rule that holds it, and the rules that were quiet."""
    with door.read() as work:
        row = decision_for(work, decision_id)
        record = policy.read_record(row)
        policies = policy.policies_of(work, record)
        return {"sha256": row.sha256, "record": json.loads(row.record),
                "would_change": policy.would_change(policies, record),
                "judged_quiet": policy.quiet_rules(policies, record)}


@router.get("/decisions/{decision_id}/file")
def decision_file(decision_id: UUID, door: Readers) -> dict[str, Any]:
    """The same with the policies and our signature: `fuzhen policy verify` checks it without asking us."""
    with door.read() as work:
        return file_of(work, decision_for(work, decision_id))

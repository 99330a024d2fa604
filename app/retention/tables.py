"""Which table belongs to what: what goes with a record, and what stays and why. A test knows every table.

Tables are named and not imported: this room stands below the steps, and a row goes by its owner alone.
"""
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlmodel import SQLModel

OWNERS: dict[str, tuple[str, str]] = {
    **dict.fromkeys((
        "access_task", "allergy", "call", "call_appointment", "condition", "consent", "document", "evidence",
        "guardian_invitation",
        "guardianship", "hand_over", "history", "history_change", "medicine", "medicine_order", "policy_decision",
        "prescription", "realname_check", "record_entry", "referral", "treatment", "triage", "visit",
        "visit_evidence", "visit_forecast"), ("patient_id", "patient")),
    **dict.fromkeys(("call_guest", "message", "message_draft", "recording_answer", "recording_leg", "recording_segment",
                     "visit_diagnosis", "visit_judgement", "visit_note"), ("visit_id", "visit")),
    **dict.fromkeys(("triage_answer", "triage_result"), ("triage_id", "triage")),
    **dict.fromkeys(("finding_answer", "prescription_item", "redemption", "review", "review_hold"),
                    ("prescription_id", "prescription")),
    **dict.fromkeys(("custody_event", "dispense", "offer", "order_line"), ("order_id", "medicine_order")),
    **dict.fromkeys(("call_member", "call_page", "call_signal"), ("call_id", "call")),
    "document_page": ("document_id", "document"), "evidence_decision": ("evidence_id", "evidence"),
    "pack": ("dispense_id", "dispense"),
}
ROOTS = {"record": "patient", "chat": "visit", "recording": "visit", "sales": "medicine_order"}
PARTS = {"chat": ("message", "message_draft"),
         "recording": ("recording_leg", "recording_segment"),
         "sales": ("custody_event", "dispense", "medicine_order", "offer", "order_line", "pack")}
LOGS = {"session_token": "expires_at", "one_time_code": "expires_at", "sms_outbox": "at",
        "rate_counter": "window_start"}
# When something happened with a person here: every table that names a patient, and its moments. A record's clock runs
# from the latest of them, so a person who comes back in any way keeps the record.
HAPPENED: dict[str, tuple[str, ...]] = {
    "access_task": ("opened_at",), "allergy": ("recorded_at",), "call": ("asked_at", "answered_at", "ended_at"),
    "call_appointment": ("proposed_at", "answered_at", "over_at"),
    "condition": ("recorded_at",),
    "consent": ("given_at", "withdrawn_at"), "document": ("kept_at",), "evidence": ("offered_at", "decided_at"),
    "guardian_invitation": ("expires_at", "used_at"), "guardianship": ("since", "ended_at"), "hand_over": ("at",),
    "history": ("confirmed_at", "allergies_asked_at", "medicines_asked_at", "pregnancy_asked_at"),
    "history_change": ("at",), "medicine": ("recorded_at",), "medicine_order": ("placed_at", "ended_at"),
    "policy_decision": ("at",), "prescription": ("drafted_at", "signed_at", "reviewed_at"),
    "realname_check": ("asked_at", "answered_at"), "record_entry": ("recorded_at",), "referral": ("at",),
    "treatment": ("since",), "triage": ("created_at", "finished_at"),
    "visit": ("requested_at", "accepted_at", "ended_at", "last_message_at"),
    "visit_evidence": ("presented_at", "confirmed_at"), "visit_forecast": ("at",),
}
FILES = {"document_page": ("object_key", "view_key"), "recording_segment": ("object_key",)}
BOOKS = "the books: sums and ids, kept as accounts are; an id points to nobody once the record is gone"
TRAIL = "the signed trail: ids and words only, never anything clinical; without a row it could not be proven"
HOUSE = "the house and its staff, no patient"
RULES = "texts that old decisions were made by"
KEPT = {
    **dict.fromkeys(("allowed_beneficiary", "charge_line", "ledger_entry", "ledger_txn", "payment", "payment_refund",
                     "till_intent", "till_operation", "webhook_event"), BOOKS),
    **dict.fromkeys(("audit_checkpoint", "audit_entry", "audit_leaf", "audit_pending", "audit_tree"), TRAIL),
    **dict.fromkeys(("licence_file", "organization", "pharmacy_profile", "practitioner", "signing_key", "staff_role",
                     "stock", "call_settings", "call_check"), HOUSE),
    **dict.fromkeys(("policy_text", "policy_version", "triage_rule_set"), RULES),
    **dict.fromkeys(("policy_replay", "policy_replay_change"), "figures of a replay: rules and ids, no facts"),
    **dict.fromkeys(("retention_hold", "retention_item", "retention_report"), "the register of what was deleted"),
    "account": "belongs to a person who may act for several patients; ended at that person's wish",
    "inbox_item": "belongs to the account; says that something happened, never what",
    "job": "goes when it is done",
}


def table(name: str) -> Table:
    """A table of the schema by its name."""
    return SQLModel.metadata.tables[name]


def belongs(name: str, root: str, subject_id: UUID) -> ColumnElement[bool] | None:
    """The condition that a row of this table belongs to the subject, along its owners; None when it never does."""
    if name == root:
        return table(name).c.id == subject_id
    if name not in OWNERS:
        return None
    column, owner = OWNERS[name]
    if owner == root:       # the id itself and no look into the owner's table: its row may be gone already
        return table(name).c[column] == subject_id
    above = belongs(owner, root, subject_id)
    return None if above is None else table(name).c[column].in_(select(table(owner).c.id).where(above))


def _depth(name: str) -> int:
    """How many owners stand above a table."""
    return 1 + _depth(OWNERS[name][1]) if name in OWNERS else 0


def parts(kind: str, subject_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows of the subject; a table goes before its owner, and before what its foreign keys name."""
    root = ROOTS[kind]
    for one in sorted(reversed(SQLModel.metadata.sorted_tables), key=lambda one: -_depth(one.name)):
        where = belongs(one.name, root, subject_id)
        if where is not None and one.name in PARTS.get(kind, (one.name,)):
            yield one, where

"""The only door of the record file for later steps. Functions say themselves whether they pass the gate."""
from records.consent.commands import bind_consent, form_named, give_consent, withdraw_consent
from records.consent.forms import Form, forms
from records.consent.models import Consent
from records.consent.problems import FormChanged, GuardianNeeded, UnknownForm
from records.consent.queries import consent_history, consents_of, missing_consents, patient_facts
from records.documents.commands import keep_document
from records.documents.intake import (
    CheckedFile,
    StoredPage,
    check_file,
    discard_pages,
    require_pages,
    store_page,
    stored_pages,
)
from records.documents.kinds import LARGEST
from records.documents.models import Document, DocumentPage
from records.documents.problems import BrokenFile, FileTooLarge, TooManyPixels, UnknownFile, WrongPages
from records.documents.queries import DocumentFile, document, document_bytes, document_file, documents_of, pages_of
from records.evidence.asking import Asked, ask_partner, asked_of, open_requests, receive_record, stop_asking
from records.evidence.commands import (
    accept_evidence,
    attach_evidence,
    offer_evidence,
    refuse_evidence,
    undo_evidence,
)
from records.evidence.fhir import ICD10, NATIONAL_ID, SentRecord, read_record
from records.evidence.fhir import MOST as LARGEST_RECORD
from records.evidence.models import Evidence, EvidenceDecision, VisitEvidence
from records.evidence.partners import import_partner_record
from records.evidence.problems import (
    BadRecord,
    IdentityNotChecked,
    NotAccepted,
    NotAPartner,
    OtherPatient,
    UndoTooLate,
)
from records.evidence.queries import (
    RetainedEvidence,
    decisions_on,
    evidence,
    evidence_attached,
    evidence_for_visit,
    evidence_list,
    evidence_of,
    presented_evidence,
    retained_evidence,
)
from records.evidence.rules import REFUSALS
from records.evidence.states import EVIDENCE
from records.file.commands import (
    add_condition,
    add_entry,
    break_glass,
    close_task,
    close_treatment,
    mark_condition_in_error,
    open_task,
    open_treatment,
)
from records.file.gate import emergency_until, require_readable, require_writable, treats
from records.file.handing import HandOverLine, hand_over_register, hand_overs, note_hand_over
from records.file.looks import Look, WhoLooked, count_looks, looks, who_looked
from records.file.models import AccessTask, Condition, HandOver, RecordEntry, Treatment
from records.file.problems import EntryElsewhere, ReasonNeeded, RecordClosed, refusal_of
from records.file.queries import EntryLine, conditions, conditions_of_visit, timeline
from records.file.rules import BREAK_GLASS_TIME, GROUPS, SHORTEST_REASON
from records.file.seeing import Listed, note_seen
from records.history.commands import (
    add_medicine_from_prescription,
    confirm_history,
    note_not_taken,
    save_allergies,
    save_egfr,
    save_medicines,
    save_pregnancy,
    save_taking,
    save_weight,
    settle_strike,
    strike_egfr,
)
from records.history.inputs import AllergyIn, MedicineIn
from records.history.models import Allergy, History, HistoryChange, Medicine
from records.history.problems import HistoryIncomplete, StrikeSettled
from records.history.queries import (
    AllergyLine,
    HistoryView,
    MedicineLine,
    TakenBackLine,
    history_changes,
    history_of,
)
from records.icd import family_of, require_code

MACHINES = (EVIDENCE,)

__all__ = [
    "BREAK_GLASS_TIME", "EVIDENCE", "GROUPS", "ICD10", "LARGEST", "LARGEST_RECORD", "MACHINES", "NATIONAL_ID",
    "REFUSALS", "SHORTEST_REASON", "AccessTask", "Allergy", "AllergyIn", "AllergyLine", "Asked", "BadRecord",
    "BrokenFile", "CheckedFile", "Condition", "Consent", "Document", "DocumentFile", "DocumentPage",
    "EntryElsewhere", "EntryLine", "Evidence", "EvidenceDecision", "FileTooLarge", "Form", "FormChanged",
    "GuardianNeeded", "HandOver", "HandOverLine", "History", "HistoryChange", "HistoryIncomplete", "HistoryView",
    "IdentityNotChecked", "Listed", "Look", "Medicine", "MedicineIn", "MedicineLine", "NotAPartner",
    "NotAccepted", "OtherPatient", "ReasonNeeded", "RecordClosed", "RecordEntry", "RetainedEvidence",
    "SentRecord", "StoredPage", "StrikeSettled", "TakenBackLine", "TooManyPixels", "Treatment", "UndoTooLate",
    "UnknownFile", "UnknownForm", "VisitEvidence", "WhoLooked", "WrongPages", "accept_evidence", "add_condition",
    "add_entry", "add_medicine_from_prescription", "ask_partner", "asked_of", "attach_evidence", "bind_consent",
    "break_glass", "check_file", "close_task", "close_treatment", "conditions", "conditions_of_visit",
    "confirm_history", "consent_history", "consents_of", "count_looks", "decisions_on", "discard_pages",
    "document", "document_bytes", "document_file", "documents_of", "emergency_until", "evidence",
    "evidence_attached", "evidence_for_visit", "evidence_list", "evidence_of", "family_of", "form_named", "forms",
    "give_consent", "hand_over_register", "hand_overs", "history_changes", "history_of", "import_partner_record",
    "keep_document", "looks", "mark_condition_in_error", "missing_consents", "note_hand_over", "note_not_taken",
    "note_seen", "offer_evidence", "open_requests", "open_task", "open_treatment", "pages_of", "patient_facts",
    "presented_evidence", "read_record", "receive_record", "refusal_of", "refuse_evidence", "require_code",
    "require_pages", "require_readable", "require_writable", "retained_evidence", "save_allergies", "save_egfr",
    "save_medicines", "save_pregnancy", "save_taking", "save_weight", "settle_strike", "stop_asking",
    "store_page", "stored_pages", "strike_egfr", "timeline", "treats", "undo_evidence", "who_looked",
    "withdraw_consent",
]

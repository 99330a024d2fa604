"""The only door of the consultation for later steps and for the web."""
from consult.call.api import (
    Beat,
    Call,
    CallView,
    Candidate,
    Description,
    IceServer,
    Playback,
    RangeNotThere,
    RecordingDesk,
    RecordingView,
    SegmentLine,
    answer_call,
    answer_recording,
    ask_to_talk,
    beat_call,
    call_seen,
    call_view,
    calls_of,
    decline_call,
    enter_call,
    hang_up,
    has_recordings,
    latest_call_of,
    leave_call,
    may_be_recorded,
    opening,
    pass_signal,
    playback,
    recording_form,
    recordings_of,
    relays_for,
    relays_to_check,
    signals_for,
)
from consult.chat.commands import mark, post_card, post_system, save_draft, send_message
from consult.chat.models import Message
from consult.chat.queries import draft_of, messages, receipt
from consult.triage.api import *  # noqa: F403
from consult.visit.access import require_attending, triage_for_doctor, visit_for_doctor, visit_for_patient
from consult.visit.commands import (
    abandon_visit,
    accept_visit,
    add_evidence_to_visit,
    cancel_visit,
    decline_visit,
    diagnose,
    finish_visit,
    forecast_visit,
    judge_follow_up,
    patient_left,
    refer_visit,
    remove_diagnosis,
    request_visit,
    write_note,
)
from consult.visit.commands.requesting import told_in
from consult.visit.evidence import accept_visit_evidence
from consult.visit.facts import open_visit_facts, subject_of, visit_sheet
from consult.visit.models import Referral, Visit, VisitDiagnosis, VisitForecast, VisitJudgement, VisitNote
from consult.visit.problems import AdviceOnly
from consult.visit.queries import (
    diagnoses_of,
    judgement_of,
    may_ask_again,
    note_of,
    open_visits_of,
    referral_of,
    remaining_minutes,
    triage_holder,
    visits_of,
    waiting_count,
)
from consult.visit.queue import QueueRow, QueueView, place_in_queue, queue, visits_to_see
from consult.visit.replayed import DepartmentChanges, changes_by_department
from consult.visit.rules import EXCEPTIONAL, FIRST_FREE_PRICE_FEN, REFUND_RULE, Place
from consult.visit.states import VISIT
from consult.visit.summary import Part, VisitSummary, summary_of

__all__ = [
    "EXCEPTIONAL", "FIRST_FREE_PRICE_FEN", "REFUND_RULE", "VISIT", "AdviceOnly", "Beat", "Call", "CallView",
    "Candidate", "DepartmentChanges", "Description", "IceServer", "Message", "Part", "Place", "Playback",
    "QueueRow", "QueueView", "RangeNotThere", "RecordingDesk", "RecordingView", "Referral", "SegmentLine",
    "Visit", "VisitDiagnosis", "VisitForecast", "VisitJudgement", "VisitNote", "VisitSummary", "abandon_visit",
    "accept_visit", "accept_visit_evidence", "add_evidence_to_visit", "answer_call", "answer_recording",
    "ask_to_talk", "beat_call", "call_seen", "call_view", "calls_of", "cancel_visit", "changes_by_department",
    "decline_call", "decline_visit", "diagnose", "diagnoses_of", "draft_of", "enter_call", "finish_visit",
    "forecast_visit", "hang_up", "has_recordings", "judge_follow_up", "judgement_of", "latest_call_of",
    "leave_call", "mark", "may_ask_again", "may_be_recorded", "messages", "note_of", "open_visit_facts",
    "open_visits_of", "opening", "pass_signal", "patient_left", "place_in_queue", "playback", "post_card",
    "post_system", "queue", "receipt", "recording_form", "recordings_of", "refer_visit", "referral_of",
    "relays_for", "relays_to_check", "remaining_minutes", "remove_diagnosis", "request_visit",
    "require_attending", "save_draft", "send_message", "signals_for", "subject_of", "summary_of", "told_in",
    "triage_for_doctor", "triage_holder", "visit_for_doctor", "visit_for_patient", "visit_sheet", "visits_of",
    "visits_to_see", "waiting_count", "write_note",
]

"""The only door of the consultation for later steps and for the web."""
from consult.call.api import (
    ASKED_BY,
    GUEST_ROLES,
    Beat,
    Call,
    CallGuest,
    CallView,
    Candidate,
    Carrier,
    Description,
    DoorShut,
    EngineAway,
    GuardianSeen,
    GuestLine,
    IceServer,
    NotSending,
    Offered,
    Playback,
    RangeNotThere,
    RecordingDesk,
    RecordingView,
    Seat,
    SegmentLine,
    WrongGuestCode,
    admit_guest,
    answer_call,
    answer_recording,
    ask_to_talk,
    beat_call,
    call_for_guest,
    call_seen,
    call_view,
    calls_of,
    came_by,
    decline_call,
    doctor_met,
    engine_for,
    enter_call,
    guardian_in_call,
    guest_actor,
    hang_up,
    has_recordings,
    invite_guest,
    knock,
    latest_call_of,
    leave_as_guest,
    leave_call,
    may_be_recorded,
    offered_by,
    opening,
    own_place,
    pass_signal,
    playback,
    recording_form,
    recordings_of,
    refuse_guest,
    relays_for,
    relays_to_check,
    seat_in_call,
    send_guest_away,
    signals_for,
    withdraw_guest,
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
from consult.visit.facts import open_visit_facts
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
from consult.visit.sheets import subject_of, visit_sheet
from consult.visit.states import VISIT
from consult.visit.summary import Part, VisitSummary, summary_of

__all__ = [
    "ASKED_BY", "EXCEPTIONAL", "FIRST_FREE_PRICE_FEN", "GUEST_ROLES", "REFUND_RULE", "VISIT", "AdviceOnly", "Beat",
    "Call", "CallGuest", "CallView", "Candidate", "Carrier", "DepartmentChanges", "Description", "DoorShut",
    "EngineAway", "GuardianSeen", "GuestLine", "IceServer", "Message", "NotSending", "Offered", "Part", "Place",
    "Playback", "QueueRow", "QueueView", "RangeNotThere", "RecordingDesk", "RecordingView", "Referral", "Seat",
    "SegmentLine", "Visit", "VisitDiagnosis", "VisitForecast", "VisitJudgement", "VisitNote", "VisitSummary",
    "WrongGuestCode", "abandon_visit", "accept_visit", "accept_visit_evidence", "add_evidence_to_visit",
    "admit_guest", "answer_call", "answer_recording", "ask_to_talk", "beat_call", "call_for_guest", "call_seen",
    "call_view", "calls_of", "came_by", "cancel_visit", "changes_by_department", "decline_call", "decline_visit",
    "diagnose", "diagnoses_of", "doctor_met", "draft_of", "engine_for", "enter_call", "finish_visit",
    "forecast_visit", "guardian_in_call", "guest_actor", "hang_up", "has_recordings", "invite_guest",
    "judge_follow_up", "judgement_of", "knock", "latest_call_of", "leave_as_guest", "leave_call", "mark",
    "may_ask_again", "may_be_recorded", "messages", "note_of", "offered_by", "open_visit_facts", "open_visits_of",
    "opening", "own_place", "pass_signal", "patient_left", "place_in_queue", "playback", "post_card",
    "post_system", "queue", "receipt", "recording_form", "recordings_of", "refer_visit", "referral_of",
    "refuse_guest", "relays_for", "relays_to_check", "remaining_minutes", "remove_diagnosis", "request_visit",
    "require_attending", "save_draft", "seat_in_call", "send_guest_away", "send_message", "signals_for",
    "subject_of", "summary_of", "told_in", "triage_for_doctor", "triage_holder", "visit_for_doctor",
    "visit_for_patient", "visit_sheet", "visits_of", "visits_to_see", "waiting_count", "withdraw_guest",
    "write_note",
]

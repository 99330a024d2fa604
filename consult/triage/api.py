"""The door of triage: what pages, visits and the doctor's console may use."""
from consult.triage.commands import (
    answer_gate,
    answer_question,
    correct_triage,
    finish_triage,
    link_visit,
    record_call_back,
    start_triage,
)
from consult.triage.judging.explaining import evaluate
from consult.triage.judging.outcome import Outcome, Said
from consult.triage.models import Triage
from consult.triage.queries import (
    GateLine,
    TriageView,
    answer_trace,
    call_backs_due,
    call_backs_waiting,
    complaint_said,
    complaint_title,
    complaint_words,
    emergency_told,
    judged,
    newest_triage,
    outcome_of,
    result_trace,
    told_since,
    triage_view,
    uncalled_emergencies,
)
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.rules import ticked
from consult.triage.states import TRIAGE
from consult.triage.summary import doctor_summary
from consult.triage.words.scan import mentions
from consult.triage.words.suggest import suggest

__all__ = [
    "GateLine", "Level", "Outcome", "Said", "TRIAGE", "Triage", "TriageView", "answer_gate", "answer_question",
    "answer_trace", "call_backs_due", "call_backs_waiting", "complaint_said",
    "complaint_title", "complaint_words", "correct_triage",
    "doctor_summary", "emergency_told", "evaluate", "finish_triage", "judged", "link_visit", "load_ruleset", "mentions",
    "newest_triage", "outcome_of", "record_call_back", "result_trace", "start_triage", "suggest", "ticked",
    "told_since", "triage_view", "uncalled_emergencies",
]

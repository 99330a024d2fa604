"""Everything that people do with a visit, in the order in which it happens."""
from consult.visit.commands.ending import abandon_visit, finish_visit, patient_left, refer_visit
from consult.visit.commands.judging import diagnose, judge_follow_up, remove_diagnosis, write_note
from consult.visit.commands.lapsing import end_if_silent
from consult.visit.commands.reminding import remind
from consult.visit.commands.requesting import add_evidence_to_visit, forecast_visit, request_visit
from consult.visit.commands.waiting import (
    accept_visit,
    admit_to_waiting_room,
    cancel_visit,
    decline_visit,
    expire_visit,
    refuse_visit,
    stop_for_emergency,
)

__all__ = [
    "abandon_visit", "accept_visit", "add_evidence_to_visit", "admit_to_waiting_room", "cancel_visit",
    "decline_visit", "diagnose", "end_if_silent", "expire_visit", "finish_visit", "forecast_visit", "judge_follow_up",
    "patient_left", "refer_visit", "refuse_visit", "remind", "remove_diagnosis", "request_visit",
    "stop_for_emergency", "write_note",
]

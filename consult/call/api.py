"""The door of calls for other rooms of this step."""
from consult.call.commands import (
    answer_call,
    ask_to_talk,
    beat_call,
    decline_call,
    end_call_of,
    enter_call,
    hang_up,
    leave_call,
    pass_signal,
    watch_call,
)
from consult.call.models import Call, CallMember
from consult.call.protocol import Beat
from consult.call.queries import (
    CallView,
    call_seen,
    call_view,
    calls_of,
    last_heard,
    latest_call_of,
    open_call_of,
    relays_for,
    relays_to_check,
    signals_for,
)
from consult.call.rules import Candidate, Description
from consult.call.turn import IceServer

__all__ = ["Beat", "Call", "CallMember", "CallView", "Candidate", "Description", "IceServer", "answer_call",
           "ask_to_talk", "beat_call", "call_seen", "call_view", "calls_of", "decline_call", "end_call_of",
           "enter_call", "hang_up", "last_heard", "latest_call_of", "leave_call", "open_call_of", "pass_signal",
           "relays_for", "relays_to_check", "signals_for", "watch_call"]

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
from consult.call.recording.commands import answer_recording
from consult.call.recording.desk import RecordingDesk, opening
from consult.call.recording.models import RecordingAnswer, RecordingLeg, RecordingSegment
from consult.call.recording.problems import RangeNotThere
from consult.call.recording.queries import (
    Playback,
    RecordingView,
    SegmentLine,
    has_recordings,
    may_be_recorded,
    playback,
    recording_form,
    recordings_of,
)
from consult.call.recording.states import LEG
from consult.call.rules import Candidate, Description
from consult.call.turn import IceServer

__all__ = [
    "LEG", "Beat", "Call", "CallMember", "CallView", "Candidate", "Description", "IceServer", "Playback",
    "RangeNotThere", "RecordingAnswer", "RecordingDesk", "RecordingLeg", "RecordingSegment", "RecordingView",
    "SegmentLine", "answer_call", "answer_recording", "ask_to_talk", "beat_call", "call_seen", "call_view",
    "calls_of", "decline_call", "end_call_of", "enter_call", "hang_up", "has_recordings", "last_heard",
    "latest_call_of", "leave_call", "may_be_recorded", "open_call_of", "opening", "pass_signal", "playback",
    "recording_form", "recordings_of", "relays_for", "relays_to_check", "signals_for", "watch_call",
]

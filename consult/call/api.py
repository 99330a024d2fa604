"""The door of calls for other rooms of this step."""
from consult.call.appointments.commands import (
    answer_proposal,
    cancel_appointment,
    propose_call,
    watch_appointment,
)
from consult.call.appointments.models import CallAppointment
from consult.call.appointments.queries import (
    AppointmentView,
    agreed_until,
    appointment_seen,
    appointments_of,
    doctor_arranges,
)
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
    seat_in_call,
    watch_call,
)
from consult.call.engines.carrier import Carrier, Seat
from consult.call.engines.problems import EngineAway, NotSending
from consult.call.guests.commands import (
    Offered,
    admit_guest,
    expire_guest,
    invite_guest,
    knock,
    leave_as_guest,
    refuse_guest,
    send_guest_away,
    withdraw_guest,
)
from consult.call.guests.models import CallGuest
from consult.call.guests.problems import DoorShut, WrongGuestCode
from consult.call.guests.queries import (
    GuardianSeen,
    GuestLine,
    came_by,
    doctor_met,
    guardian_in_call,
    guest_actor,
    guests_of,
    offered_by,
    own_place,
)
from consult.call.guests.rules import ASKED_BY
from consult.call.guests.rules import ROLES as GUEST_ROLES
from consult.call.guests.rules import SESSION_HOLDS as GUEST_STAYS
from consult.call.house.commands import check_calls_here, set_calls_here
from consult.call.house.models import CallCheck, CallSettings
from consult.call.house.queries import (
    LEAST_KBITS,
    MOST_KBITS,
    CallsHere,
    calls_here,
    is_checking,
    last_call_check,
)
from consult.call.models import Call, CallMember
from consult.call.protocol import Beat
from consult.call.queries import (
    CallView,
    call_for_guest,
    call_seen,
    call_view,
    calls_of,
    engine_for,
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
    "ASKED_BY", "GUEST_ROLES", "GUEST_STAYS", "LEAST_KBITS", "LEG", "MOST_KBITS", "AppointmentView", "Beat", "Call",
    "CallAppointment", "CallCheck", "CallGuest", "CallMember", "CallSettings", "CallView", "CallsHere", "Candidate",
    "Carrier", "Description", "DoorShut", "EngineAway", "GuardianSeen", "GuestLine", "IceServer", "NotSending",
    "Offered", "Playback", "RangeNotThere", "RecordingAnswer", "RecordingDesk", "RecordingLeg", "RecordingSegment",
    "RecordingView", "Seat", "SegmentLine", "WrongGuestCode", "admit_guest", "agreed_until", "answer_call",
    "answer_proposal", "answer_recording", "appointment_seen", "appointments_of", "ask_to_talk", "beat_call",
    "call_for_guest", "call_seen", "call_view", "calls_here", "calls_of", "came_by", "cancel_appointment",
    "check_calls_here", "decline_call", "doctor_arranges", "doctor_met", "end_call_of", "engine_for", "enter_call",
    "expire_guest", "guardian_in_call", "guest_actor", "guests_of", "hang_up", "has_recordings", "invite_guest",
    "is_checking", "knock", "last_call_check", "last_heard", "latest_call_of", "leave_as_guest", "leave_call",
    "may_be_recorded", "offered_by", "open_call_of", "opening", "own_place", "pass_signal", "playback",
    "propose_call", "recording_form", "recordings_of", "refuse_guest", "relays_for", "relays_to_check",
    "seat_in_call", "send_guest_away", "set_calls_here", "signals_for", "watch_appointment", "watch_call",
    "withdraw_guest",
]

"""Sample views of calls: the check of the devices, and a recording that is played back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from consult.api import AppointmentView
from tests.web.patient_people import LONGEST, WANG, at, both, v
from tests.web.patient_samples_visit import CHAT, LIN
from web.pages.appointing import CallTimeView
from web.pages.device_check import PatientCheckView
from web.pages.guests import CheckView, GuestView, JoinView
from web.pages.patient.views import Form, Option
from web.pages.patient.views_visit import ChatView
from web.pages.replaying import PatientReplay, Piece, Replay, Said

PIECES = (
    Piece("doctor", 0.0, 32.5, at(9), "/visits/v1/recording/1", picture=True, cut=False),
    Piece("patient", 1.5, 30.0, at(9), "/visits/v1/recording/2", picture=False, cut=True),
)
SAID = (Said("doctor", both("请把药盒靠近一点。", "Please hold the box closer."), at(9), 12.0),
        Said("house", both("通话结束，通话 0 分 32 秒", "The call ended after 0 min 32 s"), at(9), 32.0))
DOCTOR = both("林静医生", "Dr Lin Jing")
HOUSE, INTERPRETER = both("示范互联网医院", "Demo Internet Hospital"), both("翻译", "Interpreter")
NOT_IT = both("口令不对，请再核对一下", "This is not the code; please check it once more")
WRONG = Form({"name": WANG.name, "code": "000000"}, {"code": NOT_IT})
TITLE = both("副主任医师", "Associate Chief Physician")
CALL_TIME = CallTimeView(
    "v1",
    LIN,
    (Option("video", both("视频", "Video"), checked=True), Option("voice", both("语音", "Voice"))),
    (Option("2026-06-02", both("今天 6月2日 周二", "Today, Tue 2 Jun")),),
    (Option("15:30", "15:30"), Option("15:45", "15:45")),
)
MUST_BE_LATER = Form(
    {"day": "2026-06-02", "time": "15:30"},
    {"time": both("请选一个 5 分钟以后的时间。", "Please choose a later time.")},
)


def agreed(state: str, own: bool = False, is_now: bool = False, kind: str = "video") -> ChatView:
    """The conversation with a time for a call."""
    stands = AppointmentView(uuid4(), kind, state, at(17, 30), own, is_now)
    return replace(CHAT, call_href="/visits/v1/call", may_call=True, call_time=stands)


SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "call-check": ("patient/call_check.html", v(PatientCheckView())),
    "chat-time-asked": ("patient/chat.html", v(agreed("proposed"))),
    "chat-time-own": ("patient/chat.html", v(agreed("proposed", own=True, kind="voice"))),
    "chat-time-booked": ("patient/chat.html", v(agreed("booked"))),
    "chat-time-now": ("patient/chat.html", v(agreed("booked", is_now=True))),
    "call-time": ("patient/call_time.html", v(CALL_TIME)),
    "call-time-wrong": ("patient/call_time.html", v(replace(CALL_TIME, form=MUST_BE_LATER))),
    "guest-join": ("public/guest_join.html", v(JoinView(HOUSE, INTERPRETER, "/join/x"))),
    "guest-join-wrong": ("public/guest_join.html", v(JoinView(HOUSE, INTERPRETER, "/join/x", form=WRONG))),
    "guest-join-doctor": (
        "public/guest_join.html",
        v(JoinView(HOUSE, both("会诊医生", "Second doctor"), "/doctor/join/x", both("何宁", "He Ning"),
                   problem=both("这是您自己的看诊，不用从邀请进来", "This visit is yours; you need no invitation"))),
    ),
    "guest-room": (
        "public/guest_room.html", v(GuestView("g1", LONGEST.name, INTERPRETER, DOCTOR, TITLE, False, None))),
    "guest-room-inside": (
        "public/guest_room.html", v(GuestView("g1", WANG.name, INTERPRETER, DOCTOR, None, True, None))),
    "guest-check": ("public/guest_check.html", v(CheckView())),
    "guest-left": ("public/guest_left.html", {}),
    "recording": ("patient/recording.html",
                  v(PatientReplay(WANG, Replay(WANG.name, DOCTOR, 32.5, PIECES, SAID), "/visits/v1/summary"))),
    "recording-silent": (
        "patient/recording.html",
        v(PatientReplay(LONGEST, Replay(LONGEST.name, DOCTOR, 32.5, PIECES[:1], ()), "/visits/v1/chat")),
    ),
}

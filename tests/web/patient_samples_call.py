"""Sample views of calls: the check of the devices, and a recording that is played back."""

from __future__ import annotations

from typing import Any

from tests.web.patient_people import LONGEST, WANG, at, both, v
from web.pages.device_check import PatientCheckView
from web.pages.replaying import PatientReplay, Piece, Replay, Said

PIECES = (
    Piece("doctor", 0.0, 32.5, at(9), "/visits/v1/recording/1", picture=True, cut=False),
    Piece("patient", 1.5, 30.0, at(9), "/visits/v1/recording/2", picture=False, cut=True),
)
SAID = (Said("doctor", both("请把药盒靠近一点。", "Please hold the box closer."), at(9), 12.0),
        Said("house", both("通话结束，通话 0 分 32 秒", "The call ended after 0 min 32 s"), at(9), 32.0))
DOCTOR = both("林静医生", "Dr Lin Jing")
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "call-check": ("patient/call_check.html", v(PatientCheckView())),
    "recording": ("patient/recording.html",
                  v(PatientReplay(WANG, Replay(WANG.name, DOCTOR, 32.5, PIECES, SAID), "/visits/v1/summary"))),
    "recording-silent": (
        "patient/recording.html",
        v(PatientReplay(LONGEST, Replay(LONGEST.name, DOCTOR, 32.5, PIECES[:1], ()), "/visits/v1/chat")),
    ),
}

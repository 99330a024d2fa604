"""What takes longer than a test run should: many whole journeys on one server, and the trail whole afterwards."""
from pathlib import Path

import pytest

from tests.server import Server
from web.demo.journey import STEPS, Journey

JOURNEYS = 15


@pytest.mark.soak
@pytest.mark.invariant(8)
@pytest.mark.invariant(10)
def test_fifteen_journeys_leave_a_trail_that_can_be_proven(tmp_path: Path) -> None:
    server = Server(tmp_path).prepare().start()
    try:
        staff: Journey | None = None
        for _ in range(JOURNEYS):
            journey = Journey(server.url)
            if staff is not None:       # the same staff all day: an authenticator code is good once
                journey.doctor, journey.pharmacist, journey.pharmacy = staff.doctor, staff.pharmacist, staff.pharmacy
            lines = list(journey.run())
            assert len(lines) == len(STEPS) and lines[-1]["ok"], lines[-1]
            staff = journey
    finally:
        server.stop()
    server.command("audit", "verify")

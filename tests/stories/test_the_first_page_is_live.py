"""The first page follows what happens without being loaded again, and what is read in one window is read in all."""
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories import flows_patient as patient
from tests.stories.house import Hospital
from web.demo.journey import PASSWORD, Journey

pytestmark = pytest.mark.browser


def forward(steps: Iterator[dict[str, Any]], last: str) -> None:
    """The main job by program up to this step."""
    for line in steps:
        assert line["ok"], line
        if line["step"] == last:
            return


def test_the_first_page_is_live_and_reading_elsewhere_counts(hospital: Hospital) -> None:
    walk = Journey(hospital.server.url, random.Random(7), clock=hospital.clock)
    steps = walk.run()
    forward(steps, "wait")
    home, other = hospital.window(), hospital.window()
    for window in (home, other):
        patient.sign_in(window, walk.phone, PASSWORD)
        window.go("/home").sees("#next-step", "候诊中")
    opened = len(home.visited)
    forward(steps, "accept_visit")
    home.sees("#next-step", "看诊中")
    home.sees("#bell .badge")
    home.sees("#unread-visits .badge")
    forward(steps, "message")
    other.go(f"/visits/{walk.ids['visit_id']}/chat").sees("[data-chat]")
    home.page.locator(".badge").first.wait_for(state="detached")
    forward(steps, "approve")
    home.sees("#next-step", "选一家药房")
    forward(steps, "deliver")
    home.sees("#days .lr")
    assert len(home.visited) == opened, "the page was not loaded again"

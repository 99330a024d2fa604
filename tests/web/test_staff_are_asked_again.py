"""A reason is asked again, on the pages too, when what it was given for has changed."""

from __future__ import annotations

import pytest

from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


@pytest.mark.invariant(6)
def test_a_larger_dose_is_asked_for_again_and_an_old_page_answers_nothing(site: Site) -> None:
    visit, lin = walk.visit_in_hand(site, Patient(site)), site.as_("lin")
    draft = lin.open(f"/doctor/visits/{visit}/prescription")
    walk.add_line(lin, draft, "metformin", "metformin", dose="500", frequency="bid")
    first = lin.open(draft.path)
    assert "每次 500 mg" in first.words and "/acknowledge" in first.html
    ready = walk.settle(lin, draft)
    assert "理由：" in ready.words and "/acknowledge" not in ready.html
    lin.post(lin.open(f"{draft.path}?line=1"), "/lines/1", dose="1000")
    again = lin.open(draft.path)
    assert "/acknowledge" in again.html and f'{draft.path}/sign"' not in again.html
    assert "每次 1000 mg" in again.words
    lin.post(first, "/acknowledge", reason="monitoring_arranged", words="在旧页面上写的")
    still = lin.open(draft.path)
    assert "/acknowledge" in still.html and "在旧页面上写的" not in still.words
    walk.settle(lin, draft)
    looked_at = lin.open(f"{draft.path}/sign")
    assert looked_at.words.count("已评估，继续") == ready.words.count("已评估，继续")

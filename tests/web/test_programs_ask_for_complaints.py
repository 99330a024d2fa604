"""The list of complaints for programs: all that fit the person, and the likeliest for their words."""

from __future__ import annotations

import pytest

from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def test_own_words_suggest_complaints_that_fit_the_person(site: Site) -> None:
    wang = Patient(site)
    known = {one["id"] for one in wang.get("/complaints", patient_id=wang.id)["complaints"]}
    told = wang.post("/complaints/suggestions", {"patient_id": wang.id, "words": "嗓子疼"})["suggestions"]
    assert told[0] == "sore_throat" and set(told) <= known
    assert wang.post("/complaints/suggestions", {"patient_id": wang.id, "words": " "})["suggestions"] == []


@pytest.mark.invariant(15)
def test_own_words_have_no_place_in_an_address(site: Site) -> None:
    wang = Patient(site)
    assert wang.get("/complaints", patient_id=wang.id, q="嗓子疼") == wang.get("/complaints", patient_id=wang.id)

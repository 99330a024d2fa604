"""The list of complaints for programs: all that fit the person, and the likeliest for their words."""

from __future__ import annotations

from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def test_own_words_suggest_complaints_that_fit_the_person(site: Site) -> None:
    wang = Patient(site)
    told = wang.get("/complaints", patient_id=wang.id, q="嗓子疼")
    assert told["suggestions"][0] == "sore_throat"
    assert set(told["suggestions"]) <= {one["id"] for one in told["complaints"]}
    assert wang.get("/complaints", patient_id=wang.id)["suggestions"] == []

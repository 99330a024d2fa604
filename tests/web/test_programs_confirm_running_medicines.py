"""A program that confirms the history answers for each medicine that we did not bring, as the page does."""
from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.work import HOUSE, all_of
from records import api as records
from tests.web import staff_walk as walk
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


class Wang:
    """Wang's program, with a prescription of today that was approved and that nobody brought him."""

    def __init__(self, site: Site) -> None:
        self.site, self.patient = site, Patient(site)
        lin = site.as_("lin")
        self.rx = walk.prescribe(lin, walk.visit_in_hand(site, self.patient)).path.rsplit("/", 1)[-1]
        walk.approve(site.as_("ren"), self.rx)
        site.run()
        self.path = f"/patients/{self.patient.id}/history"
        self.confirmed = self.history["confirmed_at"]

    @property
    def history(self) -> Any:
        return self.patient.get(self.path)

    @property
    def asked(self) -> list[str]:
        return [one["key"] for one in self.history["asked"]]

    @property
    def key(self) -> str:
        """Of the new prescription; an older one of the demo's cast is asked about too."""
        [key] = [one for one in self.asked if one.startswith(self.rx)]
        return key

    def confirm(self, expect: int = 201, rest: str = "stopped", **said: str) -> Any:
        """Answer for the new one as `said`, for what else is asked with `rest`."""
        others = {key: rest for key in self.asked if not key.startswith(self.rx)}
        return self.patient.call("POST", f"{self.path}/confirm", expect, json={"medicines": {**others, **said}})

    def line(self) -> list[str | None]:
        with self.site.house.read(HOUSE) as work:
            rows = all_of(work, records.Medicine, records.Medicine.prescription_id == UUID(self.rx))
            return [row.said for row in rows]


@pytest.fixture
def wang(site: Site) -> Wang:
    site.clock.forward(days=1)
    return Wang(site)


def test_silence_is_refused_and_names_the_medicine(wang: Wang) -> None:
    for body in (None, {}, {"medicines": {}}):
        told = wang.patient.call("POST", f"{wang.path}/confirm", 422, json=body)
        assert told["slug"] == "medicines-unanswered"
        named = {one["key"]: one["name"] for one in told["medicines"]}
        assert sorted(named) == sorted(wang.asked) and "氨氯地平" in named[wang.key]["zh"]
        assert "mlodipine" in named[wang.key]["en"]
    one_less = wang.confirm(422)
    assert [one["key"] for one in one_less["medicines"]] == [wang.key]
    assert wang.line() == [] and wang.history["confirmed_at"] == wang.confirmed


@pytest.mark.parametrize("wrong", ["", "yes", "perhaps"])
def test_a_word_that_is_no_answer_is_refused(wang: Wang, wrong: str) -> None:
    wang.confirm(422, **{wang.key: wrong})
    assert wang.line() == [] and wang.history["confirmed_at"] == wang.confirmed


def test_what_is_taken_stands_on_the_list(wang: Wang) -> None:
    wang.confirm(**{wang.key: "taking"})
    assert wang.line() == ["taking"] and not any(key.startswith(wang.rx) for key in wang.asked)
    assert wang.history["confirmed_at"] > wang.confirmed


@pytest.mark.invariant(12)
def test_unknown_counts_as_taken_and_is_asked_again(wang: Wang) -> None:
    wang.confirm(**{wang.key: "unknown"})
    assert wang.line() == ["unknown"]
    [again] = [one["id"] for one in wang.history["medicines"] if one["said"] == "unknown"]
    assert again in wang.asked
    wang.patient.call("PUT", wang.path, json={"stopped": []})
    assert wang.line() == ["unknown"], "only an answer about this one makes it known"
    wang.patient.call("POST", f"{wang.path}/confirm", 422, json={})
    wang.confirm(**{again: "stopped"}, rest="stopped")
    assert wang.line() == ["stopped"]


def test_what_was_said_to_be_stopped_stays_so(wang: Wang) -> None:
    before = {one["id"] for one in wang.history["medicines"]}
    wang.confirm(**{wang.key: "taking"})
    [line] = {one["id"] for one in wang.history["medicines"]} - before
    wang.patient.call("PUT", wang.path, json={"stopped": [line]})
    wang.confirm()
    assert wang.line() == ["stopped"]


def test_what_is_not_taken_stands_on_no_list_and_is_asked_next_time(wang: Wang) -> None:
    wang.confirm(**{wang.key: "stopped"})
    assert wang.line() == [] and wang.key in wang.asked


def test_what_is_not_asked_is_refused_and_nothing_is_confirmed(wang: Wang) -> None:
    told = wang.confirm(409, **{wang.key: "taking", "made-up": "taking"})
    assert told["slug"] == "list-changed" and wang.line() == []
    assert wang.history["confirmed_at"] == wang.confirmed

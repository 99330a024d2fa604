"""The API of retention: the same list, the same two people and the same holds as on the office's page."""
from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.identity import api as identity
from app.retention import api as retention
from app.work import HOUSE, all_of
from consult import api as consult
from tests.web.staff_site import Site
from tests.web.test_programs_write_rules import Program

WHY = "患者起诉，案卷不得销毁"


@pytest.fixture
def later(site: Site) -> Site:
    """Three years on, when the talks of the past have had their time."""
    site.clock.forward(days=3 * 366)
    return site


def drawn(qin: Program) -> dict[str, Any]:
    return dict(qin.call("POST", "/retention/reports", 201))


def talks(site: Site) -> int:
    with site.house.read(HOUSE) as work:
        return len(all_of(work, consult.Message))


def test_one_draws_another_confirms_and_only_then_it_goes(later: Site) -> None:
    qin, had = Program(later, "qin"), talks(later)
    made = drawn(qin)
    assert made["state"] == "drawn" and made["possible"] == ["drop"], "who drew it does not confirm it"
    told = qin.call("GET", f"/retention/reports/{made['id']}")
    assert told["items_total"] == len(told["items"]) > 0 and "chat" in {one["kind"] for one in told["items"]}
    assert qin.call("POST", f"/retention/reports/{made['id']}/confirm", 403,
                    json={"digest": made["digest"]})["slug"] == "same-person"
    assert qin.call("POST", f"/retention/reports/{made['id']}/run", 409)["slug"] == "wrong-state"
    bai = Program(later, "bai")
    assert bai.call("POST", f"/retention/reports/{made['id']}/confirm", 409,
                    json={"digest": "0" * 64})["slug"] == "report-changed"
    confirmed = bai.call("POST", f"/retention/reports/{made['id']}/confirm", json={"digest": made["digest"]})
    assert confirmed["state"] == "confirmed" and talks(later) == had > 0
    assert bai.call("POST", f"/retention/reports/{made['id']}/run")["state"] == "running"
    later.run()
    assert talks(later) == 0 and qin.call("GET", "/retention/reports")[0]["state"] == "done"


def test_a_list_of_the_command_line_needs_two_people(later: Site) -> None:
    with later.house.write(HOUSE) as work:
        made = retention.draw_report(work)
        id, digest = made.id, made.digest
    qin, bai = Program(later, "qin"), Program(later, "bai")
    assert qin.call("GET", "/retention/reports")[0]["possible"] == ["vouch", "drop"]
    assert qin.call("POST", f"/retention/reports/{id}/confirm", json={"digest": digest})["state"] == "drawn"
    assert qin.call("POST", f"/retention/reports/{id}/confirm", 403, json={"digest": digest})["slug"] == "same-person"
    assert bai.call("GET", "/retention/reports")[0]["possible"] == ["confirm", "drop"]
    assert bai.call("POST", f"/retention/reports/{id}/confirm", json={"digest": digest})["state"] == "confirmed"
    assert bai.call("POST", f"/retention/reports/{id}/drop")["state"] == "dropped"


def test_a_hold_says_why_and_spares_what_a_list_names(later: Site) -> None:
    qin, bai = Program(later, "qin"), Program(later, "bai")
    made = drawn(qin)
    items = qin.call("GET", f"/retention/reports/{made['id']}")["items"]
    patient = next(one["patient_id"] for one in items if one["kind"] == "chat")
    assert qin.call("POST", "/retention/holds", 422, json={"patient_id": patient, "reason": "x"})["slug"] \
        == "hold-without-reason"
    hold = qin.call("POST", "/retention/holds", 201, json={"patient_id": patient, "reason": WHY})
    assert [(one["patient_id"], one["reason"]) for one in bai.call("GET", "/retention/holds")] == [(patient, WHY)]
    bai.call("POST", f"/retention/reports/{made['id']}/confirm", json={"digest": made["digest"]})
    bai.call("POST", f"/retention/reports/{made['id']}/run")
    later.run()
    items = qin.call("GET", f"/retention/reports/{made['id']}")["items"]
    assert {one["why"] for one in items if one["patient_id"] == patient} == {"held"}
    assert qin.call("POST", f"/retention/holds/{hold['id']}/release", 422, json={"reason": " "})["slug"] \
        == "hold-without-reason"
    qin.call("POST", f"/retention/holds/{hold['id']}/release", json={"reason": "已经结案"})
    assert qin.call("GET", "/retention/holds") == []


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/retention/holds", {"patient_id": "01a20000-0000-7000-8000-000000000000", "reason": WHY}, 422),
    ("/retention/holds", {"reason": WHY}, 422), ("/retention/holds", {"patient_id": "x", "reason": WHY}, 422),
    ("/retention/holds/01a20000-0000-7000-8000-000000000000/release", {"reason": WHY}, 404),
    ("/retention/reports/01a20000-0000-7000-8000-000000000000/confirm", {"digest": "0" * 64}, 404),
    ("/retention/reports/01a20000-0000-7000-8000-000000000000/confirm", {"digest": "no"}, 422),
    ("/retention/reports/01a20000-0000-7000-8000-000000000000/run", {}, 404)])
def test_what_does_not_exist_or_fit_is_a_clear_problem_and_changes_nothing(site: Site, path: str, body: dict[str, str],
                                                                           status: int) -> None:
    qin = Program(site, "qin")
    qin.call("POST", path, status, json=body)
    assert qin.call("GET", "/retention/holds") == [] and qin.call("GET", "/retention/reports") == []


def test_the_periods_are_told_in_both_languages(site: Site) -> None:
    told = {one["kind"]: one for one in Program(site, "ops").call("GET", "/retention/periods")}
    months = {kind: one["months"] for kind, one in told.items()}
    assert months == {"record": 180, "chat": 36, "recording": 36, "sales": 60, "logs": 6}
    assert all(one["words"]["zh"] and one["words"]["en"] and one["source"] for one in told.values())


def test_nobody_outside_the_office_reads_or_acts(site: Site) -> None:
    with site.house.read(HOUSE) as work:
        patient = work.session.exec(select(identity.Patient.id)).first()
    assert isinstance(patient, UUID)
    lin = Program(site, "lin")
    for method, path, body in (("GET", "/retention/reports", None), ("POST", "/retention/reports", None),
                               ("GET", "/retention/holds", None), ("GET", "/retention/periods", None),
                               ("POST", "/retention/holds", {"patient_id": str(patient), "reason": WHY})):
        assert lin.call(method, path, 403, json=body)["slug"] == "not-allowed"

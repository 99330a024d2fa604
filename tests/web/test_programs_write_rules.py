"""The API of the hospital's own rules: all that the pages do, with problems that name line, rule and field."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient

from app.kit.clock import local_date
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.demo.cast import cast, password


class Program:
    """An officer's own program."""

    def __init__(self, site: Site, name: str) -> None:
        site.clock.forward(seconds=31)
        self.http = TestClient(site.app, base_url="http://testserver")
        code = pyotp.TOTP(cast()["staff"][name]["totp"]).at(site.clock.now())
        self.token = self.call("POST", "/sessions", json={"login": name, "password": password(), "totp": code})["token"]

    def call(self, method: str, path: str, expect: int = 0, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {getattr(self, 'token', '')}"}
        reply = self.http.request(method, f"/api/v1{path}", headers=headers, **body)
        assert reply.status_code == expect if expect else reply.status_code < 400, (path, reply.text[:600])
        return reply.json()

    def do(self, version: str, act: str, expect: int = 0, **body: Any) -> Any:
        return self.call("POST", f"/policy/versions/{version}/{act}", expect, json=body)


@pytest.fixture
def qin(site: Site) -> Program:
    return Program(site, "qin")


def begun(qin: Program) -> dict[str, Any]:
    return dict(qin.call("POST", "/policy/versions", 201, json={"template": "evidence-90-days"}))


def test_a_version_goes_all_the_way_by_program(site: Site, qin: Program) -> None:
    id, today = begun(qin)["id"], local_date(site.clock.now()).isoformat()
    assert qin.do(id, "check")["state"] == "checked"
    replay = qin.do(id, "replays", 201, last=100)
    site.run()
    told = qin.call("GET", f"/policy/replays/{replay['id']}")
    assert told["state"] == "finished" and told["current"] and told["cases_total"] > 40
    assert told["changed"] == len(told["changes"]) and told["patients"] <= told["changed"]
    assert "王" not in str(told)
    version = qin.do(id, "propose", effective_from=today, why="医保只支付 90 天内的复诊。")
    assert "approve" in version["possible"]
    refused = qin.do(id, "approve", 403, sha256=version["sha256"])
    assert refused["slug"] == "policy-needs-second-person"
    tang = Program(site, "tang")
    assert tang.do(id, "approve", 409, sha256="0" * 64)["slug"] == "policy-draft-changed"
    tang.do(id, "approve", sha256=version["sha256"])
    done = tang.do(id, "publish", effective_from=today)
    assert done["in_force"] and done["policy"]["params"] == {"evidence_days": 90}
    rules = {one["id"]: one for one in qin.call("GET", "/policy/rules")}
    assert rules["HOUSE-EVIDENCE-01"]["layer"] == "institution" and "90" in rules["HOUSE-EVIDENCE-01"]["sentence"]["en"]
    assert [one["number"] for one in qin.call("GET", "/policy/versions")] == [1]


def test_a_fault_is_a_problem_that_names_its_place(qin: Program) -> None:
    version = begun(qin)
    bad = version["source"].replace("prior.date", "prior.dat")
    told = qin.call("PUT", f"/policy/versions/{version['id']}", 422,
                    json={"revision": 1, "source": bad, "why": "", "cases": ""})
    assert (told["slug"], told["rule"], told["line"]) == ("policy-unusable", "HOUSE-EVIDENCE-01", 10)
    again = qin.call("GET", f"/policy/versions/{version['id']}")
    assert (again["revision"], again["source"]) == (1, version["source"])


@pytest.mark.parametrize("body", [{}, {"template": "none"}, {"source": "rules: []", "template": "days-of-supply"},
                                  {"source": "- 1"}, {"source": "[" * 4000}])
def test_a_version_begins_from_one_thing_that_can_be_used(qin: Program, body: dict[str, str]) -> None:
    qin.call("POST", "/policy/versions", 422, json=body)
    assert qin.call("GET", "/policy/versions") == []


def test_differences_are_told_in_words(qin: Program) -> None:
    first = begun(qin)
    later = qin.call("POST", "/policy/versions", 201, json={"based_on": first["id"]})
    told = qin.call("PUT", f"/policy/versions/{later['id']}", json={
        "revision": 1, "source": later["source"].replace("evidence_days: 90", "evidence_days: 60")})
    assert [one["what"]["en"] for one in told["differences"]] == ["Parameter evidence_days", "What it says"]


def test_the_schema_says_what_a_rule_may_hold(qin: Program) -> None:
    told = qin.call("GET", "/policy/schema")
    assert "Condition" in told["policy"]["$defs"] and told["facts"]["prior.date"]["type"] == "date"


def test_nobody_else_reads_or_writes_rules(site: Site, qin: Program) -> None:
    id, wang = begun(qin)["id"], Patient(site)
    for method, path in (("GET", "/policy/versions"), ("GET", f"/policy/versions/{id}"), ("GET", "/policy/rules"),
                         ("GET", "/policy/schema"), ("POST", f"/policy/versions/{id}/check")):
        wang.call(method, path, 403)


def test_a_replay_is_cancelled_and_a_draft_withdrawn(site: Site, qin: Program) -> None:
    id = begun(qin)["id"]
    assert qin.do(id, "replays", 409, last=10)["slug"] == "wrong-state"
    qin.do(id, "check")
    replay = qin.do(id, "replays", 201, last=10)["id"]
    assert qin.call("POST", f"/policy/replays/{replay}/cancel")["state"] == "cancelled"
    assert qin.do(id, "withdraw", reason="不要了")["state"] == "withdrawn"
    assert qin.do(id, "reject", 409, reason="不行")["slug"] == "wrong-state"

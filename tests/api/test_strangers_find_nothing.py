"""Every route of the API with somebody else's ids: strangers, other roles and nobody get nothing."""
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.kit.ids import uuid7
from tests.api.bodies import body_of
from tests.server import Server
from web.demo.client import Person
from web.demo.journey import Journey

OPEN = {"/api/v1/codes", "/api/v1/accounts", "/api/v1/sessions", "/api/v1/demo/sms", "/api/v1/webhooks/{provider}",
        "/api/v1/guest/arrivals"}
NO_ID = "01a20000-0000-7000-8000-000000000000"
KNOWN = {"line": "1", "page": "1", "provider": "sandbox", "version_id": str(uuid7()), "replay_id": str(uuid7()),
         "request_id": NO_ID, "institution_id": NO_ID, "report_id": NO_ID, "hold_id": NO_ID, "segment_id": NO_ID,
         "guest_id": NO_ID, "appointment_id": NO_ID, "account_id": NO_ID}
REFUSED = (401, 403, 404)
# Who comes second for a visit of the own queue is told so, and nothing else of it (the race has one winner).
TOLD_TOO_LATE = {("POST", "/api/v1/visits/{visit_id}/accept"), ("POST", "/api/v1/visits/{visit_id}/decline")}
# A doctor may open any record in an emergency, with a reason; without one (or an id that exists) nothing opens.
WANTS_A_REASON = {("POST", "/api/v1/patients/{patient_id}/emergency-access")}


@pytest.fixture(scope="module")
def description(demo_server: Server) -> dict[str, Any]:
    return httpx.get(f"{demo_server.url}/api/openapi.json", timeout=30).json()


@pytest.fixture(scope="module")
def victim(walked: Journey) -> dict[str, str]:
    """Ids of everything that the journey made."""
    evidence = walked.patient.get(f"/patients/{walked.ids['patient_id']}/evidence")[0]
    return {**{k: str(v) for k, v in walked.ids.items() if k.endswith("_id")}, "document_id": evidence["document_id"],
            "payment_id": str(walked.ids["visit_payment_id"])}


def routes(description: dict[str, Any], victim: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Method, path filled with the victim's ids, and a body that fits."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if path not in OPEN and method in ("get", "post", "put", "delete"):
                yield method.upper(), path, body_of(operation, description, victim)


def probe(person: Person, method: str, path: str, victim: dict[str, str], body: Any) -> httpx.Response:
    """Call a route as somebody; files and missing query words are given where a route asks for them."""
    url = "/api/v1" + path.removeprefix("/api/v1").format(**{**KNOWN, **victim})
    headers = {"authorization": f"Bearer {person.token}"} if person.token else {}
    if path.endswith("/documents"):
        return person.http.request(method, url, headers=headers, files=[("files", ("a.png", b"x", "image/png"))])
    return person.http.request(method, url, headers=headers, json=body,
                               params={"patient_id": victim["patient_id"], "q": "a", "phone": "1"})


def test_nobody_is_let_in_without_signing_in(demo_server, description, victim):
    nobody = Person(demo_server.url)
    answers = {(method, path): probe(nobody, method, path, victim, body).status_code
               for method, path, body in routes(description, victim)}
    assert {key: status for key, status in answers.items() if status != 401} == {}


@pytest.mark.invariant(9)
@pytest.mark.invariant(13)
@pytest.mark.parametrize("who", ["13800000004", "gao", "an"])
def test_a_stranger_of_each_kind_gets_nothing_by_guessing_ids(demo_server, description, victim, walked, who):
    stranger = Person(demo_server.url)
    row = walked.cast[who]
    if row["role"] == "patient":
        stranger.sign_in(who, row["password"])
    else:
        stranger.sign_in_staff(who, row["password"], row["totp_secret"])
    leaks = {}
    for method, path, body in routes(description, victim):
        if "{" not in path.replace("{provider}", ""):
            continue
        answer = probe(stranger, method, path, victim, body)
        if answer.status_code == 409 and (method, path) in TOLD_TOO_LATE:
            continue
        if answer.status_code == 422 and answer.json()["slug"] == "reason-needed" and (method, path) in WANTS_A_REASON:
            continue
        if answer.status_code not in REFUSED:
            leaks[method, path] = (answer.status_code, answer.text[:200])
    assert leaks == {}


@pytest.mark.invariant(9)
def test_the_refused_looks_stand_in_the_patients_own_list(walked):
    looks = walked.patient.get(f"/patients/{walked.ids['patient_id']}/looks")
    assert any(look["ground"] == "refused" for look in looks)


@pytest.mark.invariant(9)
def test_a_pharmacist_reads_the_record_only_while_the_review_is_open(walked):
    answer = walked.pharmacist.http.get(
        f"/api/v1/patients/{walked.ids['patient_id']}/record",
        headers={"authorization": f"Bearer {walked.pharmacist.token}"})
    assert answer.status_code == 404

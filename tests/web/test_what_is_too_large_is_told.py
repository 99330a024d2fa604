"""A request with too many bytes is answered in words and with the headers of every answer, and changes nothing."""
from collections.abc import Iterator

import pytest

from tests.web.staff_patient import Patient
from tests.web.staff_site import Site
from web.site import BODY_LIMIT

TOO_MUCH = b" " * (BODY_LIMIT + 1)


def in_pieces() -> Iterator[bytes]:
    """As a program sends that does not know the length beforehand."""
    for start in range(0, len(TOO_MUCH), 1 << 16):
        yield TOO_MUCH[start:start + (1 << 16)]


@pytest.mark.parametrize("pieces", [False, True])
def test_a_program_gets_a_problem(site: Site, pieces: bool) -> None:
    reply = site.stranger().http.post("/api/v1/sessions", content=in_pieces() if pieces else TOO_MUCH,
                                      headers={"content-type": "application/json"})
    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")
    assert reply.json()["slug"] == "too-large" and set(reply.json()["texts"]) == {"zh", "en"}
    assert reply.headers["cache-control"] == "no-store" and "content-security-policy" in reply.headers


@pytest.mark.parametrize("pieces", [False, True])
def test_a_person_gets_a_page(site: Site, pieces: bool) -> None:
    reply = site.stranger().http.post("/sign-in", content=in_pieces() if pieces else TOO_MUCH,
                                      headers={"content-type": "application/x-www-form-urlencoded"})
    assert reply.status_code == 413 and "太大" in reply.text and "<h1" in reply.text


def test_an_upload_may_be_larger_than_a_form_but_not_any_size(site: Site) -> None:
    patient = Patient(site)
    before = patient.get(f"/patients/{patient.id}/evidence")
    for size, status in ((2, 422), (25, 413)):
        patient.call("POST", f"/patients/{patient.id}/documents", expect=status,
                     files={"file": ("a.pdf", b"x" * (size << 20), "application/pdf")})
    assert patient.get(f"/patients/{patient.id}/evidence") == before

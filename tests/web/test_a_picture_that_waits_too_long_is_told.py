"""Pictures are drawn one at a time; one that would wait too long is sent back in words, with when to come again."""
import io

import pytest
from PIL import Image

from records.documents import pictures
from tests.web.patient_walk import Phone
from tests.web.staff_patient import Patient
from tests.web.staff_site import Site


def photo() -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG")
    return out.getvalue()


def test_a_program_is_told_when_to_come_again_and_then_is_heard(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    patient = Patient(site)

    def send() -> tuple[int, str | None, str | None]:
        reply = patient.http.post(f"/api/v1/patients/{patient.id}/documents", files={"files": ("a.jpg", photo())},
                                  headers={"authorization": f"Bearer {patient.token}"})
        return reply.status_code, reply.headers.get("retry-after"), reply.json().get("slug")

    with pictures.DRAWING:
        assert send() == (503, "1", "pictures-wait")
    assert send() == (201, None, None)


def test_a_person_reads_that_it_was_not_saved(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    visit = Patient(site).ask()
    phone = Phone(site).sign_in("wang")
    phone.open(f"/visits/{visit}/chat")
    with pictures.DRAWING:
        phone.send("/chat", _expect=503, text="", _files=[("file", ("x.jpg", photo(), "image/jpeg"))])
    assert "这张还没有保存" in phone.page.words and "编号" not in phone.page.words

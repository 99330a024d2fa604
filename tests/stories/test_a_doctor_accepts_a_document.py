"""A photographed record of two pages: the doctor asks for a better one, gets it, accepts it, and may diagnose."""
import io

import pytest
from PIL import Image, ImageDraw

from tests.stories import flows_doctor as doctor
from tests.stories.house import Hospital
from tests.stories.windows import Window
from web.demo.journey import Journey

pytestmark = [pytest.mark.browser, pytest.mark.invariant(1)]


def photo(number: int, blurred: bool = False) -> bytes:
    """One page of an outpatient record, as a phone takes it."""
    page = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(page).text((60, 80), "" if blurred else f"Renmin Hospital, page {number}: I10", fill="black")
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90 - number)
    return out.getvalue()


def hand_in(window: Window, visit: str, *pages: bytes) -> None:
    """Choose the photos, give date and hospital, hand them to the doctor."""
    window.go(f"/visits/{visit}/evidence")
    for number, data in enumerate(pages, 1):
        window.one('input[type="file"]').set_input_files(
            {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": data})
        window.page.locator('input[name="page"]').nth(number - 1).wait_for(state="attached")
    window.fill('[name="hospital"]', "人民医院").fill('[name="seen_on"]', "2026-08-12")
    window.press('button[name="do"][value="submit"]')


def test_a_document_of_two_pages_is_asked_for_again_and_then_accepted(hospital: Hospital) -> None:
    walked = hospital.walked_to("accept_visit")
    visit = walked.ids["visit_id"]
    wang, lin = hospital.window(), hospital.staff("lin")
    cookie = {"name": "fuzhen-patient", "value": walked.patient.token, "url": hospital.server.url}
    wang.page.context.add_cookies([cookie])
    lin.go(f"/doctor/visits/{visit}/evidence")
    lin.one('input[name="reasons"][value="unreadable"]').check()
    lin.press('button[formaction$="/ask"]')
    wang.go(f"/visits/{visit}/chat")
    wang.sees("main", "补拍凭证")
    pages = photo(1), photo(2)
    hand_in(wang, visit, *pages)
    the_doctor_accepts(lin, walked, visit)
    the_bytes_are_those_that_were_sent(walked, pages)


def the_doctor_accepts(lin: Window, walked: Journey, visit: str) -> None:
    """The newest paper: both pages are there, five checks, one action; then the diagnosis is open."""
    piece = newest(walked)
    lin.go(f"/doctor/evidence/{piece['id']}")
    assert lin.page.locator(".viewer__pages a").count() == 2
    lin.pick("name_matches", "yes").pick("in_person", "yes").fill('[name="code"]', "I10")
    lin.press("[data-accept]")
    lin.go(f"/doctor/visits/{visit}")
    doctor.judge(lin)
    lin.go(f"/doctor/visits/{visit}/note")
    doctor.diagnose(lin, "I10")
    lin.sees("table.mini th", "I10")


def newest(walked: Journey) -> dict[str, str]:
    """The paper that was handed in last."""
    found = walked.patient.get(f"/patients/{walked.ids['patient_id']}/evidence")
    return max(found, key=lambda piece: piece["id"])


def the_bytes_are_those_that_were_sent(walked: Journey, pages: tuple[bytes, ...]) -> None:
    """The doctor's download of the original is the photo, bit for bit."""
    import httpx
    document = newest(walked)["document_id"]
    with httpx.Client(base_url=walked.base_url, cookies={"fuzhen-doctor": walked.doctor.token}) as browser:
        kept = [browser.get(f"/doctor/files/{document}/{n}?original=true").content for n in (1, 2)]
    assert kept == list(pages)

"""What staff do at their pages, step by step, by the forms that stand on them."""

from __future__ import annotations

from typing import Any

from app.work import HOUSE
from prescribing import api as prescribing
from tests.web.staff_patient import Patient
from tests.web.staff_site import Browser, Page, Site
from web.demo.cast import SIGNING_PIN

NOTE = {"history": "高血压复诊，血压平稳。", "assessment": "高血压，控制尚可。", "advice": "每天早饭后服药，少盐。",
        "red_flags": "胸痛、说话不清：拨打 120。", "next_step": "四周后复诊。"}
DOSE = {"dose": "5", "frequency": "qd", "route": "oral", "timing": "after_breakfast", "days": "7", "quantity": ""}


def accept(doctor: Browser, visit: str) -> Page:
    page = doctor.open(f"/doctor/visits/{visit}")
    return doctor.post(page, "/accept")


def accept_evidence(doctor: Browser, visit: str) -> Page:
    """Open the paper that waits and answer the five checks."""
    page = doctor.open(f"/doctor/visits/{visit}/evidence")
    assert page.path.startswith("/doctor/evidence/"), page.path
    return doctor.post(page, "/accept", name_matches="yes", in_person="yes")


def judge(doctor: Browser, visit: str, answer: str = "same", **more: str) -> Page:
    page = doctor.open(f"/doctor/visits/{visit}")
    return doctor.post(page, "/judge", answer=answer, **more)


def diagnose(doctor: Browser, visit: str, code: str = "I10") -> Page:
    page = doctor.open(f"/doctor/visits/{visit}/note?q={code}")
    return doctor.post(page, "/diagnoses", code=code)


def add_line(doctor: Browser, draft: Page, drug: str = "amlodipine", query: str = "aldp", **dose: str) -> Page:
    """Search, choose a product, fill in the open line, keep it."""
    found = doctor.open(f"{draft.path}?q={query}")
    forms = [form for form in _hits(found) if form.startswith(f"{drug}:")]
    opened = doctor.post(found, "/lines", drug_id=forms[0])
    return doctor.post(opened, "/lines/new", **{**DOSE, **dose})


def _hits(page: Page) -> list[str]:
    from tests.web.staff_site import Forms

    return [form.values["drug_id"] for form in Forms(page.html).found if form.action.endswith("/lines")]


def settle(doctor: Browser, draft: Page) -> Page:
    """Answer what the rules ask and every finding until signing is open."""
    for _ in range(12):
        page = doctor.open(draft.path)
        if f'{draft.path}/sign"' in page.html:
            return page
        if "/terms" in page.html and 'name="off_label"' in page.html and "off_label-done" not in page.html:
            page = doctor.post(page, "/terms", off_label="no")
        if "/acknowledge" in page.html:
            doctor.post(page, "/acknowledge", reason="monitoring_arranged", words="已评估，继续")
    raise AssertionError(page.words[-1500:])


def prescribe(doctor: Browser, visit: str) -> Page:
    """A draft with one line, settled and signed."""
    draft = doctor.open(f"/doctor/visits/{visit}/prescription")
    add_line(doctor, draft)
    settle(doctor, draft)
    return sign(doctor, draft)


def sign(doctor: Browser, draft: Page, pin: str = SIGNING_PIN) -> Page:
    page = doctor.open(f"{draft.path}/sign")
    return doctor.post(page, "/sign", pin=pin)


def finish(doctor: Browser, visit: str) -> Page:
    page = doctor.open(f"/doctor/visits/{visit}/note")
    doctor.post(page, "/note", **NOTE)
    page = doctor.open(f"/doctor/visits/{visit}/finish")
    return doctor.post(page, "/finish", outcome="return")


def approve(pharmacist: Browser, rx: str) -> Page:
    page = pharmacist.open(f"/pharmacist/reviews/{rx}")
    return pharmacist.post(page, "/decide", decision="approve")


def codes(site: Site, order: str) -> list[str]:
    """The traceability codes on the packs of an order."""
    from pharmacy import api as pharmacy

    with site.house.read(HOUSE) as work:
        lines = pharmacy.lines_of(work, order)  # type: ignore[arg-type]
    return [f"{prescribing.pack_prefix(line.drug_id, line.product_code)}{number:013d}"
            for line in lines for number in range(1, line.packs + 1)]


def visit_in_hand(site: Site, patient: Patient, doctor: str = "lin", words: str = "来续降压药") -> str:
    """A visit that was accepted, with its evidence, judged and coded."""
    visit = patient.ask(words)
    browser = site.as_(doctor)
    accept(browser, visit)
    accept_evidence(browser, visit)
    judge(browser, visit)
    diagnose(browser, visit)
    return visit


def signed(site: Site, patient: Patient) -> Any:
    """A signed prescription of a visit in hand."""
    visit = visit_in_hand(site, patient)
    page = prescribe(site.as_("lin"), visit)
    return visit, page.path.rsplit("/", 1)[-1]

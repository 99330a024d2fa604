"""Proof of an earlier diagnosis: pages are kept one by one as they arrive, and handed in together.

The pages that have arrived stand in the address as ids of documents, so that a reload or a phone that went to
sleep shows them again; a page that is left out stays in the record but is not handed in.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from app.kit.ids import parse_uuid
from app.kit.problems import Invalid, NotFound, Problem
from app.kit.text import Text
from app.storage import StoredObject
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, mistakes, show
from web.pages.patient.uploads import UPLOAD_LIMIT, stored
from web.pages.patient.views_visit import EvidencePage, EvidenceView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=300)]
Ids = Annotated[list[str], Query(max_length=40)]
Files = Annotated[list[UploadFile], File(default_factory=list)]
ONE_PAGE, WHOLE = "evidence_page", "medical_record"
MOST = 12
NO_PAGE = Text(zh="请先拍一页病历，或选一个文件", en="Please add a photo or a file first")
NO_DATE = Text(zh="请照着病历填日期，比如 2026-08-12",
               en="Please give the date as on the record, for example 2026-08-12")
ANY_ILLNESS = Text(zh="以前的病历", en="Earlier record")


@dataclass(frozen=True)
class Purpose:
    """What the record is for: whose it is, where back leads, what happens once it is handed in."""

    acting: Acting
    subject: views.Words
    here: str
    back: str
    hand_in: Callable[[Work, records.Evidence], str]


@dataclass(frozen=True)
class Sent:
    """What the form carried."""

    files: list[UploadFile]
    pages: list[str]
    remove: str
    do: str
    hospital: str
    seen_on: str
    diagnosis: str

    def values(self) -> dict[str, str]:
        return {"hospital": self.hospital, "seen_on": self.seen_on, "diagnosis": self.diagnosis}


def read_form(pages: Files, page: Annotated[list[str], Form(default_factory=list)], remove: Field = "", do: Field = "",
              hospital: Field = "", seen_on: Field = "", diagnosis: Field = "") -> Sent:
    """The fields of the page, as a dependency."""
    return Sent([f for f in pages if f.filename], page, remove, do, hospital, seen_on, diagnosis)


# --- pages --------------------------------------------------------------------------------------------------


def _kept(work: Work, acting: Acting, ids: list[str]) -> list[records.DocumentPage]:
    """The pages behind these ids, of this person alone. Raises NotFound for a stranger's."""
    found = []
    for text in dict.fromkeys(ids):
        document_id = parse_uuid(text)
        document = records.document(work, document_id) if document_id else None
        if document is None or document.patient_id != acting.id:
            raise NotFound
        found += records.pages_of(work, document.id)
    return found


def _page_view(page: records.DocumentPage, number: int) -> EvidencePage:
    href = f"/documents/{page.document_id}/pages/{page.number}"
    return EvidencePage(str(page.document_id), number, page.name, href,
                        href if page.media_type.startswith("image/") else "")


def _view(work: Work, purpose: Purpose, ids: list[str], form: views.Form) -> EvidenceView:
    pages = tuple(_page_view(page, n) for n, page in enumerate(_kept(work, purpose.acting, ids), 1))
    return EvidenceView(purpose.acting.person, purpose.subject, pages, purpose.back, f"{purpose.here}/page",
                        max_pages=MOST, form=form)


def _show(door: Door, purpose: Callable[[Work], Purpose], ids: list[str], form: views.Form) -> Response:
    with door.read() as work:
        wanted = purpose(work)
        return show(door, "evidence", framed(work), _view(work, wanted, ids, form), 422 if form.errors else 200)


def _keep(door: Door, purpose: Callable[[Work], Purpose], files: list[UploadFile]) -> list[str]:
    """Keep each file as a document of one page; returns their ids. Raises what a file may be refused for."""
    if not files:
        return []
    with door.read() as work:
        acting = purpose(work).acting
    with stored(door, acting.id, files) as pages, door.write() as work:
        purpose(work)
        return [str(records.keep_document(work, acting.id, [page], ONE_PAGE, page.name).id) for page in pages]


def _stored(page: records.DocumentPage) -> records.StoredPage:
    """A kept page once more as a page to keep: the same bytes, in the order in which they are handed in."""
    view = StoredObject(page.view_key, "", 0) if page.view_key else None
    return records.StoredPage(StoredObject(page.object_key, page.sha256, page.size), page.media_type, page.name, view,
                              page.view_media_type, page.width, page.height)


# --- handing in ---------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(NO_DATE, errors=[{"field": "seen_on", "message": NO_DATE.model_dump()}]) from None


def _code(words: str) -> str | None:
    """The code of a diagnosis whose name was typed exactly; anything else stays words for the doctor."""
    hits = prescribing.conditions.search(prescribing.load(), words) if words else []
    exact = [c.code for c in (hit.condition for hit in hits)
             if words.lower() in (c.code.lower(), c.zh.lower(), c.en.lower())]
    return exact[0] if len(exact) == 1 else None


def _offer(work: Work, purpose: Purpose, sent: Sent, ids: list[str]) -> records.Evidence:
    """Make one document of the pages and offer it; what was typed is a hint, the doctor reads the original."""
    pages = _kept(work, purpose.acting, ids)
    if not pages:
        raise Invalid(NO_PAGE, errors=[{"field": "pages", "message": NO_PAGE.model_dump()}])
    title = " · ".join(part for part in (sent.hospital.strip(), sent.diagnosis.strip()) if part)
    whole = records.keep_document(work, purpose.acting.id, [_stored(p) for p in pages], WHOLE, title)
    return records.offer_evidence(work, purpose.acting.id, whole.id, None, sent.hospital.strip() or None,
                                  _code(sent.diagnosis.strip()), _day(sent.seen_on.strip()))


def _take(door: Door, purpose: Callable[[Work], Purpose], sent: Sent) -> Response:
    """Upload, remove or hand in, without scripts; with mistakes everything typed and uploaded is still there."""
    ids = [one for one in sent.pages if one != sent.remove]
    try:
        ids += _keep(door, purpose, sent.files[: MOST - len(ids)])
        if sent.remove or sent.do != "submit":
            return _show(door, purpose, ids, views.Form(sent.values()))
        with door.write() as work:
            wanted = purpose(work)
            return see_other(wanted.hand_in(work, _offer(work, wanted, sent, ids)))
    except Problem as problem:
        if problem.status not in (413, 415, 422):
            raise
        names = {"institution": "hospital", "diagnosed_on": "seen_on", "diagnosis_code": "diagnosis"}
        return _show(door, purpose, ids, views.Form(sent.values(), mistakes(problem, "pages", names)))


def _part(door: Door, purpose: Callable[[Work], Purpose], file: UploadFile, ids: list[str]) -> Response:
    """One file of a page with scripts: answers the list of what has arrived."""
    ids = [*ids, *_keep(door, purpose, [file])]
    with door.read() as work:
        return show(door, "parts/_pages", None, _view(work, purpose(work), ids, views.Form()))


# --- for a triage, for a visit, for the record --------------------------------------------------------------


def for_triage(triage_id: UUID) -> Callable[[Work], Purpose]:
    """Before a visit is asked for: then back to the forecast."""
    def purpose(work: Work) -> Purpose:
        view = consult.triage_view(work, triage_id)
        here = f"/triage/{triage_id}"
        return Purpose(acting_for(work, view.triage.patient_id), view.title, f"{here}/evidence", f"{here}/forecast",
                       lambda _, piece: f"{here}/forecast?evidence={piece.id}")

    return purpose


def for_visit(visit_id: UUID) -> Callable[[Work], Purpose]:
    """For a visit that waits for it, or one that is under way."""
    def hand_in(work: Work, piece: records.Evidence) -> str:
        consult.add_evidence_to_visit(work, visit_id, piece.id)
        return f"/visits/{visit_id}"

    def purpose(work: Work) -> Purpose:
        visit = consult.visit_for_patient(work, visit_id)
        subject = consult.triage_view(work, visit.triage_id).title
        return Purpose(acting_for(work, visit.patient_id), subject, f"/visits/{visit_id}/evidence", "/visits", hand_in)

    return purpose


def for_record(door: Door, patient: str) -> Callable[[Work], Purpose]:
    """Into the record, for later; the person stands in the address, so that a switch cannot mix them up."""
    def purpose(work: Work) -> Purpose:
        acting = acting_for(work, patient) if patient else chosen(work, door)
        return Purpose(acting, ANY_ILLNESS, f"/record/{acting.id}/documents/new", "/record/documents",
                       lambda _, __: "/record/documents")

    return purpose


Given = Annotated[Sent, Depends(read_form)]


@router.get("/triage/{triage_id}/evidence")
def triage_form(triage_id: UUID, door: Patient, page: Ids = []) -> Response:  # noqa: B006 - FastAPI copies it
    """Take photos of the earlier record."""
    return _show(door, for_triage(triage_id), page, views.Form())


@router.post("/triage/{triage_id}/evidence", max_body_size=UPLOAD_LIMIT)
def triage_take(triage_id: UUID, door: Patient, sent: Given) -> Response:
    """Keep pages, or hand them in and look at the forecast again."""
    return _take(door, for_triage(triage_id), sent)


@router.post("/triage/{triage_id}/evidence/page", max_body_size=UPLOAD_LIMIT)
def triage_page(triage_id: UUID, door: Patient, file: UploadFile,
                page: Annotated[list[str], Form(default_factory=list)]) -> Response:
    """Keep one page."""
    return _part(door, for_triage(triage_id), file, page)


@router.get("/visits/{visit_id}/evidence")
def visit_form(visit_id: UUID, door: Patient, page: Ids = []) -> Response:  # noqa: B006 - FastAPI copies it
    """The same for a visit that waits for it."""
    return _show(door, for_visit(visit_id), page, views.Form())


@router.post("/visits/{visit_id}/evidence", max_body_size=UPLOAD_LIMIT)
def visit_take(visit_id: UUID, door: Patient, sent: Given) -> Response:
    """Keep pages, or hand them to the doctor."""
    return _take(door, for_visit(visit_id), sent)


@router.post("/visits/{visit_id}/evidence/page", max_body_size=UPLOAD_LIMIT)
def visit_page(visit_id: UUID, door: Patient, file: UploadFile,
               page: Annotated[list[str], Form(default_factory=list)]) -> Response:
    """Keep one page."""
    return _part(door, for_visit(visit_id), file, page)


@router.get("/record/documents/new")
def record_start(door: Patient) -> Response:
    """Name the person in the address before anything is uploaded."""
    with door.read() as work:
        return see_other(f"/record/{chosen(work, door).id}/documents/new")


@router.get("/record/{patient_id}/documents/new")
def record_form(patient_id: UUID, door: Patient, page: Ids = []) -> Response:  # noqa: B006 - FastAPI copies it
    """Earlier records, before anybody needs them."""
    return _show(door, for_record(door, str(patient_id)), page, views.Form())


@router.post("/record/{patient_id}/documents/new", max_body_size=UPLOAD_LIMIT)
def record_take(patient_id: UUID, door: Patient, sent: Given) -> Response:
    """Keep them in the record."""
    return _take(door, for_record(door, str(patient_id)), sent)


@router.post("/record/{patient_id}/documents/new/page", max_body_size=UPLOAD_LIMIT)
def record_page(patient_id: UUID, door: Patient, file: UploadFile,
                page: Annotated[list[str], Form(default_factory=list)]) -> Response:
    """Keep one page."""
    return _part(door, for_record(door, str(patient_id)), file, page)




"""Records that the patient uploaded, and one piece of evidence with what became of it."""
from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.text import Text, counted
from app.work import Work
from records import api as records
from web.door import GuardedRoute
from web.pages.papers import paper_of
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, show
from web.pages.patient.evidence import ONE_PAGE
from web.pages.patient.forecast import day_words, diagnosis_name, evidence_origin, evidence_title
from web.pages.patient.views import Tag, Words
from web.pages.patient.views_record import DocumentRow, DocumentsView, EntryView, Section

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
TAGS = {"offered": Tag(Text(zh="医生还没看", en="Not read by a doctor yet"), "wait", "clock"),
        "accepted": Tag(Text(zh="可以作为证明", en="Accepted as proof"), "ok", "check"),
        "refused": Tag(Text(zh="没有采信", en="Not accepted"), "urg", "circle-x")}
LOOSE = Tag(Text(zh="还没有交给医生", en="Not handed in"), "", "file-text")
IN_TALK = Tag(Text(zh="在对话里发的", en="Sent in a conversation"), "", "message-circle")
RECORD = Text(zh="病历", en="Record")
SENT_FILE = Text(zh="医院传来的原文件", en="The file as the hospital sent it")


def _row(document: records.Document, piece: records.Evidence | None) -> DocumentRow:
    href = f"/records/{document.patient_id}/evidence/{piece.id}" if piece else f"/documents/{document.id}/pages/1"
    status = TAGS[piece.state] if piece else IN_TALK if document.kind == "message" else LOOSE
    note: Words = evidence_origin(piece) if piece else Text(
        zh=f"{document.pages} 页", en=counted(document.pages, "page"))
    return DocumentRow(href, evidence_title(piece) if piece else document.title, note, status, document.kept_at)


def _handed_in(work: Work, documents: list[records.Document]) -> set[str]:
    """The hashes of all pages that stand in a document which was handed in."""
    whole = [d for d in documents if d.kind != ONE_PAGE]
    return {page.sha256 for d in whole for page in records.pages_of(work, d.id)}


def documents_view(work: Work, acting: Acting) -> DocumentsView:
    """Every document; a single page that became part of a whole one is not shown twice."""
    found = records.documents_of(work, acting.id)
    pieces = {piece.document_id: piece for piece in records.evidence_list(work, acting.id)}
    used = _handed_in(work, found)
    shown = [d for d in found if d.kind != ONE_PAGE or not {p.sha256 for p in records.pages_of(work, d.id)} <= used]
    return DocumentsView(acting.person, tuple(_row(d, pieces.get(d.id)) for d in shown))


@router.get("/record/documents")
def documents(door: Patient) -> Response:
    """What was uploaded for the chosen person."""
    with door.read() as work:
        return show(door, "documents", framed(work), documents_view(work, chosen(work, door)))


WHAT_NOW = {
    "offered": Text(zh="接诊的医生会看。是不是同一个病，由医生判断。",
                    en="The doctor who sees you reads it and judges whether it is the same condition."),
    "accepted": Text(zh="以后同一个病不用再传。每次看诊，医生还会再确认。",
                     en="For the same condition it need not be sent again. At each visit the doctor confirms it."),
    "refused": Text(zh="请按上面的原因重新拍一份，再传一次。",
                    en="Please take it again as the reason says, and send it once more."),
}


def _paper(work: Work, piece: records.Evidence) -> tuple[Section, ...]:
    """The words of a record that a hospital's program sent."""
    if piece.origin != "partner":
        return ()
    paper = paper_of(records.document_bytes(work, piece.document_id)[0])
    return tuple(Section(name, words) for name, words in paper.sections) if paper else ()


def evidence_view(work: Work, piece: records.Evidence) -> EntryView:
    """Hospital, date, diagnosis, and what a doctor said about it."""
    pairs: list[tuple[Words, Words]] = [
        (Text(zh="医院", en="Hospital"), piece.institution or Text(zh="没有写", en="not given")),
        (Text(zh="日期", en="Date"), day_words(piece.diagnosed_on)),
        (Text(zh="诊断", en="Diagnosis"), diagnosis_name(piece) or Text(zh="由医生填", en="the doctor enters it"))]
    sections = [Section(Text(zh="病历上写的", en="What the record says"), pairs=tuple(pairs)), *_paper(work, piece)]
    reason = records.REFUSALS.get(piece.refusal_code or "")
    if piece.state == "refused" and reason:
        sections.append(Section(Text(zh="医生为什么没有采信", en="Why the doctor did not accept it"), reason))
    sections.append(Section(Text(zh="接下来", en="What comes next"), WHAT_NOW[piece.state]))
    pages = records.pages_of(work, piece.document_id)
    files: tuple[tuple[Words, str], ...] = tuple(
        (SENT_FILE if piece.origin == "partner" else page.name, f"/documents/{page.document_id}/pages/{page.number}")
        for page in pages)
    if piece.state == "refused":
        files += ((Text(zh="再传一份", en="Send another one"), f"/record/{piece.patient_id}/documents/new"),)
    return EntryView(
        acting_for(work, piece.patient_id).person, piece.institution or RECORD, RECORD, piece.offered_at,
        Text(zh="医院发来的", en="Sent by the hospital") if piece.origin == "partner" else
        Text(zh="您上传的", en="Uploaded by you"), tuple(sections), (TAGS[piece.state],),
        seal=Text(zh="原件一个字节都没有改过，一直留着。", en="The original is kept byte for byte."), files=files,
        back="/record/documents")


@router.get("/records/{patient_id}/evidence/{evidence_id}")
def one_piece(patient_id: UUID, evidence_id: UUID, door: Patient) -> Response:
    """One piece of evidence, and what to do when it was refused."""
    with door.read() as work:
        acting_for(work, patient_id)
        piece = records.evidence(work, evidence_id)
        return show(door, "record_entry", framed(work), evidence_view(work, piece))

"""Keeping stored pages as a document of a record."""
from uuid import UUID

from app.events.records import DocumentKept
from app.identity import api as identity
from app.work import Work
from records.documents.intake import StoredPage, require_pages
from records.documents.models import Document, DocumentPage
from records.file.gate import require_writable
from records.words import tidy


def _page_row(document_id: UUID, number: int, page: StoredPage) -> DocumentPage:
    return DocumentPage(
        document_id=document_id, number=number, name=page.name, media_type=page.media_type,
        object_key=page.original.key, sha256=page.original.sha256, size=page.original.size,
        view_key=page.view.key if page.view else None, view_media_type=page.view_media_type,
        width=page.width, height=page.height)


def keep_pages(work: Work, patient_id: UUID, pages: list[StoredPage], kind: str, title: str,
               source: str) -> Document:
    """Write a document and its pages, numbered from 1, for a caller that has judged the right to do so."""
    require_pages(len(pages))
    document = work.add(Document(
        organization_id=identity.hospital_id(work), patient_id=patient_id, kind=tidy(kind, 40),
        title=tidy(title, 200) or pages[0].name, source=source, pages=len(pages), kept_at=work.now,
        kept_by=work.actor.account_id))
    for number, page in enumerate(pages, 1):
        work.add(_page_row(document.id, number, page))
    work.announce(DocumentKept(patient_id, document.id))
    return document


def keep_document(work: Work, patient_id: UUID, pages: list[StoredPage], kind: str, title: str) -> Document:
    """Keep an upload of the patient, a guardian or the treating doctor. Raises RecordClosed or WrongPages."""
    require_writable(work, patient_id, "document")
    return keep_pages(work, patient_id, pages, kind, title, "upload")

"""Reading documents: always through the gate, always with a trace."""
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from app.kit.problems import NotFound
from app.storage import ObjectStore
from app.work import Work, all_of, one_or_none
from records.documents.models import Document, DocumentPage
from records.documents.names import safe_headers
from records.file.gate import require_readable


@dataclass(frozen=True)
class DocumentFile:
    """Bytes of one page for showing or downloading, with the headers that make it harmless."""

    data: bytes
    media_type: str
    name: str

    def headers(self, download: bool = False) -> dict[str, str]:
        """HTTP headers to send with the bytes."""
        return safe_headers(self.media_type, self.name, download)


def _page_of(work: Work, document_id: UUID, number: int) -> tuple[Document, DocumentPage]:
    document = work.get(Document, document_id)
    require_readable(work, document.patient_id, "document", document_id)
    page = one_or_none(work, DocumentPage, DocumentPage.document_id == document_id,
                       DocumentPage.number == number)
    if page is None:
        raise NotFound(kind="page", number=number)
    return document, page


def document_file(work: Work, document_id: UUID, page: int = 1, original: bool = False) -> DocumentFile:
    """One page: the clean copy of a picture, or the `original` byte for byte. Pages count from 1.

    Raises NotFound, also when the record is not open to the actor.
    """
    document, row = _page_of(work, document_id, page)
    objects = work.tool(ObjectStore)  # type: ignore[type-abstract]
    owner = str(document.patient_id)
    if row.view_key is None or original:
        return DocumentFile(objects.get(row.object_key, owner), row.media_type, row.name)
    name = row.name.rpartition(".")[0] + ".jpg"
    return DocumentFile(objects.get(row.view_key, owner), row.view_media_type or "image/jpeg", name)


def document_bytes(work: Work, document_id: UUID, page: int = 1) -> tuple[bytes, str]:
    """Bytes and media type of one page for showing; see `document_file`."""
    file = document_file(work, document_id, page)
    return file.data, file.media_type


def document(work: Work, document_id: UUID) -> Document:
    """One document's facts. Raises NotFound, also when the record is not open to the actor."""
    row = work.get(Document, document_id)
    require_readable(work, row.patient_id, "document", document_id)
    return row


def pages_of(work: Work, document_id: UUID) -> list[DocumentPage]:
    """The pages of a document in order, with names, sizes and hashes."""
    document(work, document_id)
    return all_of(work, DocumentPage, DocumentPage.document_id == document_id, order=col(DocumentPage.number))


def documents_of(work: Work, patient_id: UUID) -> list[Document]:
    """All documents of a patient, newest first."""
    require_readable(work, patient_id, "document")
    return all_of(work, Document, Document.patient_id == patient_id, order=col(Document.kept_at).desc())

"""Taking files in: checked and stored before any transaction opens, because drawing a picture takes time."""
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from app.kit.problems import Problem
from app.storage import ObjectStore, StoredObject
from records.documents.kinds import FileKind, kind_of
from records.documents.names import clean_name
from records.documents.pictures import CleanCopy, clean_copy
from records.documents.problems import BrokenFile, WrongPages

MOST_PAGES = 20


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed: what it is, its clean name, and for a picture the copy that people see."""

    data: bytes
    kind: FileKind
    name: str
    copy: CleanCopy | None


@dataclass(frozen=True)
class StoredPage:
    """A page whose bytes are safe on disk; `keep_document` makes it part of a record."""

    original: StoredObject
    media_type: str
    name: str
    view: StoredObject | None = None
    view_media_type: str | None = None
    width: int | None = None
    height: int | None = None


def _require_whole_pdf(data: bytes) -> None:
    """A PDF ends with its marker (ISO 32000-1, 7.5.5); a cut upload does not."""
    if b"%%EOF" not in data[-2048:]:
        raise BrokenFile()


def check_file(data: bytes, name: str) -> CheckedFile:
    """Judge an upload by its bytes. Raises UnknownFile, FileTooLarge, BrokenFile, TooManyPixels or PicturesWait."""
    kind = kind_of(data)
    if kind.family == "pdf":
        _require_whole_pdf(data)
    copy = clean_copy(data) if kind.family == "image" else None
    return CheckedFile(data, kind, clean_name(name, kind.ending), copy)


def store_page(objects: ObjectStore, patient_id: UUID, data: bytes, name: str) -> StoredPage:
    """Check an upload and store it with its clean copy, outside any transaction; see `check_file`."""
    checked = check_file(data, name)
    owner = str(patient_id)
    original = objects.put(data, owner)
    if checked.copy is None:
        return StoredPage(original, checked.kind.media_type, checked.name)
    view = objects.put(checked.copy.data, owner)
    return StoredPage(original, checked.kind.media_type, checked.name, view, "image/jpeg",
                      checked.copy.width, checked.copy.height)


def require_pages(count: int) -> None:
    """Ask before anything is stored whether a document may have so many pages. Raises WrongPages."""
    if not 1 <= count <= MOST_PAGES:
        raise WrongPages(errors=[{"field": "pages", "message": WrongPages.title.model_dump()}])


@contextmanager
def stored_pages(objects: ObjectStore, patient_id: UUID,
                 files: Iterable[tuple[bytes, str]]) -> Iterator[list[StoredPage]]:
    """Store files (bytes, name) for the Work that keeps them; what is refused, here or there, leaves no bytes behind.

    Whatever else goes wrong may have been kept all the same; `fuzhen retention sweep` finds what was not.
    """
    pages: list[StoredPage] = []
    try:
        for data, name in files:
            pages.append(store_page(objects, patient_id, data, name))
        yield pages
    except Problem:
        discard_pages(objects, pages)
        raise


def discard_pages(objects: ObjectStore, pages: list[StoredPage]) -> None:
    """Remove stored pages that did not become a document, because the transaction failed."""
    for page in pages:
        objects.delete(page.original.key)
        if page.view is not None:
            objects.delete(page.view.key)

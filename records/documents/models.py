"""Tables of documents: one document, its pages, and where their bytes lie."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.kit.database import Row


class Document(Row, table=True):
    """A file that came in: an upload of one or more pages, or a record that a partner sent."""

    __tablename__ = "document"
    organization_id: UUID
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    kind: str = Field(max_length=40)
    title: str = Field(max_length=200)
    source: str = Field(default="upload", max_length=20)
    pages: int
    kept_at: datetime
    kept_by: UUID | None = None


class DocumentPage(Row, table=True):
    """One page: the original byte for byte, and for pictures a clean copy that people look at."""

    __tablename__ = "document_page"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    document_id: UUID = Field(foreign_key="document.id")
    number: int
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=60)
    object_key: str = Field(max_length=64)
    sha256: str = Field(max_length=64, index=True)
    size: int
    view_key: str | None = Field(default=None, max_length=64)
    view_media_type: str | None = Field(default=None, max_length=60)
    width: int | None = None
    height: int | None = None

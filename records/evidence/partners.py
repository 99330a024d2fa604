"""Records that partner hospitals send: accepted by their origin, kept byte for byte."""
import hashlib
import json
from datetime import date
from uuid import UUID

from sqlmodel import select

from app.events.records import EvidenceOffered
from app.identity import api as identity
from app.kit.text import Text, dated
from app.storage import ObjectStore
from app.work import Work
from records.days import require_past
from records.documents.commands import keep_pages
from records.documents.intake import StoredPage
from records.documents.kinds import kind_of
from records.documents.models import DocumentPage
from records.documents.problems import UnknownFile
from records.evidence.models import Evidence
from records.evidence.problems import NotAPartner
from records.file.commands import add_entry
from records.file.gate import require_writable
from records.icd import family_of, require_code


def _media_type(raw: bytes) -> tuple[str, str]:
    """Media type and ending of what a partner sent; what cannot be told is only ever downloaded."""
    try:
        kind = kind_of(raw)
    except UnknownFile:
        return _text_type(raw)
    return kind.media_type, kind.ending


def _text_type(raw: bytes) -> tuple[str, str]:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return "application/octet-stream", "bin"
    return "application/json", "json"


def _known(work: Work, patient_id: UUID, institution_id: UUID, sha256: str) -> Evidence | None:
    """The piece that came of the same bytes before, so that an import may run twice."""
    statement = (select(Evidence).join(DocumentPage, DocumentPage.document_id == Evidence.document_id)  # type: ignore
                 .where(Evidence.patient_id == patient_id, Evidence.institution_id == institution_id,
                        DocumentPage.sha256 == sha256))
    return work.session.exec(statement).first()


def import_partner_record(work: Work, patient_id: UUID, institution_id: UUID, code: str, diagnosed_on: date,
                          raw: bytes) -> Evidence:
    """Keep a partner hospital's record of an in-person diagnosis; its origin accepts it, a doctor confirms it.

    The same bytes again return the same piece. Raises NotAPartner, RecordClosed or Invalid.
    """
    require_writable(work, patient_id, "evidence")
    partner = work.get(identity.Organization, institution_id)
    if partner.kind != "partner_hospital":
        raise NotAPartner()
    work.get(identity.Patient, patient_id, lock=True)
    known = _known(work, patient_id, institution_id, hashlib.sha256(raw).hexdigest())
    day = require_past(work, diagnosed_on, "diagnosed_on")
    return known or _keep(work, patient_id, partner, require_code(code, "code"), day, raw)


def _keep(work: Work, patient_id: UUID, partner: identity.Organization, code: str, diagnosed_on: date,
          raw: bytes) -> Evidence:
    media_type, ending = _media_type(raw)
    stored = work.tool(ObjectStore).put(raw, str(patient_id))  # type: ignore[type-abstract]
    page = StoredPage(stored, media_type, f"record.{ending}")
    document = keep_pages(work, patient_id, [page], "partner_record", partner.name_zh, "partner")
    row = work.add(Evidence(
        organization_id=identity.hospital_id(work), patient_id=patient_id, document_id=document.id,
        state="accepted", origin="partner", institution_id=partner.id, institution=partner.name_zh,
        diagnosis_code=code, family=family_of(code), diagnosed_on=diagnosed_on, offered_at=work.now,
        offered_by=work.actor.account_id))
    title = Text(zh=f"{partner.name_zh} · 当面诊断", en=f"{partner.name_en} · in-person diagnosis")
    summary = Text(zh=f"{code}，{dated(diagnosed_on).zh}。从医院导入。",
                   en=f"{code}, {dated(diagnosed_on).en}. Imported from the hospital.")
    add_entry(work, patient_id, "partner_record", title, summary, "evidence", row.id)
    work.announce(EvidenceOffered(patient_id, row.id))
    return row

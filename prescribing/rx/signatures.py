"""The bytes that a doctor signs, and whether a prescription still says what was signed."""
import hashlib
import json
from typing import Any
from uuid import UUID

import rfc8785

from app.identity import api as identity
from app.work import Work
from consult import api as consult
from prescribing.rx.models import FindingAnswer, Prescription
from prescribing.rx.problems import SignatureBroken
from prescribing.rx.queries import answers_of, items_of

FORM = "fuzhen.prescription/1"


def canonical_content(work: Work, rx: Prescription, data_version: str) -> bytes:
    """Everything that the prescription says, as canonical JSON (RFC 8785)."""
    person = identity.patient(work, rx.patient_id)
    told: dict[str, Any] = {
        "form": FORM, "id": str(rx.id), "number": rx.number, "version": rx.version,
        "supersedes": _text(rx.supersedes_id), "organization": str(rx.organization_id), "visit": str(rx.visit_id),
        "patient": {"id": str(person.id), "name": person.name, "birth_date": person.birth_date.isoformat(),
                    "sex": person.sex},
        "practitioner": str(rx.practitioner_id), "issued_at": work.now.isoformat(), "validity_days": rx.validity_days,
        "long_term": rx.is_long_term, "extension_reason": rx.extension_reason, "off_label": rx.off_label,
        "note": rx.note, "formulary": data_version,
        "diagnoses": [{"code": d.code, "zh": d.label_zh, "en": d.label_en}
                      for d in consult.diagnoses_of(work, rx.visit_id)],
        "lines": [_line(item) for item in items_of(work, rx.id)],
        "reasons": [_reason(answer) for answer in answers_of(work, rx.id).values()]}
    return rfc8785.dumps(told)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _line(item: Any) -> dict[str, Any]:
    return {"line": item.line, "name_zh": item.name_zh, "name_en": item.name_en, "strength": item.strength,
            "ordered": item.ordered, "packs": item.quantity, "zh": item.wording_zh, "en": item.wording_en}


def _reason(answer: FindingAnswer) -> dict[str, str]:
    return {"finding": answer.finding_id, "code": answer.reason_code, "text": answer.text,
            "at": answer.at.isoformat()}


def digest_of(content: bytes) -> str:
    """SHA-256 of the signed bytes, hex."""
    return hashlib.sha256(content).hexdigest()


def is_unchanged(rx: Prescription) -> bool:
    """True when the kept bytes fit their digest and the doctor's signature over them holds."""
    if rx.canonical is None or digest_of(rx.canonical) != rx.digest:
        return False
    return identity.verify_signature(rx.public_key, rx.canonical, rx.signature)


def require_unchanged(work: Work, rx: Prescription) -> None:
    """Raise SignatureBroken unless bytes, digest, signature and the columns people read all agree."""
    if not is_unchanged(rx) or not _columns_fit(work, rx):
        raise SignatureBroken(number=rx.number)


def _columns_fit(work: Work, rx: Prescription) -> bool:
    """The rows are a view of the signed bytes; a row that was edited past the program is found here."""
    told = json.loads(rx.canonical or b"{}")
    return told.get("lines") == json.loads(rfc8785.dumps([_line(item) for item in items_of(work, rx.id)]))

"""The bytes that a doctor signs, and whether a prescription still says what was signed."""
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import rfc8785

from app.identity import api as identity
from app.kit.ids import parse_uuid
from app.work import Work
from consult import api as consult
from prescribing.checks.findings import CheckReport
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem
from prescribing.rx.problems import SignatureBroken
from prescribing.rx.queries import answers_of, items_of
from prescribing.rx.rules import end_of_validity

FORM = "fuzhen.prescription/1"


def canonical_content(work: Work, rx: Prescription, report: CheckReport) -> bytes:
    """Everything that the prescription says when it is signed now, as canonical JSON (RFC 8785)."""
    person = identity.patient(work, rx.patient_id)
    told: dict[str, Any] = _head(rx, work.now, report.data_version) | {
        "patient": {"id": str(person.id), "name": person.name, "birth_date": person.birth_date.isoformat(),
                    "sex": person.sex},
        "diagnoses": [{"code": d.code, "zh": d.label_zh, "en": d.label_en}
                      for d in consult.diagnoses_of(work, rx.visit_id)],
        "lines": [_line(item) for item in items_of(work, rx.id)],
        "reasons": [_reason(answer) for answer in answers_of(work, rx.id, report.findings).values()]}
    return rfc8785.dumps(told)


def _head(rx: Prescription, issued_at: datetime, data_version: str) -> dict[str, Any]:
    """What the columns of the prescription itself say."""
    return {
        "form": FORM, "id": str(rx.id), "number": rx.number, "version": rx.version,
        "supersedes": _text(rx.supersedes_id), "organization": str(rx.organization_id), "visit": str(rx.visit_id),
        "practitioner": str(rx.practitioner_id), "issued_at": issued_at.astimezone(UTC).isoformat(),
        "validity_days": rx.validity_days,
        "long_term": rx.is_long_term, "extension_reason": rx.extension_reason, "off_label": rx.off_label,
        "note": rx.note, "formulary": data_version}


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


def is_unchanged(work: Work, rx: Prescription) -> bool:
    """True when bytes, digest, the prescriber's own key, the signature and the columns people read all agree."""
    return _bytes_hold(work, rx) and _columns_fit(work, rx)


def require_unchanged(work: Work, rx: Prescription) -> None:
    """Raise SignatureBroken unless the prescription still is what its doctor signed."""
    if not is_unchanged(work, rx):
        raise SignatureBroken(number=rx.number)


def _bytes_hold(work: Work, rx: Prescription) -> bool:
    """The kept bytes fit their digest, and the signature over them was made with a key of the prescriber."""
    key_id = parse_uuid(rx.signature_key)
    if rx.canonical is None or key_id is None or digest_of(rx.canonical) != rx.digest:
        return False
    if identity.key_holder(work, key_id) != (rx.practitioner_id, rx.public_key):
        return False
    return identity.verify_signature(rx.public_key, rx.canonical, rx.signature)


def _columns_fit(work: Work, rx: Prescription) -> bool:
    """The rows are a view of the signed bytes; a row that was edited past the program is found here."""
    if rx.canonical is None or rx.signed_at is None:
        return False
    told, items = json.loads(rx.canonical), items_of(work, rx.id)
    head = _head(rx, rx.signed_at, rx.data_version)
    seen = json.loads(rfc8785.dumps(head | {"lines": [_line(item) for item in items]}))
    return (all(told.get(name) == value for name, value in seen.items())
            and told.get("patient", {}).get("id") == str(rx.patient_id)
            and rx.expires_at == end_of_validity(rx.signed_at, rx.validity_days)
            and all(_fits_order(item) for item in items))


def _fits_order(item: PrescriptionItem) -> bool:
    """The columns of a line repeat what was ordered."""
    order = item.ordered
    return (item.drug_id, item.product_code, item.days) == (order["drug_id"], order["product_code"], order["days"])

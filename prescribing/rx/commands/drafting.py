"""Write a draft that nobody else sees: lines, terms, and the reasons for going on despite a finding."""
import secrets
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.kit.problems import Invalid, invalid
from app.kit.text import Text
from app.work import Work, one_or_none
from consult import api as consult
from prescribing.checks.findings import REASONS
from prescribing.formulary.lines import DraftLine, quantity_needed
from prescribing.formulary.load import load
from prescribing.formulary.wording import wording
from prescribing.rx.checking import check_report
from prescribing.rx.models import FindingAnswer, Prescription, PrescriptionItem
from prescribing.rx.problems import FindingChanged, LineMissing, NotDraft, ReasonMissing
from prescribing.rx.queries import items_of, own_draft, prescriptions_of_visit
from prescribing.rx.rules import VALIDITY_MOST
from prescribing.rx.states import PRESCRIPTION

TERMS = ("validity_days", "is_long_term", "stable_chronic", "strict_assessment", "extension_reason", "off_label",
         "off_label_consent", "note")


def start_draft(work: Work, visit_id: UUID) -> Prescription:
    """Begin a prescription in a running visit, or go on with the draft that stands there already."""
    visit = consult.require_attending(work, visit_id)
    if visit.kind == "advice":
        raise consult.AdviceOnly
    drafts = [rx for rx in prescriptions_of_visit(work, visit.id, with_drafts=True) if rx.state == "draft"]
    return drafts[0] if drafts else work.add(_new(work, visit))


def _new(work: Work, visit: consult.Visit, version: int = 1, supersedes: UUID | None = None) -> Prescription:
    return Prescription(
        number=f"RX-{work.now:%y%m}-{secrets.randbelow(10**8):08d}", organization_id=visit.organization_id,
        visit_id=visit.id, patient_id=visit.patient_id, practitioner_id=visit.practitioner_id, version=version,
        supersedes_id=supersedes, drafted_at=work.now, validity_days=VALIDITY_MOST)


def editable(work: Work, prescription_id: UUID) -> Prescription:
    """The doctor's own draft, locked. Raises NotDraft for what is signed."""
    rx = own_draft(work, prescription_id)
    if rx.state != "draft":
        raise NotDraft(state=rx.state)
    return rx


def read_line(content: dict[str, Any]) -> DraftLine:
    """Check what the doctor entered. Raises Invalid with the fields named."""
    try:
        return DraftLine.model_validate(content)
    except ValidationError as wrong:
        errors = [{"field": ".".join(map(str, e["loc"])) or "line", "message": {"zh": "填写不正确", "en": e["msg"]}}
                  for e in wrong.errors()]
        raise Invalid(Text(zh="这一行有填写不正确的地方", en="Something in this line is not right"),
                      errors=errors) from wrong


def set_item(work: Work, prescription_id: UUID, content: dict[str, Any], line: int | None = None) -> PrescriptionItem:
    """Add a line, or replace line number `line`. `content` are the fields of DraftLine."""
    rx = editable(work, prescription_id)
    ordered = read_line(content)
    items = items_of(work, rx.id)
    if line is not None and line not in [item.line for item in items]:
        raise LineMissing(line=line)
    number = line or max((item.line for item in items), default=0) + 1
    known = one_or_none(work, PrescriptionItem, PrescriptionItem.prescription_id == rx.id,
                        PrescriptionItem.line == number)
    item = known or PrescriptionItem(prescription_id=rx.id, line=number, **_view_of(ordered))
    for name, value in _view_of(ordered).items():
        setattr(item, name, value)
    return work.add(item)


def _view_of(ordered: DraftLine) -> dict[str, Any]:
    """The columns of a line, from what was ordered and the formulary; more packs than the days need are refused."""
    product = load().product(ordered.drug_id, ordered.product_code)
    needed = quantity_needed(ordered, product).packs
    packs = ordered.quantity or needed
    if packs > needed:
        raise invalid("quantity", f"这些天数最多需要 {needed} 盒（瓶、支）", f"These days need at most {needed} packs")
    words = wording(ordered, product)
    return {"drug_id": ordered.drug_id, "product_code": product.code, "name_zh": product.name.zh,
            "name_en": product.name.en, "strength": product.strength, "days": ordered.days, "quantity": packs,
            "left_quantity": packs, "wording_zh": words.zh, "wording_en": words.en,
            "ordered": ordered.model_dump(mode="json")}


def remove_item(work: Work, prescription_id: UUID, line: int) -> None:
    """Take a line out of the draft."""
    rx = editable(work, prescription_id)
    item = one_or_none(work, PrescriptionItem, PrescriptionItem.prescription_id == rx.id,
                       PrescriptionItem.line == line)
    if item is None:
        raise LineMissing(line=line)
    work.session.delete(item)
    work.session.flush()


def set_terms(work: Work, prescription_id: UUID, **terms: Any) -> Prescription:
    """Set validity (0 to 3 days after today), long term, reason for more days, use outside the label, note."""
    rx = editable(work, prescription_id)
    for name, value in terms.items():
        if name in TERMS:
            setattr(rx, name, value)
    if not 0 <= rx.validity_days <= VALIDITY_MOST:
        raise Invalid(errors=[{"field": "validity_days", "message": {"zh": "有效期最长 3 天",
                                                                     "en": "At most 3 days"}}])
    return rx


def acknowledge(work: Work, prescription_id: UUID, finding_id: str, finding_digest: str, reason_code: str,
                text: str = "") -> FindingAnswer:
    """Record why the doctor goes on despite what a finding says; what no reason settles stays in the way.

    `finding_digest` is the digest of what the doctor read. Raises FindingChanged when it says something else by now.
    """
    rx = editable(work, prescription_id)
    if reason_code not in REASONS:
        raise ReasonMissing
    report = check_report(work, rx)
    found = next((finding for finding in report.findings if finding.id == finding_id), None)
    if found is None:
        raise LineMissing(finding=finding_id)
    if found.digest != finding_digest:
        raise FindingChanged(finding=finding_id)
    return work.add(FindingAnswer(
        prescription_id=rx.id, finding_id=found.id, finding_digest=found.digest, reason_code=reason_code,
        text=text.strip()[:500], practitioner_id=rx.practitioner_id, data_version=report.data_version, at=work.now))


def discard_draft(work: Work, prescription_id: UUID) -> None:
    """Throw a draft away; nobody ever saw it. What it was to answer waits for an answer again."""
    rx = editable(work, prescription_id)
    PRESCRIPTION.move(rx, "discard", work.actor.role)
    if rx.supersedes_id is not None:
        PRESCRIPTION.move(work.get(Prescription, rx.supersedes_id, lock=True), "restore", work.actor.role)
        rx.supersedes_id = None


def answer_return(work: Work, prescription_id: UUID) -> Prescription:
    """Answer a returned prescription with the next version's draft, which starts as a copy of its lines.

    Possible while the visit runs and, once it is completed, until the deadline of corrections. Asked again it
    is the same draft.
    """
    old = own_draft(work, prescription_id)
    visit = consult.require_attending(work, old.visit_id, correcting=True)
    begun = one_or_none(work, Prescription, Prescription.supersedes_id == old.id, Prescription.state == "draft")
    if begun is not None:
        return begun
    PRESCRIPTION.move(old, "supersede", work.actor.role)
    rx = work.add(_new(work, visit, old.version + 1, old.id))
    for name in TERMS:
        setattr(rx, name, getattr(old, name))
    for item in items_of(work, old.id):
        copied = item.model_dump(exclude={"id", "prescription_id", "left_quantity"})
        work.add(PrescriptionItem(prescription_id=rx.id, left_quantity=item.quantity, **copied))
    return rx

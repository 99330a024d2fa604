"""Facts of a prescription for the policy engine, at signing and at dispensing."""
from uuid import UUID

from app.kit.clock import local_date
from app.policy import api as policy
from app.policy.api import FactSheet, Line, Subject
from app.work import Work, one_or_none
from consult import api as consult
from prescribing.rx.models import Prescription, Redemption
from prescribing.rx.queries import items_of
from prescribing.rx.signatures import is_unchanged

# Established in the doctor's own session at the signature; nobody else's session says anything about it.
OF_THE_SIGNATURE = ("doctor.realname_verified_now",)


def subject_of(rx: Prescription) -> Subject:
    """What a decision about this prescription is about."""
    return Subject(kind="prescription", id=rx.id, patient_id=rx.patient_id, visit_id=rx.visit_id,
                   prescription_id=rx.id, organization_id=rx.organization_id)


def prescribe_facts(work: Work, rx: Prescription, signed: bool) -> tuple[FactSheet, list[Line]]:
    """Visit, people and prescription; `signed` says that the doctor's signature over these bytes holds."""
    visit = work.get(consult.Visit, rx.visit_id)
    sheet = consult.visit_sheet(work, visit)
    sheet.prescription_since = rx.drafted_at
    consult.open_visit_facts(work, visit, sheet)
    items, source = items_of(work, rx.id), f"prescription:{rx.id}"
    told = {"rx.lines": len(items), "rx.is_long_term": rx.is_long_term, "rx.ai_generated": False,
            "rx.extension_reason": bool(rx.extension_reason.strip()), "rx.off_label": rx.off_label,
            "rx.off_label_consent": rx.off_label_consent, "rx.stable_chronic": rx.stable_chronic,
            "rx.strict_assessment": rx.strict_assessment, "rx.signed_by_attending": signed}
    for name, value in told.items():
        sheet.put(name, value, source=source)
    return sheet, [Line(item.line, item.drug_id, {"rx.days": item.days}, source=f"prescription_item:{item.id}")
                   for item in items]


def standing_facts(work: Work, rx: Prescription) -> tuple[FactSheet, list[Line]]:
    """Everything as it is now, for whoever acts on a signature; only who gave it stays as it was when it was given."""
    sheet, lines = prescribe_facts(work, rx, signed=is_unchanged(work, rx))
    for row in policy.decisions_of_prescription(work, rx.id, "prescribe"):
        if row.at == rx.signed_at:
            for fact in policy.read_record(row).facts:
                if fact.name in OF_THE_SIGNATURE:
                    sheet.put(fact.name, fact.value, source=fact.source, actor=fact.actor)
    return sheet, lines


def ground_is_lost(work: Work, rx: Prescription) -> bool:
    """True when the rules would not allow to prescribe it any more; nothing is stored."""
    sheet, lines = standing_facts(work, rx)
    as_of = sheet.policy_set.date_of(work.now)
    told = [policy.decide(sheet.policy_set, "prescribe", as_of,
                          sheet.for_line(line.drug, line.facts, line.source).values()) for line in lines]
    return any(one.verdict not in (policy.Verdict.ALLOW, policy.Verdict.WARN) for one in told)


def preview(work: Work, rx: Prescription) -> list[tuple[int, policy.Decision]]:
    """What the policy would say to each line if the doctor signed now; nothing is stored, it binds nobody."""
    sheet, lines = prescribe_facts(work, rx, signed=True)
    as_of = sheet.policy_set.date_of(work.now)
    return [(line.number, policy.decide(sheet.policy_set, "prescribe", as_of,
                                        sheet.for_line(line.drug, line.facts, line.source).values()))
            for line in lines]


def put_dispense_facts(work: Work, sheet: FactSheet, prescription_id: UUID, dispense_id: UUID) -> None:
    """What dispensing asks: approved and unchanged, how old, and that this claim is the one in force."""
    rx = work.get(Prescription, prescription_id)
    claim = one_or_none(work, Redemption, Redemption.dispense_id == dispense_id)
    source = f"prescription:{rx.id}"
    approved = rx.state in ("approved", "partly_redeemed", "redeemed") and is_unchanged(work, rx)
    sheet.put("rx.pharmacist_approved", approved, source=source)
    if rx.signed_at is not None:
        sheet.put("rx.days_since_issue", (local_date(work.now) - local_date(rx.signed_at)).days, source=source)
        sheet.put("rx.hours_since_issue", round((work.now - rx.signed_at).total_seconds() / 3600, 2), source=source)
    sheet.put("rx.validity_note", rx.validity_days, source=source)
    sheet.put("rx.already_used", claim is None or claim.reversed_at is not None, source=source)

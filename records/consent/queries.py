"""Consents, and the facts about a patient that they and the identity give to the policy."""
from uuid import UUID

from app.identity import api as identity
from app.policy.api import FactSheet
from app.work import Work, all_of
from records.consent.forms import forms
from records.consent.models import Consent
from records.consent.rules import holds, needed_forms
from records.file.gate import require_readable

FACT_OF = {
    "sensitive_data": "patient.sensitive_data_consent",
    "guardian_privacy": "patient.guardian_privacy_consent",
    "informed_consent": "patient.informed_consent",
}


def _newest_by_form(work: Work, patient_id: UUID) -> dict[str, list[Consent]]:
    """All consents by form, newest first."""
    found: dict[str, list[Consent]] = {}
    for row in reversed(all_of(work, Consent, Consent.patient_id == patient_id)):
        found.setdefault(row.form, []).append(row)
    return found


def consents_of(work: Work, patient_id: UUID, visit_id: UUID | None = None) -> dict[str, Consent]:
    """The consents in force by form; a form that is not there was never given, withdrawn, or has a new text.

    For judging: no gate. A page asks first whether the actor acts for the patient.
    """
    kept = {}
    for name, rows in _newest_by_form(work, patient_id).items():
        form = forms().get(name)
        row = next((r for r in rows if form and holds(r, form, visit_id, work.now)), None)
        if row is not None:
            kept[name] = row
    return kept


def missing_consents(work: Work, patient_id: UUID, visit_id: UUID | None = None) -> list[str]:
    """Forms that still have to be agreed to before a visit, in the order in which they are shown."""
    needed = needed_forms(identity.age_years(work, work.get(identity.Patient, patient_id)))
    standing = consents_of(work, patient_id, visit_id)
    return [form for form in needed if form not in standing]


def consent_history(work: Work, patient_id: UUID) -> list[Consent]:
    """Every consent ever given, newest first, withdrawn ones too; through the gate."""
    require_readable(work, patient_id, "consents")
    return list(reversed(all_of(work, Consent, Consent.patient_id == patient_id)))


def _put_consents(work: Work, patient_id: UUID, visit_id: UUID | None, sheet: FactSheet) -> None:
    """True while in force, False when once given and no longer so; what was never given stays absent.

    That a consent belongs to this visit is checked now, so now is when that fact was established.
    """
    standing, ever = consents_of(work, patient_id, visit_id), _newest_by_form(work, patient_id)
    for form, fact in FACT_OF.items():
        row = standing.get(form) or next(iter(ever.get(form, [])), None)
        if row is not None:
            sheet.put(fact, form in standing, source=f"consent:{row.id}", actor=str(row.given_by))


def patient_facts(work: Work, patient_id: UUID, visit_id: UUID | None, sheet: FactSheet) -> None:
    """Put the patient.* facts that identity and consents establish: age, real name, consents."""
    for fact in identity.person_facts(work, work.get(identity.Patient, patient_id)):
        sheet.put(fact.name, fact.value, source=fact.source, at=fact.at)
    _put_consents(work, patient_id, visit_id, sheet)

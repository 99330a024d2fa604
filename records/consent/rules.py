"""When a consent holds."""
from datetime import datetime, timedelta
from uuid import UUID

from records.consent.forms import Form
from records.consent.models import Consent

# A consent for one visit that is not bound to it yet may be this old: the time from triage to the doctor.
VISIT_CONSENT_TIME = timedelta(hours=24)

GUARDIAN_BELOW = 14


def is_current(consent: Consent, form: Form) -> bool:
    """True while the consent was not withdrawn and its text is the one in force."""
    return consent.withdrawn_at is None and (consent.version, consent.sha256) == (form.version, form.sha256)


def covers_visit(consent: Consent, visit_id: UUID | None, now: datetime) -> bool:
    """True for a consent bound to this visit, or a recent one that no other visit has taken."""
    if consent.visit_id is not None:
        return consent.visit_id == visit_id
    return timedelta(0) <= now - consent.given_at <= VISIT_CONSENT_TIME


def holds(consent: Consent, form: Form, visit_id: UUID | None, now: datetime) -> bool:
    """True when the consent is current and, where its form is for one visit, covers this one."""
    return is_current(consent, form) and (form.binds == "patient" or covers_visit(consent, visit_id, now))


def needed_forms(age_years: int) -> tuple[str, ...]:
    """Forms that must be agreed to before a visit: under 14 the guardian's stands for the own one (PIPL 28-31)."""
    health = "guardian_privacy" if age_years < GUARDIAN_BELOW else "sensitive_data"
    return "privacy", health, "informed_consent"

"""Giving and withdrawing consent: rows are added and ended, never changed."""
from uuid import UUID

from app.audit import Trace
from app.events.records import ConsentGiven
from app.identity import api as identity
from app.kit.problems import NotSignedIn
from app.work import Work, all_of
from records.consent.forms import Form, forms
from records.consent.models import Consent
from records.consent.problems import FormChanged, GuardianNeeded, UnknownForm
from records.consent.queries import consents_of
from records.consent.rules import covers_visit, is_current


def form_named(name: str) -> Form:
    """The text in force. Raises UnknownForm."""
    if name not in forms():
        raise UnknownForm(form=name)
    return forms()[name]


def give_consent(work: Work, patient_id: UUID, form: str, visit_id: UUID | None = None,
                 sha256: str | None = None) -> Consent:
    """Consent to the text in force, for oneself or as guardian; a consent that holds already is returned.

    `sha256` is the hash of the text that the page showed. Raises FormChanged when it is another one now.
    """
    identity.require_acting_for(work, patient_id)
    text, account = form_named(form), _account(work)
    _require_guardian(work, account, patient_id, form)
    if sha256 is not None and sha256 != text.sha256:
        raise FormChanged(form=form, version=text.version)
    work.get(identity.Patient, patient_id, lock=True)
    standing = consents_of(work, patient_id, visit_id).get(form)
    if standing is not None:
        return standing
    row = work.add(Consent(
        patient_id=patient_id, form=form, version=text.version, sha256=text.sha256, language=work.actor.language,
        given_at=work.now, given_by=account, visit_id=visit_id if text.binds == "visit" else None))
    work.announce(ConsentGiven(patient_id, form))
    work.hint(f"patient:{patient_id}")
    return row


def _account(work: Work) -> UUID:
    if work.actor.account_id is None:
        raise NotSignedIn
    return work.actor.account_id


def _require_guardian(work: Work, account: UUID, patient_id: UUID, form: str) -> None:
    """Nobody is their own guardian: the guardian's consent is for somebody else (PIPL art. 31)."""
    own = {person.id for person, relation in identity.patients_of(work, account) if relation == "self"}
    if form == "guardian_privacy" and patient_id in own:
        raise GuardianNeeded()


def bind_consent(work: Work, patient_id: UUID, visit_id: UUID) -> Consent | None:
    """Tie the newest free consent for one visit to this visit; one that is tied already is enough."""
    given = all_of(work, Consent, Consent.patient_id == patient_id, Consent.form == "informed_consent")
    bound = next((row for row in given if row.visit_id == visit_id), None)
    if bound is not None:
        return bound
    for row in reversed(given):
        if is_current(row, form_named(row.form)) and covers_visit(row, visit_id, work.now):
            row.visit_id = visit_id
            return work.add(row)
    return None


def withdraw_consent(work: Work, patient_id: UUID, form: str) -> None:
    """End every consent to a form that has not ended; what was done on its ground stays done."""
    identity.require_acting_for(work, patient_id)
    form_named(form)
    for row in all_of(work, Consent, Consent.patient_id == patient_id, Consent.form == form):
        if row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_by = work.now, work.actor.account_id
            work.add(row)
    work.hint(f"patient:{patient_id}")
    work.trace(Trace("consent_withdrawn", ground="own", patient_id=patient_id, facts={"form": form}))

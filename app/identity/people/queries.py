"""Who is whose: patients of an account, accounts of a patient, and what is known of a person."""
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from app.audit import Trace
from app.identity.accounts.models import Account
from app.identity.facts import KnownFact
from app.identity.id_number import mask
from app.identity.people.models import GuardianInvitation, Guardianship, Patient, RealnameCheck
from app.identity.problems import NotYours
from app.kit.clock import completed_years, local_date
from app.kit.problems import NotFound
from app.storage import Vault
from app.work import Work, one_or_none

ID_NUMBER = "patient.id_number"
REALNAME_HOLDS = timedelta(days=365)


def patient(work: Work, patient_id: UUID) -> Patient:
    """One patient by id, without asking who wants to know. Raises NotFound."""
    return work.get(Patient, patient_id)


def require_acting_for(work: Work, patient_id: UUID) -> Patient:
    """The patient, if the signed-in account acts for them now. Raises NotYours (told as not found)."""
    who = work.actor
    statement = select(Patient).join(Guardianship, col(Guardianship.patient_id) == Patient.id).where(
        Patient.id == patient_id, col(Guardianship.account_id) == who.account_id,
        col(Guardianship.ended_at).is_(None))
    found = work.session.exec(statement).first() if who.role == "patient" and who.account_id else None
    if found is None:
        known = work.find(Patient, patient_id)
        raise NotYours(Trace("act_for", "refused", patient_id=known.id if known else None))
    return found


def patients_of(work: Work, account_id: UUID) -> list[tuple[Patient, str]]:
    """The people an account acts for, each with the relation, "self" first, then in order of joining."""
    if work.actor.role == "patient" and work.actor.account_id != account_id:
        raise NotFound
    statement = (select(Patient, Guardianship.relation)
                 .join(Guardianship, col(Guardianship.patient_id) == Patient.id)
                 .where(col(Guardianship.account_id) == account_id, col(Guardianship.ended_at).is_(None))
                 .order_by(col(Guardianship.relation) != "self", col(Guardianship.since), col(Guardianship.id)))
    return [(person, relation) for person, relation in work.session.exec(statement).all()]


def self_of(work: Work, account_id: UUID) -> Patient | None:
    """The patient who is the account's owner, if registered."""
    statement = select(Patient).join(Guardianship, col(Guardianship.patient_id) == Patient.id).where(
        col(Guardianship.account_id) == account_id, col(Guardianship.relation) == "self",
        col(Guardianship.ended_at).is_(None))
    return work.session.exec(statement).first()


def guardian_of(work: Work, patient_id: UUID) -> list[Account]:
    """All accounts that act for a patient now, the patient's own included."""
    statement = (select(Account).join(Guardianship, col(Guardianship.account_id) == Account.id)
                 .where(col(Guardianship.patient_id) == patient_id, col(Guardianship.ended_at).is_(None))
                 .order_by(col(Guardianship.since), col(Guardianship.id)))
    return list(work.session.exec(statement).all())


def guardianships(work: Work, patient_id: UUID) -> list[Guardianship]:
    """Who acts for a patient now, in order of joining, for those who do so themselves. Raises NotYours."""
    require_acting_for(work, patient_id)
    statement = (select(Guardianship).where(col(Guardianship.patient_id) == patient_id,
                                            col(Guardianship.ended_at).is_(None))
                 .order_by(col(Guardianship.since), col(Guardianship.id)))
    return list(work.session.exec(statement).all())


def open_invitations(work: Work, patient_id: UUID) -> list[GuardianInvitation]:
    """The codes for a patient that the signed-in account gave out and that would still let somebody in."""
    statement = select(GuardianInvitation).where(
        col(GuardianInvitation.patient_id) == patient_id, col(GuardianInvitation.used_at).is_(None),
        col(GuardianInvitation.invited_by) == work.actor.account_id, col(GuardianInvitation.expires_at) > work.now)
    return list(work.session.exec(statement).all())


def is_guardian(work: Work, account_id: UUID, patient_id: UUID) -> bool:
    """Whether an account acts for a patient now who is somebody else than its owner."""
    statement = select(Guardianship.id).where(
        col(Guardianship.account_id) == account_id, col(Guardianship.patient_id) == patient_id,
        col(Guardianship.relation) != "self", col(Guardianship.ended_at).is_(None))
    return work.session.exec(statement).first() is not None


def id_number(work: Work, person: Patient) -> str | None:
    """The identity number itself, unsealed; for a hospital that the person asked for their record, never for a page."""
    return work.tool(Vault).open(person.id_number_sealed, ID_NUMBER) if person.id_number_sealed else None


def masked_id_number(work: Work, person: Patient) -> str:
    """The identity number as pages may show it: first 3 and last 2; empty when there is none."""
    if person.id_number_sealed is None:
        return ""
    return mask(work.tool(Vault).open(person.id_number_sealed, ID_NUMBER))


def age_years(work: Work, person: Patient) -> int:
    """Completed years today, on the hospital's calendar."""
    return completed_years(person.birth_date, local_date(work.now))


def realname_in_force(work: Work, person: Patient) -> bool | None:
    """What the latest check said, if it is not older than 365 days; None when there is none in force."""
    check = latest_check(work, person)
    return None if check is None or check.answered_at + REALNAME_HOLDS <= work.now else check.matched


def latest_check(work: Work, person: Patient) -> RealnameCheck | None:
    """The latest answer of the register about this person."""
    return work.find(RealnameCheck, person.realname_check_id) if person.realname_check_id else None


def booker_facts(work: Work, person: Patient, account_id: UUID | None) -> list[KnownFact]:
    """booking.patient_id_matches, while a check is in force: the patient's own; for a child, the parent's who asks."""
    known = one_or_none(work, Guardianship, col(Guardianship.patient_id) == person.id,
                        col(Guardianship.account_id) == account_id, col(Guardianship.ended_at).is_(None))
    if known is None or account_id is None:
        return []
    booker = self_of(work, account_id) if known.relation == "child" else person
    check = latest_check(work, booker) if booker is not None else None
    if check is None or check.answered_at + REALNAME_HOLDS <= work.now:
        return []
    return [KnownFact("booking.patient_id_matches", check.matched, f"realname_check:{check.id}", check.answered_at)]


def person_facts(work: Work, person: Patient) -> list[KnownFact]:
    """patient.age_years and, while a check is in force, patient.realname_verified."""
    facts = [KnownFact("patient.age_years", age_years(work, person), f"patient:{person.id}", work.now)]
    check = latest_check(work, person)
    if check is not None and check.answered_at + REALNAME_HOLDS > work.now:
        facts.append(KnownFact("patient.realname_verified", check.matched, f"realname_check:{check.id}",
                               check.answered_at))
    return facts

"""What rules ask about doctors, pharmacists and organisations. What nobody knows is left out, never False."""
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col

from app.identity.accounts.queries import session_of
from app.identity.facts import KnownFact
from app.identity.licences.models import LicenceFile
from app.identity.people.models import Patient
from app.identity.people.queries import age_years
from app.identity.staff.departments import fit_table
from app.identity.staff.models import Organization, Practitioner
from app.identity.staff.queries import hospital
from app.kit.clock import completed_months, local_date
from app.work import Work, one_or_none

CHECK_HOLDS = timedelta(hours=12)


def doctor_facts(work: Work, practitioner_id: UUID, patient: Patient | None = None,
                 department: str | None = None) -> list[KnownFact]:
    """doctor.* and institution.* for a step that this doctor takes; the patient and department may be unknown."""
    holder = work.get(Practitioner, practitioner_id)
    kept = one_or_none(work, LicenceFile, col(LicenceFile.practitioner_id) == practitioner_id)
    facts = [*institution_facts(work), *_identity_check(work, practitioner_id)]
    if kept is not None:
        facts += _licence_facts(work, kept) + _specialty(work, kept, holder, patient, department)
    return facts


def institution_facts(work: Work, place: Organization | None = None) -> list[KnownFact]:
    """institution.licensed_internet; a licence counts up to and including its last day."""
    place = place or hospital(work)
    licensed = place.licensed_internet
    if licensed and place.licence_expires is None:
        licensed = None  # a licence without a known end is not known to be in force
    elif licensed and place.licence_expires is not None:
        licensed = place.licence_expires >= local_date(work.now)
    return _told(work, f"organization:{place.id}", {"institution.licensed_internet": licensed})


def pharmacy_facts(work: Work, place: Organization) -> list[KnownFact]:
    """pharmacy.licensed_online; false the day after the licence expired."""
    licensed = place.licensed_online
    if licensed and place.licence_expires is not None:
        licensed = place.licence_expires >= local_date(work.now)
    return _told(work, f"organization:{place.id}", {"pharmacy.licensed_online": licensed})


def pharmacist_facts(work: Work, practitioner_id: UUID) -> list[KnownFact]:
    """pharmacist.review_years (years, a twelfth a month) and pharmacist.title_ok."""
    holder = work.get(Practitioner, practitioner_id)
    return _told(work, f"practitioner:{holder.id}", {
        "pharmacist.review_years": _years(holder.dispensing_since, local_date(work.now)),
        "pharmacist.title_ok": holder.pharmacist_title_ok})


def _identity_check(work: Work, practitioner_id: UUID) -> list[KnownFact]:
    """Known only while this very doctor acts: was the identity checked in this login, within 12 hours?"""
    here = session_of(work) if work.actor.practitioner_id == practitioner_id else None
    if here is None:
        return []
    checked = here.identity_checked_at
    if checked is None:
        return [KnownFact("doctor.realname_verified_now", False, f"session:{here.id}", work.now)]
    if checked + CHECK_HOLDS <= work.now:
        return []
    return [KnownFact("doctor.realname_verified_now", True, f"session:{here.id}", checked)]


def _licence_facts(work: Work, kept: LicenceFile) -> list[KnownFact]:
    """From a file that somebody has verified; one that waits for it says nothing yet."""
    if kept.state == "submitted":
        return []
    today = local_date(work.now)
    return _told(work, f"licence_file:{kept.id}", {
        "doctor.years_independent": _years(kept.independent_since, today),
        "doctor.licence_class": kept.licence_class,
        "doctor.institution_consent": _until(kept.institution_consent_until, today),
        "doctor.practice_registered_or_filed": _may_practise_here(work, kept, today)})


def _may_practise_here(work: Work, kept: LicenceFile, today: date) -> bool:
    """In force, and registered at this hospital or filed with it. A verified file is complete: absent is no."""
    if kept.state != "verified" or kept.expires < today:
        return False
    return str(hospital(work).id) in kept.places or bool(_until(kept.filed_until, today))


def _specialty(work: Work, kept: LicenceFile, holder: Practitioner, patient: Patient | None,
               department: str | None) -> list[KnownFact]:
    if patient is None or kept.state == "submitted":
        return []
    fits = fit_table().matches(kept.specialties, department or holder.department, age_years(work, patient))
    return _told(work, f"licence_file:{kept.id}", {"doctor.specialty_matches": fits})


def _until(last_day: date | None, today: date) -> bool | None:
    return None if last_day is None else last_day >= today


def _years(since: date | None, today: date) -> float | None:
    """Years in twelfths, so that three years are 3 on the very day."""
    return None if since is None or since > today else completed_months(since, today) / 12


def _told(work: Work, source: str, values: dict[str, object]) -> list[KnownFact]:
    return [KnownFact(name, value, source, work.now) for name, value in values.items() if value is not None]

"""Licence files: submit, verify, suspend, restore, and the day after the last day."""
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlmodel import col

from app.audit import Trace
from app.events.identity import LicenceChanged
from app.identity.accounts.sessions import end_sessions
from app.identity.allowed import require_role
from app.identity.licences.models import LicenceFile
from app.identity.licences.states import LICENCE
from app.identity.problems import NotByYourself
from app.identity.staff.departments import fit_table
from app.identity.staff.models import Practitioner
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.problems import Conflict, NotAllowed, invalid
from app.work import Work, one_or_none

EXPIRE = "identity.expire_licence"
CLASSES = ("physician", "assistant", "other")


@dataclass(frozen=True)
class LicenceIn:
    """What a doctor hands in; dates are last days in force, `places` ids of organisations."""

    registration_no: str
    licence_class: str
    independent_since: date
    specialties: tuple[str, ...]
    places: tuple[UUID, ...]
    expires: date
    institution_consent_until: date | None = None
    filed_until: date | None = None


def submit_licence(work: Work, practitioner_id: UUID, given: LicenceIn) -> LicenceFile:
    """Hand in a licence, or hand it in anew while nobody has verified it. Raises NotAllowed, Invalid, Conflict."""
    own = work.actor.role == "doctor" and work.actor.practitioner_id == practitioner_id
    if not own and work.actor.role not in ("admin", "house"):
        raise NotAllowed
    holder = work.get(Practitioner, practitioner_id, lock=True)
    _require_sound(given, local_date(work.now))
    kept = one_or_none(work, LicenceFile, col(LicenceFile.practitioner_id) == holder.id)
    if kept is not None and kept.state != "submitted":
        raise Conflict(state=kept.state)
    kept = kept or LicenceFile(practitioner_id=holder.id, registration_no="", licence_class="other",
                               independent_since=given.independent_since, expires=given.expires,
                               submitted_at=work.now)
    _write(kept, given)
    kept.submitted_at = work.now
    work.add(kept)
    work.announce(LicenceChanged(holder.id, kept.state))
    return kept


def verify_licence(work: Work, licence_id: UUID, renewed: LicenceIn | None = None) -> LicenceFile:
    """Vouch for a file: a submitted one, or a suspended or expired one, with `renewed` papers if they changed.

    Raises NotAllowed, NotByYourself, WrongState, Invalid.
    """
    require_role(work, "admin")
    kept = work.get(LicenceFile, licence_id, lock=True)
    holder = work.get(Practitioner, kept.practitioner_id)
    if holder.account_id == work.actor.account_id:
        raise NotByYourself
    if renewed is not None:
        _require_sound(renewed, local_date(work.now))
        _write(kept, renewed)
    LICENCE.move(kept, "verify" if kept.state == "submitted" else "restore", by=work.actor.role)
    if kept.expires < local_date(work.now):
        raise invalid("expires", "证件已过有效期，请先补交新证。", "The licence has expired; new papers are needed.")
    _expires_later(work, kept)
    return _decided(work, kept, "")


def _expires_later(work: Work, kept: LicenceFile) -> None:
    """The doctor works within the scope of the papers, until the day after their last day."""
    holder = work.get(Practitioner, kept.practitioner_id)
    holder.specialties = list(kept.specialties)
    work.add(holder)
    work.later(EXPIRE, {"licence_id": str(kept.id)}, key=f"{EXPIRE}:{kept.id}:{kept.expires}",
               due=_day_after(kept.expires))


def renew_licence(work: Work, licence_id: UUID, renewed: LicenceIn) -> LicenceFile:
    """Vouch for new papers of a file, before its last day or after it; a suspended one stays so until it is restored.

    Raises NotAllowed, NotByYourself, Invalid, Conflict for a file that nobody has verified yet.
    """
    require_role(work, "admin")
    kept = work.get(LicenceFile, licence_id, lock=True)
    if kept.state == "submitted":
        raise Conflict(state=kept.state)
    if kept.state == "expired":
        return verify_licence(work, licence_id, renewed)
    if work.get(Practitioner, kept.practitioner_id).account_id == work.actor.account_id:
        raise NotByYourself
    _require_sound(renewed, local_date(work.now))
    if renewed.expires < local_date(work.now):
        raise invalid("expires", "证件已过有效期，请先补交新证。", "The licence has expired; new papers are needed.")
    _write(kept, renewed)
    if kept.state == "verified":
        _expires_later(work, kept)
    return _decided(work, kept, kept.reason)


def suspend_licence(work: Work, licence_id: UUID, reason: str) -> LicenceFile:
    """Take a verified file out of force at once; the doctor goes off duty and is signed out.

    Raises NotAllowed, WrongState.
    """
    require_role(work, "admin", "compliance")
    if not 2 <= len(reason.strip()) <= 300:
        raise invalid("reason", "请写明暂停的原因。", "Please write why.")
    kept = work.get(LicenceFile, licence_id, lock=True)
    LICENCE.move(kept, "suspend", by=work.actor.role)
    _stop(work, kept.practitioner_id)
    return _decided(work, kept, reason.strip())


def expire_licence(work: Work, args: dict[str, Any], _: object) -> None:
    """Job on the day after the last day; a file renewed meanwhile is left alone."""
    kept = work.get(LicenceFile, UUID(args["licence_id"]), lock=True)
    if kept.state != "verified" or kept.expires >= local_date(work.now):
        return
    LICENCE.move(kept, "expire", by=work.actor.role)
    _stop(work, kept.practitioner_id)
    _decided(work, kept, "")


def licence_of(work: Work, practitioner_id: UUID) -> LicenceFile | None:
    """The licence file of a practitioner; None when none was handed in."""
    return one_or_none(work, LicenceFile, col(LicenceFile.practitioner_id) == practitioner_id)


def _require_sound(given: LicenceIn, today: date) -> None:
    if not 2 <= len(given.registration_no.strip()) <= 60:
        raise invalid("registration_no", "请填写执业证书编号。", "Please enter the registration number.")
    if given.licence_class not in CLASSES:
        raise invalid("licence_class", "没有这个执业类别。", "There is no such class of licence.")
    if given.independent_since > today:
        raise invalid("independent_since", "开始独立执业的日期还没有到。", "This start of practice has not come yet.")
    if not given.specialties or set(given.specialties) - fit_table().scopes:
        raise invalid("specialties", "请选择登记的执业范围。", "Please choose the registered scope of practice.")


def _write(kept: LicenceFile, given: LicenceIn) -> None:
    kept.registration_no, kept.licence_class = given.registration_no.strip(), given.licence_class
    kept.independent_since, kept.expires = given.independent_since, given.expires
    kept.specialties, kept.places = list(given.specialties), [str(place) for place in given.places]
    kept.institution_consent_until, kept.filed_until = given.institution_consent_until, given.filed_until


def _decided(work: Work, kept: LicenceFile, reason: str) -> LicenceFile:
    kept.decided_at, kept.decided_by, kept.reason = work.now, work.actor.account_id, reason
    work.add(kept)
    work.trace(Trace("LicenceDecided", subject_kind="licence_file", subject_id=kept.id,
                     facts={"state": kept.state}))
    work.announce(LicenceChanged(kept.practitioner_id, kept.state))
    return kept


def _stop(work: Work, practitioner_id: UUID) -> None:
    """Off duty, and every session as a doctor ends; another role of the same person stays signed in."""
    holder = work.get(Practitioner, practitioner_id, lock=True)
    end_sessions(work, holder.account_id, role="doctor")
    holder.on_duty_since = None
    work.add(holder)


def _day_after(last_day: date) -> datetime:
    """Midnight at the end of the last day, on the hospital's calendar."""
    return datetime.combine(date.fromordinal(last_day.toordinal() + 1), time(), HOSPITAL_ZONE)

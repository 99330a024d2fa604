"""Staff: open organisations and accounts, give and withdraw roles, go on and off duty."""
import binascii
from base64 import b32decode
from datetime import date
from typing import Any
from uuid import UUID

import pyotp
from sqlmodel import col

from app.audit import Trace
from app.events.identity import AccountRegistered
from app.identity.accounts.models import Account
from app.identity.accounts.rates import SIGN_IN_MISSES, forget
from app.identity.accounts.rules import clean_user_name, require_good_password, require_language
from app.identity.accounts.secrets import hash_password
from app.identity.accounts.sessions import end_sessions
from app.identity.accounts.sign_in import TOTP
from app.identity.allowed import require_role
from app.identity.licences.models import LicenceFile
from app.identity.problems import LicenceNotInForce, LoginTaken
from app.identity.staff.departments import DEPARTMENTS, fit_table
from app.identity.staff.models import STAFF_ROLES, Organization, Practitioner, StaffRole
from app.identity.staff.queries import hospital_id
from app.kit.clock import local_date
from app.kit.problems import NotAllowed, NotFound, invalid
from app.kit.text import Text
from app.storage import Vault
from app.work import Work, all_of, one_or_none

SECRET_BYTES = 14  # 112 bits, the least that RFC 4226 allows (§4, R6)
OF_THE_HOSPITAL = ("compliance",)       # they write the hospital's own rules
HIRING = ("admin", "operator", "house")


def open_organization(work: Work, kind: str, name: Text, address: Text | None = None,
                      **details: Any) -> Organization:
    """Add a hospital, pharmacy or clinic; `details` are further columns of Organization."""
    require_role(work, *HIRING)
    made = work.add(Organization(kind=kind, name_zh=name.zh, name_en=name.en,
                                 address_zh=address.zh if address else "",
                                 address_en=address.en if address else "", **details))
    work.trace(Trace("OrganizationOpened", subject_kind="organization", subject_id=made.id))
    return made


def renew_organization(work: Work, organization_id: UUID, **details: Any) -> Organization:
    """Change what the register says of a place: licence number, last day, what it covers. Raises NotFound."""
    require_role(work, *HIRING)
    found = work.get(Organization, organization_id, lock=True)
    for name, value in details.items():
        setattr(found, name, value)
    work.trace(Trace("OrganizationRenewed", subject_kind="organization", subject_id=found.id,
                     facts={name: str(value) for name, value in details.items()}))
    return work.add(found)


def create_staff(work: Work, user_name: str, password: str, totp_secret: str | None, name: Text, role: str,
                 organization_id: UUID, *, title: Text | None = None, department: str | None = None,
                 specialties: tuple[str, ...] = (), fee_fen: int = 0, pharmacist_title_ok: bool | None = None,
                 dispensing_since: date | None = None, language: str = "zh") -> Account:
    """Make a staff account with one role; doctors and pharmacists become practitioners too.

    Without `totp_secret` (base32) one is made: `totp_secret_of` shows it once for the authenticator.
    """
    require_role(work, *HIRING)
    secret = _readable_secret(totp_secret or pyotp.random_base32())
    made = _make_account(work, clean_user_name(user_name), password, secret, name, language)
    give_role(work, made.id, role, organization_id)
    if role in ("doctor", "pharmacist"):
        work.add(Practitioner(
            account_id=made.id, organization_id=organization_id, role=role, name_zh=name.zh, name_en=name.en,
            title_zh=title.zh if title else "", title_en=title.en if title else "",
            department=_known_department(department), specialties=_known_scopes(specialties),
            fee_fen=_fee(fee_fen), pharmacist_title_ok=pharmacist_title_ok, dispensing_since=dispensing_since))
    work.announce(AccountRegistered(made.id))
    return made


def give_role(work: Work, account_id: UUID, role: str, organization_id: UUID) -> StaffRole:
    """Let an account work at an organisation in a role."""
    require_role(work, *HIRING)
    if role not in STAFF_ROLES:
        raise invalid("role", "没有这个角色。", "There is no such role.")
    if role in OF_THE_HOSPITAL and organization_id != hospital_id(work):
        raise invalid("organization_id", "这个角色只在本院任职。", "This role is given at the hospital itself only.")
    work.trace(Trace("RoleGiven", subject_kind="account", subject_id=account_id, facts={"role": role}))
    return work.add(StaffRole(account_id=account_id, organization_id=organization_id, role=role))


def withdraw_role(work: Work, account_id: UUID, role: str) -> None:
    """Take a role away; its sessions end at once and its duty too."""
    require_role(work, *HIRING)
    for place in all_of(work, StaffRole, col(StaffRole.account_id) == account_id, StaffRole.role == role):
        work.session.delete(place)
    end_sessions(work, account_id, role=role)
    own = one_or_none(work, Practitioner, col(Practitioner.account_id) == account_id, Practitioner.role == role)
    if own is not None:
        own.on_duty_since = None
        work.add(own)
    work.trace(Trace("RoleWithdrawn", subject_kind="account", subject_id=account_id, facts={"role": role}))


def renew_access(work: Work, account_id: UUID, password: str, totp_secret: str) -> None:
    """Give somebody of the staff a new password and a new authenticator; every session of theirs ends.

    For whoever lost theirs, or whose password is in wrong hands. Raises NotFound, Invalid.
    """
    require_role(work, *HIRING)
    holder = work.get(Account, account_id, lock=True)
    if holder.kind != "staff" or holder.user_name is None:
        raise NotFound
    require_good_password(password, holder.user_name)
    holder.password_hash = hash_password(password)
    holder.totp_sealed, holder.totp_last_step = work.tool(Vault).seal(_readable_secret(totp_secret), TOTP), 0
    work.add(holder)
    forget(work, SIGN_IN_MISSES, str(holder.id))
    end_sessions(work, holder.id)
    work.trace(Trace("AccessRenewed", subject_kind="account", subject_id=holder.id))


def set_duty(work: Work, on: bool) -> Practitioner:
    """Go on or off duty. Raises NotAllowed, and LicenceNotInForce for a doctor without a verified licence."""
    require_role(work, "doctor", "pharmacist")
    if work.actor.practitioner_id is None:
        raise NotAllowed
    own = work.get(Practitioner, work.actor.practitioner_id, lock=True)
    if on and own.role == "doctor":
        require_licence(work, own.id)
    if on is not (own.on_duty_since is not None):
        own.on_duty_since = work.now if on else None
        work.trace(Trace("DutyChanged", "own", subject_kind="practitioner", subject_id=own.id, facts={"on": on}))
        work.hint(f"queue:{own.organization_id}")
    return work.add(own)


def require_licence(work: Work, practitioner_id: UUID) -> None:
    """Raise LicenceNotInForce unless the doctor's licence is verified and not over."""
    kept = one_or_none(work, LicenceFile, col(LicenceFile.practitioner_id) == practitioner_id)
    if not _in_force(work, kept):
        raise LicenceNotInForce(state=kept.state if kept else None)


def licence_in_force(work: Work, practitioner_id: UUID) -> bool:
    """True while the doctor's licence is verified and not over; never handed in counts as no."""
    return _in_force(work, one_or_none(work, LicenceFile, col(LicenceFile.practitioner_id) == practitioner_id))


def _in_force(work: Work, kept: LicenceFile | None) -> bool:
    return kept is not None and kept.state == "verified" and kept.expires >= local_date(work.now)


def _make_account(work: Work, user_name: str, password: str, secret: str, name: Text, language: str) -> Account:
    require_good_password(password, user_name)
    if one_or_none(work, Account, col(Account.user_name) == user_name) is not None:
        raise LoginTaken
    return work.add(Account(
        kind="staff", user_name=user_name, name_zh=name.zh, name_en=name.en, created_at=work.now,
        password_hash=hash_password(password), totp_sealed=work.tool(Vault).seal(secret, TOTP),
        language=require_language(language)))


def _readable_secret(secret: str) -> str:
    bare = "".join(secret.split()).upper()
    try:
        if len(b32decode(bare + "=" * (-len(bare) % 8))) >= SECRET_BYTES:
            return bare
    except binascii.Error:
        bare = ""
    raise invalid("totp_secret", "验证器密钥须为至少 24 位的 Base32。",
                  "The authenticator secret is base32 of at least 24 characters.")


def _known_department(department: str | None) -> str | None:
    if department is not None and department not in DEPARTMENTS:
        raise invalid("department", "没有这个科室。", "There is no such department.")
    return department


def _known_scopes(specialties: tuple[str, ...]) -> list[str]:
    unknown = set(specialties) - fit_table().scopes
    if unknown:
        raise invalid("specialties", f"没有这个专业：{'、'.join(sorted(unknown))}。",
                      f"There is no such specialty: {', '.join(sorted(unknown))}.")
    return list(specialties)


def _fee(fen: int) -> int:
    if fen < 0:
        raise invalid("fee_fen", "费用不能小于零。", "A fee is not below zero.")
    return fen

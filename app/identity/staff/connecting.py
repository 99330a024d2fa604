"""Keys by which a partner hospital's own program speaks to us: one a hospital, shown once, good for a year."""
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from app.audit import Trace
from app.identity.accounts.models import Account, SessionToken
from app.identity.accounts.secrets import hash_password, new_token, token_hash
from app.identity.accounts.sessions import end_sessions
from app.identity.allowed import require_role
from app.identity.staff.models import Organization
from app.kit.problems import invalid
from app.work import Work, one_or_none

PARTNER = "partner"
KEY_STAYS = timedelta(days=365)
CONNECTING = ("admin", "operator", "house")


def issue_partner_key(work: Work, organization_id: UUID) -> str:
    """Make the key of a partner hospital and end its earlier one; only its hash is kept. Raises Invalid, NotAllowed."""
    require_role(work, *CONNECTING)
    partner = work.get(Organization, organization_id, lock=True)
    if partner.kind != "partner_hospital":
        raise invalid("organization_id", "这家机构不是合作医院。", "This is no partner hospital.")
    holder = _holder(work, partner)
    end_sessions(work, holder.id)
    key = new_token()
    work.add(SessionToken(token_hash=token_hash(key), account_id=holder.id, role=PARTNER, created_at=work.now,
                          organization_id=partner.id, expires_at=work.now + KEY_STAYS))
    work.trace(Trace("PartnerKeyIssued", subject_kind="organization", subject_id=partner.id))
    return key


def withdraw_partner_key(work: Work, organization_id: UUID) -> None:
    """The key opens nothing from now on; a hospital without one is left alone."""
    require_role(work, *CONNECTING)
    holder = one_or_none(work, Account, col(Account.user_name) == _user_name(organization_id))
    if holder is not None:
        end_sessions(work, holder.id)
        work.trace(Trace("PartnerKeyWithdrawn", subject_kind="organization", subject_id=organization_id))


def connected_partners(work: Work) -> list[Organization]:
    """The partner hospitals whose key is good now, by name."""
    live = (select(SessionToken.organization_id)
            .where(SessionToken.role == PARTNER, col(SessionToken.ended_at).is_(None),
                   col(SessionToken.expires_at) > work.now))
    return list(work.session.exec(select(Organization).where(
        Organization.kind == "partner_hospital", col(Organization.id).in_(live)).order_by(Organization.name_zh)).all())


def _user_name(organization_id: UUID) -> str:
    return f"partner-{organization_id.hex[-12:]}"


def _holder(work: Work, partner: Organization) -> Account:
    """The account that the key belongs to; nobody knows its password, so nobody signs in with it."""
    name = _user_name(partner.id)
    return one_or_none(work, Account, col(Account.user_name) == name) or work.add(Account(
        kind="staff", user_name=name, name_zh=partner.name_zh[:60], name_en=partner.name_en[:60],
        password_hash=hash_password(new_token()), created_at=work.now))

"""Organisations, practitioners, who is on duty and who works where."""
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.identity.accounts.models import Account
from app.identity.licences.models import LicenceFile
from app.identity.staff.models import Organization, Practitioner, StaffRole
from app.kit.clock import local_date
from app.kit.problems import NotFound
from app.work import Work, all_of, one_or_none


def organization(work: Work, organization_id: UUID) -> Organization:
    """One organisation. Raises NotFound."""
    return work.get(Organization, organization_id)


def organizations(work: Work, kind: str) -> list[Organization]:
    """All organisations of a kind, in order of their making."""
    return all_of(work, Organization, Organization.kind == kind)


def hospital(work: Work) -> Organization:
    """The hospital of this installation. Raises NotFound before it is set up."""
    found: Organization | None = work.session.info.get("hospital") or one_or_none(
        work, Organization, Organization.kind == "hospital")
    if found is None:
        raise NotFound(kind="hospital")
    work.session.info["hospital"] = found  # held here, or the session would forget it and ask again
    return found


def hospital_id(work: Work) -> UUID:
    """The id of the hospital, looked up once a Work."""
    return hospital(work).id


def practitioner(work: Work, practitioner_id: UUID) -> Practitioner:
    """One doctor or pharmacist. Raises NotFound."""
    return work.get(Practitioner, practitioner_id)


def practitioners_by_id(work: Work, ids: set[UUID]) -> dict[UUID, Practitioner]:
    """Several at once, for lists; one statement."""
    rows = work.session.exec(select(Practitioner).where(col(Practitioner.id).in_(ids))).all() if ids else []
    return {row.id: row for row in rows}


def practitioners(work: Work, department: str | None = None) -> list[Practitioner]:
    """Doctors whose licence is in force today, on duty first, of one department if named."""
    return list(work.session.exec(_in_force(work, department).order_by(
        col(Practitioner.on_duty_since).is_(None), col(Practitioner.id))).all())


def doctors_on_duty(work: Work, department: str | None = None) -> list[Practitioner]:
    """Doctors who take patients now, the longest on duty first."""
    statement = _in_force(work, department).where(col(Practitioner.on_duty_since).is_not(None))
    return list(work.session.exec(statement.order_by(col(Practitioner.on_duty_since), col(Practitioner.id))).all())


def pharmacists_on_duty(work: Work) -> list[Practitioner]:
    """Pharmacists of the hospital who review now."""
    return all_of(work, Practitioner, Practitioner.role == "pharmacist",
                  col(Practitioner.on_duty_since).is_not(None))


def _in_force(work: Work, department: str | None) -> Any:
    statement = select(Practitioner).join(LicenceFile, col(LicenceFile.practitioner_id) == Practitioner.id).where(
        Practitioner.role == "doctor", LicenceFile.state == "verified",
        LicenceFile.expires >= local_date(work.now))
    return statement if department is None else statement.where(Practitioner.department == department)


def staff_accounts(work: Work, organization_id: UUID, role: str) -> list[UUID]:
    """Ids of the accounts that hold a role at an organisation."""
    return list(work.session.exec(select(StaffRole.account_id).where(
        StaffRole.organization_id == organization_id, StaffRole.role == role).order_by(col(StaffRole.id))).all())


def account_names(work: Work, ids: set[UUID]) -> dict[UUID, Account]:
    """Staff accounts by id, for lists that name who acted; one statement."""
    rows = work.session.exec(select(Account).where(col(Account.id).in_(ids))).all() if ids else []
    return {row.id: row for row in rows}

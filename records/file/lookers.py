"""The names of those who looked, many at once."""
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlmodel import col, select

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work

ROLES = {
    "doctor": Text(zh="医生", en="Doctor"),
    "pharmacist": Text(zh="药师", en="Pharmacist"),
    "pharmacy": Text(zh="药房", en="Pharmacy"),
    "compliance": Text(zh="合规人员", en="Compliance officer"),
    "admin": Text(zh="医院管理员", en="Hospital administrator"),
    "operator": Text(zh="系统运维", en="Operator"),
    "patient": Text(zh="另一个账号", en="Another account"),
}
SOMEBODY = Text(zh="没有登录的人", en="Somebody who was not signed in")
FAMILY = {
    "self": Text(zh="本人", en="the patient"),
    "child": Text(zh="父母", en="a parent"),
    "parent": Text(zh="子女", en="a son or daughter"),
    "spouse": Text(zh="配偶", en="the spouse"),
    "other": Text(zh="家人", en="a relative"),
}


@dataclass(frozen=True)
class Looker:
    """Who it was, as the patient may know it: a name, and the place of work or the family relation.

    Staff are named; family is named with the relation; of strangers only the surname is shown.
    """

    role: str
    name: Text
    place: Text | None = None
    department: str | None = None
    practitioner_id: UUID | None = None

    @classmethod
    def unknown(cls, role: str) -> Self:
        """Somebody of whom only the role is known."""
        return cls(role, ROLES.get(role, SOMEBODY))


def _staff(work: Work, accounts: set[UUID]) -> dict[UUID, Looker]:
    people, places = identity.Practitioner, identity.Organization
    statement = (select(people, places).join(places, col(places.id) == people.organization_id)
                 .where(col(people.account_id).in_(accounts)))
    return {p.account_id: Looker(p.role, p.name, o.name, p.department, p.id)
            for p, o in work.session.exec(statement).all()}


def _houses(work: Work, accounts: set[UUID]) -> dict[UUID, Looker]:
    """Those who work under the name of their house: a pharmacy stands there by its own name."""
    bond, places = identity.StaffRole, identity.Organization
    statement = (select(bond.account_id, places).join(places, col(places.id) == bond.organization_id)  # type: ignore[call-overload]
                 .where(col(bond.account_id).in_(accounts), bond.role == "pharmacy"))
    return {account: Looker("pharmacy", place.name, ROLES["pharmacy"]) for account, place in
            work.session.exec(statement).all()}


def _family(work: Work, accounts: set[UUID], patient_id: UUID) -> dict[UUID, Looker]:
    """Accounts that act or once acted for the patient, with the name of their owner where it is known."""
    bond = identity.Guardianship
    statement = select(bond.account_id, bond.relation).where(  # type: ignore[call-overload]
        bond.patient_id == patient_id, col(bond.account_id).in_(accounts)).order_by(col(bond.since))
    relations = dict(work.session.exec(statement).all())
    owners = _owners(work, accounts)
    found = {}
    for account in accounts:
        relation, owner = relations.get(account), owners.get(account)
        if relation is not None:
            found[account] = Looker("patient", _full(owner), FAMILY[relation])
        elif owner is not None:
            found[account] = Looker("patient", Text(zh=f"{owner[0]}某的账号", en=f"Account of {owner[0]}…"))
    return found


def _full(owner: str | None) -> Text:
    return Text(zh=owner, en=owner) if owner else Text(zh="家人的账号", en="A family account")


def _owners(work: Work, accounts: set[UUID]) -> dict[UUID, str]:
    """The names of the people who hold these accounts."""
    bond, person = identity.Guardianship, identity.Patient
    statement = select(bond.account_id, person.name).join(  # type: ignore[call-overload]
        person, col(person.id) == bond.patient_id).where(col(bond.account_id).in_(accounts), bond.relation == "self")
    return dict(work.session.exec(statement).all())


def lookers_of(work: Work, accounts: set[UUID], patient_id: UUID) -> dict[UUID, Looker]:
    """The lookers behind these accounts: at most four statements, however many there are."""
    if not accounts:
        return {}
    staff = _staff(work, accounts)
    if accounts - staff.keys():
        staff |= _houses(work, accounts - staff.keys())
    others = accounts - staff.keys()
    return {**staff, **(_family(work, others, patient_id) if others else {})}

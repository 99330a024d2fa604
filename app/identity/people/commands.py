"""People: add a patient, let another account act for them, stop acting for them."""
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.audit import Trace
from app.events.identity import GuardianshipEnded, PatientAdded
from app.identity.accounts.rates import (
    INVITATION_MISSES,
    INVITATIONS_A_DAY,
    PEOPLE_A_DAY,
    counted,
    require_room,
    use_up,
)
from app.identity.accounts.sessions import end_sessions
from app.identity.allowed import require_account, require_role
from app.identity.id_number import IdNumber, read_id_number
from app.identity.people.models import GuardianInvitation, Guardianship, Patient
from app.identity.people.queries import ID_NUMBER, age_years, guardianships, open_invitations, require_acting_for
from app.identity.problems import (
    AlreadyOnYourList,
    LastGuardian,
    NotTheLongest,
    PersonKnown,
    SelfClaimed,
    WrongInvitation,
)
from app.kit.clock import local_date
from app.kit.problems import NotAllowed, NotFound, invalid
from app.storage import Vault
from app.work import Work, all_of, one_or_none

RELATIONS = ("self", "child", "parent", "spouse", "other")
INVITATION_HOLDS = timedelta(days=1)
GROWN_UP = 18     # Civil Code of the PRC, Art. 17
# without 0, 1, I, O: people read the code to each other on the phone
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def add_patient(work: Work, name: str, id_number: str, relation: str, birth_date: date | None = None,
                sex: str | None = None) -> Patient:
    """Add a person whom the signed-in account acts for; birth date and sex come from the number.

    Raises Invalid, AlreadyOnYourList, PersonKnown, SelfClaimed, SlowDown.
    """
    account_id = _own_account(work)
    name, relation = _clean_name(name), _known_relation(relation)
    number = read_id_number(id_number, local_date(work.now))
    _require_agreement(number, birth_date, sex)
    use_up(work, PEOPLE_A_DAY, str(account_id))
    index = work.tool(Vault).blind_index(number.number, ID_NUMBER)
    known = one_or_none(work, Patient, col(Patient.id_number_index) == index)
    if known is not None:
        raise _refuse_known(work, account_id, known)
    if relation == "self":
        _require_no_self(work, account_id, None)
    person = _make(work, name, number, index, account_id)
    _join(work, account_id, person.id, relation)
    return person


@dataclass(frozen=True)
class Invited:
    """What an invitation opens: whom one would act for, who asked, and whether it is for the patient's own account."""

    patient: Patient
    invited_by: UUID
    own: bool


def invite_guardian(work: Work, patient_id: UUID, own: bool = False) -> str:
    """Make a code by which one more account may act for this patient; holds a day, shown this once.

    An older code of the same account for the patient is void from now on. `own` is for the account of the patient,
    a grown-up: only such a code lets anybody in as the patient, and only who acts longest makes it.
    Raises NotYours, Invalid, SelfClaimed, NotTheLongest, SlowDown.
    """
    person = work.get(Patient, require_acting_for(work, patient_id).id, lock=True)   # two codes at once: in turn
    account_id = require_account(work)
    if own:
        _require_own_code(work, person)
    use_up(work, INVITATIONS_A_DAY, str(account_id))
    take_back_invitation(work, patient_id)
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    work.add(GuardianInvitation(patient_id=person.id, invited_by=account_id, own=own,
                                code_hash=_hash(work, code), expires_at=work.now + INVITATION_HOLDS))
    work.trace(Trace("GuardianInvited", "own", person.id))
    return code


def _require_own_code(work: Work, person: Patient) -> None:
    """Whoever was let in cannot become the patient and shut out who let them in."""
    if age_years(work, person) < GROWN_UP:
        raise invalid("own", "孩子满 18 岁以后，才能由本人的账号管理。",
                      "An own account can take over once the child is 18.")
    if _has_self(work, person.id):
        raise SelfClaimed
    if guardianships(work, person.id)[0].account_id != require_account(work):
        raise NotTheLongest


def take_back_invitation(work: Work, patient_id: UUID) -> None:
    """Make one's own open codes for this patient void; nothing happens where there is none. Raises NotYours."""
    for found in open_invitations(work, require_acting_for(work, patient_id).id):
        invitation = work.get(GuardianInvitation, found.id, lock=True)
        if invitation.used_at is None:
            invitation.expires_at = work.now
            work.add(invitation)
            work.trace(Trace("GuardianInvitationTakenBack", "own", patient_id))


def open_invitation(work: Work, code: str) -> Invited:
    """What the code is for, before one says yes; a miss counts as one of joining. Raises WrongInvitation, SlowDown."""
    invitation = _invitation(work, _own_account(work), code)
    if _still_acts(work, require_account(work), invitation.patient_id):
        raise AlreadyOnYourList
    work.trace(Trace("GuardianInvitationOpened", "own", invitation.patient_id))
    return Invited(work.get(Patient, invitation.patient_id), invitation.invited_by, invitation.own)


def join_as_guardian(work: Work, code: str, relation: str) -> Patient:
    """Act for the patient of an invitation from now on.

    Raises WrongInvitation, SlowDown, Invalid, SelfClaimed, AlreadyOnYourList.
    """
    account_id, relation = _own_account(work), _known_relation(relation)
    invitation = _invitation(work, account_id, code)
    if _still_acts(work, account_id, invitation.patient_id):
        raise AlreadyOnYourList
    if (relation == "self") != invitation.own:
        raise invalid("relation", "这个邀请码不是发给这种关系的人的。", "The code was not made for this relation.")
    if relation == "self":
        _require_no_self(work, account_id, invitation.patient_id)
    invitation.used_at = work.now
    work.add(invitation)
    _join(work, account_id, invitation.patient_id, relation)
    return work.get(Patient, invitation.patient_id)


def _invitation(work: Work, account_id: UUID, code: str) -> GuardianInvitation:
    """The invitation behind a code, locked, if it stands; a miss is counted. Raises WrongInvitation, SlowDown."""
    require_room(work, INVITATION_MISSES, str(account_id))
    bare = "".join(code.split()).replace("-", "").upper()
    found = one_or_none(work, GuardianInvitation, col(GuardianInvitation.code_hash) == _hash(work, bare))
    if found is not None:   # in turn with who ends the giver at this moment
        work.get(Patient, found.patient_id, lock=True)
    invitation = work.find(GuardianInvitation, found.id, lock=True) if found else None
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= work.now \
            or not _still_acts(work, invitation.invited_by, invitation.patient_id):
        raise counted(WrongInvitation(field="code"), (INVITATION_MISSES, str(account_id)))
    return invitation


def end_guardianship(work: Work, patient_id: UUID, account_id: UUID | None = None) -> Guardianship:
    """Stop acting for a patient; the patient's own account may also end somebody else's guardianship.

    Whoever is ended by the patient is signed out, so that no page or call of theirs goes on.
    Raises NotAllowed, NotFound, LastGuardian.
    """
    person = work.get(Patient, require_acting_for(work, patient_id).id, lock=True)  # two who leave at once: in turn
    mine, current = require_account(work), _current(work, person.id)
    target = next((g for g in current if g.account_id == (account_id or mine)), None)
    if target is None:
        raise NotFound
    if target.account_id != mine and not any(g.account_id == mine and g.relation == "self" for g in current):
        raise NotAllowed
    if len(current) == 1:
        raise LastGuardian
    target.ended_at = work.now
    if target.account_id != mine:   # what is open there, a call above all, ends with the sign-in it came by
        end_sessions(work, target.account_id, role="patient")
    work.announce(GuardianshipEnded(target.account_id, person.id, mine))
    return work.add(target)


def _own_account(work: Work) -> UUID:
    require_role(work, "patient")
    return require_account(work)


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 2 <= len(cleaned) <= 60 or any(letter.isdigit() or not letter.isprintable() for letter in cleaned):
        raise invalid("name", "请填写证件上的姓名。", "Please enter the name as it stands on the card.")
    return cleaned


def _known_relation(relation: str) -> str:
    if relation not in RELATIONS:
        raise invalid("relation", "请选择您和就诊人的关系。", "Please choose how you are related.")
    return relation


def _require_agreement(number: IdNumber, birth_date: date | None, sex: str | None) -> None:
    if birth_date is not None and birth_date != number.birth_date:
        raise invalid("birth_date", "出生日期和身份证号不一致。", "The birth date and the ID number do not agree.")
    if sex is not None and sex != number.sex:
        raise invalid("sex", "性别和身份证号不一致。", "Sex and ID number do not agree.")


def _refuse_known(work: Work, account_id: UUID, known: Patient) -> Exception:
    """The same number again: already ours, or somebody else's, who alone can let us in."""
    if _still_acts(work, account_id, known.id):
        return AlreadyOnYourList()
    return counted(PersonKnown(), (PEOPLE_A_DAY, str(account_id)))


def _make(work: Work, name: str, number: IdNumber, index: str, account_id: UUID) -> Patient:
    sealed = work.tool(Vault).seal(number.number, ID_NUMBER)
    try:
        return work.add(Patient(name=name, birth_date=number.birth_date, sex=number.sex, created_at=work.now,
                                id_number_sealed=sealed, id_number_index=index))
    except IntegrityError as error:  # the same person was added by another account a moment ago
        raise counted(PersonKnown(), (PEOPLE_A_DAY, str(account_id))) from error


def _join(work: Work, account_id: UUID, patient_id: UUID, relation: str) -> None:
    try:
        work.add(Guardianship(account_id=account_id, patient_id=patient_id, relation=relation, since=work.now))
    except IntegrityError as error:  # two requests at the same moment; the unique indexes let one through
        raise (SelfClaimed if relation == "self" else AlreadyOnYourList)() from error
    work.announce(PatientAdded(account_id, patient_id, relation))


def _require_no_self(work: Work, account_id: UUID, patient_id: UUID | None) -> None:
    """Neither is this account somebody else, nor this person another account's owner."""
    own = one_or_none(work, Guardianship, col(Guardianship.account_id) == account_id,
                      col(Guardianship.relation) == "self", col(Guardianship.ended_at).is_(None))
    if own is not None or (patient_id is not None and _has_self(work, patient_id)):
        raise SelfClaimed


def _has_self(work: Work, patient_id: UUID) -> bool:
    return any(g.relation == "self" for g in _current(work, patient_id))


def _current(work: Work, patient_id: UUID) -> list[Guardianship]:
    return all_of(work, Guardianship, col(Guardianship.patient_id) == patient_id,
                  col(Guardianship.ended_at).is_(None))


def _still_acts(work: Work, account_id: UUID, patient_id: UUID) -> bool:
    return any(g.account_id == account_id for g in _current(work, patient_id))


def _hash(work: Work, code: str) -> str:
    return work.tool(Vault).blind_index(code, "guardian_invitation")

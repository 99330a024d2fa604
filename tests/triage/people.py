"""The people of these tests and short ways to let them answer."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.identity.accounts.models import Account
from app.identity.licences.models import LicenceFile
from app.identity.people.models import Guardianship, Patient
from app.identity.staff.models import Organization, Practitioner
from app.kit.ids import uuid7
from app.work import HOUSE, Actor, House, Work
from consult.triage import api as triage
from consult.triage.judging.deciding import gate_questions
from consult.triage.models import Triage
from consult.triage.rulebook.facts import PatientFacts
from consult.triage.rulebook.reading import load_ruleset

WANG = PatientFacts(age_days=58 * 365, age_months=58 * 12, sex="male")
ADULT = PatientFacts(age_days=30 * 365, age_months=30 * 12, sex="female", pregnant="no", postpartum="no")
XIAOYU = PatientFacts(age_days=4 * 365, age_months=4 * 12 + 3, sex="female")


def gate(facts: PatientFacts, rest: str = "no", **answers: str) -> dict[str, str]:
    """The first screen answered: `rest` for every line that is not named."""
    return {q.id: rest for q in gate_questions(load_ruleset(), facts)} | answers


def calm(complaint: str, facts: PatientFacts, **answers: object) -> dict[str, object]:
    """Every yes/no question answered no, the gate included; choices and numbers only as named."""
    own = load_ruleset().protocol(complaint).questions
    return gate(facts) | {q.id: "no" for q in own if q.kind == "yes_no_unknown"} | answers


@dataclass(frozen=True)
class Family:
    """Wang with his account, Ms Ma with her daughter Xiaoyu, and the stranger Zhao."""

    wang: UUID
    xiaoyu: UUID
    by_wang: Actor
    by_ma: Actor
    by_zhao: Actor


def settle(house: House) -> Family:
    """Put hospital, accounts and patients into an empty house."""
    with house.write(HOUSE) as work:
        work.add(Organization(kind="hospital", name_zh="复诊互联网医院", name_en="Fuzhen Internet Hospital"))
        wang_account, ma_account, zhao_account = (_account(work, name) for name in ("wang", "ma", "zhao"))
        wang = _patient(work, wang_account, "王建国", date(1968, 3, 4), "male", "self")
        xiaoyu = _patient(work, ma_account, "马小雨", date(2022, 5, 1), "female", "child")
    return Family(wang, xiaoyu, *(Actor("patient", account_id=a) for a in (wang_account, ma_account, zhao_account)))


def _account(work: Work, name: str) -> UUID:
    row = Account(kind="patient", user_name=name, password_hash="-", created_at=work.now)
    return work.add(row).id


def _patient(work: Work, account: UUID, name: str, born: date, sex: str, relation: str) -> UUID:
    person = work.add(Patient(name=name, birth_date=born, sex=sex, created_at=work.now))
    work.add(Guardianship(account_id=account, patient_id=person.id, relation=relation, since=work.now))
    return person.id


def doctor_of(house: House, organization_id: UUID, state: str = "verified") -> Actor:
    """A doctor of a hospital whose licence stands so."""
    with house.write(HOUSE) as work:
        account = work.add(Account(kind="staff", user_name=f"d{uuid7().hex}", password_hash="-", created_at=work.now))
        own = work.add(Practitioner(account_id=account.id, organization_id=organization_id, role="doctor",
                                    name_zh="林静", name_en="Lin Jing", department="internal_medicine"))
        work.add(LicenceFile(practitioner_id=own.id, state=state, registration_no="1101", licence_class="physician",
                             independent_since=date(2010, 7, 1), expires=date(2099, 1, 1), submitted_at=work.now))
    return Actor("doctor", account.id, organization_id, own.id)


@contextmanager
def begun(house: House, by: Actor, patient: UUID, complaint: str, text: str = "") -> Iterator[tuple[Work, Triage]]:
    """A triage that has just begun, in an open Work."""
    with house.write(by) as work:
        yield work, triage.start_triage(work, patient, complaint, text)


def nothing_on_the_first_screen(work: Work, found: Triage) -> Triage:
    """Answer "none of these"."""
    lines = [line.question.id for line in triage.triage_view(work, found.id).gate]
    return triage.answer_gate(work, found.id, triage.ticked(lines, [], "no"))


def answer_all(work: Work, found: Triage, **answers: object) -> Triage:
    """Answer every question that is asked: as named, else no, else "unknown"."""
    while (question := triage.triage_view(work, found.id).question) is not None:
        default = "no" if question.kind == "yes_no_unknown" else "unknown"
        triage.answer_question(work, found.id, question.id, answers.get(question.id, default))
    return found

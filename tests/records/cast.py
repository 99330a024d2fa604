"""The people of these tests, written straight into the tables: sign-in has tests of its own."""
import io
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from PIL import Image
from sqlalchemy import event
from sqlmodel import Session

from app.identity.api import Account, Guardianship, LicenceFile, Organization, Patient, Practitioner
from app.kit.ids import uuid7
from app.storage import ObjectStore
from app.work import Actor, House, Work
from records import api as records


@dataclass
class Cast:
    """Who there is: actors by name, and the patients' ids."""

    house: House
    hospital: UUID
    renmin: UUID
    people: dict[str, Actor] = field(default_factory=dict)
    patients: dict[str, UUID] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def treat(self, doctor: str, patient: str, visit_id: UUID | None = None) -> UUID:
        """Let a doctor treat a patient; returns the visit's id."""
        visit_id = visit_id or uuid7()
        with self.house.write(self.people[doctor]) as work:
            records.open_treatment(work, self.patients[patient], self.practitioner(doctor), visit_id)
        return visit_id

    def practitioner(self, name: str) -> UUID:
        """The practitioner's id of a doctor or pharmacist."""
        found = self.people[name].practitioner_id
        assert found is not None
        return found

    def upload(self, who: str, patient: str, *files: tuple[bytes, str], title: str = "门诊病历") -> records.Document:
        """Store and keep a document, as a page of the web does."""
        patient_id = self.patients[patient]
        objects = self.house.tools.get(ObjectStore)
        pages = [records.store_page(objects, patient_id, data, name) for data, name in files]
        with self.house.write(self.people[who]) as work:
            return records.keep_document(work, patient_id, pages, "outpatient_record", title)

    def offer(self, who: str, patient: str) -> records.Evidence:
        """Upload one photo and offer it as evidence."""
        kept = self.upload(who, patient, (picture(), "IMG_0001.jpg"))
        with self.house.write(self.people[who]) as work:
            return records.offer_evidence(work, self.patients[patient], kept.id)


def seat(house: House) -> Cast:
    """Write the cast: hospital and partner, three families, two doctors, a pharmacist, and stranger Zhao."""
    with house.write(Actor("house")) as work:
        hospital = work.add(Organization(kind="hospital", name_zh="示范互联网医院", name_en="Demo Hospital"))
        renmin = work.add(Organization(kind="partner_hospital", name_zh="人民医院", name_en="Renmin Hospital"))
        cast = Cast(house, hospital.id, renmin.id)
        _family(work, cast, "wang", "王建国", date(1968, 3, 2), "male")
        _family(work, cast, "zhou", "周桂芳", date(1950, 5, 5), "female")
        _family(work, cast, "zhao", "赵一", date(1990, 1, 1), "male")
        _family(work, cast, "ma", "马丽", date(1994, 7, 7), "female")
        _child(work, cast, "xiaoyu", "小雨", date(2022, 9, 9), guardian="ma")
        _staff(work, cast, "lin", "doctor", "林静", "Lin Jing", "internal_medicine")
        _staff(work, cast, "he", "doctor", "何田", "He Tian", "paediatrics")
        _staff(work, cast, "ren", "pharmacist", "任芳", "Ren Fang", None)
        _staff(work, cast, "su", "pharmacist", "苏平", "Su Ping", None)
        cast.people["bai"] = Actor("admin", work.add(_account(work, "staff", "bai")).id, hospital.id)
        cast.people["kang"] = Actor("pharmacy", work.add(_account(work, "staff", "kang")).id, uuid7())
        cast.people["qin"] = Actor("compliance", work.add(_account(work, "staff", "qin")).id, hospital.id)
        cast.people["nobody"] = Actor("nobody")
    return cast


def _account(work: Work, kind: str, name: str) -> Account:
    return Account(kind=kind, user_name=name, password_hash="none", created_at=work.now)


def _person(work: Work, cast: Cast, key: str, name: str, born: date, sex: str) -> Patient:
    person = work.add(Patient(name=name, birth_date=born, sex=sex, created_at=work.now))
    cast.patients[key] = person.id
    return person


def _family(work: Work, cast: Cast, key: str, name: str, born: date, sex: str) -> None:
    account, person = work.add(_account(work, "patient", key)), _person(work, cast, key, name, born, sex)
    work.add(Guardianship(account_id=account.id, patient_id=person.id, relation="self", since=work.now))
    cast.people[key] = Actor("patient", account.id)


def _child(work: Work, cast: Cast, key: str, name: str, born: date, guardian: str) -> None:
    person, account = _person(work, cast, key, name, born, "female"), cast.people[guardian].account_id
    assert account is not None
    work.add(Guardianship(account_id=account, patient_id=person.id, relation="child", since=work.now))


def _staff(work: Work, cast: Cast, key: str, role: str, zh: str, en: str, department: str | None) -> None:
    account = work.add(_account(work, "staff", key))
    person = work.add(Practitioner(account_id=account.id, organization_id=cast.hospital, role=role, name_zh=zh,
                                   name_en=en, department=department))
    cast.people[key] = Actor(role, account.id, cast.hospital, person.id)
    if role == "doctor":
        work.add(LicenceFile(practitioner_id=person.id, state="verified", registration_no=f"1101{key}",
                             licence_class="physician", independent_since=date(2010, 7, 1),
                             expires=date(2099, 1, 1), submitted_at=work.now))


def picture(size: tuple[int, int] = (60, 40), form: str = "JPEG", **more: object) -> bytes:
    """A small picture as a camera makes it."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **more)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


class Statements:
    """Counts the SQL statements of a session: `with Statements(work.session) as sql: …; sql.count`."""

    def __init__(self, session: Session) -> None:
        self.engine = session.get_bind()
        self.seen: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        self.seen.append(statement)

    @property
    def count(self) -> int:
        """How many statements ran."""
        return len(self.seen)

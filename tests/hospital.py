"""The hospital of the tests, written straight into its tables: sign-in and vetting have tests of their own."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.audit import AuditEntry
from app.identity import api as identity
from app.jobs import JobKinds
from app.kit.clock import FrozenClock, local_date
from app.kit.ids import uuid7
from app.work import HOUSE, Actor, House, Work, all_of
from app.worker import Worker
from pharmacy import api as pharmacy
from prescribing import api as prescribing

YEARS = timedelta(days=5 * 365)
DOCTORS = {"lin": ("林静", "Lin Jing", "internal_medicine", 2500), "he": ("何宁", "He Ning", "paediatrics", 3000),
           "gao": ("高远", "Gao Yuan", "internal_medicine", 1500)}
PHARMACISTS = {"ren": ("任强", "Ren Qiang", date(2012, 3, 1)), "su": ("苏敏", "Su Min", date(2018, 3, 1))}
PHARMACIES = {"kang": ("康健药房", "Kang Pharmacy", False, 1.0), "an": ("安心药房", "An Pharmacy", True, 1.1)}
PEOPLE = {  # name, birth date, sex, relation of the account's owner, whose account
    "wang": ("王建国", date(1968, 3, 12), "male", "self", "wang"),
    "ma": ("马丽", date(1990, 9, 1), "female", "self", "ma"),
    "xiaoyu": ("马小雨", date(2022, 6, 18), "female", "child", "ma"),
    "zhao": ("赵磊", date(1985, 11, 23), "male", "self", "zhao")}
DEPARTMENTS = {"xiaoyu": "paediatrics"}
SHELF = ("amlodipine", "metformin", "atorvastatin", "amoxicillin", "ibuprofen", "paracetamol", "insulin_glargine_pen")


@dataclass
class Scene:
    """Who there is: actors by name, patients' ids, organisations; attributes read like `scene.lin`, `scene.wang`."""

    house: House
    hospital: UUID
    renmin: UUID
    worker: Worker
    people: dict[str, Actor] = field(default_factory=dict)
    patients: dict[str, UUID] = field(default_factory=dict)
    pharmacies: dict[str, UUID] = field(default_factory=dict)
    page: Any = None    # where tests.photographs stands in the scene's story

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["people"][name]
        except KeyError as missing:
            raise AttributeError(name) from missing

    @property
    def clock(self) -> FrozenClock:
        """The clock that tests move."""
        assert isinstance(self.house.clock, FrozenClock)
        return self.house.clock

    @contextmanager
    def by(self, who: str) -> Iterator[Work]:
        """A writing Work of somebody: `with scene.by("lin") as work: …`; "house" is the house itself."""
        with self.house.write(self.people.get(who, HOUSE) if who != "house" else HOUSE) as work:
            yield work

    @contextmanager
    def sees(self, who: str) -> Iterator[Work]:
        """A reading Work of somebody."""
        with self.house.read(HOUSE if who == "house" else self.people[who]) as work:
            yield work

    def does(self, who: str, command: Any, *args: Any, **more: Any) -> Any:
        """One command of somebody in a Work of its own."""
        with self.by(who) as work:
            return command(work, *args, **more)

    def row(self, model: Any, id: UUID) -> Any:
        """A row as it stands in the database."""
        with self.sees("house") as work:
            return work.get(model, id)

    def run(self) -> None:
        """Let the worker do everything that is due now."""
        self.worker.run_until_idle()

    def later(self, **step: float) -> None:
        """Time goes by, then the worker runs."""
        self.clock.forward(**step)
        self.run()

    def trail(self, *actions: str) -> list[AuditEntry]:
        """Audit entries, oldest first; of the named actions if any are named."""
        with self.sees("house") as work:
            return [e for e in all_of(work, AuditEntry) if not actions or e.action in actions]

    def doctor_of(self, patient: str) -> str:
        """Who treats a patient of the cast: Dr He the children, Dr Lin the others."""
        return "he" if DEPARTMENTS.get(patient) == "paediatrics" else "lin"

    def owner_of(self, patient: str) -> str:
        """Whose account acts for a patient."""
        return PEOPLE[patient][4]


def open_hospital(house: House) -> Scene:
    """Doctors lin, he, gao on duty, pharmacists ren, su, pharmacies kang, an, and the families; a few milliseconds."""
    with house.write(HOUSE) as work:
        scene = Scene(house, _place(work, "hospital", "示范互联网医院", "Demo Hospital"),
                      _place(work, "partner_hospital", "人民医院", "Renmin Hospital"),
                      Worker(house, house.tools.get(JobKinds)))
        for name, (zh, en, department, fee) in DOCTORS.items():
            _doctor(work, scene, name, zh, en, department, fee)
        for name, (zh, en, since) in PHARMACISTS.items():
            _practitioner(work, scene, name, "pharmacist", name_zh=zh, name_en=en, pharmacist_title_ok=True,
                          dispensing_since=since)
        for name, row in PHARMACIES.items():
            _pharmacy(work, scene, name, *row)
        for name in ("bai", "qin"):
            role = "admin" if name == "bai" else "compliance"
            scene.people[name] = _signed_in(work, name, role, scene.hospital)
        for name in PEOPLE:
            _person(work, scene, name)
    return scene


def _place(work: Work, kind: str, zh: str, en: str, **more: Any) -> UUID:
    until = local_date(work.now) + YEARS
    return work.add(identity.Organization(
        kind=kind, name_zh=zh, name_en=en, address_zh="示范市", address_en="Demo City", latitude=39.09,
        longitude=117.21, licence_no="T-1", licence_expires=until, licensed_internet=kind == "hospital",
        licensed_online=kind == "pharmacy", **more)).id


def _signed_in(work: Work, name: str, role: str, place: UUID | None, practitioner: UUID | None = None,
               account: UUID | None = None) -> Actor:
    """An account with an open session; for staff also the role."""
    if account is None:
        kind = "patient" if role == "patient" else "staff"
        account = work.add(identity.Account(kind=kind, user_name=name, password_hash="-", created_at=work.now)).id
    if role != "patient" and place is not None:
        work.add(identity.StaffRole(account_id=account, organization_id=place, role=role))
    session = work.add(identity.SessionToken(
        token_hash=uuid7().hex, account_id=account, role=role, organization_id=place, practitioner_id=practitioner,
        created_at=work.now, expires_at=work.now + YEARS, identity_checked_at=work.now))
    return Actor(role, account, place, practitioner, session.id)


def _practitioner(work: Work, scene: Scene, name: str, role: str, **more: Any) -> identity.Practitioner:
    account = work.add(identity.Account(kind="staff", user_name=name, password_hash="-", created_at=work.now)).id
    row = work.add(identity.Practitioner(account_id=account, organization_id=scene.hospital, role=role,
                                         on_duty_since=work.now, **more))
    scene.people[name] = _signed_in(work, name, role, scene.hospital, row.id, account)
    return row


def _doctor(work: Work, scene: Scene, name: str, zh: str, en: str, department: str, fee: int) -> None:
    doctor = _practitioner(work, scene, name, "doctor", name_zh=zh, name_en=en, title_zh="副主任医师",
                           title_en="Associate Chief Physician", department=department, specialties=[department],
                           fee_fen=fee)
    until = local_date(work.now) + YEARS
    work.add(identity.LicenceFile(
        practitioner_id=doctor.id, state="verified", registration_no=f"1101{name}", licence_class="physician",
        independent_since=date(2010, 7, 1), specialties=[department], places=[str(scene.hospital)],
        institution_consent_until=until, filed_until=until, expires=until, submitted_at=work.now,
        decided_at=work.now))


def _pharmacy(work: Work, scene: Scene, name: str, zh: str, en: str, cold: bool, level: float) -> None:
    place = scene.pharmacies[name] = _place(work, "pharmacy", zh, en)
    pharmacy.join_as_partner(work, place, opens="00:00", closes="24:00", cold_chain=cold)
    scene.people[name] = _signed_in(work, name, "pharmacy", place)
    drugs = prescribing.load().drugs
    for product in (p for drug in SHELF if drug in drugs for p in drugs[drug].products):
        pharmacy.set_stock(work, place, product.code, 50, round(2000 * level))


def _person(work: Work, scene: Scene, key: str) -> None:
    name, born, sex, relation, owner = PEOPLE[key]
    person = work.add(identity.Patient(name=name, birth_date=born, sex=sex, created_at=work.now))
    check = work.add(identity.RealnameCheck(patient_id=person.id, matched=True, method="stand_in", reference="t",
                                            asked_at=work.now, answered_at=work.now))
    person.realname_verified_at, person.realname_check_id = work.now, check.id
    scene.patients[key] = person.id
    if owner not in scene.people:
        scene.people[owner] = _signed_in(work, owner, "patient", None)
    work.add(identity.Guardianship(account_id=scene.people[owner].account_id, patient_id=person.id,
                                   relation=relation, since=work.now))

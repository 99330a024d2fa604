"""The people whom the tests of this room begin with, made through the room's own door."""
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pyotp

from app.identity import api as identity
from app.identity.id_number import check_character
from app.kit.text import Text
from app.notify import api as notify
from app.work import HOUSE, NOBODY, Actor, House, all_of
from app.worker import Worker

PASSWORD = "lantern-river-27"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONES = {"Wang": "13800000001", "Ma": "13800000002", "Zhao": "13800000003", "Zhou": "13800000004"}


def id_number(born: date, sex: str = "female", area: str = "110105", order: int = 10) -> str:
    """A number that passes every check."""
    order = order // 2 * 2 + (sex == "male")
    first = f"{area}{born:%Y%m%d}{order:03d}"
    return first + check_character(first)


WANG_NUMBER = id_number(date(1968, 3, 2), "male")
XIAOYU_NUMBER = id_number(date(2022, 6, 1))
ZHOU_NUMBER = id_number(date(1950, 1, 9))


def code_sent_to(house: House, worker: Worker, phone: str) -> str:
    """The newest code that the demo's inbox shows for a phone."""
    worker.run_until_idle()
    with house.read(HOUSE) as work:
        text = notify.sms_inbox(work, phone)[0].text
    return "".join(letter for letter in text.split("，")[0] if letter.isdigit())


def registered(house: House, worker: Worker, who: str = "Wang") -> Actor:
    """A patient's account, signed in."""
    phone = PHONES[who]
    with house.write(NOBODY) as work:
        identity.register_code(work, phone)
    code = code_sent_to(house, worker, phone)
    with house.write(NOBODY) as work:
        identity.register(work, phone, code, PASSWORD, "zh")
    return signed_in(house, phone)[0]


def signed_in(house: House, login: str, password: str = PASSWORD, totp: str | None = None,
              role: str | None = None) -> tuple[Actor, str]:
    """Sign in and come back through the token, as a request does."""
    with house.write(NOBODY) as work:
        _, token = identity.sign_in(work, login, password, totp, role)
    return whoever(house, token), token


def whoever(house: House, token: str) -> Actor | None:
    """Who holds this token now."""
    with house.read(NOBODY) as work:
        return identity.resolve_token(work.session, token, work.now)


def totp_now(house: House) -> str:
    """What the authenticator shows at the clock's time."""
    return pyotp.TOTP(SECRET).at(house.clock.now())


@dataclass
class Staff:
    """One person of staff with the ids that tests need."""

    account_id: UUID
    user_name: str
    practitioner_id: UUID | None = None


@dataclass
class Hospital:
    """The hospital and its people."""

    id: UUID
    lin: Staff
    he: Staff
    ren: Staff
    bai: Staff

    def admin(self) -> Actor:
        """Administrator Bai at work."""
        return Actor("admin", self.bai.account_id, self.id)

    def doctor(self, who: Staff | None = None) -> Actor:
        """Dr Lin (or another) at work, without a session."""
        who = who or self.lin
        return Actor("doctor", who.account_id, self.id, who.practitioner_id)


def open_hospital(house: House, licence_expires: date | None = date(2027, 11, 21)) -> Hospital:
    """The hospital with Dr Lin, Dr He, pharmacist Ren and administrator Bai; nobody's licence is handed in."""
    with house.write(HOUSE) as work:
        place = identity.open_organization(
            work, "hospital", Text(zh="和安医院", en="He'an Hospital"), licence_no="PDY-0001",
            licensed_internet=True, licence_expires=licence_expires)
    lin = hire(house, place.id, "lin", "doctor", Text(zh="林医生", en="Dr Lin"), department="internal_medicine")
    he = hire(house, place.id, "he.paed", "doctor", Text(zh="何医生", en="Dr He"), department="paediatrics")
    ren = hire(house, place.id, "ren", "pharmacist", Text(zh="任药师", en="Pharmacist Ren"),
               pharmacist_title_ok=True, dispensing_since=date(2019, 5, 4))
    bai = hire(house, place.id, "bai", "admin", Text(zh="白主任", en="Ms Bai"))
    return Hospital(place.id, lin, he, ren, bai)


def hire(house: House, place: UUID, user_name: str, role: str, name: Text, **more: object) -> Staff:
    """One account of staff."""
    with house.write(HOUSE) as work:
        made = identity.create_staff(work, user_name, PASSWORD, SECRET, name, role, place, **more)
        seen = all_of(work, identity.Practitioner, identity.Practitioner.account_id == made.id)
    return Staff(made.id, user_name, seen[0].id if seen else None)


def papers(place: UUID | None = None, **changed: object) -> identity.LicenceIn:
    """A complete set of papers of an internist."""
    given = {"registration_no": "110100000012345", "licence_class": "physician",
             "independent_since": date(2010, 7, 1), "specialties": ("internal_medicine",),
             "places": (place,) if place else (), "expires": date(2028, 6, 30),
             "institution_consent_until": date(2027, 6, 30), "filed_until": None}
    return identity.LicenceIn(**{**given, **changed})


def licensed(house: House, hospital: Hospital, who: Staff | None = None,
             **changed: object) -> identity.LicenceFile:
    """A licence file that Bai has verified."""
    who = who or hospital.lin
    with house.write(hospital.doctor(who)) as work:
        kept = identity.submit_licence(work, who.practitioner_id, papers(hospital.id, **changed))
    with house.write(hospital.admin()) as work:
        return identity.verify_licence(work, kept.id)

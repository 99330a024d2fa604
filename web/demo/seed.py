"""Fills an empty demo with its cast, through the same commands that people use."""
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pyotp

from app.identity import api as identity
from app.kit.clock import FrozenClock, local_date
from app.kit.text import Text
from app.notify import api as notify
from app.settings import Settings
from app.work import HOUSE, Actor, House, Work, all_of, one_or_none
from app.worker import Worker
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.demo.cast import SIGNING_PIN, cast, id_number, password, serial_for
from web.demo.papers import OUTPATIENT, fhir_record
from web.demo.past import walk_past_visit

OPENED_BEFORE = timedelta(days=40)
LICENCE_YEARS = timedelta(days=5 * 365)


def is_seeded(house: House) -> bool:
    """True once the hospital stands; seeding again would change nothing."""
    with house.read(HOUSE) as work:
        return bool(identity.organizations(work, "hospital"))


def seed(house: House, worker: Worker) -> None:
    """Open the hospital 40 days ago: staff, shelves, patients, and one visit since. Refuses production."""
    if house.tools.get(Settings).mode == "production":
        raise RuntimeError("the demo has no place in production")
    if is_seeded(house):
        return
    opened = FrozenClock(house.clock.now() - OPENED_BEFORE)
    now, house = house, replace(house, clock=opened)
    worker = Worker(house, worker.kinds)
    with house.write(HOUSE) as work:
        hospital, partners = _open_places(work)
        pharmacies = _open_pharmacies(work)
        _hire(work, hospital)
    _vouch_for_doctors(house, hospital.id)
    _stock_shelves(house, pharmacies)
    for number, (key, row) in enumerate(cast()["patients"].items()):
        _register(house, worker, key, row, number)
    _give_histories(house, partners)
    walk_past_visit(now)


def _open_places(work: Work) -> tuple[identity.Organization, dict[str, UUID]]:
    told = cast()["hospital"]
    hospital = identity.open_organization(
        work, "hospital", Text(**told["name"]), Text(**told["address"]), latitude=told["latitude"],
        longitude=told["longitude"], licence_no=told["licence_no"], licensed_internet=True,
        licence_expires=local_date(work.now) + LICENCE_YEARS)
    partners = {key: identity.open_organization(work, row["kind"], Text(**row["name"]), Text(**row["address"]),
                                                latitude=row["latitude"], longitude=row["longitude"]).id
                for key, row in cast()["partners"].items()}
    return hospital, partners


def _open_pharmacies(work: Work) -> dict[str, UUID]:
    found = {}
    for key, row in cast()["pharmacies"].items():
        place = identity.open_organization(
            work, "pharmacy", Text(**row["name"]), Text(**row["address"]), latitude=row["latitude"],
            longitude=row["longitude"], licence_no=f"DEMO-YF-{key}", licensed_online=True,
            licence_expires=local_date(work.now) + LICENCE_YEARS)
        pharmacy.join_as_partner(
            work, place.id, opens=row["opens"], closes=row["closes"], cold_chain=row["cold_chain"],
            delivery_fee_fen=row["delivery_fee_fen"], prep_minutes=row["prep_minutes"], phone="022-00000000")
        identity.create_staff(work, key, password(), row["totp"], Text(**row["user"]), "pharmacy", place.id)
        found[key] = place.id
    return found


def _hire(work: Work, hospital: identity.Organization) -> None:
    for key, row in cast()["staff"].items():
        is_pharmacist = row["role"] == "pharmacist"
        account = identity.create_staff(
            work, key, password(), row["totp"], Text(**row["name"]), row["role"], hospital.id,
            title=Text(**row["title"]) if "title" in row else None, department=row.get("department"),
            specialties=tuple(row.get("specialties", ())), fee_fen=row.get("fee_fen", 0),
            pharmacist_title_ok=True if is_pharmacist else None,
            dispensing_since=row["since"] if is_pharmacist else None)
        holder = one_or_none(work, identity.Practitioner, identity.Practitioner.account_id == account.id)
        if holder is not None and row["role"] == "doctor":
            identity.set_signing_pin(work, holder.id, SIGNING_PIN)
            _submit_licence(work, holder, hospital.id, row)


def _submit_licence(work: Work, holder: identity.Practitioner, place: UUID, row: dict[str, Any]) -> None:
    until = local_date(work.now) + LICENCE_YEARS
    identity.submit_licence(work, holder.id, identity.LicenceIn(
        registration_no=row["registration_no"], licence_class="physician", independent_since=row["since"],
        specialties=tuple(row["specialties"]), places=(place,), expires=until, institution_consent_until=until,
        filed_until=until))


def _vouch_for_doctors(house: House, hospital_id: UUID) -> None:
    """The administrator verifies every file and puts the doctors on duty."""
    with house.read(HOUSE) as work:
        bai = one_or_none(work, identity.Account, identity.Account.user_name == "bai")
        files = all_of(work, identity.LicenceFile, identity.LicenceFile.state == "submitted")
        doctors = {d.id: d for d in identity.practitioners_by_id(work, {f.practitioner_id for f in files}).values()}
    admin = Actor("admin", bai.id if bai else None, hospital_id)
    for file in files:
        with house.write(admin) as work:
            identity.verify_licence(work, file.id)
        doctor = doctors[file.practitioner_id]
        with house.write(Actor("doctor", doctor.account_id, hospital_id, doctor.id)) as work:
            identity.set_duty(work, True)


def _stock_shelves(house: House, pharmacies: dict[str, UUID]) -> None:
    """Every pharmacy has most products at its own price level; the same on every machine."""
    dice = random.Random(20261121)  # noqa: S311 – shelves, not secrets
    products = [p for drug in prescribing.load().drugs.values() for p in drug.products]
    prices = {p.code: dice.randrange(600, 6800, 10) for p in products}
    with house.write(HOUSE) as work:
        for key, row in cast()["pharmacies"].items():
            for product in products:
                if dice.random() <= row.get("stock_share", 0.97):
                    price = max(100, round(prices[product.code] * row["price"] / 10) * 10)
                    work.session.add(pharmacy.Stock(pharmacy_id=pharmacies[key], product_code=product.code,
                                                    on_hand=dice.randrange(20, 90), price_fen=price))


def _register(house: House, worker: Worker, key: str, row: dict[str, Any], number: int) -> None:
    """Register by phone and code, add the people, let the register check them, agree to the forms."""
    with house.write(Actor("nobody")) as work:
        identity.register_code(work, row["phone"])
    worker.run_until_idle()
    with house.read(HOUSE) as work:
        code = "".join(c for c in notify.sms_inbox(work, row["phone"], 1)[0].text if c.isdigit())[:6]
    with house.write(Actor("nobody")) as work:
        account = identity.register(work, row["phone"], code, password(), row["language"])
    actor = Actor("patient", account.id)
    for place, person in enumerate(row["people"]):
        with house.write(actor) as work:
            serial = serial_for(person["sex"], number * 4 + place)
            added = identity.add_patient(work, person["name"], id_number(person["born"], serial), person["relation"])
            identity.verify_identity(work, added.id)
        worker.run_until_idle()
        with house.write(actor) as work:
            for form in records.missing_consents(work, added.id):
                if form != "informed_consent":
                    records.give_consent(work, added.id, form)
    if row.get("text_size"):
        with house.write(actor) as work:
            identity.set_text_size(work, row["text_size"])


def people(work: Work, key: str) -> tuple[identity.Account, list[tuple[identity.Patient, str]]]:
    """The account of a patient of the cast, and the people on it."""
    index = identity.phone_index(work, identity.clean_phone(cast()["patients"][key]["phone"]))
    account = one_or_none(work, identity.Account, identity.Account.phone_index == index)
    if account is None:
        raise LookupError(key)
    return account, identity.patients_of(work, account.id)


def _give_histories(house: House, partners: dict[str, UUID]) -> None:
    """What was asked of Wang, Zhou and Xiaoyu before, and their partner hospital's records."""
    with house.read(HOUSE) as work:
        (wang, [(mr_wang, _)]), (zhou, [(mrs_zhou, _)]) = people(work, "wang"), people(work, "zhou")
        ma, [_, (xiaoyu, _)] = people(work, "ma")
        today = local_date(work.now)
    with house.write(Actor("patient", wang.id)) as work:
        records.save_allergies(work, mr_wang.id, [records.AllergyIn(text="青霉素", reaction="皮疹", since="2011")])
        records.save_medicines(work, mr_wang.id, [
            records.MedicineIn(text="氨氯地平", drug_id="amlodipine", dose_text="5 mg，每天早上")])
    with house.write(Actor("patient", zhou.id)) as work:
        records.save_allergies(work, mrs_zhou.id, "none")
        records.save_medicines(work, mrs_zhou.id, [records.MedicineIn(text="阿托伐他汀", drug_id="atorvastatin")])
    with house.write(Actor("patient", ma.id)) as work:
        records.save_allergies(work, xiaoyu.id, "none")
        records.save_medicines(work, xiaoyu.id, "none")
        records.save_weight(work, xiaoyu.id, 16_500)
    _partner_record(house, mr_wang.id, partners["renmin"], "I10", "原发性高血压", today - timedelta(days=101))
    _partner_record(house, mrs_zhou.id, partners["renmin"], "E78.5", "高脂血症", today - timedelta(days=60))
    _partner_record(house, xiaoyu.id, partners["renmin"], "J45.9", "支气管哮喘", today - timedelta(days=33))


def _partner_record(house: House, patient_id: UUID, partner: UUID, code: str, label: str, day: date) -> None:
    """A FHIR record as the partner hospital sent it, kept byte for byte."""
    with house.write(HOUSE) as work:
        person = identity.patient(work, patient_id)
        raw = fhir_record(person.name, identity.id_number(work, person) or "", code, label, day, OUTPATIENT[code])
        records.import_partner_record(work, patient_id, partner, code, day, raw)


def totp_now(secret: str) -> str:
    """The authenticator's code of this moment; for the demo page and its actors."""
    return pyotp.TOTP(secret).now()

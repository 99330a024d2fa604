"""Accounts of staff, their roles, and who takes patients now."""
from uuid import uuid4

import pytest

from app.identity import api as identity
from app.identity.problems import LicenceNotInForce, LoginTaken
from app.kit.problems import Invalid, NotAllowed, NotFound
from app.kit.text import Text
from app.work import HOUSE, Actor
from tests.identity.scenes import PASSWORD, SECRET, hire, licensed, signed_in, totp_now, whoever

NAME = Text(zh="苏药师", en="Pharmacist Su")


def duty(house, who, on):
    with house.write(who) as work:
        return identity.set_duty(work, on)


def on_duty(house, department=None):
    with house.read(HOUSE) as work:
        return [p.name_en for p in identity.doctors_on_duty(work, department)]


def test_doctors_on_duty_are_listed_by_department_the_longest_first(house, hospital):
    licensed(house, hospital)
    licensed(house, hospital, hospital.he, specialties=("paediatrics",))
    duty(house, hospital.doctor(hospital.he), True)
    house.clock.forward(minutes=5)
    duty(house, hospital.doctor(), True)
    assert on_duty(house) == ["Dr He", "Dr Lin"]
    assert on_duty(house, "internal_medicine") == ["Dr Lin"] and on_duty(house, "dermatology") == []
    duty(house, hospital.doctor(hospital.he), False)
    assert on_duty(house) == ["Dr Lin"]


def test_going_on_duty_twice_keeps_the_first_time(house, hospital):
    licensed(house, hospital)
    first = duty(house, hospital.doctor(), True).on_duty_since
    house.clock.forward(minutes=5)
    assert duty(house, hospital.doctor(), True).on_duty_since == first


def test_a_doctor_without_a_verified_licence_stays_off_duty(house, hospital):
    with pytest.raises(LicenceNotInForce):
        duty(house, hospital.doctor(), True)
    assert on_duty(house) == []


def test_a_pharmacist_goes_on_duty(house, hospital):
    ren = Actor("pharmacist", hospital.ren.account_id, hospital.id, hospital.ren.practitioner_id)
    duty(house, ren, True)
    with house.read(HOUSE) as work:
        assert [p.id for p in identity.pharmacists_on_duty(work)] == [hospital.ren.practitioner_id]


@pytest.mark.parametrize("role", ["patient", "admin", "pharmacy", "nobody", "house", "doctor"])
def test_nobody_else_has_a_duty(house, hospital, role):
    with pytest.raises(NotAllowed):
        duty(house, Actor(role, hospital.bai.account_id), True)


def test_doctors_whose_licence_is_in_force_can_be_chosen(house, hospital):
    licensed(house, hospital)
    with house.read(HOUSE) as work:
        assert [p.name_en for p in identity.practitioners(work)] == ["Dr Lin"]
        assert identity.practitioners(work, "paediatrics") == []
        found = identity.practitioners_by_id(work, {hospital.lin.practitioner_id, uuid4()})
        assert [p.name.zh for p in found.values()] == ["林医生"] and identity.practitioners_by_id(work, set()) == {}


def test_the_hospital_is_found_and_missing_is_told(house):
    with pytest.raises(NotFound), house.read(HOUSE) as work:
        identity.hospital(work)


def test_one_hospital_among_the_organisations(house, hospital):
    with house.write(HOUSE) as work:
        identity.open_organization(work, "pharmacy", Text(zh="康药房", en="Kang Pharmacy"))
    with house.read(HOUSE) as work:
        assert identity.hospital_id(work) == hospital.id == identity.organization(work, hospital.id).id
        assert identity.hospital(work).name.en == "He'an Hospital"
        assert [o.name_en for o in identity.organizations(work, "pharmacy")] == ["Kang Pharmacy"]


@pytest.mark.parametrize("role", ["doctor", "patient", "compliance", "pharmacy", "nobody"])
def test_only_administrators_hire(house, hospital, role):
    who = Actor(role, hospital.lin.account_id)
    with pytest.raises(NotAllowed), house.write(who) as work:
        identity.create_staff(work, "su", PASSWORD, SECRET, NAME, "pharmacist", hospital.id)
    with pytest.raises(NotAllowed), house.write(who) as work:
        identity.give_role(work, hospital.lin.account_id, "admin", hospital.id)
    with pytest.raises(NotAllowed), house.write(who) as work:
        identity.withdraw_role(work, hospital.bai.account_id, "admin")
    with pytest.raises(NotAllowed), house.write(who) as work:
        identity.open_organization(work, "pharmacy", NAME)


def test_who_writes_the_rules_of_the_hospital_works_there(house, hospital):
    with house.write(hospital.admin()) as work:
        partner = identity.open_organization(work, "partner_hospital", NAME).id
    with pytest.raises(Invalid) as refused, house.write(hospital.admin()) as work:
        identity.give_role(work, hospital.lin.account_id, "compliance", partner)
    assert refused.value.facts["errors"][0]["field"] == "organization_id"
    with house.write(hospital.admin()) as work:
        assert identity.give_role(work, hospital.lin.account_id, "compliance", hospital.id).role == "compliance"


def test_a_user_name_is_given_once(house, hospital):
    with pytest.raises(LoginTaken):
        hire(house, hospital.id, "LIN", "doctor", NAME)


@pytest.mark.parametrize(("more", "field"), [
    ({"user_name": "Su Su"}, "user_name"), ({"user_name": "1"}, "user_name"), ({"password": "short"}, "password"),
    ({"totp_secret": "not base 32"}, "totp_secret"), ({"totp_secret": "JBSWY3DP"}, "totp_secret"),
    ({"role": "king"}, "role"), ({"department": "astrology"}, "department"),
    ({"specialties": ("astrology",)}, "specialties"), ({"fee_fen": -1}, "fee_fen"), ({"language": "de"}, "language")])
def test_what_cannot_be_right_is_refused(house, hospital, more, field):
    given = {"user_name": "su", "password": PASSWORD, "totp_secret": SECRET, "name": NAME, "role": "pharmacist",
             "organization_id": hospital.id, **more}
    with pytest.raises(Invalid) as refused, house.write(hospital.admin()) as work:
        identity.create_staff(work, **given)
    assert refused.value.facts["errors"][0]["field"] == field


def test_who_loses_a_role_is_out_at_once(house, hospital):
    licensed(house, hospital)
    _, token = signed_in(house, "lin", totp=totp_now(house))
    duty(house, hospital.doctor(), True)
    with house.write(hospital.admin()) as work:
        identity.withdraw_role(work, hospital.lin.account_id, "doctor")
    assert whoever(house, token) is None and on_duty(house) == []
    house.clock.forward(minutes=1)
    with pytest.raises(NotAllowed):
        signed_in(house, "lin", totp=totp_now(house))


def test_staff_are_found_by_role_and_named(house, hospital):
    with house.read(HOUSE) as work:
        assert identity.staff_accounts(work, hospital.id, "admin") == [hospital.bai.account_id]
        assert identity.staff_accounts(work, uuid4(), "admin") == []
        assert identity.account_names(work, {hospital.bai.account_id})[hospital.bai.account_id].name_en == "Ms Bai"
        assert identity.account_names(work, set()) == {}


def test_every_department_speaks_both_languages_and_has_a_fitting_scope():
    assert set(identity.DEPARTMENTS) == {
        "general_medicine", "internal_medicine", "paediatrics", "dermatology", "gynaecology", "orthopaedics", "ent",
        "urology", "cardiology", "endocrinology", "emergency"}
    assert all(identity.fit_table().fits[code] for code in identity.DEPARTMENTS)

"""What other rooms and the reader rely on: the door, the words of refusals, the pictures, the policy's sheet."""
import inspect
from datetime import date
from pathlib import Path

import pytest

from app.identity import api as identity
from app.identity import problems
from app.identity.id_number import read_id_number
from app.identity.staff.departments import fit_table
from app.kit.clock import local_date
from app.kit.problems import Invalid, Problem
from app.notify import api as notify
from app.policy.policy_set import PolicySet
from app.policy.sheet import FactSheet
from tests.identity.scenes import WANG_NUMBER, licensed, signed_in, totp_now

ROOM = Path(identity.__file__).parent
OWN = [kind for _, kind in inspect.getmembers(problems, inspect.isclass)
       if issubclass(kind, Problem) and kind.__module__ == problems.__name__]


@pytest.mark.parametrize("door", [identity, notify])
def test_the_door_offers_what_it_lists_and_says_what_it_is(door):
    assert len(set(door.__all__)) == len(door.__all__)
    for name in door.__all__:
        thing = getattr(door, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            assert thing.__doc__, f"{name} does not say what it is"


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_every_refusal_speaks_both_languages_without_shouting(kind):
    assert 400 <= kind.status < 500
    assert not {"！", "!"} & set(kind.title.zh + kind.title.en)
    assert "您们" not in kind.title.zh and kind.title.zh != kind.title.en


def test_slugs_are_told_apart():
    slugs = [kind.slug for kind in OWN if "slug" in vars(kind)]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("typed", ["", "1", "110105491231002", "11010519491231002Y", "1" * 17 + "A", "0" * 18,
                                   "110105194912310021", "11010519490231002X", "110105299912310020"])
def test_refusals_of_an_id_number_tell_the_reader_what_to_do(typed):
    with pytest.raises(Invalid) as refused:
        read_id_number(typed, date(2026, 11, 21))
    text = refused.value.detail
    assert text.zh.endswith("。") and text.en.endswith(".") and len(text.en) > 30
    assert typed == "" or typed not in text.en + text.zh or len(typed) < 3


def test_the_picture_of_the_licence_file_is_the_one_of_its_table():
    text = (ROOM / "README.md").read_text("utf-8")
    picture = text.split("<!-- states:licence -->")[1].split("<!-- /states -->")[0]
    assert identity.LICENCE.mermaid() in picture


def test_every_fact_fits_the_sheet_of_the_policy(house, hospital, wang):
    licensed(house, hospital)
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    with house.write(wang) as work:
        adult = identity.add_patient(work, "王建国", WANG_NUMBER, "self")
    with house.read(actor) as work:
        sheet = FactSheet(house.tools.get(PolicySet), work.now)
        identity.put_all(sheet, identity.doctor_facts(work, hospital.lin.practitioner_id, adult))
        identity.put_all(sheet, identity.person_facts(work, adult))
    assert sheet.stale == [] and len(sheet.values()) == 8
    assert sheet.values()["doctor.realname_verified_now"] is True
    assert all(fact.source and ":" in fact.source for fact in sheet.facts())


def test_a_check_of_this_morning_is_too_old_for_the_sheet_in_the_evening(house, hospital):
    licensed(house, hospital)
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    house.clock.forward(hours=11, minutes=59)
    with house.read(actor) as work:
        facts = identity.doctor_facts(work, hospital.lin.practitioner_id)
        early, late = (FactSheet(house.tools.get(PolicySet), work.now) for _ in range(2))
        identity.put_all(early, facts)
    assert "doctor.realname_verified_now" in early.values()
    late.now = house.clock.now().replace(hour=23)
    identity.put_all(late, [fact for fact in facts if fact.name == "doctor.realname_verified_now"])
    assert late.values() == {}


@pytest.mark.parametrize(("specialties", "department", "age", "fits"), [
    (["paediatrics"], "dermatology", 4, True), (["dermatology"], "dermatology", 4, False),
    (["internal_medicine"], "cardiology", 58, True), (["cardiology"], "internal_medicine", 58, False),
    (["surgery"], "urology", 58, True), (["eye_ent"], "ent", 14, True), ([], "ent", 58, False),
    (["ent"], None, 58, None), (["ent"], "astrology", 58, None), (["paediatrics"], None, 13, True),
    (["paediatrics"], "paediatrics", 15, True), (["general_practice"], "general_medicine", 76, True)])
def test_which_specialty_fits_whom(specialties, department, age, fits):
    assert fit_table().matches(specialties, department, age) is fits


def test_the_hospitals_day_begins_in_its_own_zone(house, hospital):
    house.clock.at = house.clock.at.replace(hour=16, minute=0)
    assert local_date(house.clock.now()) == date(2026, 11, 22)
    kept = licensed(house, hospital, independent_since=date(2023, 11, 22))
    with house.read(hospital.doctor()) as work:
        facts = {f.name: f.value for f in identity.doctor_facts(work, kept.practitioner_id)}
    assert facts["doctor.years_independent"] == 3

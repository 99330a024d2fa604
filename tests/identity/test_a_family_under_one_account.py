"""Somebody acts for themselves, a child, a parent; nobody acts for a stranger by knowing a number."""
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.audit import AuditEntry
from app.identity import api as identity
from app.identity.problems import AlreadyOnYourList, NotYours, PersonKnown, SelfClaimed, SlowDown
from app.kit.problems import Invalid, NotAllowed, NotFound, NotSignedIn
from app.work import HOUSE, NOBODY, Actor, all_of
from tests.identity.scenes import WANG_NUMBER, XIAOYU_NUMBER, ZHOU_NUMBER, id_number


def add(house, who, name="王建国", number=WANG_NUMBER, relation="self", **more):
    with house.write(who) as work:
        return identity.add_patient(work, name, number, relation, **more)


def acts_for(house, who, patient_id):
    with house.read(who) as work:
        return identity.require_acting_for(work, patient_id).id


def test_birth_date_and_sex_come_from_the_number(house, wang):
    person = add(house, wang)
    assert (person.birth_date, person.sex, person.realname_verified) == (date(1968, 3, 2), "male", False)
    with house.read(wang) as work:
        assert identity.age_years(work, person) == 58
        assert identity.masked_id_number(work, person) == f"110•••••••••••••{WANG_NUMBER[-2:]}"


@pytest.mark.invariant(15)
def test_the_number_is_sealed_and_found_again_only_by_its_index(house, wang):
    person = add(house, wang)
    with house.read(HOUSE) as work:
        row = work.session.execute(text("SELECT * FROM patient")).one()
    assert WANG_NUMBER not in str(tuple(row)) and len(person.id_number_index) == 64
    assert WANG_NUMBER[6:14] not in person.id_number_sealed


def test_a_family_is_listed_with_the_owner_first(house, wang):
    add(house, wang, "王小雨", XIAOYU_NUMBER, "child")
    add(house, wang, "周桂兰", ZHOU_NUMBER, "parent")
    add(house, wang)
    with house.read(wang) as work:
        assert [(p.name, r) for p, r in identity.patients_of(work, wang.account_id)] == [
            ("王建国", "self"), ("王小雨", "child"), ("周桂兰", "parent")]
        assert identity.self_of(work, wang.account_id).name == "王建国"


@pytest.mark.invariant(9)
def test_guessing_another_accounts_patient_id_finds_nothing_and_is_kept_in_the_trail(house, wang, zhao):
    person = add(house, wang)
    assert acts_for(house, wang, person.id) == person.id
    told = []
    for guess in (person.id, uuid4()):
        with pytest.raises(NotYours) as refused:
            acts_for(house, zhao, guess)
        told.append((refused.value.slug, refused.value.status, refused.value.facts, refused.value.detail))
    assert told[0] == told[1] and told[0][:2] == ("not-found", 404)
    with pytest.raises(NotYours) as refused:
        acts_for(house, zhao, person.id)
    house.record_refusal(zhao, refused.value.trace)
    with house.read(HOUSE) as work:
        kept = all_of(work, AuditEntry, AuditEntry.ground == "refused")[0]
        assert (kept.actor_id, kept.patient_id) == (zhao.account_id, person.id)


@pytest.mark.parametrize("role", ["doctor", "pharmacist", "admin", "nobody", "house"])
def test_no_other_role_acts_for_a_patient(house, wang, role):
    person = add(house, wang)
    with pytest.raises(NotYours):
        acts_for(house, Actor(role, wang.account_id), person.id)


def test_nobody_lists_another_accounts_family(house, wang, zhao):
    add(house, wang)
    with pytest.raises(NotFound), house.read(zhao) as work:
        identity.patients_of(work, wang.account_id)


def test_the_same_person_twice_on_one_list_is_refused(house, wang):
    add(house, wang)
    with pytest.raises(AlreadyOnYourList):
        add(house, wang, relation="parent")


@pytest.mark.invariant(9)
@pytest.mark.parametrize("relation", ["self", "parent", "other"])
def test_a_stranger_who_knows_name_and_number_gets_nobody(house, wang, zhao, relation):
    add(house, wang)
    with pytest.raises(PersonKnown):
        add(house, zhao, relation=relation)
    with house.read(zhao) as work:
        assert identity.patients_of(work, zhao.account_id) == []


def test_probing_numbers_is_slowed_down(house, wang, zhao):
    add(house, wang)
    for _ in range(10):
        with pytest.raises(PersonKnown):
            add(house, zhao)
    with pytest.raises(SlowDown):
        add(house, zhao, "赵四", id_number(date(1980, 1, 1), "male"))


def test_ten_people_a_day_are_enough(house, wang):
    for order in range(10):
        add(house, wang, "王某", id_number(date(1990, 1, 1), order=100 + 2 * order), "other")
    with pytest.raises(SlowDown):
        add(house, wang)
    house.clock.forward(days=1)
    add(house, wang)


def test_an_account_is_nobody_elses_self(house, wang):
    add(house, wang)
    with pytest.raises(SelfClaimed):
        add(house, wang, "周桂兰", ZHOU_NUMBER, "self")


@pytest.mark.parametrize(("field", "name", "number", "relation"), [
    ("name", "王", WANG_NUMBER, "self"), ("name", "  ", WANG_NUMBER, "self"), ("name", "王2", WANG_NUMBER, "self"),
    ("name", "王" * 61, WANG_NUMBER, "self"), ("name", "王\x00建国", WANG_NUMBER, "self"),
    ("relation", "王建国", WANG_NUMBER, "boss"), ("relation", "王建国", WANG_NUMBER, ""),
    ("id_number", "王建国", "123", "self"), ("id_number", "王建国", "", "self")])
def test_what_cannot_be_right_is_refused_with_the_field_named(house, wang, field, name, number, relation):
    with pytest.raises(Invalid) as refused:
        add(house, wang, name, number, relation)
    assert refused.value.facts["errors"][0]["field"] == field
    with house.read(HOUSE) as work:
        assert all_of(work, identity.Patient) == []


@pytest.mark.parametrize(("more", "field"), [({"birth_date": date(1968, 3, 3)}, "birth_date"),
                                             ({"sex": "female"}, "sex")])
def test_what_contradicts_the_number_is_refused(house, wang, more, field):
    with pytest.raises(Invalid) as refused:
        add(house, wang, **more)
    assert refused.value.facts["errors"][0]["field"] == field


def test_what_agrees_with_the_number_is_fine(house, wang):
    assert add(house, wang, birth_date=date(1968, 3, 2), sex="male").id


@pytest.mark.parametrize(("who", "problem"), [(NOBODY, NotAllowed), (Actor("doctor"), NotAllowed),
                                              (Actor("patient"), NotSignedIn)])
def test_only_a_patients_account_adds_people(house, who, problem):
    with pytest.raises(problem):
        add(house, who)

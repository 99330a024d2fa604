"""Facts about doctors, pharmacists and institutions: what nobody knows is left out, never called "no"."""
from datetime import date

import pytest

from app.identity import api as identity
from app.policy.facts import fact_registry
from app.work import HOUSE
from tests.identity.scenes import (
    WANG_NUMBER,
    XIAOYU_NUMBER,
    id_number,
    licensed,
    open_hospital,
    papers,
    signed_in,
    totp_now,
)


class Notebook:
    """Collects facts as the policy's sheet does."""

    def __init__(self):
        self.known = {}

    def put(self, name, value, *, source, at):
        assert source and at.tzinfo is not None
        self.known[name] = value


def doctor(house, hospital, who=None, actor=HOUSE, patient=None, department=None):
    notebook = Notebook()
    with house.read(actor) as work:
        identity.put_all(notebook, identity.doctor_facts(work, (who or hospital.lin).practitioner_id, patient,
                                                         department))
    return {name.removeprefix("doctor."): value for name, value in notebook.known.items()}


def person(house, wang, number, relation):
    with house.write(wang) as work:
        return identity.add_patient(work, "某某", number, relation)


def test_a_verified_internist_at_the_place_of_registration(house, hospital):
    licensed(house, hospital)
    assert doctor(house, hospital) == {
        "years_independent": pytest.approx(16 + 4 / 12), "licence_class": "physician", "institution_consent": True,
        "practice_registered_or_filed": True, "institution.licensed_internet": True}


def test_without_papers_nothing_is_known(house, hospital):
    assert doctor(house, hospital) == {"institution.licensed_internet": True}


@pytest.mark.invariant(1)
def test_papers_that_nobody_has_verified_say_nothing(house, hospital):
    with house.write(hospital.doctor()) as work:
        identity.submit_licence(work, hospital.lin.practitioner_id, papers(hospital.id))
    assert doctor(house, hospital) == {"institution.licensed_internet": True}


@pytest.mark.parametrize(("since", "years"), [(date(2023, 11, 21), 3), (date(2023, 11, 22), 2 + 11 / 12)])
def test_three_years_are_three_on_the_very_day(house, hospital, since, years):
    licensed(house, hospital, independent_since=since)
    assert doctor(house, hospital)["years_independent"] == pytest.approx(years)


@pytest.mark.parametrize(("until", "consent"), [(date(2026, 11, 21), True), (date(2026, 11, 20), False),
                                                (None, None)])
def test_a_consent_counts_up_to_its_last_day_and_none_is_unknown(house, hospital, until, consent):
    licensed(house, hospital, institution_consent_until=until)
    assert doctor(house, hospital).get("institution_consent") is consent


@pytest.mark.parametrize(("filed", "may"), [(date(2026, 11, 21), True), (date(2026, 11, 20), False), (None, False)])
def test_a_doctor_of_another_place_needs_a_filing_in_force(house, hospital, filed, may):
    licensed(house, hospital, places=(), filed_until=filed)
    assert doctor(house, hospital)["practice_registered_or_filed"] is may


@pytest.mark.invariant(1)
def test_a_suspended_or_expired_doctor_may_not_practise(house, hospital):
    kept = licensed(house, hospital, expires=date(2026, 12, 1))
    with house.write(hospital.admin()) as work:
        identity.suspend_licence(work, kept.id, "核实中")
    assert doctor(house, hospital)["practice_registered_or_filed"] is False
    with house.write(hospital.admin()) as work:
        identity.verify_licence(work, kept.id)
    house.clock.forward(days=30)
    assert doctor(house, hospital)["practice_registered_or_filed"] is False


def test_the_identity_check_is_known_in_the_doctors_own_login_only(house, hospital):
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    assert doctor(house, hospital, actor=actor)["realname_verified_now"] is True
    assert "realname_verified_now" not in doctor(house, hospital)
    assert "realname_verified_now" not in doctor(house, hospital, hospital.he, actor=actor)


def test_the_identity_check_holds_less_than_twelve_hours(house, hospital):
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    house.clock.forward(hours=11, minutes=59)
    assert doctor(house, hospital, actor=actor)["realname_verified_now"] is True
    house.clock.forward(minutes=1)
    assert "realname_verified_now" not in doctor(house, hospital, actor=actor)


def test_a_session_without_any_identity_check_is_known_to_be_unchecked(house, hospital):
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    with house.write(HOUSE) as work:
        work.get(identity.SessionToken, actor.session_id).identity_checked_at = None
    assert doctor(house, hospital, actor=actor)["realname_verified_now"] is False


def test_a_small_child_needs_a_paediatrician_whatever_the_department(house, hospital, wang):
    licensed(house, hospital)
    licensed(house, hospital, hospital.he, specialties=("paediatrics",))
    child = person(house, wang, XIAOYU_NUMBER, "child")
    assert doctor(house, hospital, patient=child)["specialty_matches"] is False
    assert doctor(house, hospital, hospital.he, patient=child)["specialty_matches"] is True


def test_a_grown_up_needs_a_doctor_of_the_department(house, hospital, wang):
    licensed(house, hospital)
    licensed(house, hospital, hospital.he, specialties=("paediatrics",))
    adult = person(house, wang, WANG_NUMBER, "self")
    assert doctor(house, hospital, patient=adult)["specialty_matches"] is True
    assert doctor(house, hospital, patient=adult, department="cardiology")["specialty_matches"] is True
    assert doctor(house, hospital, patient=adult, department="dermatology")["specialty_matches"] is False
    assert doctor(house, hospital, hospital.he, patient=adult, department="internal_medicine")[
        "specialty_matches"] is False


@pytest.mark.parametrize(("born", "fits"), [(date(2012, 11, 22), True), (date(2012, 11, 21), False)])
def test_the_line_between_child_and_grown_up_is_the_fourteenth_birthday(house, hospital, wang, born, fits):
    licensed(house, hospital, hospital.he, specialties=("paediatrics",))
    with house.write(HOUSE) as work:
        work.get(identity.Practitioner, hospital.he.practitioner_id).department = "internal_medicine"
    child = person(house, wang, id_number(born), "child")
    assert doctor(house, hospital, hospital.he, patient=child)["specialty_matches"] is fits


@pytest.mark.parametrize(("expires", "licensed_internet"), [
    (date(2026, 11, 21), True), (date(2026, 11, 20), False), (None, None)])
def test_the_hospitals_licence_is_false_the_day_after_and_unknown_without_an_end(house, expires, licensed_internet):
    open_hospital(house, expires)
    with house.read(HOUSE) as work:
        known = {fact.name: fact.value for fact in identity.institution_facts(work)}
    assert known.get("institution.licensed_internet") is licensed_internet


def test_a_pharmacist_with_years_and_title(house, hospital):
    with house.read(HOUSE) as work:
        known = {f.name: f.value for f in identity.pharmacist_facts(work, hospital.ren.practitioner_id)}
    assert known == {"pharmacist.review_years": pytest.approx(7 + 6 / 12), "pharmacist.title_ok": True}


def test_a_pharmacist_whose_papers_nobody_has_seen(house, hospital):
    with house.write(HOUSE) as work:
        holder = work.get(identity.Practitioner, hospital.ren.practitioner_id)
        holder.pharmacist_title_ok, holder.dispensing_since = None, None
    with house.read(HOUSE) as work:
        assert identity.pharmacist_facts(work, hospital.ren.practitioner_id) == []


@pytest.mark.parametrize(("online", "expires", "told"), [
    (True, date(2027, 1, 1), True), (True, date(2026, 11, 20), False), (False, date(2027, 1, 1), False),
    (None, None, None)])
def test_a_pharmacys_licence_for_online_retail(house, hospital, online, expires, told):
    with house.write(HOUSE) as work:
        kang = identity.open_organization(work, "pharmacy", identity.DEPARTMENTS["ent"], licensed_online=online,
                                          licence_expires=expires)
    with house.read(HOUSE) as work:
        known = {f.name: f.value for f in identity.pharmacy_facts(work, kang)}
    assert known.get("pharmacy.licensed_online") is told


def test_every_fact_has_a_name_that_the_registry_knows(house, hospital, wang):
    licensed(house, hospital)
    actor, _ = signed_in(house, "lin", totp=totp_now(house))
    adult = person(house, wang, WANG_NUMBER, "self")
    with house.read(actor) as work:
        facts = [*identity.doctor_facts(work, hospital.lin.practitioner_id, adult),
                 *identity.pharmacist_facts(work, hospital.ren.practitioner_id),
                 *identity.person_facts(work, adult)]
    good, bad = fact_registry().read({f.name: f.value for f in facts}, date(2026, 11, 21))
    assert bad == () and len(good) == len(facts) == 10

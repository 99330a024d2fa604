"""A licence file is handed in, verified by somebody else, suspended, expired, renewed; and what rules see of it."""
from datetime import date
from uuid import uuid4

import pytest

from app.audit import AuditEntry
from app.identity import api as identity
from app.identity.problems import LicenceNotInForce, NotByYourself
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.problems import Conflict, Invalid, NotAllowed, NotFound
from app.kit.states import NotYourMove, WrongState
from app.work import HOUSE, Actor, all_of
from tests.identity.scenes import licensed, papers, signed_in, totp_now, whoever


def submit(house, hospital, who=None, **changed):
    with house.write(who or hospital.doctor()) as work:
        return identity.submit_licence(work, hospital.lin.practitioner_id, papers(hospital.id, **changed))


def suspend(house, who, licence_id, reason="群众举报，核实中"):
    with house.write(who) as work:
        return identity.suspend_licence(work, licence_id, reason)


def verify(house, who, licence_id, renewed=None):
    with house.write(who) as work:
        return identity.verify_licence(work, licence_id, renewed)


def state(house, licence_id):
    with house.read(HOUSE) as work:
        return work.get(identity.LicenceFile, licence_id).state


def test_a_file_is_handed_in_and_verified_by_somebody_else(house, hospital):
    kept = submit(house, hospital)
    assert kept.state == "submitted"
    done = verify(house, hospital.admin(), kept.id)
    assert (done.state, done.decided_by) == ("verified", hospital.bai.account_id)
    with house.read(HOUSE) as work:
        told = [(e.action, e.facts.get("state")) for e in all_of(work, AuditEntry) if "Licence" in e.action]
        assert ("LicenceChanged", "verified") in told and ("LicenceDecided", "verified") in told
        assert identity.licence_of(work, hospital.lin.practitioner_id).id == kept.id


def test_nobody_vouches_for_themselves(house, hospital):
    kept = submit(house, hospital)
    with pytest.raises(NotByYourself):
        verify(house, Actor("admin", hospital.lin.account_id, hospital.id), kept.id)


@pytest.mark.parametrize("role", ["doctor", "pharmacist", "patient", "compliance", "house", "nobody"])
def test_only_an_administrator_verifies(house, hospital, role):
    kept = submit(house, hospital)
    with pytest.raises(NotAllowed):
        verify(house, Actor(role), kept.id)


def test_nobody_hands_in_papers_for_another_doctor(house, hospital):
    with pytest.raises(NotAllowed):
        submit(house, hospital, hospital.doctor(hospital.he))


def test_papers_can_be_corrected_until_they_are_verified(house, hospital):
    submit(house, hospital)
    kept = submit(house, hospital, registration_no="110100000099999")
    assert kept.registration_no == "110100000099999"
    verify(house, hospital.admin(), kept.id)
    with pytest.raises(Conflict):
        submit(house, hospital, licence_class="assistant")


@pytest.mark.parametrize(("changed", "field"), [
    ({"registration_no": " "}, "registration_no"), ({"licence_class": "surgeon-general"}, "licence_class"),
    ({"independent_since": date(2026, 11, 22)}, "independent_since"), ({"specialties": ()}, "specialties"),
    ({"specialties": ("astrology",)}, "specialties")])
def test_unsound_papers_are_refused_with_the_field_named(house, hospital, changed, field):
    with pytest.raises(Invalid) as refused:
        submit(house, hospital, **changed)
    assert refused.value.facts["errors"][0]["field"] == field


def test_papers_that_have_run_out_are_not_verified(house, hospital):
    kept = submit(house, hospital, expires=date(2026, 11, 20))
    with pytest.raises(Invalid):
        verify(house, hospital.admin(), kept.id)
    assert state(house, kept.id) == "submitted"


def test_a_suspended_doctor_is_off_duty_at_once_and_comes_back_when_restored(house, hospital):
    kept = licensed(house, hospital)
    with house.write(hospital.doctor()) as work:
        identity.set_duty(work, True)
    suspend(house, Actor("compliance"), kept.id)
    with house.read(HOUSE) as work:
        assert identity.doctors_on_duty(work) == [] and identity.practitioners(work) == []
    with pytest.raises(LicenceNotInForce), house.write(hospital.doctor()) as work:
        identity.set_duty(work, True)
    assert verify(house, hospital.admin(), kept.id).state == "verified"


@pytest.mark.invariant(9)
def test_a_suspended_doctor_is_signed_out_at_once_and_a_colleague_stays(house, hospital):
    kept = licensed(house, hospital)
    _, token = signed_in(house, "lin", totp=totp_now(house))
    _, colleague = signed_in(house, "he.paed", totp=totp_now(house))
    assert whoever(house, token) is not None
    suspend(house, hospital.admin(), kept.id)
    assert whoever(house, token) is None and whoever(house, colleague) is not None


def test_a_doctor_is_signed_out_on_the_day_after_the_last_day(house, hospital, clock, worker):
    kept = licensed(house, hospital, expires=local_date(house.clock.now()))
    clock.forward(hours=25 - house.clock.now().astimezone(HOSPITAL_ZONE).hour)
    _, token = signed_in(house, "lin", totp=totp_now(house))
    worker.run_until_idle()
    assert state(house, kept.id) == "expired" and whoever(house, token) is None


def test_a_suspension_has_a_reason_and_an_author(house, hospital):
    kept = licensed(house, hospital)
    with pytest.raises(Invalid):
        suspend(house, hospital.admin(), kept.id, " ")
    with pytest.raises(NotAllowed):
        suspend(house, hospital.doctor(), kept.id)
    suspend(house, hospital.admin(), kept.id)
    with pytest.raises(WrongState):
        suspend(house, hospital.admin(), kept.id)


def test_the_file_expires_by_itself_on_the_day_after_its_last(house, hospital, worker):
    kept = licensed(house, hospital, expires=date(2026, 11, 22))
    house.clock.at = house.clock.at.replace(day=22, hour=15, minute=59)
    worker.run_until_idle()
    assert state(house, kept.id) == "verified"
    house.clock.forward(minutes=1)
    worker.run_until_idle()
    assert state(house, kept.id) == "expired"


def test_new_papers_restore_an_expired_file_and_the_old_timer_is_harmless(house, hospital, worker):
    kept = licensed(house, hospital, expires=date(2026, 11, 22))
    house.clock.forward(days=2)
    worker.run_until_idle()
    with pytest.raises(Invalid):
        verify(house, hospital.admin(), kept.id)
    verify(house, hospital.admin(), kept.id, papers(hospital.id, expires=date(2027, 11, 22)))
    worker.run_until_idle()
    assert state(house, kept.id) == "verified"


def test_a_file_renewed_before_its_end_is_left_alone_by_its_first_timer(house, hospital, worker):
    kept = licensed(house, hospital, expires=date(2026, 11, 22))
    suspend(house, hospital.admin(), kept.id)
    verify(house, hospital.admin(), kept.id, papers(hospital.id, expires=date(2027, 11, 22)))
    house.clock.forward(days=3)
    worker.run_until_idle()
    assert state(house, kept.id) == "verified"


def test_before_the_timer_ran_an_expired_file_counts_no_more(house, hospital):
    licensed(house, hospital, expires=date(2026, 11, 22))
    house.clock.forward(days=2)
    with house.read(HOUSE) as work:
        assert identity.practitioners(work) == []
    with pytest.raises(LicenceNotInForce), house.write(hospital.doctor()) as work:
        identity.set_duty(work, True)


def test_every_state_is_reached_and_every_other_move_refused(hospital):
    class File:
        state = ""

    table = {(m.source, m.name): m for m in identity.LICENCE.table}
    assert {m.target for m in table.values()} | identity.LICENCE.initial == set(identity.LICENCE.states)
    for source in identity.LICENCE.states:
        for name in {m.name for m in table.values()}:
            thing = File()
            thing.state = source
            move = table.get((source, name))
            if move is None:
                with pytest.raises(WrongState):
                    identity.LICENCE.move(thing, name, by="admin")
                continue
            with pytest.raises(NotYourMove):
                identity.LICENCE.move(thing, name, by="patient")
            for who in move.who:
                thing.state = source
                assert identity.LICENCE.move(thing, name, by=who) == move.target


def test_an_unknown_file_is_not_found(house, hospital):
    with pytest.raises(NotFound):
        verify(house, hospital.admin(), uuid4())

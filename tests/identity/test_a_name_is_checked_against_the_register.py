"""The real-name check: asked by a job, recorded once, in force for a year. And the contract of its adapters."""
from datetime import timedelta

import pytest

from app.audit import AuditEntry
from app.identity import api as identity
from app.identity.people.realname import RealNameAnswer, RealNameCheck, StandInRealName
from app.identity.problems import NotYours, SlowDown
from app.jobs import MOST_ATTEMPTS, Job
from app.kit.problems import Unavailable
from app.work import HOUSE, all_of
from tests.identity.scenes import WANG_NUMBER


def add(house, who, name="王建国"):
    with house.write(who) as work:
        return identity.add_patient(work, name, WANG_NUMBER, "self")


def verify(house, who, patient_id):
    with house.write(who) as work:
        identity.verify_identity(work, patient_id)


def known(house, who, patient_id):
    with house.read(who) as work:
        person = identity.patient(work, patient_id)
        facts = {fact.name: fact for fact in identity.person_facts(work, person)}
        return person.realname_verified, facts.get("patient.realname_verified"), facts["patient.age_years"].value


class ContractOfARegister:
    """What every adapter must do."""

    def adapter(self):
        raise NotImplementedError

    def test_it_matches_or_not_and_names_itself(self):
        answer = self.adapter().check("王建国", WANG_NUMBER, "key-1")
        assert isinstance(answer, RealNameAnswer) and answer.matched is True
        assert answer.method and answer.reference
        assert self.adapter().check("不符王", WANG_NUMBER, "key-2").matched is False

    def test_the_same_key_gives_the_same_answer(self):
        adapter = self.adapter()
        assert adapter.check("王建国", WANG_NUMBER, "key") == adapter.check("王建国", WANG_NUMBER, "key")

    def test_silence_is_unavailable_and_not_no(self):
        with pytest.raises(Unavailable):
            self.adapter().check("断线王", WANG_NUMBER, "key")

    def test_the_answer_carries_no_number(self):
        assert WANG_NUMBER not in str(self.adapter().check("王建国", WANG_NUMBER, "key"))


class TestTheStandIn(ContractOfARegister):
    """The labelled stand-in keeps the contract."""

    def adapter(self):
        return StandInRealName()

    def test_every_answer_says_that_it_is_a_stand_in(self):
        assert self.adapter().check("王建国", WANG_NUMBER, "key").method == "stand_in"


def test_the_answer_arrives_by_a_job_and_is_announced(house, worker, wang):
    person = add(house, wang)
    assert known(house, wang, person.id) == (False, None, 58)
    verify(house, wang, person.id)
    assert known(house, wang, person.id)[1] is None
    worker.run_until_idle()
    verified, fact, _ = known(house, wang, person.id)
    assert verified and fact.value is True and fact.at == house.clock.now()
    with house.read(HOUSE) as work:
        assert all_of(work, AuditEntry, AuditEntry.action == "IdentityVerified")[0].patient_id == person.id
        check = all_of(work, identity.RealnameCheck)[0]
        assert fact.source == f"realname_check:{check.id}" and check.method == "stand_in"


def test_a_mismatch_is_known_to_be_false(house, worker, wang):
    person = add(house, wang, "不符王")
    verify(house, wang, person.id)
    worker.run_until_idle()
    verified, fact, _ = known(house, wang, person.id)
    assert verified is False and fact.value is False


class Register(StandInRealName):
    """A register that can be away; it remembers the keys under which it was asked."""

    def __init__(self, house):
        self.away, self.keys = True, []
        house.tools.put(RealNameCheck, self)

    def check(self, name, id_number, key):
        self.keys.append(key)
        if self.away:
            raise Unavailable
        return super().check(name, id_number, key)


def waiting(house):
    with house.read(HOUSE) as work:
        return all_of(work, Job)


def pass_time(house, worker, hours):
    """Run the worker whenever a job is due, and say how long each pause was."""
    pauses, end = [], house.clock.now() + timedelta(hours=hours)
    while (due := worker.next_due()) and due <= end:
        pauses.append(due - house.clock.now())
        house.clock.at = due
        worker.run_until_idle()
    house.clock.at = end
    return pauses


def test_while_the_register_is_silent_nothing_is_known_and_the_question_waits_for_days(house, worker, wang):
    register = Register(house)
    person = add(house, wang)
    verify(house, wang, person.id)
    worker.run_until_idle()
    pauses = pass_time(house, worker, hours=48)
    assert known(house, wang, person.id)[:2] == (False, None)
    assert len(pauses) > 48 and pauses == sorted(pauses) and pauses[-1] == timedelta(hours=1)
    [job] = waiting(house)
    assert job.attempts < MOST_ATTEMPTS and WANG_NUMBER not in str(job.args)
    assert len(set(register.keys)) == 1         # one question, charged once


def test_when_the_register_is_back_the_waiting_question_is_answered(house, worker, wang):
    register = Register(house)
    person = add(house, wang)
    verify(house, wang, person.id)
    worker.run_until_idle()
    pass_time(house, worker, hours=2)
    verify(house, wang, person.id)
    assert len(waiting(house)) == 1
    register.away = False
    pass_time(house, worker, hours=1)
    assert known(house, wang, person.id)[1].value is True
    with house.read(HOUSE) as work:
        [check] = all_of(work, identity.RealnameCheck)
    assert check.answered_at - check.asked_at >= timedelta(hours=2)


def test_who_asks_again_does_not_wait_for_the_next_pause(house, worker, wang):
    register = Register(house)
    person = add(house, wang)
    verify(house, wang, person.id)
    worker.run_until_idle()
    pass_time(house, worker, hours=10)
    assert worker.next_due() > house.clock.now()
    register.away = False
    verify(house, wang, person.id)
    worker.run_until_idle()
    assert known(house, wang, person.id)[1].value is True
    assert waiting(house) == [] and len(set(register.keys)) == 1


def test_a_check_that_wore_out_for_another_reason_does_not_lock_the_person_out(house, worker, wang, monkeypatch):
    register = Register(house)
    register.away = False
    person = add(house, wang)
    with monkeypatch.context() as broken:
        broken.setattr(register, "check", lambda *_: 1 / 0)
        verify(house, wang, person.id)
        for _ in range(MOST_ATTEMPTS):
            worker.run_until_idle()
            house.clock.forward(minutes=5)
    assert [job.attempts for job in waiting(house)] == [MOST_ATTEMPTS]
    verify(house, wang, person.id)
    worker.run_until_idle()
    assert known(house, wang, person.id)[1].value is True and waiting(house) == []


def test_a_check_is_in_force_for_365_days(house, worker, wang):
    person = add(house, wang)
    verify(house, wang, person.id)
    worker.run_until_idle()
    house.clock.forward(days=364)
    assert known(house, wang, person.id)[1].value is True
    house.clock.forward(days=1)
    assert known(house, wang, person.id)[1] is None
    verify(house, wang, person.id)
    worker.run_until_idle()
    assert known(house, wang, person.id)[1].value is True


def test_asking_twice_asks_once(house, worker, wang):
    person = add(house, wang)
    verify(house, wang, person.id)
    verify(house, wang, person.id)
    worker.run_until_idle()
    verify(house, wang, person.id)
    worker.run_until_idle()
    with house.read(HOUSE) as work:
        assert len(all_of(work, identity.RealnameCheck)) == 1


def test_trying_again_and_again_is_slowed_down(house, worker, wang):
    person = add(house, wang, "不符王")
    for _ in range(5):
        verify(house, wang, person.id)
        worker.run_until_idle()
    with pytest.raises(SlowDown):
        verify(house, wang, person.id)


def test_nobody_has_a_stranger_checked(house, wang, zhao):
    person = add(house, wang)
    with pytest.raises(NotYours):
        verify(house, zhao, person.id)

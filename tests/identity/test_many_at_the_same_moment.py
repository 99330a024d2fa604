"""Two requests at the same moment: the database lets exactly one through, whatever the process."""
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

import pytest

from app.identity import api as identity
from app.identity.accounts.models import RateCounter
from app.identity.accounts.rates import SIGN_IN_MISSES, count
from app.identity.problems import PhoneTaken, WrongCode, WrongInvitation, WrongSecondCode
from app.kit.problems import Problem
from app.work import HOUSE, NOBODY, Work, all_of
from tests.identity.scenes import (
    PASSWORD,
    PHONES,
    WANG_NUMBER,
    XIAOYU_NUMBER,
    code_sent_to,
    licensed,
    registered,
    totp_now,
)

PHONE = PHONES["Wang"]


def at_once(house, actors, act):
    """Run `act(work)` for every actor at the same time; returns results and problems."""
    def one(actor):
        try:
            with house.write(actor) as work:
                return act(work)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(actors)) as pool:
        return [f.result() for f in [pool.submit(copy_context().run, one, actor) for actor in actors]]


def won(results):
    return [r for r in results if not isinstance(r, Problem)]


def lost(results):
    return {type(r) for r in results if isinstance(r, Problem)}


def test_one_code_makes_one_account(house, worker):
    with house.write(NOBODY) as work:
        identity.register_code(work, PHONE)
    code = code_sent_to(house, worker, PHONE)
    results = at_once(house, [NOBODY] * 6, lambda work: identity.register(work, PHONE, code, PASSWORD, "zh"))
    assert len(won(results)) == 1 and lost(results) <= {WrongCode, PhoneTaken}
    with house.read(HOUSE) as work:
        assert len(all_of(work, identity.Account)) == 1


def test_one_authenticator_code_opens_one_session(house, hospital):
    code = totp_now(house)
    results = at_once(house, [NOBODY] * 6, lambda work: identity.sign_in(work, "lin", PASSWORD, code)[1])
    assert len(won(results)) == 1 and lost(results) == {WrongSecondCode}


@pytest.mark.invariant(9)
def test_one_person_is_added_once_by_two_accounts(house, worker, wang, zhao):
    results = at_once(house, [wang, zhao] * 3, lambda work: identity.add_patient(
        work, "马小雨", XIAOYU_NUMBER, "child"))
    assert len(won(results)) == 1
    with house.read(HOUSE) as work:
        assert len(all_of(work, identity.Patient)) == len(all_of(work, identity.Guardianship)) == 1


def test_one_invitation_lets_one_account_in(house, worker, wang, zhao):
    ma = registered(house, worker, "Ma")
    with house.write(ma) as work:
        xiaoyu = identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")
        code = identity.invite_guardian(work, xiaoyu.id)
    results = at_once(house, [wang, zhao] * 2, lambda work: identity.join_as_guardian(work, code, "child"))
    assert len(won(results)) == 1
    with house.read(HOUSE) as work:
        assert len(identity.guardian_of(work, xiaoyu.id)) == 2


def test_both_parents_leaving_at_once_leave_one_guardian(house, worker, wang):
    ma = registered(house, worker, "Ma")
    with house.write(ma) as work:
        xiaoyu = identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")
        code = identity.invite_guardian(work, xiaoyu.id)
    with house.write(wang) as work:
        identity.join_as_guardian(work, code, "child")
    at_once(house, [ma, wang], lambda work: identity.end_guardianship(work, xiaoyu.id))
    with house.read(HOUSE) as work:
        assert len(identity.guardian_of(work, xiaoyu.id)) == 1


@pytest.mark.invariant(9)
def test_a_code_lets_nobody_in_while_its_giver_is_leaving(house, worker, wang, zhao):
    ma = registered(house, worker, "Ma")
    with house.write(ma) as work:
        xiaoyu = identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")
        code = identity.invite_guardian(work, xiaoyu.id)
    with house.write(wang) as work:
        identity.join_as_guardian(work, code, "child")
    with house.write(wang) as work:
        late = identity.invite_guardian(work, xiaoyu.id)
    outside = copy_context()
    with ThreadPoolExecutor(1) as pool:
        with house.write(wang) as work:
            identity.end_guardianship(work, xiaoyu.id)
            coming = pool.submit(outside.run, at_once, house, [zhao],
                                 lambda work: identity.join_as_guardian(work, late, "child"))
            wait([coming], timeout=1)   # it waits for us: a code that does not would let Zhao in by now
        assert lost(coming.result()) == {WrongInvitation}


def test_nobody_becomes_two_people(house, wang):
    numbers = iter([WANG_NUMBER, XIAOYU_NUMBER])

    def claim(work: Work):
        return identity.add_patient(work, "王建国", next(numbers), "self")

    assert len(won(at_once(house, [wang, wang], claim))) == 1


def test_counts_of_many_processes_add_up(house):
    at_once(house, [HOUSE] * 8, lambda work: [count(work, SIGN_IN_MISSES, "somebody") for _ in range(5)])
    with house.read(HOUSE) as work:
        assert [row.count for row in all_of(work, RateCounter, order=RateCounter.key)] == [40]


def test_a_licence_is_suspended_once(house, hospital):
    kept = licensed(house, hospital)
    results = at_once(house, [hospital.admin()] * 4,
                      lambda work: identity.suspend_licence(work, kept.id, "核实中"))
    assert len(won(results)) == 1

"""Two parents, one child: the first lets the second in, and nobody is locked out of a record."""
import pytest

from app.identity import api as identity
from app.identity.problems import AlreadyOnYourList, LastGuardian, NotYours, SelfClaimed, SlowDown, WrongCode
from app.kit.problems import NotAllowed, NotFound
from tests.identity.scenes import WANG_NUMBER, XIAOYU_NUMBER, registered


@pytest.fixture
def ma(house, worker):
    return registered(house, worker, "Ma")


@pytest.fixture
def xiaoyu(house, ma):
    with house.write(ma) as work:
        return identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")


def invite(house, who, patient_id):
    with house.write(who) as work:
        return identity.invite_guardian(work, patient_id)


def join(house, who, code, relation="child"):
    with house.write(who) as work:
        return identity.join_as_guardian(work, code, relation)


def end(house, who, patient_id, account_id=None):
    with house.write(who) as work:
        return identity.end_guardianship(work, patient_id, account_id)


def guardians(house, who, patient_id):
    with house.read(who) as work:
        return [account.id for account in identity.guardian_of(work, patient_id)]


def test_a_code_lets_one_more_account_in(house, ma, wang, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    assert join(house, wang, f"{code[:5].lower()} {code[5:]}").id == xiaoyu.id
    assert guardians(house, ma, xiaoyu.id) == [ma.account_id, wang.account_id]
    with house.read(wang) as work:
        assert identity.require_acting_for(work, xiaoyu.id).name == "马小雨"


def test_a_code_works_once(house, worker, ma, wang, zhao, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    join(house, wang, code)
    with pytest.raises(WrongCode):
        join(house, zhao, code)


def test_a_code_holds_a_day(house, ma, wang, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    house.clock.forward(days=1)
    with pytest.raises(WrongCode):
        join(house, wang, code)


def test_guessing_codes_is_slowed_down(house, ma, zhao, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    for _ in range(5):
        with pytest.raises(WrongCode):
            join(house, zhao, "2222222222")
    with pytest.raises(SlowDown):
        join(house, zhao, code)


def test_a_code_of_somebody_who_no_longer_acts_is_void(house, ma, wang, zhao, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id))
    late = invite(house, wang, xiaoyu.id)
    end(house, wang, xiaoyu.id)
    with pytest.raises(WrongCode):
        join(house, zhao, late)


def test_a_stranger_cannot_invite(house, zhao, xiaoyu):
    with pytest.raises(NotYours):
        invite(house, zhao, xiaoyu.id)


def test_joining_twice_is_told(house, ma, xiaoyu):
    with pytest.raises(AlreadyOnYourList):
        join(house, ma, invite(house, ma, xiaoyu.id))


def test_a_grown_up_takes_over_her_own_record_and_lets_nobody_else_be_her(house, ma, wang, zhao, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id), "self")
    with pytest.raises(SelfClaimed):
        join(house, zhao, invite(house, ma, xiaoyu.id), "self")
    end(house, wang, xiaoyu.id, ma.account_id)
    assert guardians(house, wang, xiaoyu.id) == [wang.account_id]
    with pytest.raises(NotYours), house.read(ma) as work:
        identity.require_acting_for(work, xiaoyu.id)


def test_one_account_is_one_self_only(house, ma, wang, xiaoyu):
    with house.write(wang) as work:
        identity.add_patient(work, "王建国", WANG_NUMBER, "self")
    with pytest.raises(SelfClaimed):
        join(house, wang, invite(house, ma, xiaoyu.id), "self")


def test_the_last_guardian_cannot_leave(house, ma, xiaoyu):
    with pytest.raises(LastGuardian):
        end(house, ma, xiaoyu.id)


def test_one_parent_cannot_shut_the_other_out(house, ma, wang, zhao, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id))
    with pytest.raises(NotAllowed):
        end(house, wang, xiaoyu.id, ma.account_id)
    with pytest.raises(NotFound):
        end(house, wang, xiaoyu.id, zhao.account_id)
    with pytest.raises(NotYours):
        end(house, zhao, xiaoyu.id)


def test_somebody_who_left_can_be_let_in_again(house, ma, wang, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id))
    end(house, wang, xiaoyu.id)
    join(house, wang, invite(house, ma, xiaoyu.id))
    assert len(guardians(house, ma, xiaoyu.id)) == 2

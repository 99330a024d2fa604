"""Two parents, one child: the first lets the second in, and nobody is locked out of a record."""
import pytest

from app.identity import api as identity
from app.identity.problems import (
    AlreadyOnYourList,
    LastGuardian,
    NotTheLongest,
    NotYours,
    SelfClaimed,
    SlowDown,
    WrongInvitation,
)
from app.kit.problems import Invalid, NotAllowed, NotFound
from app.notify import api as notify
from tests.identity.scenes import (
    PHONES,
    WANG_NUMBER,
    XIAOYU_NUMBER,
    ZHOU_NUMBER,
    open_hospital,
    registered,
    signed_in,
    whoever,
)


@pytest.fixture
def ma(house, worker):
    return registered(house, worker, "Ma")


@pytest.fixture
def xiaoyu(house, ma):
    with house.write(ma) as work:
        return identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")


@pytest.fixture
def grandmother(house, ma):
    with house.write(ma) as work:
        return identity.add_patient(work, "周桂芳", ZHOU_NUMBER, "parent")


def invite(house, who, patient_id, own=False):
    with house.write(who) as work:
        return identity.invite_guardian(work, patient_id, own)


def take_back(house, who, patient_id):
    with house.write(who) as work:
        identity.take_back_invitation(work, patient_id)


def look(house, who, code):
    with house.write(who) as work:
        return identity.open_invitation(work, code)


def told(house, worker, who):
    worker.run_until_idle()
    with house.read(who) as work:
        return [(line.kind, line.link) for line in notify.inbox(work, who.account_id)]


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
    with pytest.raises(WrongInvitation):
        join(house, zhao, code)


def test_a_code_holds_a_day(house, ma, wang, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    house.clock.forward(days=1)
    with pytest.raises(WrongInvitation):
        join(house, wang, code)


def test_guessing_codes_is_slowed_down(house, ma, zhao, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    for _ in range(5):
        with pytest.raises(WrongInvitation):
            join(house, zhao, "2222222222")
    with pytest.raises(SlowDown):
        join(house, zhao, code)


def test_a_code_of_somebody_who_no_longer_acts_is_void(house, ma, wang, zhao, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id))
    late = invite(house, wang, xiaoyu.id)
    end(house, wang, xiaoyu.id)
    with pytest.raises(WrongInvitation):
        join(house, zhao, late)


def test_a_stranger_cannot_invite(house, zhao, xiaoyu):
    with pytest.raises(NotYours):
        invite(house, zhao, xiaoyu.id)


def test_joining_twice_is_told(house, ma, xiaoyu):
    with pytest.raises(AlreadyOnYourList):
        join(house, ma, invite(house, ma, xiaoyu.id))


def test_a_grown_up_takes_over_her_own_record_and_lets_nobody_else_be_her(house, ma, wang, grandmother):
    join(house, wang, invite(house, ma, grandmother.id, own=True), "self")
    with pytest.raises(SelfClaimed):
        invite(house, ma, grandmother.id, own=True)
    end(house, wang, grandmother.id, ma.account_id)
    assert guardians(house, wang, grandmother.id) == [wang.account_id]
    with pytest.raises(NotYours), house.read(ma) as work:
        identity.require_acting_for(work, grandmother.id)


@pytest.mark.invariant(9)
def test_a_code_for_a_relative_makes_nobody_the_patient(house, ma, wang, xiaoyu, grandmother):
    """Whoever is "self" may shut the others out: only the giver of the code can decide that."""
    for person in (xiaoyu, grandmother):
        code = invite(house, ma, person.id)
        with pytest.raises(Invalid):
            join(house, wang, code, "self")
        assert guardians(house, ma, person.id) == [ma.account_id]


def test_a_code_for_the_patient_is_no_code_for_a_relative(house, ma, wang, grandmother):
    with pytest.raises(Invalid):
        join(house, wang, invite(house, ma, grandmother.id, own=True), "parent")


@pytest.mark.invariant(9)
def test_who_was_let_in_makes_no_code_for_the_patient(house, worker, ma, wang, zhao, grandmother):
    """With a second account of their own they would be "self" and shut out who let them in."""
    join(house, wang, invite(house, ma, grandmother.id), "parent")
    with pytest.raises(NotTheLongest):
        invite(house, wang, grandmother.id, own=True)
    with pytest.raises(Invalid):
        join(house, zhao, invite(house, wang, grandmother.id), "self")
    join(house, zhao, invite(house, ma, grandmother.id, own=True), "self")
    assert guardians(house, ma, grandmother.id) == [ma.account_id, wang.account_id, zhao.account_id]


def test_when_the_longest_leaves_the_next_one_makes_the_code_also_after_a_return(house, ma, wang, zhao, grandmother):
    join(house, wang, invite(house, ma, grandmother.id), "parent")
    house.clock.forward(hours=1)
    end(house, ma, grandmother.id)
    join(house, ma, invite(house, wang, grandmother.id), "parent")
    with pytest.raises(NotTheLongest):
        invite(house, ma, grandmother.id, own=True)
    join(house, zhao, invite(house, wang, grandmother.id, own=True), "self")


def test_a_child_has_no_account_of_its_own(house, ma, xiaoyu):
    with pytest.raises(Invalid):
        invite(house, ma, xiaoyu.id, own=True)


def test_one_account_is_one_self_only(house, ma, wang, grandmother):
    with house.write(wang) as work:
        identity.add_patient(work, "王建国", WANG_NUMBER, "self")
    with pytest.raises(SelfClaimed):
        join(house, wang, invite(house, ma, grandmother.id, own=True), "self")


def test_the_code_shows_whom_it_is_about_before_one_says_yes(house, ma, wang, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    found = look(house, wang, code)
    assert (found.patient.name, found.invited_by, found.own) == ("马小雨", ma.account_id, False)
    assert guardians(house, ma, xiaoyu.id) == [ma.account_id]
    with pytest.raises(NotYours), house.read(wang) as work:
        identity.require_acting_for(work, xiaoyu.id)
    assert join(house, wang, code).id == xiaoyu.id


@pytest.mark.invariant(9)
def test_looking_at_codes_is_slowed_down_like_joining(house, ma, zhao, xiaoyu):
    code = invite(house, ma, xiaoyu.id)
    for wrong in ("2222222222", "", "\u3000", "ABCDEFGHJK", "x" * 90):
        with pytest.raises(WrongInvitation):
            look(house, zhao, wrong)
    for late in (look, join):
        with pytest.raises(SlowDown):
            late(house, zhao, code)


def test_a_code_that_was_taken_back_or_followed_by_another_is_void(house, ma, wang, xiaoyu):
    first = invite(house, ma, xiaoyu.id)
    second = invite(house, ma, xiaoyu.id)
    with pytest.raises(WrongInvitation):
        join(house, wang, first)
    take_back(house, ma, xiaoyu.id)
    take_back(house, ma, xiaoyu.id)
    with pytest.raises(WrongInvitation):
        join(house, wang, second)


def test_nobody_takes_back_the_code_of_another(house, ma, wang, zhao, xiaoyu):
    join(house, wang, invite(house, ma, xiaoyu.id))
    code = invite(house, ma, xiaoyu.id)
    take_back(house, wang, xiaoyu.id)
    with pytest.raises(NotYours):
        take_back(house, zhao, xiaoyu.id)
    assert join(house, zhao, code).id == xiaoyu.id


def test_codes_are_limited_in_a_day(house, ma, xiaoyu):
    for _ in range(10):
        invite(house, ma, xiaoyu.id)
    with pytest.raises(SlowDown):
        invite(house, ma, xiaoyu.id)


@pytest.mark.invariant(9)
def test_only_a_patients_account_opens_a_code(house, ma, xiaoyu):
    code, place = invite(house, ma, xiaoyu.id), open_hospital(house)
    for act in (look, join):
        with pytest.raises(NotAllowed):
            act(house, place.doctor(), code)
        with pytest.raises(NotAllowed):
            act(house, place.admin(), code)


def test_the_others_are_told_who_joins_and_who_leaves(house, worker, ma, wang, zhao, xiaoyu):
    here = f"/family/{xiaoyu.id}/guardians"
    join(house, wang, invite(house, ma, xiaoyu.id))
    assert told(house, worker, ma) == [("guardian_joined", here)] and told(house, worker, wang) == []
    join(house, zhao, invite(house, wang, xiaoyu.id))
    assert told(house, worker, wang) == [("guardian_joined", here)]
    end(house, wang, xiaoyu.id)
    assert sorted(told(house, worker, ma)) == [("guardian_joined", here), ("guardian_joined", here),
                                               ("guardian_left", here)]
    assert told(house, worker, wang) == [("guardian_joined", here)]     # nobody is told of the own leaving
    assert told(house, worker, zhao) == [("guardian_left", here)]


@pytest.mark.invariant(9)
def test_who_is_ended_by_the_patient_is_signed_out_and_who_leaves_is_not(house, ma, wang, zhao, grandmother):
    join(house, wang, invite(house, ma, grandmother.id, own=True), "self")
    join(house, zhao, invite(house, ma, grandmother.id), "parent")
    tokens = {who: signed_in(house, PHONES[who])[1] for who in ("Ma", "Zhao", "Wang")}
    end(house, wang, grandmother.id, ma.account_id)
    end(house, zhao, grandmother.id)
    assert {who for who, token in tokens.items() if whoever(house, token)} == {"Zhao", "Wang"}
    assert signed_in(house, PHONES["Ma"])[0]


def test_who_is_ended_by_the_patient_is_told(house, worker, ma, wang, grandmother):
    join(house, wang, invite(house, ma, grandmother.id, own=True), "self")
    end(house, wang, grandmother.id, ma.account_id)
    assert told(house, worker, ma)[0] == ("guardian_ended", "/family")


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

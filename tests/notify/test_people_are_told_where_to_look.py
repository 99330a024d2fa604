"""An inbox line says that something happened and where; it never carries health data, and only its owner reads it."""
from uuid import uuid4

import pytest

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.notify import api as notify
from app.notify.rules import UnfitMessage
from app.work import HOUSE, NOBODY, Actor
from tests.identity.scenes import XIAOYU_NUMBER, hire, open_hospital, registered

READY = Text(zh="医生回复了您", en="The doctor has answered you")


@pytest.fixture
def ma(house, worker):
    return registered(house, worker, "Ma")


@pytest.fixture
def stranger(house, worker):
    return registered(house, worker, "Zhao")


def tell(house, account_id, kind="visit_answered", text=READY, link="/visits/1"):
    with house.write(HOUSE) as work:
        notify.tell(work, account_id, kind, text, link)


def unread(house, who):
    with house.read(who) as work:
        return notify.unread_count(work, who.account_id)


def lines(house, who, **more):
    with house.read(who) as work:
        return [(item.kind, item.text.en, item.link, item.read_at is None)
                for item in notify.inbox(work, who.account_id, **more)]


def test_the_newest_line_comes_first_and_counts_as_unread(house, ma):
    tell(house, ma.account_id)
    house.clock.forward(minutes=1)
    tell(house, ma.account_id, "order_shipped", Text(zh="药已发出", en="Your parcel is on its way"), "/orders/2")
    assert lines(house, ma) == [
        ("order_shipped", "Your parcel is on its way", "/orders/2", True),
        ("visit_answered", "The doctor has answered you", "/visits/1", True)]
    assert unread(house, ma) == 2 and len(lines(house, ma, limit=1)) == 1


def test_the_screen_of_the_inbox_is_hinted_after_the_commit(house, ma):
    heard = []
    house.publish = heard.extend
    tell(house, ma.account_id)
    assert heard == [f"inbox:{ma.account_id}"]


def test_one_line_or_all_are_marked_read(house, ma):
    for _ in range(3):
        tell(house, ma.account_id)
    with house.read(ma) as work:
        first = notify.inbox(work, ma.account_id)[0].id
    with house.write(ma) as work:
        notify.mark_read(work, ma.account_id, [first])
    assert unread(house, ma) == 2
    with house.write(ma) as work:
        notify.mark_read(work, ma.account_id)
    assert unread(house, ma) == 0 and len(lines(house, ma)) == 3


@pytest.mark.invariant(13)
def test_nobody_reads_counts_or_clears_another_inbox(house, ma, stranger):
    tell(house, ma.account_id)
    with house.read(ma) as work:
        item = notify.inbox(work, ma.account_id)[0].id
    for act in (notify.inbox, notify.unread_count, notify.mark_read):
        with pytest.raises(NotFound), house.write(stranger) as work:
            act(work, ma.account_id)
        with pytest.raises(NotFound), house.write(NOBODY) as work:
            act(work, ma.account_id)
    with house.write(stranger) as work:
        notify.mark_read(work, stranger.account_id, [item, uuid4()])
    assert unread(house, ma) == 1


def test_every_guardian_of_a_child_is_told_and_nobody_who_left(house, worker, ma, stranger):
    father = registered(house, worker, "Wang")
    with house.write(ma) as work:
        xiaoyu = identity.add_patient(work, "马小雨", XIAOYU_NUMBER, "child")
        code = identity.invite_guardian(work, xiaoyu.id)
    with house.write(father) as work:
        identity.join_as_guardian(work, code, "child")
    with house.write(HOUSE) as work:
        assert len(notify.tell_patient(work, xiaoyu.id, "visit_answered", READY, "/visits/1")) == 2
    with house.write(father) as work:
        identity.end_guardianship(work, xiaoyu.id)
    with house.write(HOUSE) as work:
        notify.tell_patient(work, xiaoyu.id, "visit_answered", READY, "/visits/1")
    assert (unread(house, ma), unread(house, father), unread(house, stranger)) == (2, 1, 0)


def test_everybody_in_a_role_is_told(house):
    hospital = open_hospital(house)
    su = hire(house, hospital.id, "su", "pharmacist", Text(zh="苏药师", en="Pharmacist Su"))
    with house.write(HOUSE) as work:
        told = notify.tell_staff(work, hospital.id, "pharmacist", "review_waiting",
                                 Text(zh="有处方等待审核", en="A prescription waits for review"), "/pharmacist/queue")
        assert [item.account_id for item in told] == [hospital.ren.account_id, su.account_id]
    assert unread(house, Actor("doctor", hospital.lin.account_id)) == 0


@pytest.mark.parametrize("link", ["", "visits/1", "//evil.example", "https://evil.example", "/visits/1?name=Ma",
                                  "javascript:alert(1)", "/a b", "/" + "x" * 200, "/visits/<script>"])
@pytest.mark.invariant(14)
def test_a_link_stays_inside_and_carries_no_words(house, ma, link):
    with pytest.raises(UnfitMessage):
        tell(house, ma.account_id, link=link)


@pytest.mark.parametrize(("kind", "words"), [("Visit!", "x"), ("", "x"), ("ok_kind", "x" * 201), ("ok_kind", "a\x1bb")])
def test_an_unfit_message_is_a_defect_of_the_room_that_built_it(house, ma, kind, words):
    with pytest.raises(UnfitMessage):
        tell(house, ma.account_id, kind, Text(zh=words, en=words))

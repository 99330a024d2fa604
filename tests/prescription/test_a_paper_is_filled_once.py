"""Whoever holds the paper can say that it was dispensed: once, heard of at once, undone soon or by a pharmacist."""
import re

import pytest

from app.events.prescribing import FilledFromPaper
from app.identity.problems import SlowDown
from app.kit.problems import Invalid, NotFound
from app.notify import api as notify
from app.work import NOBODY
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from prescribing.rx.problems import (
    AlreadyRedeemed,
    HandedOut,
    MarkedTooOften,
    NotUsable,
    ReasonMissing,
    SignatureBroken,
    UndoIsOver,
)
from prescribing.rx.rules import pharmacy_called
from prescribing.subscribers import tell_of_the_filling
from records import api as records
from tests.cast import approved_prescription, signed_prescription
from tests.pharmacy.counter import accepted, offer_of, offered, payment, placed, stands
from tests.prescription.test_a_changed_condition_ends_what_was_prescribed import refer
from tests.prescription.test_what_was_changed_is_refused import edit

HERE, THERE = "b" * 32, "c" * 32


def as_nobody(scene, command, rx, *args, code=None, **more):
    with scene.house.write(NOBODY) as work:
        return command(work, rx.number, code or rx.digest[:16], *args, **more)


def fill(scene, rx, name="百姓大药房", browser=HERE, **more):
    return as_nobody(scene, prescribing.fill_from_paper, rx, name, browser, **more)


def undo(scene, rx, browser=HERE):
    return as_nobody(scene, prescribing.undo_filling, rx, browser)


def wear_out(scene, rx, times=5):
    for _ in range(times):
        fill(scene, rx)
        undo(scene, rx)


def scanned(scene, rx, browser=""):
    return as_nobody(scene, prescribing.verify_by_code, rx, browser=browser)


def state(scene, rx):
    return scene.row(prescribing.Prescription, rx.id).state


def told(scene, who="wang"):
    with scene.sees(who) as work:
        return [row.text.en for row in notify.inbox(work, scene.people[who].account_id)]


def denied(work):
    return [rx.id for rx, made in prescribing.papers_in_question(work) if made is not None]


def closed(work):
    return [rx.id for rx, made in prescribing.papers_in_question(work) if made is None]


def timeline(scene):
    with scene.sees("wang") as work:
        return [(line.kind, line.title.zh) for line in records.timeline(work, scene.patients["wang"])]


@pytest.mark.invariant(5)
def test_the_second_pharmacy_is_told_who_filled_it_and_when(scene):
    rx = approved_prescription(scene)
    at = scene.clock.now()
    fill(scene, rx)
    scene.clock.forward(minutes=30)
    with pytest.raises(AlreadyRedeemed) as refused:
        fill(scene, rx, "另一家药房", THERE)
    assert refused.value.facts == {"state": "redeemed", "by": "百姓大药房", "at": at.isoformat()}
    seen = scanned(scene, rx)
    assert (seen.usable, seen.state, seen.filled.by.zh, seen.filled.at) == (False, "redeemed", "百姓大药房", at)
    assert seen.filled.outside and [line.left for line in seen.lines] == [0]


@pytest.mark.invariant(5)
def test_what_was_filled_is_not_ordered_any_more_nor_claimed_for_an_order(scene):
    rx = approved_prescription(scene)
    order = offered(scene, rx=rx)
    fill(scene, rx)
    with pytest.raises(AlreadyRedeemed):
        scene.does("kang", pharmacy.accept_offer, offer_of(scene, order).id)
    scene.run()
    assert stands(scene, order).state == "cancelled"
    paid = payment(scene, order)
    assert (paid.captured_fen, paid.state) == (0, "cancelled")
    with pytest.raises(NotUsable):
        placed(scene, rx=rx)


@pytest.mark.invariant(5)
def test_an_order_that_a_pharmacy_has_taken_closes_the_paper(scene):
    rx = approved_prescription(scene)
    order = accepted(scene, rx=rx)
    with pytest.raises(AlreadyRedeemed) as refused:
        fill(scene, rx)
    assert "Kang" in str(refused.value.facts["by"]) or "康" in str(refused.value.facts["by"])
    seen = scanned(scene, rx)
    assert not seen.usable and not seen.filled.outside and seen.filled.undo_until is None
    scene.run()
    assert stands(scene, order).state == "accepted"


def test_the_patient_hears_at_once_and_sees_it_in_the_record(scene):
    rx = approved_prescription(scene)
    scene.run()
    fill(scene, rx, "康乐药房 pay 13 元")
    scene.run()
    assert "marked your paper prescription as dispensed" in told(scene)[0]
    assert "康乐" not in "".join(told(scene))
    assert ("dispense", "凭纸质处方配出，药房自己填的名称：康乐药房 pay 13 元") in timeline(scene)
    assert [(e.actor_role, e.patient_id) for e in scene.trail("FilledFromPaper")] == [("nobody", rx.patient_id)]


@pytest.mark.parametrize("name", ["", " ", "A", "12", "x" * 61, "请打 13800138000 药房", "https://pay.example",
                                  "a\u202eb c", "退款加微信 138 0013 8000", "Call 138-0013-8000",
                                  "退款１３８．００１３", "退款一三八零零一三", "药房www", "Pay refund.example",
                                  "康乐药房①③⑧⑥⑥⑥⑥⑥", "药房 壹叁捌陆陆陆陆陆", "Pharmacy ¹³⁸⁶⁶⁶⁶⁶", "药房❶❸❽❻❻❻",
                                  "药房𝟏𝟑𝟖𝟔𝟔𝟔", "药房ⅠⅢⅧⅥⅥⅥ", "药房〡〣〨〦〦〦", "药房貳參捌陸陸陸"])
def test_a_pharmacy_has_a_name_that_can_be_read_and_not_called(scene, name):
    rx = approved_prescription(scene)
    with pytest.raises(Invalid):
        fill(scene, rx, name)
    assert state(scene, rx) == "approved"


@pytest.mark.parametrize("name", [
    "大药房 加微信abcdefgh", "药房 微 信 abcdefgh", "药房 V信abcdefgh", "药房加vabcdefgh", "药房QQabcdefgh",
    "药房 ＱＱ abcdefgh", "药房 q-q abcdefgh", "药房 vxabcdefgh", "药房 V X abcdefgh",
    "Pharmacy WeChat abcdefgh", "Pharmacy 𝗪𝗵𝗮𝘁𝘀𝗔𝗽𝗽 me", "Pharmacy refund desk",
    "药房请联系客服", "药房退 款"])
def test_a_pharmacys_name_asks_nobody_to_write_or_call(name):
    with pytest.raises(Invalid):
        pharmacy_called(name)


@pytest.mark.parametrize("name", [
    "No. 1 Pharmacy", "百姓大药房(12345分店)", "三九百姓药房", "Dr. Li's Pharmacy", "一心堂大药房", "同仁堂1669店",
    "24小时药房", "五洲大药房第十二分店", "百姓大药房（第二店）", "万家康大药房第一百二十八分店",
    "威信县医药大药房", "New Xinhua Pharmacy", "Wei Xin Pharmacy", "Lev Xu's Pharmacy",
    "微山湖大药房", "Nº 5 Farmacia", "北京同仁堂参茸药房"])
def test_an_honest_name_is_taken(name):
    assert pharmacy_called(f" {name} ") == name


@pytest.mark.invariant(4)
def test_only_what_can_be_filled_is_marked(scene):
    signed = signed_prescription(scene)
    with pytest.raises(NotUsable):
        fill(scene, signed)
    scene.does("ren", prescribing.approve, signed.id)
    edit(scene, "UPDATE prescription_item SET wording_zh = '每天十片'")
    with pytest.raises(SignatureBroken):
        fill(scene, signed)
    scene.clock.forward(days=4)
    with pytest.raises(NotUsable) as refused:
        fill(scene, signed)
    assert refused.value.facts["state"] == "expired"


def test_a_guessed_code_marks_nothing_and_slows_the_guesser_down(scene):
    rx = approved_prescription(scene)
    for n in range(20):
        with pytest.raises(NotFound):
            fill(scene, rx, code=f"{n:016x}", address="203.0.113.7")
    with pytest.raises(SlowDown):
        fill(scene, rx, address="203.0.113.7")
    with pytest.raises(NotFound):
        as_nobody(scene, prescribing.undo_filling, rx, HERE, code="0" * 16)
    assert state(scene, rx) == "approved"


def test_the_browser_that_marked_it_undoes_it_for_ten_minutes(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.run()
    scene.clock.forward(minutes=9)
    assert scanned(scene, rx, HERE).filled.undo_until is not None
    assert scanned(scene, rx, THERE).filled.undo_until is None and scanned(scene, rx).filled.undo_until is None
    for other in (THERE, ""):
        with pytest.raises(UndoIsOver):
            undo(scene, rx, other)
    undo(scene, rx)
    scene.run()
    assert state(scene, rx) == "approved" and scanned(scene, rx).usable
    assert "was taken off" in told(scene)[0]
    assert timeline(scene)[0] == ("dispense", "配出的标记撤销了，药房自己填的名称：百姓大药房")
    with pytest.raises(NotUsable):
        undo(scene, rx)
    assert offered(scene, rx=rx).state == "offered"


def test_after_the_minutes_the_mark_stays(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.clock.forward(minutes=10)
    assert scanned(scene, rx, HERE).filled.undo_until is None
    with pytest.raises(UndoIsOver):
        undo(scene, rx)
    assert state(scene, rx) == "redeemed"


def test_a_mark_of_one_prescription_opens_no_other(scene):
    one, other = approved_prescription(scene), approved_prescription(scene, patient="xiaoyu")
    fill(scene, one, browser=HERE)
    fill(scene, other, browser=THERE)
    with pytest.raises(UndoIsOver):
        undo(scene, other, HERE)
    with scene.sees("house") as work:
        marks = [prescribing.filling_of(work, rx.id).browser for rx in (one, other)]
    assert all(re.fullmatch(r"[0-9a-f]{64}", mark) for mark in marks)


def test_marking_and_undoing_has_an_end(scene):
    rx = approved_prescription(scene)
    wear_out(scene, rx)
    with pytest.raises(MarkedTooOften):
        fill(scene, rx)
    assert state(scene, rx) == "approved"


@pytest.mark.invariant(5)
def test_a_paper_that_takes_no_more_marks_is_no_good_to_the_next_pharmacy_and_everybody_hears(scene):
    rx = approved_prescription(scene)
    wear_out(scene, rx, 4)
    seen = scanned(scene, rx)
    assert seen.usable and not seen.closed
    scene.run()
    with scene.sees("su") as work:
        assert closed(work) == []
    wear_out(scene, rx, 1)
    seen = scanned(scene, rx)
    assert (seen.usable, seen.closed, seen.genuine, seen.state) == (False, True, True, "approved")
    scene.run()
    assert sum("marked and unmarked too often" in line for line in told(scene, "su")) == 1
    assert "You can order online" in told(scene)[0]
    with scene.sees("su") as work:
        assert closed(work) == [rx.id]
    with scene.sees("wang") as work:
        assert closed(work) == []


@pytest.mark.invariant(5)
def test_a_paper_that_takes_no_more_marks_is_still_ordered_online_once(scene):
    rx = approved_prescription(scene)
    wear_out(scene, rx)
    accepted(scene, rx=rx)
    seen = scanned(scene, rx)
    assert (seen.usable, seen.closed, seen.state) == (False, False, "redeemed")


def test_who_marks_a_paper_has_seen_it(scene):
    rx = approved_prescription(scene)
    at = scene.clock.now()
    wear_out(scene, rx, 2)
    seen = scanned(scene, rx)
    assert (seen.usable, seen.shown_before, seen.first_shown) == (True, 1, at)


def test_news_that_come_late_tell_nothing_that_was_undone(scene):
    rx = approved_prescription(scene)
    scene.run()
    made = fill(scene, rx)
    undo(scene, rx)
    scene.does("house", tell_of_the_filling, FilledFromPaper(rx.id, rx.visit_id, rx.patient_id, made.dispense_id))
    assert not any("marked your paper" in line for line in told(scene))
    scene.run()
    assert "was taken off" in told(scene)[0]


def test_the_patient_denies_it_and_the_hospital_gives_it_back(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.clock.forward(hours=1)
    for _ in range(2):
        scene.does("wang", prescribing.deny_filling, rx.id)
    scene.run()
    assert len(scene.trail("FillingDenied")) == 1
    assert "did not get what a pharmacy marked" in told(scene, "ren")[0]
    with scene.sees("su") as work:
        assert denied(work) == [rx.id]
        assert prescribing.marked_filling(work, rx.id)[1][0].outside_name == "百姓大药房"
    with pytest.raises(ReasonMissing):
        scene.does("su", prescribing.give_filling_back, rx.id, " ")
    scene.does("su", prescribing.give_filling_back, rx.id, "药房说扫错了")
    scene.run()
    assert state(scene, rx) == "approved" and "was taken off" in told(scene)[0]
    with scene.sees("ren") as work:
        assert denied(work) == []
        made = prescribing.redemptions_of(work, rx.id)[0]
    assert (made.reversed_reason, made.handed_out_at) == ("药房说扫错了", None)


@pytest.mark.invariant(9)
def test_nobody_else_denies_it_or_gives_it_back(scene):
    rx = approved_prescription(scene)
    with pytest.raises(NotUsable):
        scene.does("wang", prescribing.deny_filling, rx.id)
    with pytest.raises(NotFound), scene.sees("ren") as work:
        prescribing.marked_filling(work, rx.id)
    fill(scene, rx)
    with pytest.raises((NotFound, records.RecordClosed)):
        scene.does("zhao", prescribing.deny_filling, rx.id)
    for who in ("lin", "wang", "kang"):
        with pytest.raises(NotFound):
            scene.does(who, prescribing.give_filling_back, rx.id, "x")
        with pytest.raises(NotFound), scene.sees(who) as work:
            prescribing.marked_filling(work, rx.id)
    assert state(scene, rx) == "redeemed"


@pytest.mark.invariant(4)
def test_a_mark_that_is_taken_off_after_the_last_day_opens_nothing(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.later(days=4)
    scene.does("ren", prescribing.give_filling_back, rx.id, "药房说扫错了")
    assert state(scene, rx) == "expired"


def test_what_was_dispensed_is_not_revoked_behind_the_patients_back(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    with pytest.raises(HandedOut):
        scene.does("lin", prescribing.revoke, rx.id, "剂量有误")


@pytest.mark.invariant(4)
@pytest.mark.parametrize("taken_off_by", ["browser", "pharmacist"])
def test_a_mark_shields_nothing_from_a_changed_condition(scene, taken_off_by):
    rx = approved_prescription(scene)
    fill(scene, rx)
    refer(scene, rx)
    assert state(scene, rx) == "redeemed"
    if taken_off_by == "browser":
        undo(scene, rx)
    else:
        scene.does("su", prescribing.give_filling_back, rx.id, "药房说扫错了")
    scene.run()
    assert state(scene, rx) == "revoked" and not scanned(scene, rx).usable
    with pytest.raises(NotUsable):
        fill(scene, rx)
    with pytest.raises(NotUsable):
        offered(scene, rx=rx)
    assert any("took a prescription back" in line for line in told(scene))


@pytest.mark.invariant(4)
def test_a_mark_that_the_patient_denies_keeps_no_doctor_from_revoking(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.does("wang", prescribing.deny_filling, rx.id)
    scene.does("lin", prescribing.revoke, rx.id, "剂量有误")
    assert state(scene, rx) == "revoked"
    scene.does("su", prescribing.give_filling_back, rx.id, "药房说扫错了")
    scene.run()
    assert state(scene, rx) == "revoked"
    with scene.sees("su") as work:
        assert denied(work) == []


@pytest.mark.invariant(4)
def test_a_denied_mark_keeps_nothing_from_a_changed_condition(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    scene.does("wang", prescribing.deny_filling, rx.id)
    refer(scene, rx)
    assert state(scene, rx) == "revoked"


def test_a_referral_without_a_changed_condition_leaves_the_undo_as_it_was(scene):
    rx = approved_prescription(scene)
    fill(scene, rx)
    refer(scene, rx, changed=False)
    undo(scene, rx)
    assert state(scene, rx) == "approved"

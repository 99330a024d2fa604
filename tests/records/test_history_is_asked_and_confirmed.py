"""Allergies, medicines, pregnancy, weight, kidneys: never asked is not none, and every change is kept."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError
from sqlmodel import select

from app.audit import AuditEntry
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotAllowed, NotFound
from app.work import HOUSE, House, all_of
from records import api as records
from records.api import AllergyIn, MedicineIn
from records.history.models import Allergy
from records.history.rules import asks_pregnancy, asks_weight, weight_holds
from tests.records.cast import Cast

PENICILLIN = AllergyIn(text="青霉素", code="penicillins", reaction="皮疹", since="2010")
AMLODIPINE = MedicineIn(text="氨氯地平 5 mg", drug_id="amlodipine", dose_text="每天早上 1 片")
TODAY = date(2026, 11, 21)


def see(house: House, cast: Cast, patient: str, who: str | None = None) -> records.HistoryView:
    with house.read(cast.people[who or patient]) as work:
        return records.history_of(work, cast.patients[patient])


def complete(house: House, cast: Cast) -> None:
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], [PENICILLIN])
        records.save_medicines(work, cast.patients["wang"], "none")


@pytest.mark.invariant(6)
def test_what_was_never_asked_is_missing_and_not_none(house: House, cast: Cast) -> None:
    seen = see(house, cast, "wang")
    assert seen.missing == ["allergies", "medicines"]
    assert not seen.none_known and not seen.no_medicines and not seen.allergies_asked
    assert seen.pregnancy is None and seen.weight_kg is None and seen.egfr is None
    assert seen.unknown == []


def test_none_known_is_an_answer_of_its_own(house: House, cast: Cast) -> None:
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], "none")
    seen = see(house, cast, "wang")
    assert seen.none_known and seen.allergies_asked and seen.missing == ["medicines"]
    assert not seen.no_medicines


@pytest.mark.invariant(12)
def test_not_sure_is_asked_but_never_none(house: House, cast: Cast) -> None:
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], "unknown")
        records.save_medicines(work, cast.patients["wang"], "unknown")
    seen = see(house, cast, "wang")
    assert seen.missing == [] and seen.unknown == ["allergies", "medicines"]
    assert not seen.none_known and not seen.no_medicines


@pytest.mark.parametrize("answer", [[], "no", ""])
def test_an_empty_list_says_nothing_and_is_sent_back(house: House, cast: Cast, answer) -> None:
    for save in (records.save_allergies, records.save_medicines):
        with pytest.raises(Invalid), house.write(cast.wang) as work:
            save(work, cast.patients["wang"], answer)
    assert see(house, cast, "wang").missing == ["allergies", "medicines"]


def test_an_allergy_stands_with_code_words_and_reaction(house: House, cast: Cast) -> None:
    complete(house, cast)
    [allergy] = see(house, cast, "wang").allergies
    assert (allergy.text, allergy.code, allergy.reaction, allergy.since) == ("青霉素", "penicillins", "皮疹", "2010")


def test_a_corrected_list_strikes_out_and_never_deletes(house: House, cast: Cast, clock: FrozenClock) -> None:
    complete(house, cast)
    first = see(house, cast, "wang").allergies[0]
    clock.forward(days=1)
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], [PENICILLIN, AllergyIn(text="虾")])
    assert [a.text for a in see(house, cast, "wang").allergies] == ["青霉素", "虾"]
    assert see(house, cast, "wang").allergies[0] == first
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], [AllergyIn(text="虾")])
    with house.read(HOUSE) as work:
        rows = all_of(work, Allergy)
        assert [(a.text, a.status) for a in rows] == [("青霉素", "entered_in_error"), ("虾", "active")]


def test_the_same_allergy_written_twice_stands_once(house: House, cast: Cast) -> None:
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], [PENICILLIN, PENICILLIN])
    assert len(see(house, cast, "wang").allergies) == 1


def test_every_change_says_from_what_to_what_and_by_whom(house: House, cast: Cast, clock: FrozenClock) -> None:
    cast.treat("lin", "wang")
    complete(house, cast)
    clock.forward(minutes=10)
    with house.write(cast.lin) as work:
        records.save_allergies(work, cast.patients["wang"], "none")
    with house.read(cast.wang) as work:
        newest = records.history_changes(work, cast.patients["wang"])[0]
        assert (newest.what, newest.by_role, newest.by_account) == ("allergies", "doctor", cast.lin.account_id)
        assert newest.before is not None and newest.before["is"][0]["text"] == "青霉素"
        assert newest.after == {"is": "none"}


@pytest.mark.invariant(15)
def test_the_trail_knows_that_it_changed_but_not_the_words(house: House, cast: Cast) -> None:
    complete(house, cast)
    with house.read(HOUSE) as work:
        told = [e for e in work.session.exec(select(AuditEntry)).all() if e.action == "history_changed"]
        assert {e.facts["what"] for e in told} == {"allergies", "medicines"}
        assert "青霉素" not in str([e.facts for e in told])


def test_medicines_of_the_patient_are_replaced_and_ours_stay(house: House, cast: Cast) -> None:
    wang, rx = cast.patients["wang"], uuid7()
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, wang, rx, "atorvastatin", "阿托伐他汀 20 mg", "每晚 1 片", 28)
    with house.write(cast.wang) as work:
        records.save_medicines(work, wang, [AMLODIPINE])
        records.save_medicines(work, wang, [MedicineIn(text="鱼油")])
    seen = see(house, cast, "wang").medicines
    assert [(m.text, m.self_reported) for m in seen] == [("阿托伐他汀 20 mg", False), ("鱼油", True)]


def test_a_drug_of_our_prescription_stands_once_on_the_patients_list_and_twice_before_the_doctor(
        house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, wang, uuid7(), "amlodipine", "氨氯地平 5 mg", "每早 1 片", 28)
    with house.write(cast.wang) as work:
        records.save_medicines(work, wang, [AMLODIPINE, MedicineIn(text="鱼油")])
    seen = see(house, cast, "wang")
    assert [m.text for m in seen.taken_once] == ["氨氯地平 5 mg", "鱼油"]
    assert len(seen.medicines) == 3


def test_a_second_supply_taken_the_same_way_goes_on_where_the_first_ends(house: House, cast: Cast) -> None:
    """Otherwise a renewal stands beside the rest of the old box, and both could be taken."""
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        for days in (3, 28):
            records.add_medicine_from_prescription(work, wang, uuid7(), "amlodipine", "氨氯地平", "每早 1 片", days)
    seen = see(house, cast, "wang")
    [line] = seen.taken_once
    assert line.until == TODAY + timedelta(days=28) and seen.taken_twice == [] and len(seen.medicines) == 2
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, wang, uuid7(), "amlodipine", "氨氯地平", "每早 2 片", 28)
    seen = see(house, cast, "wang")
    assert len(seen.taken_once) == 2 and seen.taken_twice == ["amlodipine"]


def test_a_medicine_from_us_ends_with_its_supply_and_is_added_once(
        house: House, cast: Cast, clock: FrozenClock) -> None:
    wang, rx = cast.patients["wang"], uuid7()
    for _ in range(2):
        with house.write(HOUSE) as work:
            records.add_medicine_from_prescription(work, wang, rx, "amlodipine", "氨氯地平", "每天 1 片", 7)
    [medicine] = see(house, cast, "wang").medicines
    assert (medicine.since, medicine.until) == (TODAY, TODAY + timedelta(days=7))
    clock.forward(days=7)
    assert len(see(house, cast, "wang").medicines) == 1
    clock.forward(days=1)
    assert see(house, cast, "wang").medicines == []


@pytest.mark.invariant(6)
def test_our_own_prescription_does_not_answer_what_else_is_taken(house: House, cast: Cast) -> None:
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, cast.patients["wang"], uuid7(), "x", "x", "x", 7)
    seen = see(house, cast, "wang")
    assert "medicines" in seen.missing and not seen.no_medicines


def test_none_taken_and_a_supply_from_us_is_not_none(house: House, cast: Cast) -> None:
    complete(house, cast)
    assert see(house, cast, "wang").no_medicines
    with house.write(HOUSE) as work:
        records.add_medicine_from_prescription(work, cast.patients["wang"], uuid7(), "x", "x", "x", 7)
    assert not see(house, cast, "wang").no_medicines


@pytest.mark.parametrize(("sex", "age", "asked"), [
    ("female", 11, False), ("female", 12, True), ("female", 55, True), ("female", 56, False), ("male", 30, False)])
def test_pregnancy_is_asked_where_it_has_a_meaning(sex: str, age: int, asked: bool) -> None:
    assert asks_pregnancy(sex, date(2026 - age, 1, 1), TODAY) is asked


def test_ma_is_asked_about_pregnancy_and_may_not_know(house: House, cast: Cast) -> None:
    assert see(house, cast, "ma").missing == ["allergies", "medicines", "pregnancy"]
    with house.write(cast.ma) as work:
        records.save_pregnancy(work, cast.patients["ma"], "unknown")
    seen = see(house, cast, "ma")
    assert seen.pregnancy == "unknown" and seen.unknown == ["pregnancy"] and "pregnancy" not in seen.missing


def test_who_breastfeeds_may_not_know_of_a_pregnancy(house: House, cast: Cast) -> None:
    for value, unknown in (("breastfeeding", ["pregnancy"]), ("breastfeeding_only", [])):
        with house.write(cast.ma) as work:
            records.save_pregnancy(work, cast.patients["ma"], value)
        seen = see(house, cast, "ma")
        assert (seen.pregnancy, seen.unknown) == (value, unknown)


@pytest.mark.parametrize("value", ["yes", "", "NO", "none"])
def test_pregnancy_takes_no_other_answer(house: House, cast: Cast, value: str) -> None:
    with pytest.raises(Invalid), house.write(cast.ma) as work:
        records.save_pregnancy(work, cast.patients["ma"], value)


def test_xiaoyus_weight_is_asked_and_runs_out(house: House, cast: Cast, clock: FrozenClock) -> None:
    child = cast.patients["xiaoyu"]
    assert "weight" in see(house, cast, "xiaoyu", "ma").missing
    with house.write(cast.ma) as work:
        records.save_weight(work, child, 16_500, TODAY)
    seen = see(house, cast, "xiaoyu", "ma")
    assert seen.weight_kg == Decimal("16.5") and "weight" not in seen.missing
    clock.forward(days=181)
    grown = see(house, cast, "xiaoyu", "ma")
    assert grown.weight_kg is None and grown.weighed_on == TODAY and "weight" in grown.missing


@pytest.mark.parametrize(("age_days", "weighed_days_ago", "holds"), [
    (300, 30, True), (300, 31, False), (800, 180, True), (800, 181, False), (20_000, 4000, True)])
def test_a_weight_holds_as_long_as_its_person_keeps_it(age_days: int, weighed_days_ago: int, holds: bool) -> None:
    born, weighed = TODAY - timedelta(days=age_days), TODAY - timedelta(days=weighed_days_ago)
    assert weight_holds(weighed, born, TODAY) is holds
    assert not weight_holds(None, born, TODAY)


def test_children_are_weighed_until_their_fourteenth_birthday() -> None:
    assert asks_weight(date(2012, 11, 22), TODAY) and not asks_weight(date(2012, 11, 21), TODAY)


@pytest.mark.parametrize(("grams", "on"), [(299, TODAY), (0, TODAY), (-5, TODAY), (400_001, TODAY),
                                           (16_000, TODAY + timedelta(days=1))])
def test_an_impossible_weight_is_sent_back(house: House, cast: Cast, grams: int, on: date) -> None:
    with pytest.raises(Invalid), house.write(cast.ma) as work:
        records.save_weight(work, cast.patients["xiaoyu"], grams, on)


def test_kidney_function_is_read_from_a_report_by_the_treating_doctor(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with pytest.raises(NotAllowed), house.write(cast.wang) as work:
        records.save_egfr(work, wang, 58.5, TODAY, "检验报告")
    with pytest.raises(records.RecordClosed), house.write(cast.lin) as work:
        records.save_egfr(work, wang, 58.5, TODAY, "检验报告")
    cast.treat("lin", "wang")
    with house.write(cast.lin) as work:
        records.save_egfr(work, wang, 58.5, TODAY, "检验报告")
    seen = see(house, cast, "wang")
    assert (seen.egfr, seen.egfr_on, seen.egfr_source) == (58.5, TODAY, "检验报告")


def test_a_kidney_function_that_was_wrong_is_not_known_again(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    cast.treat("lin", "wang")
    with house.write(cast.lin) as work:
        records.save_egfr(work, wang, 58.5, TODAY, "检验报告")
    for who, refusal in ((cast.wang, NotAllowed), (cast.he, records.RecordClosed)):
        with pytest.raises(refusal), house.write(who) as work:
            records.strike_egfr(work, wang)
    with house.write(cast.lin) as work:
        records.strike_egfr(work, wang)
    seen = see(house, cast, "wang")
    assert (seen.egfr, seen.egfr_on, seen.egfr_source) == (None, None, None)
    with house.read(cast.lin) as work:
        assert [(c.before, c.after) for c in records.history_changes(work, wang) if c.what == "egfr"] == [
            ({"is": report(58.5, TODAY)}, {"is": None}), ({"is": None}, {"is": report(58.5, TODAY)})]


def report(value: float, on: date) -> dict[str, object]:
    return {"value": value, "on": on.isoformat(), "source": "检验报告"}


@pytest.mark.invariant(6)
def test_an_older_report_is_kept_and_replaces_no_newer_one(house: House, cast: Cast) -> None:
    wang, may, june = cast.patients["wang"], TODAY - timedelta(days=40), TODAY - timedelta(days=9)
    cast.treat("lin", "wang")
    for value, on in ((31, june), (82, may), (58, june), (58, TODAY)):
        with house.write(cast.lin) as work:
            kept = records.save_egfr(work, wang, value, on, "检验报告")
            assert (kept.egfr, kept.egfr_on) == ((31, june) if on == may else (value, on))
        assert see(house, cast, "wang").egfr == (31 if on == may else value)
    with house.read(cast.lin) as work:
        told = [(c.what, c.before, c.after) for c in records.history_changes(work, wang) if c.what.startswith("egfr")]
    assert told == [
        ("egfr", {"is": report(58, june)}, {"is": report(58, TODAY)}),
        ("egfr", {"is": report(31, june)}, {"is": report(58, june)}),
        ("egfr_older_report", {"is": None}, {"is": report(82, may)}),
        ("egfr", {"is": None}, {"is": report(31, june)})]


@pytest.mark.parametrize(("on", "source"), [(TODAY + timedelta(days=1), "检验报告"), (date(1, 1, 1), "检验报告"),
                                            (date(1967, 1, 1), "检验报告"), (TODAY, ""), (TODAY, " \u200b ")])
def test_a_kidney_function_needs_a_day_of_this_life_and_a_report(house: House, cast: Cast, on: date,
                                                                 source: str) -> None:
    cast.treat("lin", "wang")
    with pytest.raises(Invalid), house.write(cast.lin) as work:
        records.save_egfr(work, cast.patients["wang"], 60, on, source)
    assert see(house, cast, "wang").egfr is None


@pytest.mark.invariant(9)
def test_emergency_access_enters_no_kidney_function(house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(cast.he) as work:
        records.break_glass(work, wang, "患者昏迷，急诊要核对过敏和肾功能")
    for act in (lambda work: records.save_egfr(work, wang, 60, TODAY, "检验报告"),
                lambda work: records.strike_egfr(work, wang)):
        with pytest.raises(records.RecordClosed), house.write(cast.he) as work:
            act(work)


@pytest.mark.parametrize("value", [0, -1, 251, float("nan")])
def test_an_impossible_kidney_function_is_sent_back(house: House, cast: Cast, value: float) -> None:
    cast.treat("lin", "wang")
    with pytest.raises(Invalid), house.write(cast.lin) as work:
        records.save_egfr(work, cast.patients["wang"], value, TODAY, "检验报告")


def test_history_is_confirmed_for_each_visit(house: House, cast: Cast, clock: FrozenClock) -> None:
    complete(house, cast)
    for _ in range(2):
        clock.forward(days=30)
        visit = uuid7()
        with house.write(cast.wang) as work:
            records.confirm_history(work, cast.patients["wang"], visit)
        seen = see(house, cast, "wang")
        assert (seen.confirmed_at, seen.confirmed_visit_id) == (clock.now(), visit)


@pytest.mark.invariant(6)
def test_nobody_confirms_what_was_never_asked(house: House, cast: Cast) -> None:
    with pytest.raises(records.HistoryIncomplete) as caught, house.write(cast.wang) as work:
        records.confirm_history(work, cast.patients["wang"])
    assert caught.value.facts["missing"] == ["allergies", "medicines"]
    assert see(house, cast, "wang").confirmed_at is None


@pytest.mark.invariant(14)
def test_words_that_look_like_code_stay_words(house: House, cast: Cast) -> None:
    text = "<img src=x onerror=alert(1)> '; DROP TABLE allergy; --"
    with house.write(cast.wang) as work:
        records.save_allergies(work, cast.patients["wang"], [AllergyIn(text=text)])
    assert see(house, cast, "wang").allergies[0].text == text


def test_empty_or_unknown_fields_are_no_allergy() -> None:
    for wrong in ({"text": ""}, {"text": "x" * 201}, {"text": " \u200b "}, {"text": "x", "reaction": ""},
                  {"text": "x", "patient_id": "1"}, {}):
        with pytest.raises(ValidationError):
            AllergyIn.model_validate(wrong)
    with pytest.raises(ValidationError):
        MedicineIn.model_validate({"text": "x", "self_reported": False})


def test_fifty_one_medicines_are_too_many_to_read(house: House, cast: Cast) -> None:
    with pytest.raises(Invalid), house.write(cast.wang) as work:
        records.save_medicines(work, cast.patients["wang"], [AMLODIPINE] * 51)


def test_what_we_prescribed_is_confirmed_or_told_as_stopped_and_stays_before_the_doctor(
        house: House, cast: Cast) -> None:
    wang = cast.patients["wang"]
    with house.write(HOUSE) as work:
        one = records.add_medicine_from_prescription(work, wang, uuid7(), "amlodipine", "氨氯地平", "每早 1 片", 28)
        records.add_medicine_from_prescription(work, wang, uuid7(), "metformin", "二甲双胍", "早晚 1 片", 28)
    with house.write(cast.wang) as work:
        records.save_taking(work, wang, {one.id})
    said = {m.text: m.said for m in see(house, cast, "wang").medicines}
    assert said == {"氨氯地平": "stopped", "二甲双胍": "taking"}
    with house.write(cast.wang) as work:
        records.save_taking(work, wang, ())
    with house.read(cast.wang) as work:
        changes = [c for c in records.history_changes(work, wang) if c.what == "medicines"]
    assert {m.said for m in see(house, cast, "wang").medicines} == {"taking"}
    assert changes[0].before == {"is": {"text": "氨氯地平", "said": "stopped"}}


@pytest.mark.invariant(9)
def test_only_a_current_medicine_of_ours_of_this_patient_can_be_told_as_stopped(house: House, cast: Cast) -> None:
    wang, zhao = cast.patients["wang"], cast.patients["zhao"]
    with house.write(HOUSE) as work:
        foreign = records.add_medicine_from_prescription(work, zhao, uuid7(), "x", "别人的药", "每早 1 片", 28)
    with house.write(cast.wang) as work:
        records.save_medicines(work, wang, [AMLODIPINE])
    own = see(house, cast, "wang").medicines[0].id
    for id in (foreign.id, own, uuid7()):
        with pytest.raises(Invalid), house.write(cast.wang) as work:
            records.save_taking(work, wang, {id})
    with pytest.raises(NotFound), house.write(cast.wang) as work:
        records.save_taking(work, zhao, ())

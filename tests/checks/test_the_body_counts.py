"""Pregnancy, breast-feeding, age, kidneys and a child's weight: known, unknown and not covered."""
from datetime import date

import pytest

from prescribing.checks.body import renal_coverage
from prescribing.formulary.patient import PatientFacts
from tests.checks.drafting import DATA, MA, WANG, XIAOYU, ZHOU, find, knowing, line

PREGNANT = knowing(MA, pregnancy="yes")
UNASKED = knowing(MA, pregnancy=None)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("drug", ["atorvastatin", "valsartan", "warfarin", "isotretinoin", "doxycycline",
                                  "methotrexate", "enalapril"])
def test_a_medicine_that_harms_the_unborn_is_a_hard_stop(drug: str):
    assert "hard_stop" in {f.severity for f in find(line(drug), patient=PREGNANT, kind="pregnancy")}


@pytest.mark.parametrize(("drug", "severity"), [("ibuprofen", "must_confirm"), ("amlodipine", "precaution")])
def test_a_milder_flag_asks_or_warns(drug: str, severity: str):
    assert {f.severity for f in find(line(drug), patient=PREGNANT, kind="pregnancy")} == {severity}


def test_a_medicine_that_is_fine_in_pregnancy_is_silent():
    assert find(line("amoxicillin"), patient=PREGNANT, kind="pregnancy") == []


@pytest.mark.invariant(6)
@pytest.mark.parametrize("age", [12, 33, 55])
def test_pregnancy_that_was_never_asked_stops_a_flagged_medicine(age: int):
    found = find(line("valsartan"), patient=knowing(UNASKED, age_years=age))
    assert [f.severity for f in found if f.missing == "pregnancy"] == ["hard_stop"]


@pytest.mark.parametrize("age", [11, 56, 76])
def test_nobody_is_asked_outside_the_ages(age: int):
    found = find(line("valsartan"), patient=knowing(UNASKED, age_years=age))
    assert not [f for f in found if f.missing == "pregnancy"]


def test_pregnant_at_fifty_seven_still_counts():
    found = find(line("valsartan"), patient=knowing(PREGNANT, age_years=57), kind="pregnancy")
    assert "hard_stop" in {f.severity for f in found}


@pytest.mark.invariant(6)
def test_an_unknown_sex_is_not_taken_as_male():
    found = find(line("valsartan"), patient=knowing(UNASKED, sex=None))
    assert any(f.missing == "pregnancy" for f in found)
    nobody = find(line("valsartan"), patient=PatientFacts(allergies=()))
    assert any(f.missing == "pregnancy" for f in nobody)


def test_a_man_is_never_asked():
    assert not [f for f in find(line("isotretinoin"), patient=WANG) if f.missing in ("pregnancy", "lactating")]


@pytest.mark.parametrize(("drug", "severity"), [("amiodarone", "must_confirm"), ("tramadol", "must_confirm"),
                                                ("amlodipine", "precaution")])
def test_breast_feeding_is_looked_at(drug: str, severity: str):
    found = find(line(drug), patient=knowing(MA, lactating=True))
    assert severity in {f.severity for f in found if f.id == f"pregnancy:lactation:{drug}"}


def test_unknown_breast_feeding_is_shown_where_it_matters():
    asked = [f for f in find(line("atorvastatin"), patient=knowing(MA, lactating=None)) if f.missing == "lactating"]
    assert [f.severity for f in asked] == ["precaution"]
    assert not [f for f in find(line("amoxicillin"), patient=knowing(MA, lactating=None)) if f.missing == "lactating"]


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("drug", "months"), [("aspirin", 191), ("codeine", 215), ("tramadol", 143),
                                              ("doxycycline", 95), ("loperamide", 23)])
def test_what_children_must_never_get_is_a_hard_stop(drug: str, months: int):
    found = find(line(drug), patient=knowing(XIAOYU, age_months=months, weight_kg=20), kind="age")
    assert {f.severity for f in found} == {"hard_stop"}


def test_a_birthday_lifts_the_ban():
    found = find(line("aspirin"), patient=knowing(XIAOYU, age_months=192, weight_kg=55), kind="age")
    assert "hard_stop" not in {f.severity for f in found}


@pytest.mark.parametrize("drug", ["ciprofloxacin", "rivaroxaban", "losartan"])
def test_below_the_lowest_age_of_the_data_needs_a_reason(drug: str):
    assert {f.severity for f in find(line(drug), patient=XIAOYU, kind="age")} == {"must_confirm"}


def test_grandmother_zhou_is_warned_of_what_makes_old_people_fall():
    found = find(line("zolpidem"), patient=ZHOU, kind="age")
    assert [f.severity for f in found] == ["precaution"] and "65 岁以上" in found[0].detail.zh
    assert find(line("zolpidem"), patient=MA, kind="age") == []


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("drug", "egfr", "severity"), [
    ("metformin", 29, "hard_stop"), ("spironolactone", 20, "hard_stop"), ("rosuvastatin", 10, "hard_stop"),
    ("digoxin", 25, "must_confirm"), ("metformin", 50, "note"), ("valsartan", 20,
                                                                 "precaution"), ("ibuprofen", 45, "precaution"),
])
def test_weak_kidneys_speak_at_their_level(drug: str, egfr: int, severity: str):
    found = find(line(drug), patient=knowing(WANG, egfr=egfr), kind="renal")
    assert severity in {f.severity for f in found}


def test_a_dose_above_the_kidneys_cap_needs_a_reason():
    weak = knowing(WANG, egfr=40)
    over = find(line("metformin", "500", "mg", frequency="tid"), patient=weak, kind="renal")
    within = find(line("metformin", "500", "mg", frequency="bid"), patient=weak, kind="renal")
    assert [f.severity for f in over] == ["must_confirm"] and "1000 mg" in over[0].detail.zh
    assert [f.severity for f in within] == ["precaution"]


@pytest.mark.invariant(6)
def test_a_second_line_never_hides_that_the_first_is_above_the_cap():
    weak = knowing(WANG, egfr=40)
    over, once = line("metformin", "500", "mg", frequency="tid"), line("metformin", "500", "mg", frequency="qd")
    for lines, at in (((over, once), 0), ((once, over), 1)):
        found = find(*lines, patient=weak, kind="renal")
        assert at in {n for f in found if f.severity == "must_confirm" for n in f.lines}


@pytest.mark.invariant(6)
def test_two_lines_below_the_cap_of_the_kidneys_are_above_it_together():
    weak, half = knowing(WANG, egfr=40), line("metformin", "500", "mg", frequency="bid")
    found = find(line("amlodipine"), half, half, patient=weak, kind="renal")
    asked = [f for f in found if f.severity == "must_confirm"]
    assert [(f.id, f.lines) for f in asked] == [("renal:together:metformin", (1, 2))]
    assert "2000 mg" in asked[0].detail.zh and "1000 mg" in asked[0].detail.zh
    assert {f.lines for f in found if f.severity == "precaution"} == {(1,), (2,)}


@pytest.mark.parametrize(("often", "egfr"), [("qd", 40), ("bid", 50)])
def test_two_lines_within_the_cap_or_above_the_tier_stay_as_they_are(often: str, egfr: int):
    half = line("metformin", "500", "mg", frequency=often)
    found = find(half, half, patient=knowing(WANG, egfr=egfr), kind="renal")
    assert "must_confirm" not in {f.severity for f in found}


@pytest.mark.invariant(6)
def test_the_cap_counts_other_products_and_combinations_of_the_substance():
    one, other = (line("metformin", "500", "mg", product=n, frequency="bid") for n in (0, 1))
    found = find(one, other, patient=knowing(WANG, egfr=40), kind="renal")
    assert one.product_code != other.product_code
    assert [f.lines for f in found if f.id == "renal:together:metformin"] == [(0, 1)]
    both = find(line("trimethoprim", "100", "mg", frequency="qd"),
                line("sulfamethoxazole_trimethoprim", "1", "tablet", frequency="qd"), patient=knowing(WANG, egfr=25))
    assert [f.lines for f in both if f.id == "renal:together:trimethoprim"] == [(0, 1)]


@pytest.mark.invariant(6)
def test_a_cap_in_tablets_counts_the_tablets_of_all_lines():
    two = line("sulfamethoxazole_trimethoprim", "1", "tablet", frequency="bid")
    found = find(two, two, patient=knowing(WANG, egfr=25), kind="renal")
    assert [f.severity for f in found if f.id == "renal:together:sulfamethoxazole_trimethoprim"] == ["must_confirm"]


def test_good_kidneys_are_silent_and_an_old_value_is_noted():
    assert find(line("valsartan"), patient=WANG, kind="renal") == []
    old = find(line("valsartan"), patient=knowing(WANG, egfr_days_ago=101), kind="renal")
    assert [f.severity for f in old] == ["note"] and "101 天前" in old[0].title.zh + old[0].detail.zh


@pytest.mark.invariant(6)
def test_an_unknown_egfr_is_asked_for_where_the_kidneys_decide():
    unknown = knowing(WANG, egfr=None)
    assert [f.severity for f in find(line("metformin"), patient=unknown) if f.missing == "egfr"] == ["must_confirm"]
    assert [f.severity for f in find(line("valsartan"), patient=unknown) if f.missing == "egfr"] == ["precaution"]
    assert not [f for f in find(line("amlodipine"), patient=unknown) if f.missing == "egfr"]


@pytest.mark.invariant(6)
def test_an_egfr_of_more_than_a_year_is_asked_for_like_an_unknown_one():
    ago = knowing(WANG, egfr_on=date(2025, 3, 1), egfr_days_ago=365)
    assert [f.severity for f in find(line("metformin"), patient=ago, kind="renal")] == ["note"]
    old = knowing(ago, egfr_days_ago=366)
    unknown = find(line("metformin"), patient=knowing(WANG, egfr=None))
    found = find(line("metformin"), patient=old)
    assert [(f.id, f.severity) for f in found] == [(f.id, f.severity) for f in unknown]
    said = next(f.detail for f in found if f.missing == "egfr")
    assert "最近一次 eGFR 是 2025-03-01 的 82，太旧，不能作准" in said.zh
    assert "82, is of 2025-03-01, too old to go by" in said.en
    told = renal_coverage(0, DATA.drug("metformin"), old, found=False)
    assert told.status == "missing_fact" and "2025-03-01" in told.statement.en
    assert [f.severity for f in find(line("valsartan"), patient=old) if f.missing == "egfr"] == ["precaution"]


@pytest.mark.invariant(6)
def test_what_an_old_egfr_forbids_stays_forbidden():
    weak, old = (knowing(WANG, egfr=20, egfr_days_ago=days) for days in (10, 5000))
    fresh = {(f.id, f.severity) for f in find(line("metformin"), patient=weak, kind="renal")}
    assert fresh and fresh <= {(f.id, f.severity) for f in find(line("metformin"), patient=old)}


@pytest.mark.parametrize(("months", "kg", "strange"), [
    (52, 16, False), (52, 36, True), (52, 6, True), (120, 60, True), (120, 30, False), (6, 8, False), (200, 70, False)])
def test_a_weight_in_jin_is_noticed(months: int, kg: int, strange: bool):
    found = find(line("paracetamol", "80", "mg", frequency="prn", product=1), kind="weight",
                 patient=knowing(XIAOYU, age_months=months, weight_kg=kg))
    assert bool(found) == strange
    assert all("斤" in f.detail.zh for f in found)


@pytest.mark.parametrize("drug", DATA.drugs.values(), ids=lambda drug: drug.id)
def test_who_knows_nothing_gets_a_stop_for_every_drug(drug):
    found = find(line(drug.id), patient=PatientFacts())
    assert {f.missing for f in found if f.severity == "hard_stop"} >= {"allergies", "age"}

"""What stands beside the dose field: usual regimens, the limit for this patient, the kidney's word."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.formulary.dosing import Limits, NoLimits, dose_hint, limits_for, renal_tier
from prescribing.formulary.load import load
from prescribing.formulary.patient import PatientFacts
from tests.checks.drafting import WANG, XIAOYU, knowing

DATA = load()


def limits(drug: str, patient: PatientFacts, route: str = "oral") -> Limits | NoLimits:
    return limits_for(DATA.drug(drug), patient, route)


def test_wang_reads_the_usual_dose_his_limit_and_his_kidneys():
    hint = dose_hint(DATA.drug("valsartan"), WANG)
    assert "常用 80–160 mg" in hint.text.zh
    assert "每天不超过 320 mg" in hint.text.zh
    assert "eGFR 82：不需调整" in hint.text.zh
    assert "eGFR 82" in hint.text.en and hint.limits and hint.limits.daily.value == 320


def test_xiaoyus_fever_medicine_is_reckoned_by_her_weight():
    found = limits("ibuprofen", XIAOYU)
    assert isinstance(found, Limits)
    assert (found.single.value, found.daily.value) == (160, 640)
    assert "16 kg" in found.basis.zh


def test_without_her_weight_nothing_is_reckoned():
    hint = dose_hint(DATA.drug("ibuprofen"), knowing(XIAOYU, weight_kg=None))
    assert hint.limits is None and hint.missing == "weight"
    assert "体重未知" in hint.text.zh


def test_a_heavy_child_gets_the_cap_and_not_more():
    found = limits("ibuprofen", knowing(XIAOYU, age_months=150, weight_kg=80))
    assert isinstance(found, Limits)
    assert (found.single.value, found.daily.value) == (400, 1200)


@pytest.mark.parametrize(("months", "kg", "single"), [(24, 12, 30), (52, 16, 45), (90, 25, 60), (150, 45, 75)])
def test_oseltamivir_goes_by_weight_bands(months: int, kg: int, single: int):
    found = limits("oseltamivir", knowing(XIAOYU, age_months=months, weight_kg=kg))
    assert isinstance(found, Limits) and found.single.value == single


@pytest.mark.parametrize(("months", "single"), [(12, 4), (71, 4), (72, 5), (179, 5), (180, 10), (216, 10)])
def test_montelukast_goes_by_age_and_the_upper_end_is_not_included(months: int, single: int):
    found = limits("montelukast", knowing(XIAOYU, age_months=months, weight_kg=None))
    assert isinstance(found, Limits) and found.single.value == single


def test_the_boundary_of_a_weight_band_belongs_to_the_next():
    below = limits("oseltamivir", knowing(XIAOYU, weight_kg="22.9"))
    at = limits("oseltamivir", knowing(XIAOYU, weight_kg=23))
    assert isinstance(below, Limits) and isinstance(at, Limits)
    assert (below.single.value, at.single.value) == (45, 60)


def test_eighteen_years_are_adult_and_one_month_less_is_not():
    assert isinstance(limits("rivaroxaban", PatientFacts(age_months=216)), Limits)
    young = limits("rivaroxaban", PatientFacts(age_months=215))
    assert isinstance(young, NoLimits) and young.why == "no_data"


def test_an_unknown_age_gives_no_limit():
    found = limits("amlodipine", knowing(WANG, age_years=None))
    assert isinstance(found, NoLimits) and found.why == "age_unknown"


def test_a_limit_by_mouth_says_nothing_about_the_skin():
    found = limits("diclofenac", WANG, "topical")
    assert isinstance(found, NoLimits) and found.why == "no_data"


def test_a_cream_without_a_maximum_says_so():
    hint = dose_hint(DATA.drug("mupirocin"), WANG)
    assert hint.limits is None and "没有这种情况的剂量上限" in hint.text.zh


@pytest.mark.parametrize(("egfr", "below"), [(95, None), (60, None), (59.9, 60), (45, 60), (44.9, 45),
                                             (30, 45), (29.9, 30), (3, 30)])
def test_the_kidney_tier_is_the_lowest_band_that_holds(egfr: float, below: int | None):
    tier = renal_tier(DATA.drug("metformin"), Decimal(str(egfr)))
    assert (tier.below if tier else None) == below


def test_a_kidney_without_data_is_told_as_not_checked():
    hint = dose_hint(DATA.drug("albendazole"), WANG)
    assert "未核对" in hint.text.zh and "not checked" in hint.text.en


def test_an_unknown_kidney_is_told():
    assert "eGFR 未知" in dose_hint(DATA.drug("metformin"), knowing(WANG, egfr=None)).text.zh
    old = dose_hint(DATA.drug("metformin"), knowing(WANG, egfr_days_ago=366)).text
    assert "太旧" in old.zh and "too old to go by" in old.en and "eGFR 82" not in old.en


@given(kg=st.decimals(2, 150, places=1), more=st.decimals(0, 50, places=1))
def test_a_heavier_child_never_has_a_lower_limit(kg: Decimal, more: Decimal):
    light = limits("amoxicillin", knowing(XIAOYU, weight_kg=kg))
    heavy = limits("amoxicillin", knowing(XIAOYU, weight_kg=kg + more))
    assert isinstance(light, Limits) and isinstance(heavy, Limits)
    assert light.single.value <= heavy.single.value <= 1000


@pytest.mark.parametrize("drug", DATA.drugs.values(), ids=lambda drug: drug.id)
def test_every_drug_has_a_hint_in_both_languages_for_everybody(drug):
    for patient in (WANG, XIAOYU, PatientFacts()):
        hint = dose_hint(drug, patient)
        assert hint.text.zh and hint.text.en

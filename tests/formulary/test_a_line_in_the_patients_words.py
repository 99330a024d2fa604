"""Quantities and the sentence that the patient reads."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prescribing.formulary.amounts import Amount
from prescribing.formulary.lines import DraftLine, dose_in, quantity_needed, units_of
from prescribing.formulary.load import load
from prescribing.formulary.problems import DoseNotPossible
from prescribing.formulary.wording import wording
from tests.checks.drafting import line

DATA = load()


def product_of(draft: DraftLine):
    return DATA.product(draft.drug_id, draft.product_code)


def said(draft: DraftLine) -> tuple[str, str]:
    text = wording(draft, product_of(draft))
    return text.zh, text.en


def needed(draft: DraftLine) -> str:
    return quantity_needed(draft, product_of(draft)).text.zh


@pytest.mark.parametrize(("draft", "zh", "en"), [
    (line("amlodipine", "5", "mg", days=28, timing="after_breakfast"), "每天早饭后 1 片，用 28 天",
     "Every day after breakfast 1 tablet, for 28 days"),
    (line("amlodipine", "2.5", "mg", days=14, timing="morning"), "每天早上半片，用 14 天",
     "Every morning half a tablet, for 14 days"),
    (line("atorvastatin", "20", "mg", days=28, timing="bedtime"), "每晚睡前 1 片，用 28 天",
     "Every night at bedtime 1 tablet, for 28 days"),
    (line("atorvastatin", "20", "mg", days=1), "每天晚上 1 片，用 1 天", "Every evening 1 tablet, for 1 day"),
    (line("metformin", "1000", "mg", frequency="bid", days=7, timing="with_meals"),
     "每天早、晚 2 次，每次 2 片，吃饭时，用 7 天",
     "Twice a day, morning and evening, 2 tablets each time, with meals, for 7 days"),
    (line("ibuprofen", "160", "mg", frequency="prn", max_per_day=4, days=3),
     "需要时用，每次 8 ml，一天最多 4 次，用 3 天",
     "When needed, 8 ml each time, at most 4 times a day, for 3 days"),
    (line("insulin_glargine_pen", "10", "IU", frequency="qn", days=28), "每天晚上 10 单位，皮下注射，用 28 天",
     "Every evening 10 units, injected under the skin, for 28 days"),
    (line("methotrexate", "7.5", "mg", frequency="qw", days=28), "每周 1 次，不是每天，每次 3 片，用 28 天",
     "Once a WEEK, not every day, 3 tablets each time, for 28 days"),
    (line("salbutamol_inhaler", "200", "ug", frequency="prn", max_per_day=4, days=28),
     "需要时用，每次 2 吸，一天最多 4 次，吸入，用 28 天",
     "When needed, 2 puffs each time, at most 4 times a day, inhaled, for 28 days"),
    (line("budesonide", "0.5", "mg", frequency="bid", days=7), "每天早、晚 2 次，每次半支，吸入，用 7 天",
     "Twice a day, morning and evening, half an ampoule each time, inhaled, for 7 days"),
    (line("fluconazole", "150", "mg", frequency="st", days=1), "只用 1 次，每次 1 粒",
     "Once only, 1 capsule each time"),
    (line("warfarin", "0.625", "mg", frequency="qd", days=7), "每天 1 次，每次四分之一片，用 7 天",
     "Once a day, a quarter of a tablet each time, for 7 days"),
])
def test_the_sentence_is_plain_in_both_languages(draft: DraftLine, zh: str, en: str):
    assert said(draft) == (zh, en)


@pytest.mark.parametrize(("draft", "zh"), [
    (line("valsartan", "80", "mg", frequency="qd", days=14), "14 粒 = 2 盒"),
    (line("amlodipine", "2.5", "mg", frequency="qd", days=15), "8 片 = 1 盒"),
    (line("ibuprofen", "160", "mg", frequency="prn", max_per_day=4, days=4), "128 ml = 2 瓶"),
    (line("insulin_glargine_pen", "10", "IU", frequency="qn", days=31), "3.1 ml = 2 支"),
    (line("methotrexate", "7.5", "mg", frequency="qw", days=29), "15 片 = 1 盒"),
    (line("levothyroxine", "50", "ug", frequency="qod", days=7), "4 片 = 1 盒"),
    (line("amoxicillin", "62.5", "mg", product=2, frequency="tid", days=5), "15 袋 = 2 盒"),
    (line("fluconazole", "150", "mg", frequency="st", days=7), "1 粒 = 1 盒"),
])
def test_packs_hold_the_whole_course(draft: DraftLine, zh: str):
    assert needed(draft) == zh


def test_a_half_sachet_is_thrown_away_and_a_half_tablet_is_kept():
    sachets = line("amoxicillin", "62.5", "mg", product=2, frequency="qd", days=4)
    tablets = line("amlodipine", "2.5", "mg", frequency="qd", days=4)
    assert quantity_needed(sachets, product_of(sachets)).units == 4
    assert quantity_needed(tablets, product_of(tablets)).units == 2


@pytest.mark.parametrize(("drug", "dose", "unit"), [
    ("valsartan", "40", "mg"),           # half a capsule
    ("gliclazide_mr", "15", "mg"),       # half of what must stay whole
    ("amlodipine", "1.7", "mg"),         # a third of a tablet
    ("salbutamol_inhaler", "150", "ug"),  # one and a half puffs
    ("amlodipine", "5", "ml"), ("amlodipine", "5", "IU"), ("insulin_glargine_pen", "10", "mg"),
    ("valsartan_amlodipine", "80", "mg"),  # which of the two is meant
    ("amlodipine", "1", "capsule"),
])
def test_a_dose_that_nobody_can_measure_is_refused_with_its_field(drug: str, dose: str, unit: str):
    draft = line(drug, dose, unit, frequency="qd")
    with pytest.raises(DoseNotPossible) as refused:
        quantity_needed(draft, product_of(draft))
    assert refused.value.status == 422
    assert refused.value.facts["field"] in ("dose.unit", "dose.value")


def test_micrograms_and_milligrams_are_the_same_dose():
    product = DATA.drug("levothyroxine").products[0]
    assert units_of(product, Amount(value="0.05", unit="mg")) == units_of(product, Amount(value=50, unit="ug")) == 1


def test_a_gram_of_cream_is_cream_and_a_gram_of_powder_is_the_substance():
    cream = DATA.drug("mupirocin").products[0]
    powder = DATA.drug("montmorillonite").products[0]
    assert dose_in(cream, Amount(value=1, unit="g"), "mg") == 20
    assert dose_in(powder, Amount(value=3, unit="g"), "g") == 3
    assert units_of(powder, Amount(value=3, unit="g")) == 1


def test_the_number_stays_as_it_was_written():
    assert Amount(value=0.1, unit="mg").value == Decimal("0.1")
    assert Amount(value="2.50", unit="mg").text().zh == "2.5 mg"
    assert Amount(value=100, unit="mg").text().zh == "100 mg"
    assert Amount(value=3, unit="tablet").text().en == "3 tablets"


@pytest.mark.parametrize("value", [True, "NaN", "Infinity", -1, "five", None, [], "1e999999999", "1e-999999999", "-0.1",
                                   "0x10", "１e99"])
def test_what_is_no_amount_is_refused(value: object):
    with pytest.raises(ValidationError):
        Amount(value=value, unit="mg")


@pytest.mark.parametrize("unit", ["spoon", "", "MG", "片", None])
def test_an_unknown_unit_is_refused_and_never_guessed(unit: object):
    with pytest.raises(ValidationError):
        Amount(value=1, unit=unit)


@pytest.mark.parametrize("order", [
    {"days": 0}, {"days": 367}, {"days": -1}, {"frequency": "often"}, {"frequency": "prn", "max_per_day": None},
    {"frequency": "qd", "max_per_day": 3}, {"frequency": "prn", "max_per_day": 0}, {"quantity": 0},
    {"route": "telepathic"}, {"dose": {"value": 0, "unit": "mg"}}, {"timing": "someday"}, {"surprise": 1},
])
def test_a_line_that_cannot_be_meant_is_refused(order: dict[str, object]):
    sound = line("amlodipine").model_dump()
    with pytest.raises(ValidationError):
        DraftLine.model_validate(sound | order)


@given(days=st.integers(1, 366), frequency=st.sampled_from(["qd", "bid", "tid", "qid", "q6h", "qod", "qw", "qn"]),
       quarters=st.integers(1, 16))
def test_the_packs_always_hold_what_is_taken_and_one_less_would_not(days: int, frequency: str, quarters: int):
    draft = line("amlodipine", str(Decimal(quarters) * Decimal("1.25")), "mg", frequency=frequency, days=days)
    product = product_of(draft)
    found = quantity_needed(draft, product)
    taken = Decimal(quarters) / 4 * draft.doses_in_all
    assert found.packs * product.pack_size >= taken
    assert (found.packs - 1) * product.pack_size < max(taken, 1)


@pytest.mark.parametrize("drug", DATA.drugs.values(), ids=lambda drug: drug.id)
def test_every_drug_can_be_put_into_words_and_packs(drug):
    usual = drug.usual[0]
    spoken = 0
    for number in range(len(drug.products)):
        draft = line(drug.id, product=number)
        try:
            text, quantity = wording(draft, product_of(draft)), quantity_needed(draft, product_of(draft))
        except DoseNotPossible:
            continue
        assert text.zh and text.en and quantity.packs >= 1
        spoken += 1
    assert spoken or usual.dose.unit != drug.products[0].unit


def test_a_line_travels_as_json_without_loss():
    draft = line("ibuprofen", "160", "mg", frequency="prn", max_per_day=4)
    assert DraftLine.model_validate_json(draft.model_dump_json()) == draft

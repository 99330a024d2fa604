"""Single, daily and summed doses for adults and children, and doses that cannot be compared."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from prescribing.formulary.amounts import Amount
from prescribing.formulary.lines import DraftLine, dose_in
from prescribing.formulary.problems import DoseNotPossible
from tests.checks.drafting import DATA, WANG, XIAOYU, find, knowing, line


def doses(*lines: DraftLine, patient=WANG):
    return find(*lines, patient=patient, kind="dose")


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("draft", "which"), [
    (line("amlodipine", "12.5", "mg", frequency="qd"), "single"), (line("amlodipine", "10", "mg",
                                                                        frequency="bid"), "daily"),
    (line("paracetamol", "1500", "mg", frequency="qd"), "single"),
    (line("paracetamol", "500", "mg", frequency="prn", max_per_day=5), "daily"),
    (line("warfarin", "12.5", "mg", frequency="qd"), "single"), (line("digoxin", "0.75", "mg",
                                                                      frequency="qd"), "single"),
    (line("levothyroxine", "0.25", "mg", frequency="qd"), "single"), (line("metformin", "1", "g",
                                                                           frequency="tid"), "daily"),
    (line("insulin_glargine_pen", "90", "IU", frequency="qn"), "single"),
    (line("valsartan_amlodipine", "3", "tablet", frequency="qd"), "single"),
    (line("salbutamol_inhaler", "5", "puff", frequency="bid"), "single"), (line("lactulose", "50", "ml",
                                                                                frequency="bid"), "daily"),
    (line("lactulose", "30015", "mg", frequency="qd"), "single"),
])
def test_an_overdose_is_a_hard_stop_that_names_the_limit(draft: DraftLine, which: str):
    found = [f for f in doses(draft) if f.id.startswith(f"dose:{which}:")]
    assert found and found[0].severity == "hard_stop"
    assert "超过上限" in found[0].detail.zh and "above" in found[0].detail.en


@pytest.mark.parametrize("draft", [
    line("amlodipine", "10", "mg", frequency="qd"), line("amlodipine", "2.5", "mg", frequency="qid"),
    line("paracetamol", "500", "mg", frequency="qid"), line("metformin", "1000", "mg", frequency="bid"),
    line("levothyroxine", "200", "ug", frequency="qd"), line("metoprolol_er", "190", "mg", frequency="qd"),
    line("methotrexate", "25", "mg", frequency="qw"),
])
def test_the_limit_itself_is_allowed(draft: DraftLine):
    assert doses(draft) == []


@pytest.mark.invariant(6)
def test_xiaoyus_dose_is_held_to_her_weight():
    assert doses(line("ibuprofen", "160", "mg", frequency="qid"), patient=XIAOYU) == []
    over = doses(line("ibuprofen", "170", "mg", frequency="qid"), patient=XIAOYU)
    assert {f.id.split(":")[1] for f in over} == {"single", "daily"}
    assert "16 kg" in over[0].detail.zh


@pytest.mark.invariant(6)
def test_a_childs_dose_without_weight_is_a_missing_fact_that_stops():
    found = find(line("ibuprofen", "160", "mg", frequency="tid"), patient=knowing(XIAOYU, weight_kg=None))
    asked = next(f for f in found if f.missing == "weight")
    assert (asked.kind, asked.severity) == ("missing_fact", "hard_stop")


@pytest.mark.invariant(6)
def test_an_unknown_age_stops():
    found = find(line("amlodipine"), patient=knowing(WANG, age_years=None))
    assert [f.severity for f in found if f.missing == "age"] == ["hard_stop"]


@pytest.mark.invariant(6)
@pytest.mark.parametrize("drug", ["mupirocin", "calamine_lotion", "artificial_tears"])
def test_a_medicine_without_a_maximum_is_not_checked_and_says_so(drug: str):
    found = find(line(drug))
    assert [f.severity for f in found if f.id.startswith("not_covered:dose")] == ["not_checked"]


@pytest.mark.invariant(6)
def test_a_child_for_whom_the_data_has_no_dose_is_not_checked():
    found = find(line("valsartan", "80", "mg", frequency="qd"), patient=XIAOYU)
    assert any(f.id == "not_covered:dose:valsartan:0" for f in found)
    assert any(f.kind == "age" and f.severity == "must_confirm" for f in found)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("frequency", ["qd", "bid", "qod", "qn", "tid"])
def test_methotrexate_is_weekly_or_not_at_all(frequency: str):
    found = doses(line("methotrexate", "7.5", "mg", frequency=frequency))
    assert any(f.id.startswith("dose:frequency") and f.severity == "hard_stop" for f in found)


@pytest.mark.invariant(6)
def test_two_lines_below_the_limit_are_stopped_when_they_are_above_it_together():
    tablets = line("paracetamol", "500", "mg", frequency="qid")
    cold = line("compound_pseudoephedrine_cold", "1", "tablet", frequency="qid")
    found = [f for f in doses(tablets, cold) if f.id == "dose:together:paracetamol"]
    assert found and found[0].lines == (0, 1) and "4000 mg" in found[0].detail.zh
    assert not [f for f in doses(tablets) + doses(cold) if "together" in f.id]


def test_what_is_rubbed_on_the_skin_does_not_add_to_what_is_swallowed():
    tablets = line("diclofenac", "75", "mg", frequency="bid")
    gel = line("diclofenac", "4", "g", product=1, frequency="qid")
    assert not [f for f in doses(tablets, gel) if "together" in f.id]


@pytest.mark.parametrize(("drug", "dose", "unit"), [("valsartan", "40", "mg"), ("amlodipine", "5", "ml"),
                                                    ("amlodipine", "1.1", "mg")])
def test_a_dose_that_cannot_be_measured_is_a_finding_and_no_crash(drug: str, dose: str, unit: str):
    found = doses(line(drug, dose, unit, frequency="qd"))
    assert [f.id for f in found] == [f"dose:measure:{drug}:0"] and found[0].severity == "hard_stop"


def test_a_product_of_another_drug_and_a_foreign_route_are_hard_stops():
    wrong = DraftLine.model_validate(line("amlodipine").model_dump() | {"product_code": "warfarin-2p5mg-60"})
    route = DraftLine.model_validate(line("amlodipine").model_dump() | {"route": "intravenous"})
    for draft in (wrong, route):
        assert [f.id for f in doses(draft)] == ["dose:product:amlodipine:0"]


@given(drug=st.sampled_from(sorted(DATA.drugs)), factor=st.decimals("1.01", 50, places=2))
@hypothesis_settings(deadline=None)
@pytest.mark.invariant(6)
def test_nothing_above_the_single_maximum_ever_passes(drug: str, factor: Decimal):
    one = DATA.drug(drug)
    if one.adult_max is None or one.products[0].route not in one.adult_max.routes:
        return
    most = one.adult_max.single
    draft = line(drug, str(most.value * factor), most.unit)
    stops = [f for f in find(draft) if f.severity == "hard_stop" and f.kind == "dose"]
    assert stops, "an overdose or a dose that cannot be measured"


@given(kg=st.decimals(5, 60, places=1), mg=st.integers(1, 100))
@hypothesis_settings(deadline=None)
def test_a_heavier_child_never_gets_an_alert_that_a_lighter_one_does_not(kg: Decimal, mg: int):
    draft = line("ibuprofen", str(mg * 10), "mg", frequency="tid")
    light = doses(draft, patient=knowing(XIAOYU, age_months=100, weight_kg=kg))
    heavy = doses(draft, patient=knowing(XIAOYU, age_months=100, weight_kg=kg + 5))
    assert {f.id for f in heavy} <= {f.id for f in light}


def test_amounts_refuse_to_meet_across_dimensions():
    product = DATA.drug("insulin_glargine_pen").products[0]
    with pytest.raises(DoseNotPossible):
        dose_in(product, Amount(value=10, unit="IU"), "mg")

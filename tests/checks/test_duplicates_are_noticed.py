"""The same substance or group twice: two lines, two brands, a combination, a medicine at home."""
import pytest

from tests.checks.drafting import WANG, find, line, takes


def twice(*lines, current=()):
    return find(*lines, current=takes(*current), kind="duplicate")


def test_the_same_drug_on_two_lines_needs_a_reason():
    found = twice(line("amlodipine"), line("amlodipine", "2.5", "mg"))
    assert [(f.severity, f.lines) for f in found] == [("must_confirm", (0, 1))]


def test_three_lines_of_one_drug_give_every_pair():
    found = twice(*(line("amlodipine") for _ in range(3)))
    assert len({f.id for f in found}) == len(found) >= 2


@pytest.mark.parametrize("other", ["valsartan_amlodipine", "valsartan_hydrochlorothiazide"])
def test_a_combination_that_holds_the_same_substance_is_found(other: str):
    found = twice(line("valsartan"), line(other))
    assert any("缬沙坦" in f.detail.zh and f.severity == "must_confirm" for f in found)


@pytest.mark.parametrize(("one", "brand"), [("ibuprofen", "芬必得"), ("aspirin", "拜阿司匹灵"),
                                            ("paracetamol", "泰诺林")])
def test_a_brand_at_home_is_the_same_medicine(one: str, brand: str):
    found = twice(line(one), current=(brand,))
    assert [f.severity for f in found] == ["note"] and "现在就在用" in found[0].detail.zh


def test_a_combination_at_home_is_no_mere_continuation():
    found = twice(line("valsartan"), current=("倍博特",))
    assert {f.severity for f in found} == {"must_confirm"}


@pytest.mark.parametrize(("one", "other"), [
    ("ibuprofen", "diclofenac"), ("atorvastatin", "simvastatin"), ("omeprazole", "pantoprazole"), ("losartan",
                                                                                                   "valsartan"),
    ("bisoprolol", "propranolol"), ("fluoxetine", "sertraline"), ("loratadine", "cetirizine"), ("warfarin",
                                                                                                "rivaroxaban"),
    ("enoxaparin_injection", "rivaroxaban"), ("azithromycin", "clarithromycin"), ("nifedipine_er", "amlodipine"),
])
def test_two_of_one_group_need_a_reason(one: str, other: str):
    found = twice(line(one), line(other))
    assert [f.severity for f in found] == ["must_confirm"] and "同一类药" in found[0].detail.zh


@pytest.mark.parametrize(("one", "other"), [
    ("amlodipine", "valsartan"), ("ibuprofen", "paracetamol"), ("aspirin", "clopidogrel"), ("isoniazid_tb",
                                                                                            "rifampicin_tb"),
    ("insulin_glargine_pen", "insulin_aspart_pen"), ("budesonide", "salbutamol_inhaler"), ("metformin",
                                                                                           "gliclazide_mr"),
])
def test_what_belongs_together_is_silent(one: str, other: str):
    assert twice(line(one), line(other)) == []


def test_a_shared_substance_is_told_once_and_not_again_as_a_group():
    found = twice(line("paracetamol"), line("oxycodone_le5mg_compound"))
    assert [f.id.split(":")[1] for f in found] == ["substance"]


def test_the_same_medicine_told_twice_at_home_is_one_finding():
    assert len(find(line("amlodipine"), patient=WANG, current=takes("络活喜", "氨氯地平片"), kind="duplicate")) == 1

"""Pairs that must be found at their level, pairs that must stay silent, and what is not covered."""
import itertools

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from prescribing.checks.findings import SEVERITIES
from prescribing.formulary.patient import PatientFacts
from tests.checks.drafting import DATA, MA, WANG, allergic, find, ids, knowing, line, takes

HARD, CONFIRM, CAUTION, NOTE = "hard_stop", "must_confirm", "precaution", "note"
SPOT = [
    ("warfarin", "aspirin", CONFIRM), ("sildenafil", "nitroglycerin", HARD), ("clarithromycin", "simvastatin", HARD),
    ("fluoxetine", "phenelzine", HARD), ("enalapril", "spironolactone", CAUTION), ("methotrexate",
                                                                                   "trimethoprim", HARD),
    ("azathioprine", "allopurinol", HARD), ("digoxin", "amiodarone", CAUTION), ("warfarin", "fluconazole", CAUTION),
    ("tramadol", "sertraline", CAUTION), ("lithium_carbonate", "ibuprofen", CONFIRM),
    ("clopidogrel", "omeprazole", CONFIRM), ("ciprofloxacin", "tizanidine", HARD), ("simvastatin", "gemfibrozil", HARD),
    ("verapamil", "propranolol", CONFIRM),
]
FURTHER = [
    ("isotretinoin", "doxycycline", HARD), ("linezolid", "citalopram", CONFIRM), ("carbamazepine",
                                                                                  "erythromycin", CONFIRM),
    ("colchicine", "clarithromycin", HARD), ("methotrexate", "ibuprofen", CONFIRM), ("theophylline_er",
                                                                                     "ciprofloxacin", CAUTION),
    ("domperidone", "clarithromycin", HARD), ("amiodarone", "sotalol", CONFIRM), ("warfarin", "miconazole", HARD),
    ("midazolam_injection", "morphine_er", CONFIRM), ("simvastatin", "amlodipine", CAUTION),
    ("methotrexate", "sulfamethoxazole_trimethoprim", HARD), ("sildenafil", "isosorbide_mononitrate", HARD),
    ("levothyroxine", "ferrous_succinate", CAUTION), ("levothyroxine", "calcium_carbonate_d3", CAUTION),
    ("warfarin", "rivaroxaban", HARD), ("valsartan", "ibuprofen", CAUTION), ("enalapril", "valsartan", CONFIRM),
    ("warfarin", "ibuprofen", CONFIRM), ("tramadol", "alprazolam", CONFIRM), ("compound_pseudoephedrine_cold",
                                                                              "phenelzine", HARD),
]
SILENT = [
    ("ibuprofen", "paracetamol"), ("amoxicillin", "paracetamol"), ("omeprazole", "amlodipine"), ("metformin",
                                                                                                 "amlodipine"),
    ("salbutamol_inhaler", "montelukast"), ("metformin", "atorvastatin"), ("omeprazole", "amoxicillin"),
    ("salbutamol_inhaler", "paracetamol"), ("amlodipine", "losartan"), ("levothyroxine", "paracetamol"),
    ("levothyroxine", "spironolactone"), ("amlodipine", "valsartan"), ("loratadine", "montelukast"),
    ("clopidogrel", "pantoprazole"), ("amoxicillin", "loratadine"),
]
DRUG_IDS = sorted(DATA.drugs)
drug_ids = st.sampled_from(DRUG_IDS)


def between(one: str, other: str, patient: PatientFacts = WANG):
    return find(line(one), line(other), patient=patient, kind="interaction")


def worst(findings) -> str | None:
    return findings[0].severity if findings else None


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("one", "other", "least"), SPOT + FURTHER, ids=lambda value: value)
def test_a_known_pair_is_found_at_its_level_or_above(one: str, other: str, least: str):
    found = worst(between(one, other))
    assert found is not None
    assert SEVERITIES.index(found) <= SEVERITIES.index(least)


@pytest.mark.parametrize(("one", "other"), SILENT)
def test_a_harmless_pair_stays_silent(one: str, other: str):
    assert [f for f in between(one, other) if f.severity != NOTE] == []


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("one", "other", "least"), SPOT, ids=lambda value: value)
def test_a_pair_with_a_medicine_at_home_is_found_as_well(one: str, other: str, least: str):
    at_home = takes(DATA.drug(other).zh)
    found = worst(find(line(one), current=at_home, kind="interaction"))
    assert found is not None and SEVERITIES.index(found) <= SEVERITIES.index(least)


@pytest.mark.parametrize("said", ["拜阿司匹灵", "aspirin 100 mg", "阿司匹林肠溶片", "乙酰水杨酸", "Bayaspirin"])
def test_a_brand_or_an_alias_at_home_meets_the_same_entry(said: str):
    assert "must_confirm" in {f.severity for f in find(line("warfarin"), current=takes(said), kind="interaction")}


def test_a_combination_meets_what_its_parts_meet():
    assert worst(find(line("valsartan_amlodipine"), line("ibuprofen"), kind="interaction")) == CAUTION
    assert worst(between("valsartan_amlodipine", "simvastatin")) == CAUTION


def test_contrast_medium_is_no_drug_of_ours_and_still_met():
    found = find(line("metformin"), current=takes("碘造影剂"), kind="interaction")
    assert worst(found) == CONFIRM


def test_iron_is_not_read_into_spironolactone():
    assert between("levothyroxine", "spironolactone") == []
    assert between("levothyroxine", "ferrous_succinate") != []


def test_every_finding_says_effect_action_source_and_cover():
    found = between("warfarin", "fluconazole")[0]
    for text in (found.title, found.detail, found.action, found.source, found.covers):
        assert text.zh and text.en
    assert "华法林" in found.title.zh and "INR" in found.action.zh
    assert DATA.edition in found.source.zh
    assert "未收录不等于没有" in found.covers.zh


@given(one=drug_ids, other=drug_ids)
@hypothesis_settings(deadline=None)
def test_a_and_b_is_b_and_a(one: str, other: str):
    assert ids(between(one, other)) == ids(between(other, one))
    assert {(f.id, f.severity, f.digest) for f in between(one, other)} == {
        (f.id, f.severity, f.digest) for f in between(other, one)}


def graver(one: str, other: str) -> str:
    return min(one, other, key=SEVERITIES.index)


def worst_of(findings) -> dict[tuple[str, frozenset[str]], str]:
    """The gravest word of each kind about each medicine or pair, whatever line it stands on."""
    said: dict[tuple[str, frozenset[str]], str] = {}
    for one in findings:
        about = (one.kind, frozenset(one.title.zh.split(" + ")))
        said[about] = graver(one.severity, said.get(about, one.severity))
    return said


def holds_at_least(before: dict, after: dict) -> bool:
    """Nothing that was said is missing, and nothing is said more mildly."""
    return all(what in after and graver(after[what], severity) == after[what] for what, severity in before.items())


def levels(findings) -> dict[str, str]:
    return {one.id: one.severity for one in findings}


# Some medicines at the strength at which kidneys and limits speak, so that a second line of one matters.
DOSED = {"metformin": [line("metformin", "500", "mg", frequency=often) for often in ("qd", "bid", "tid")],
         "cetirizine": [line("cetirizine", "10", "mg", frequency=often) for often in ("qd", "bid")],
         "cefixime": [line("cefixime")], "amoxicillin": [line("amoxicillin")], "ibuprofen": [line("ibuprofen")]}
any_line = st.one_of(drug_ids.map(line), st.sampled_from([one for same in DOSED.values() for one in same]))
ALLERGENS = ["头孢氨苄", "青霉素", "头孢", "阿莫西林", "磺胺", "布洛芬", "阿司匹林", "海鲜", "偏方甲", "青霉素、头孢",
             "红霉素"]
any_patient = st.builds(lambda who, egfr, told: knowing(allergic(who, *told), egfr=egfr),
                        st.sampled_from([WANG, MA]), st.sampled_from([None, 8, 20, 40, 55, 90]),
                        st.lists(st.sampled_from(ALLERGENS), max_size=3))


@given(first=st.lists(any_line, min_size=1, max_size=4), added=any_line, patient=any_patient, at=st.integers(0, 4))
@example(first=DOSED["metformin"][2:], added=DOSED["metformin"][0], patient=knowing(WANG, egfr=40), at=0)
@hypothesis_settings(deadline=None)
@pytest.mark.invariant(6)
def test_a_further_drug_never_removes_or_softens_an_alert(first, added, patient: PatientFacts, at: int):
    before = find(*first, patient=patient)
    assert holds_at_least(levels(before), levels(find(*first, added, patient=patient)))
    assert holds_at_least(worst_of(before), worst_of(find(*first[:at], added, *first[at:], patient=patient)))


@given(lines=st.lists(any_line, min_size=1, max_size=3), told=st.lists(st.sampled_from(ALLERGENS), max_size=3),
       added=st.sampled_from(ALLERGENS), at=st.integers(0, 3))
@example(lines=DOSED["cefixime"], told=["头孢氨苄"], added="青霉素", at=1)
@example(lines=[line("cefaclor")], told=["青霉素、头孢"], added="头孢", at=0)
@hypothesis_settings(deadline=None)
@pytest.mark.invariant(6)
def test_a_further_allergy_never_removes_or_softens_an_alert(lines, told: list[str], added: str, at: int):
    before = find(*lines, patient=allergic(WANG, *told))
    after = find(*lines, patient=allergic(WANG, *told[:at], added, *told[at:]))
    assert holds_at_least(levels(before), levels(after))
    assert holds_at_least(worst_of(before), worst_of(after))


@given(first=st.lists(any_line, min_size=1, max_size=3), at_home=st.lists(drug_ids, max_size=3))
@hypothesis_settings(deadline=None)
@pytest.mark.invariant(6)
def test_a_further_medicine_at_home_never_removes_or_softens_an_alert(first, at_home: list[str]):
    taken = takes(*(DATA.drug(one).zh for one in at_home))
    assert holds_at_least(levels(find(*first)), levels(find(*first, current=taken)))


CONDITIONAL = [entry for entry in DATA.interactions if entry.condition]


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("one", "other", "fact"), [
    ("warfarin", "aspirin", "aspirin_pain_dose_or_ulcer"), ("amiodarone", "sotalol", "qt_prolonged_or_low_potassium"),
    ("methotrexate", "ibuprofen", "methotrexate_above_20mg_week"),
    ("midazolam_injection", "morphine_er", "respiratory_failure_or_sleep_apnoea"),
])
def test_an_open_condition_is_asked_for_and_a_true_one_is_a_hard_stop(one: str, other: str, fact: str):
    unknown = next(f for f in between(one, other) if f.missing == fact)
    known = between(one, other, knowing(WANG, facts={fact: True}))
    assert unknown.severity == CONFIRM and "还不知道" in unknown.detail.zh
    assert HARD in {f.severity for f in known if f.id == unknown.id}


def test_a_condition_that_is_false_asks_no_more_and_keeps_the_level():
    found = between("warfarin", "aspirin", knowing(WANG, facts={"aspirin_pain_dose_or_ulcer": False}))
    assert worst(found) == CONFIRM and found[0].missing is None


@pytest.mark.invariant(6)
def test_no_fact_at_all_ever_lowers_a_contraindication():
    facts = {entry.condition.fact for entry in CONDITIONAL}
    for value in (True, False):
        for one, other, _ in [pair for pair in SPOT if pair[2] == HARD]:
            assert HARD in {f.severity for f in between(one, other, knowing(WANG, facts=dict.fromkeys(facts, value)))}


def test_one_pair_and_one_mechanism_give_one_finding():
    for one, other in itertools.combinations(["tramadol", "sertraline", "alprazolam", "warfarin", "aspirin"], 2):
        found = [f.id for f in between(one, other)]
        assert len(found) == len(set(found))
    assert len(between("simvastatin", "gemfibrozil")) == 1


@pytest.mark.invariant(6)
def test_a_medicine_that_the_data_does_not_hold_is_not_checked_and_says_so():
    found = find(line("valsartan"), current=takes("丹参滴丸"))
    open_one = next(f for f in found if f.id.startswith("not_covered:interaction"))
    assert open_one.severity == "not_checked"
    assert "不等于安全" in open_one.detail.zh and "does not mean safe" in open_one.detail.en


def test_danshen_and_warfarin_are_known_and_still_not_covered_otherwise():
    found = find(line("warfarin"), current=takes("复方丹参滴丸"))
    assert {"must_confirm", "not_checked"} <= {f.severity for f in found}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("said", ["三七粉", "老中医的药丸", "<script>", "x" * 200, "白色小药片"])
def test_a_word_that_nobody_recognises_is_not_checked(said: str):
    found = find(line("amlodipine"), current=takes(said), patient=MA)
    unknown = next(f for f in found if f.id.startswith("not_covered:medicine"))
    assert unknown.severity == "not_checked" and said in unknown.title.zh


def test_the_words_of_the_patient_stay_out_of_the_id():
    found = find(line("amlodipine"), current=takes("三七粉"))
    assert all("三七" not in f.id and len(f.id) <= 200 for f in found)

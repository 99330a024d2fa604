"""The substance itself, its class, cross-reactions, several in one entry, foods, unknown words, never asked."""
import pytest

from prescribing.checks.allergies import recognise
from tests.checks.drafting import DATA, WANG, XIAOYU, allergic, find, ids, knowing, line


def against(drug: str, *texts: str):
    return find(line(drug), patient=allergic(WANG, *texts), kind="allergy")


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("text", "drug"), [
    ("青霉素", "amoxicillin"), ("青霉素过敏", "amoxicillin"), ("阿莫西林", "amoxicillin"), ("Amoxil", "amoxicillin"),
    ("penicillin", "amoxicillin_clavulanate"), ("阿莫西林", "amoxicillin_clavulanate"), ("氨苄西林", "amoxicillin"),
    ("头孢", "cefaclor"), ("头孢克洛", "cefixime"), ("先锋霉素", "cefuroxime_axetil"), ("磺胺",
                                                                              "sulfamethoxazole_trimethoprim"),
    ("磺胺过敏史", "sulfamethoxazole_trimethoprim"), ("阿司匹林", "ibuprofen"), ("布洛芬",
                                                                        "aspirin"), ("布洛芬", "celecoxib"),
    ("aspirin allergy", "diclofenac"), ("红霉素", "clarithromycin"), ("左氧氟沙星",
                                                                   "ciprofloxacin"), ("四环素", "doxycycline"),
    ("安定", "alprazolam"), ("卡马西平", "lamotrigine"), ("造影剂", "amiodarone"), ("扑热息痛",
                                                                           "oxycodone_le5mg_compound"),
    ("对乙酰氨基酚", "compound_pseudoephedrine_cold"), ("可待因", "tramadol"), ("卡托普利", "enalapril"),
])
def test_the_same_substance_or_class_is_a_hard_stop(text: str, drug: str):
    assert "hard_stop" in {f.severity for f in against(drug, text)}


@pytest.mark.parametrize(("text", "drug", "severity"), [
    ("青霉素", "cefaclor", "must_confirm"), ("阿莫西林", "cefaclor", "must_confirm"), ("青霉素", "cefixime",
                                                                                "must_confirm"),
    ("头孢", "amoxicillin", "must_confirm"), ("磺胺", "hydrochlorothiazide", "precaution"), ("布洛芬",
                                                                                         "paracetamol", "precaution"),
])
def test_a_cross_reaction_has_its_own_level(text: str, drug: str, severity: str):
    assert {f.severity for f in against(drug, text)} == {severity}


@pytest.mark.parametrize(("text", "drug"), [
    ("青霉素", "amlodipine"), ("青霉素", "azithromycin"), ("磺胺", "amoxicillin"), ("头孢", "azithromycin"),
    ("海鲜", "amoxicillin"), ("花粉", "ibuprofen"), ("红霉素", "amoxicillin"), ("碘", "amlodipine"),
])
def test_an_allergy_to_something_else_is_silent(text: str, drug: str):
    assert find(line(drug), patient=allergic(WANG, text), kind="allergy") == []


@pytest.mark.invariant(6)
@pytest.mark.parametrize("text", ["海鲜、青霉素", "青霉素，头孢", "花粉和青霉素", "青霉素/磺胺",
                                  "shrimp and penicillin", "鸡蛋;青霉素"])
def test_several_allergies_in_one_entry_are_all_compared(text: str):
    assert "hard_stop" in {f.severity for f in against("amoxicillin", text)}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("text", ["一种白色药片", "消炎药", "不记得名字", "antibiotic (name?)"])
def test_words_that_nobody_recognises_are_not_checked_and_never_fine(text: str):
    found = find(line("amoxicillin"), patient=allergic(WANG, text))
    unknown = [f for f in found if f.id.startswith("not_covered:allergy")]
    assert unknown and unknown[0].severity == "not_checked" and text in unknown[0].title.zh


def test_a_known_part_does_not_hide_an_unknown_one():
    found = find(line("amlodipine"), patient=allergic(WANG, "青霉素、某种偏方"))
    assert any(f.id.startswith("not_covered:allergy") for f in found)


def test_the_reason_for_one_unknown_allergy_is_not_a_reason_for_another():
    first = ids(find(line("amlodipine"), patient=allergic(WANG, "偏方甲")))
    second = ids(find(line("amlodipine"), patient=allergic(WANG, "偏方乙")))
    assert not {one for one in first if "allergy" in one} & second


@pytest.mark.invariant(6)
@pytest.mark.parametrize("order", [("头孢氨苄", "青霉素"), ("青霉素", "头孢氨苄")])
def test_a_milder_allergy_never_hides_a_graver_one(order: tuple[str, str]):
    found = against("cefixime", *order)
    assert [(f.severity, f.title.zh.split("过敏")[0]) for f in found] == [("hard_stop", "头孢氨苄"),
                                                                       ("must_confirm", "青霉素")]


def test_the_same_allergy_twice_is_told_once_and_each_reaction_is_told():
    assert len(against("amoxicillin", "青霉素", "青霉素")) == 1
    told = [{"text": "青霉素", "reaction": "皮疹"}, {"text": "青霉素", "reaction": "休克"}]
    found = find(line("amoxicillin"), patient=knowing(WANG, allergies=told), kind="allergy")
    assert sorted(word for f in found for word in ("皮疹", "休克") if word in f.detail.zh) == ["休克", "皮疹"]


def test_the_words_of_an_allergy_stay_out_of_the_id():
    assert all("青霉素" not in f.id and len(f.id) <= 200 for f in against("amoxicillin", "青霉素"))


@pytest.mark.invariant(6)
def test_allergies_that_were_never_asked_stop_the_draft():
    found = find(line("amlodipine"), patient=knowing(WANG, allergies=None))
    asked = next(f for f in found if f.missing == "allergies")
    assert asked.severity == "hard_stop" and "不知道不等于没有" in asked.detail.zh


def test_asked_and_none_known_is_an_answer():
    assert find(line("amoxicillin"), patient=XIAOYU, kind="allergy") == []


def test_the_reaction_is_told_with_the_finding():
    patient = knowing(WANG, allergies=[{"text": "青霉素", "reaction": "皮疹"}])
    found = find(line("amoxicillin"), patient=patient, kind="allergy")[0]
    assert "皮疹" in found.detail.zh and found.title.zh == "青霉素过敏 + 阿莫西林"


def test_food_is_recognised_as_no_medicine():
    assert [one.is_medicine for one in recognise("花生", DATA)] == [False]


@pytest.mark.parametrize("drug", [d for d in DATA.drugs.values()], ids=lambda drug: drug.id)
def test_an_allergy_to_any_drug_stops_this_drug(drug):
    for name in (drug.zh, drug.en):
        assert "hard_stop" in {f.severity for f in against(drug.id, name)}, name

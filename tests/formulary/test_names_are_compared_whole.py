"""What a patient or a record calls a medicine: brands, salts, forms and strengths, but never a part of a name."""
import pytest

from prescribing.formulary.load import load
from prescribing.formulary.problems import UnknownDrug, UnknownProduct

DATA = load()


@pytest.mark.parametrize(("said", "substances"), [
    ("氨氯地平", ("amlodipine",)), ("苯磺酸氨氯地平片 5mg", ("amlodipine",)), ("Amlodipine Besylate", ("amlodipine",)),
    ("络活喜", ("amlodipine",)), ("阿司匹林肠溶片100mg", ("acetylsalicylic acid",)), ("Aspirin",
                                                                            ("acetylsalicylic acid",)),
    ("乙酰水杨酸", ("acetylsalicylic acid",)), ("盐酸二甲双胍缓释片",
                                           ("metformin",)), ("metformin hydrochloride", ("metformin",)),
    ("布洛芬缓释胶囊", ("ibuprofen",)), ("芬必得", ("ibuprofen",)), ("华法林钠片",
                                                           ("warfarin",)), ("Coumadin", ("warfarin",)),
    ("阿托伐他汀钙片20mg", ("atorvastatin",)), ("酒石酸唑吡坦片", ("zolpidem",)), ("丹参滴丸", ("compound danshen",)),
    ("氢溴酸西酞普兰片", ("citalopram",)), ("碘造影剂", ("iodinated contrast",)), ("倍博特", ("valsartan",
                                                                               "amlodipine")),
    ("ＡＳＰＩＲＩＮ", ("acetylsalicylic acid",)), ("  Warfarin   Sodium ", ("warfarin",)),
])
def test_salts_brands_and_forms_mean_the_substance(said: str, substances: tuple[str, ...]):
    found = DATA.resolve_substance(said)
    assert found and set(found.substances) == set(substances)


@pytest.mark.parametrize("said", ["三七粉", "iron-y", "spironolacton", "保健品", "氨氯", "心脏病药", "", "5mg", "片"])
def test_what_is_not_known_is_not_guessed(said: str):
    assert DATA.resolve_substance(said) is None


def test_spironolactone_is_not_iron():
    found = DATA.resolve_substance("spironolactone")
    assert found and found.substances == ("spironolactone",)
    iron = DATA.resolve_substance("iron")
    assert iron and iron.substances == ("iron",)


def test_a_combination_carries_the_classes_of_its_parts():
    classes = DATA.classes_of(DATA.drug("valsartan_amlodipine").substances, "valsartan_amlodipine")
    assert {"arb", "dhp_ccb"} <= classes


def test_a_combination_carries_the_allergy_classes_of_its_parts():
    drug = DATA.drug("oxycodone_le5mg_compound")
    assert {"opioid", "paracetamol"} <= DATA.allergy_classes_of(drug.substances, drug.id)


def test_an_unknown_drug_or_product_is_a_problem_and_not_a_guess():
    with pytest.raises(UnknownDrug) as missing:
        DATA.drug("snake_oil")
    assert missing.value.status == 404
    with pytest.raises(UnknownProduct):
        DATA.product("amlodipine", "amlodipine-500mg-1")


def test_sources_are_told_with_the_edition():
    told = DATA.source_text(("bnf", "label"))
    assert "英国国家处方集" in told.zh and DATA.edition in told.zh and DATA.edition in told.en

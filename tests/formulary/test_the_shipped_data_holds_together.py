"""The curated files: complete in both languages, with units, sources and no loose end."""
import re

import pytest

from prescribing.formulary.drugs import Drug
from prescribing.formulary.load import DATA as FOLDER
from prescribing.formulary.load import load, read

DATA = load()
DRUGS = list(DATA.drugs.values())
HAN = re.compile(r"[\u4e00-\u9fff]")


def drugs(test):
    return pytest.mark.parametrize("drug", DRUGS, ids=lambda drug: drug.id)(test)


def test_there_are_enough_drugs_pairs_and_conditions():
    assert len(DRUGS) >= 90
    assert len(DATA.interactions) >= 60
    assert len(DATA.conditions) >= 300


@drugs
def test_every_drug_has_its_names_and_can_be_spelt(drug: Drug):
    assert HAN.search(drug.zh) and drug.en.isascii()
    syllables = drug.pinyin.split()
    assert len(syllables) == len(drug.zh)
    assert drug.initials == "".join(one[0] for one in syllables)
    assert all(one.isascii() and one == one.lower() for one in syllables)


@drugs
def test_every_text_for_people_is_in_both_languages(drug: Drug):
    texts = [drug.purpose, *drug.warnings, drug.pregnancy.note, drug.lactation.note, drug.storage.text,
             *(one.text for one in drug.usual), *(one.text for one in drug.age_rules),
             *(one.text for one in drug.renal.tiers)]
    assert all(HAN.search(text.zh) for text in texts)
    assert not any(HAN.search(text.en) for text in texts)


@drugs
def test_every_maximum_has_a_unit_and_a_day_is_at_least_a_dose(drug: Drug):
    if drug.adult_max is None:
        assert "dose" in drug.not_covered
        return
    assert drug.adult_max.single.unit == drug.adult_max.daily.unit
    assert 0 < drug.adult_max.single.value <= drug.adult_max.daily.value


@drugs
def test_a_child_never_gets_more_than_the_cap_and_bands_do_not_run_backwards(drug: Drug):
    if drug.child is None:
        return
    if drug.child.per_kg:
        assert drug.child.per_kg.single.value <= drug.child.per_kg.daily.value
        assert drug.child.per_kg.cap_single.value <= drug.child.per_kg.cap_daily.value
    for band in drug.child.bands:
        assert band.from_months < band.to_months
        assert band.single.value <= band.daily.value
        assert (band.min_kg is None) == (band.max_kg is None)


@drugs
def test_every_usual_dose_is_within_the_maximum_it_stands_beside(drug: Drug):
    if drug.adult_max:
        for usual in drug.usual:
            if usual.dose.unit == drug.adult_max.single.unit:
                assert usual.dose.value <= drug.adult_max.single.value


@drugs
def test_products_name_their_substances_and_a_prefix_of_seven_digits(drug: Drug):
    for product in drug.products:
        assert len(product.code) <= 40
        assert re.fullmatch(r"[0-9]{7}", product.pack_prefix)
        assert {part.substance for part in product.components} == set(drug.substances)
        assert drug.product(product.code) == product


def test_kidney_tiers_get_no_milder_as_the_kidneys_get_weaker():
    rank = {"note": 0, "precaution": 1, "avoid": 2, "contraindicated": 3}
    for drug in DRUGS:
        levels = [rank[tier.level] for tier in sorted(drug.renal.tiers, key=lambda tier: tier.below)]
        assert levels == sorted(levels, reverse=True), drug.id


def test_the_drugs_that_the_law_names_by_id_exist():
    named = {"dextromethorphan_oral_single", "oxycodone_le5mg_compound", "midazolam_injection", "amlodipine",
             "insulin_glargine_pen", "enoxaparin_injection", "warfarin", "amoxicillin", "isoniazid_tb", "ibuprofen",
             "tigecycline", "medical_cannabis_de"}
    assert named <= set(DATA.drugs)


def test_no_drug_carries_a_controlled_class_of_its_own():
    assert not {"controlled", "narcotic", "psychotropic", "internet_prescribable"} & set(Drug.model_fields)


def test_every_contraindicated_pair_rests_on_two_sources():
    grave = [entry for entry in DATA.interactions if entry.level == "contraindicated"]
    assert len(grave) >= 15
    assert all(len(set(entry.sources)) >= 2 for entry in grave)
    raised = [entry.condition for entry in DATA.interactions
              if entry.condition and entry.condition.raises_to == "contraindicated"]
    assert raised and all(len(set(condition.sources)) >= 2 for condition in raised)


def test_every_class_that_an_interaction_names_has_a_member():
    classes = {side.removeprefix("class:") for entry in DATA.interactions for side in (entry.a, entry.b)
               if side.startswith("class:")}
    for name in classes:
        assert any(name in {drug.group, *drug.classes} for drug in DRUGS), name


def test_conditions_are_known_by_their_family_and_spelt():
    for row in DATA.conditions.values():
        assert row.family == row.code[:3]
        assert row.initials == "".join(one[0] for one in row.pinyin.split())
        assert HAN.search(row.zh) and not HAN.search(row.en)


def test_nothing_claims_a_review_that_no_clinician_has_made():
    assert DATA.reviewed_by == ""
    for path in FOLDER.rglob("*.yaml"):
        assert set(re.findall(r"reviewed_by: *(.*)", path.read_text(encoding="utf-8"))) <= {"''", '""'}, path.name


def test_the_same_files_give_the_same_version():
    assert read(FOLDER).data_version == DATA.data_version
    assert DATA.data_version.startswith(f"{DATA.edition}+")


def test_every_proposed_class_row_is_of_a_drug_and_every_drug_has_one():
    lines = (FOLDER / "drug_classes_proposed.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "drug,class,valid_from,valid_to,source,confidence"
    assert {row.split(",")[0] for row in lines[1:]} == set(DATA.drugs)

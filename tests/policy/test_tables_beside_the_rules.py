"""The dated drug classes and the disease list: data with sources, looked up on the day of the step."""
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from app.policy.disease_list import disease_list, normalise_icd10, read_disease_list, same_family
from app.policy.drug_classes import DrugClasses, DrugClassRow, drug_classes, read_drug_classes
from app.policy.facts import fact_registry
from app.policy.problems import PolicyError
from app.policy.rulebook import Policy
from tests.policy.asking import TODAY, pack, prescribing

HEAD = "drug,class,valid_from,valid_to,source,confidence\n"


@pytest.mark.parametrize(("drug", "last_day", "before", "after"), [
    ("dextromethorphan_oral_single", date(2022, 11, 30), {"ordinary"}, {"ordinary", "nmpa_list_other"}),
    ("dextromethorphan_oral_single", date(2024, 6, 30), {"ordinary", "nmpa_list_other"},
     {"psychotropic_2", "nmpa_list_other"}),
    ("midazolam_injection", date(2024, 6, 30), {"psychotropic_2", "injection"}, {"psychotropic_1", "injection"}),
    ("oxycodone_le5mg_compound", date(2019, 8, 31), {"ordinary"}, {"psychotropic_2"}),
    ("oxycodone_gt5mg_compound", date(2019, 8, 31), {"ordinary"}, {"psychotropic_1"}),
    ("warfarin", date(2022, 11, 30), {"ordinary"}, {"ordinary", "nmpa_list_other"}),
    ("medical_cannabis_de", date(2024, 3, 31), {"btm"}, {"ordinary"})])
def test_a_class_changes_on_its_day(drug, last_day, before, after):
    assert drug_classes().classes_of(drug, last_day) == before
    assert drug_classes().classes_of(drug, last_day + timedelta(days=1)) == after


@pytest.mark.parametrize("drug", ["no_such_drug", "", "AMLODIPINE", "nalfurafine"])
def test_a_drug_that_the_table_does_not_know_that_day_has_no_classes(drug):
    assert drug_classes().classes_of(drug, date(2024, 6, 30)) is None


@pytest.mark.invariant(6)
def test_a_drug_that_became_controlled_is_stopped_from_its_day_on():
    lawful, stopped = date(2024, 6, 30), date(2024, 7, 1)
    table = drug_classes()
    assert prescribing(rx__drug_classes=table.classes_of("dextromethorphan_oral_single", lawful)).allowed
    decision = prescribing(rx__drug_classes=table.classes_of("dextromethorphan_oral_single", stopped))
    assert decision.rule_ids == ("CN-RX-01",)


def test_the_hash_names_the_rows_that_were_used():
    table = drug_classes()
    before, after = date(2022, 11, 30), date(2022, 12, 1)
    assert table.hash_of("warfarin", before) == table.hash_of("warfarin", date(2020, 1, 1))
    assert table.hash_of("warfarin", before) != table.hash_of("warfarin", after)


def test_further_rows_make_a_larger_table_and_leave_this_one_alone():
    more = drug_classes().with_rows([DrugClassRow("new_drug", "ordinary", None, None, "label", "text")])
    assert more.classes_of("new_drug", TODAY) == {"ordinary"} and more.classes_of("warfarin", TODAY)
    assert drug_classes().classes_of("new_drug", TODAY) is None


def test_two_windows_of_one_class_that_overlap_are_refused():
    rows = [DrugClassRow("x", "otc", None, date(2024, 1, 1), "label", "text"),
            DrugClassRow("x", "otc", date(2024, 1, 1), None, "label", "text")]
    with pytest.raises(PolicyError, match="overlap"):
        DrugClasses(rows)


@pytest.mark.parametrize("line", [
    "x,antibiotic,,,label,text", ",otc,,,label,text", "x,otc,,,,text", "x,otc,,,label,sure",
    "x,otc,2024-02-30,,label,text", "x,otc,2024-02-02,2024-02-01,label,text"])
def test_a_faulty_row_is_refused_with_its_line(tmp_path, line):
    path = tmp_path / "classes.csv"
    path.write_text(HEAD + "ok,otc,,,label,text\n" + line + "\n", "utf-8")
    with pytest.raises(PolicyError, match="line 3"):
        read_drug_classes(path)


def test_a_table_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("drug,class\nx,otc\n", "utf-8")
    with pytest.raises(PolicyError, match="columns"):
        read_drug_classes(path)


def test_every_class_that_a_rule_names_exists_and_every_drug_has_one_today_or_later():
    known = fact_registry().specs["rx.drug_classes"].values
    policy: Policy = pack("cn-mainland").layers[0]
    assert {name for members in policy.lists.values() for name in members} <= known
    assert all(drug_classes().classes_of(drug, TODAY) for drug in drug_classes().drugs)


@pytest.mark.parametrize(("code", "expected"), [
    ("I10", "chronic"), ("i10", "chronic"), ("I10.9", "chronic"), ("E11.9", "chronic"), ("J06.9", "common"),
    ("N39.0", "common"), ("N39.3", "other"), ("A09", "common"), ("I21.0", "other"), ("Z00.0", "other"),
    ("E11.1", "other"), ("J44.1", "other"), ("J44.9", "chronic"), ("K25.0", "other"), ("K25.7", "chronic")])
def test_a_diagnosis_has_the_class_of_its_longest_prefix(code, expected):
    assert disease_list().class_of(code) == expected


@pytest.mark.parametrize("code", ["", "高血压", "I1", "10", "I10.", "I10.12345", "I10; DROP"])
def test_what_is_no_icd_10_code_has_no_class_and_so_stops_the_step(code):
    assert normalise_icd10(code) is None and disease_list().class_of(code) is None
    assert prescribing(visit__disease_class=disease_list().class_of(code)).rule_ids == ("CN-VISIT-04",)


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("I10", "I10.9", True), ("E11.9", "E11.2", True), ("I10", "I11.0", False), ("I10", "?", None)])
def test_one_family_is_one_category_of_three_characters(one, other, expected):
    assert same_family(one, other) is expected


def test_every_disease_has_both_names_and_no_clinician_has_signed_the_list_yet():
    rows = disease_list().rows
    assert len(rows) >= 80 and all(row.label.zh and row.label.en for row in rows)
    assert {row.reviewed_by for row in rows} == {""}


@pytest.mark.parametrize("line", ["I10,rare,a,b,s,", "XX,common,a,b,s,", "I10,common,,b,s,"])
def test_a_faulty_disease_is_refused(tmp_path, line):
    path = tmp_path / "diseases.csv"
    path.write_text("code,class,zh,en,source,reviewed_by\n" + line + "\n", "utf-8")
    with pytest.raises(PolicyError):
        read_disease_list(path)


FORMULARY = Path(__file__).parents[2] / "prescribing" / "data" / "formulary"


@pytest.mark.invariant(6)
def test_every_drug_of_the_formulary_has_a_class_today():
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FORMULARY.glob("*.yaml"))]
    drugs = [drug["id"] for file in files for drug in file["drugs"]]
    assert len(drugs) >= 80
    assert [drug for drug in drugs if not drug_classes().classes_of(drug, TODAY)] == []


@pytest.mark.parametrize("drug", ["tramadol", "morphine_er", "codeine", "alprazolam", "zolpidem",
                                  "oxycodone_le5mg_compound", "midazolam_injection"])
@pytest.mark.invariant(6)
def test_a_controlled_drug_of_the_formulary_cannot_be_prescribed_online(drug):
    assert "CN-RX-01" in prescribing(rx__drug_classes=drug_classes().classes_of(drug, TODAY)).rule_ids

"""The doctor's search box: Chinese, pinyin, initials, English, brand; and why each was found."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.formulary.load import load
from prescribing.formulary.search import Hit, find_pinyin, search

DATA = load()


def first(query: str) -> Hit:
    return search(DATA, query)[0]


@pytest.mark.parametrize(("query", "drug", "matched"), [
    ("氨氯", "amlodipine", "zh"), ("氨氯地平", "amlodipine", "zh"), ("aldp", "amlodipine", "pinyin"),
    ("an lv di ping", "amlodipine", "pinyin"), ("anlvdiping", "amlodipine", "pinyin"), ("anlvdp",
                                                                                        "amlodipine", "pinyin"),
    ("amlo", "amlodipine", "en"), ("AMLODIPINE", "amlodipine", "en"), ("Norvasc", "amlodipine", "brand_en"),
    ("络活喜", "amlodipine", "brand_zh"), ("lhx", "amlodipine", "brand_pinyin"), ("luohuo", "amlodipine",
                                                                               "brand_pinyin"),
    ("xst", "valsartan", "pinyin"), ("an lü", "amlodipine", "pinyin"), ("布洛芬混悬液", "ibuprofen", "zh"),
    ("美林", "ibuprofen", "brand_zh"), ("扑热息痛", "paracetamol", "brand_zh"), ("tamiflu", "oseltamivir", "brand_en"),
    ("ＡＭＬＯ", "amlodipine", "en"), ("mlst", "montelukast", "pinyin"),
])
def test_a_drug_is_found_by_any_of_its_names(query: str, drug: str, matched: str):
    assert (first(query).drug_id, first(query).matched) == (drug, matched)


def test_initials_underline_the_first_letters_and_the_characters():
    hit = first("xst")
    assert hit.text == "xie sha tan"
    assert [hit.text[start:end] for start, end in hit.spans] == ["x", "s", "t"]
    assert [hit.name.zh[start:end] for start, end in hit.zh_spans] == ["缬沙坦"]


def test_initials_that_begin_in_the_middle_underline_the_right_characters():
    hit = next(one for one in search(DATA, "aldp") if one.drug_id == "valsartan_amlodipine")
    assert [hit.name.zh[start:end] for start, end in hit.zh_spans] == ["氨氯地平"]


def test_a_brand_in_pinyin_underlines_the_pinyin_beside_the_brand():
    hit = first("lhx")
    assert hit.text == "络活喜 luo huo xi"
    assert [hit.text[start:end] for start, end in hit.spans] == ["l", "h", "x"]


def test_all_forms_of_valsartan_are_listed_and_the_single_one_first():
    found = [hit.drug_id for hit in search(DATA, "xst")]
    assert found[:3] == ["valsartan", "valsartan_amlodipine", "valsartan_hydrochlorothiazide"]


def test_the_beginning_of_a_name_goes_before_its_middle():
    found = [hit.drug_id for hit in search(DATA, "氨氯地平")]
    assert found == ["amlodipine", "valsartan_amlodipine"]


@pytest.mark.parametrize("query", ["", "   ", "。", "zzzzqqq", "三七粉", "%", "*", "'; drop table"])
def test_nothing_is_found_for_nothing(query: str):
    assert search(DATA, query) == []


def test_the_limit_holds():
    assert len(search(DATA, "a", limit=3)) == 3
    assert search(DATA, "a", limit=0) == []
    assert search(DATA, "a", limit=-1) == []


def test_a_syllable_is_never_skipped():
    assert find_pinyin("an lv di ping", "adp") is None
    assert find_pinyin("an lv di ping", "ldp") == (1, ((3, 4), (6, 7), (9, 10)))


def test_a_letter_that_could_end_or_begin_a_syllable_is_tried_both_ways():
    assert find_pinyin("xi an", "xian") == (0, ((0, 2), (3, 5)))
    assert find_pinyin("xia n", "xian") == (0, ((0, 3), (4, 5)))


@pytest.mark.parametrize("drug", DATA.drugs.values(), ids=lambda drug: drug.id)
def test_every_drug_is_found_by_chinese_pinyin_initials_and_english(drug):
    for query in (drug.zh, drug.pinyin, drug.initials, drug.en):
        assert drug.id in {hit.drug_id for hit in search(DATA, query, limit=200)}, query


@given(st.text(max_size=30))
def test_whatever_is_typed_the_search_answers_and_its_spans_fit(query: str):
    for hit in search(DATA, query):
        assert all(0 <= start < end <= len(hit.text) for start, end in hit.spans)
        assert all(0 <= start < end <= len(hit.name.zh) for start, end in hit.zh_spans)


def test_hits_travel_as_json():
    assert Hit.model_validate_json(first("xst").model_dump_json()) == first("xst")

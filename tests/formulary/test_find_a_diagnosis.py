"""The diagnosis box: code with or without dot, Chinese, English, pinyin."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.formulary.conditions import condition, search
from prescribing.formulary.load import load

DATA = load()


@pytest.mark.parametrize(("query", "code", "matched"), [
    ("I10", "I10", "code"), ("i10", "I10", "code"), ("J45.9", "J45.9", "code"), ("j459", "J45.9", "code"),
    ("高血压", "I10", "zh"), ("gxy", "I10", "pinyin"), ("哮喘", "J45.9", "zh"), ("asth", "J45.9", "en"),
    ("xiaochuan", "J45.9", "pinyin"), ("Low back", "M54.5", "en"), ("2型", "E11.9", "zh"), ("gaoxueya", "I10",
                                                                                           "pinyin"),
])
def test_a_condition_is_found_by_code_name_and_pinyin(query: str, code: str, matched: str):
    hit = search(DATA, query)[0]
    assert (hit.condition.code, hit.matched) == (code, matched)


def test_typing_asth_lists_the_kinds_of_asthma_and_says_which_is_an_emergency():
    found = {hit.condition.code: hit.condition for hit in search(DATA, "asth")}
    assert {"J45.0", "J45.1", "J45.9", "J46"} <= set(found)
    assert found["J46"].emergency and not found["J45.9"].emergency


def test_the_matched_part_is_underlined():
    hit = next(one for one in search(DATA, "asth") if one.condition.code == "J45.0")
    assert hit.text == "Allergic asthma"
    assert [hit.text[start:end] for start, end in hit.spans] == ["asth"]


@pytest.mark.parametrize(("typed", "underlined"), [("j45", "J45"), ("j45.", "J45"), ("j459", "J45.9"),
                                                   ("J45.9", "J45.9")])
def test_the_typed_part_of_a_code_is_underlined(typed: str, underlined: str):
    hit = next(one for one in search(DATA, typed) if one.condition.code == "J45.9")
    assert [hit.text[start:end] for start, end in hit.spans] == [underlined]


def test_a_code_is_read_with_and_without_dot():
    assert condition(DATA, "e119") == condition(DATA, "E11.9") != None  # noqa: E711
    assert condition(DATA, " i10 ") is not None
    assert condition(DATA, "X99.9") is None
    assert condition(DATA, "") is None


def test_the_family_is_the_category_of_three_characters():
    assert DATA.conditions["E11.4"].family == DATA.conditions["E11.9"].family == "E11"


@pytest.mark.parametrize("query", ["", " ", "qqqqzz", "不存在的病"])
def test_nothing_is_found_for_nothing(query: str):
    assert search(DATA, query) == []


def test_the_limit_holds():
    assert len(search(DATA, "J", limit=4)) == 4


@given(st.text(max_size=20))
def test_whatever_is_typed_the_search_answers_and_its_spans_fit(query: str):
    for hit in search(DATA, query):
        assert all(0 <= start < end <= len(hit.text) for start, end in hit.spans)

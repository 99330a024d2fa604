"""The texts of consent: two languages that say the same, in a voice that a tired person understands."""
import re

import pytest
import yaml
from pydantic import ValidationError

from records.consent.forms import SOURCE, Form, forms

NAMES = sorted(forms())
MUST_SAY = {
    "privacy": [("15 年", "15 years"), ("撤回", "withdraw"), ("谁看过", "who looked")],
    "sensitive_data": [("敏感个人信息", "sensitive"), ("泄露", "leak"), ("可以不同意", "may say no")],
    "informed_consent": [("120", "120"), ("体格检查", "examine"), ("退回", "money back"), ("复诊", "follow-up")],
    "call_recording": [("3 年", "3 years"), ("可以不同意", "may say no"), ("每个人都同意", "everybody")],
    "guardian_privacy": [("14 周岁", "under 14"), ("监护人", "guardian"), ("撤回", "withdraw")],
}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_paragraphs(name: str) -> None:
    body = forms()[name].body
    assert len(body.zh.splitlines()) == len(body.en.splitlines()) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_what_the_law_wants_said_is_said_in_both(name: str) -> None:
    body = forms()[name].body
    for zh, en in MUST_SAY[name]:
        assert zh in body.zh and en in body.en


@pytest.mark.parametrize("name", NAMES)
def test_the_same_numbers_stand_in_both(name: str) -> None:
    body = forms()[name].body
    assert sorted(re.findall(r"\d+", body.zh)) == sorted(re.findall(r"\d+", body.en))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_shouts_and_no_markup_hides_in_it(name: str) -> None:
    text = forms()[name]
    for words in (text.title.zh, text.title.en, text.body.zh, text.body.en):
        assert not set("!！<>{}") & set(words)


@pytest.mark.parametrize("name", NAMES)
def test_what_no_lawyer_has_signed_says_so(name: str) -> None:
    """The field is there and empty until somebody entitled to it has read the text."""
    assert yaml.safe_load(SOURCE.read_text("utf-8"))[name]["reviewed_by"] == forms()[name].reviewed_by == ""


@pytest.mark.parametrize("change", [{"binds": "forever"}, {"title": {"zh": "x"}}, {"version": None}, {"extra": "x"},
                                    {"body": {"zh": "", "en": "x"}}])
def test_a_form_with_a_hole_is_not_loaded(change: dict) -> None:
    whole = yaml.safe_load(SOURCE.read_text("utf-8"))["privacy"]
    assert Form(name="privacy", **whole).sha256 == forms()["privacy"].sha256
    with pytest.raises(ValidationError):
        Form(name="privacy", **{**whole, **change})


def test_what_is_asked_in_each_visit_anew_binds_to_one_visit() -> None:
    assert {n for n, f in forms().items() if f.binds == "visit"} == {"informed_consent", "call_recording"}

"""Free words suggest complaints and bring up danger signs, in both languages, and never lower anything."""
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.triage.api import mentions, suggest
from consult.triage.judging.deciding import Doubts
from consult.triage.judging.explaining import evaluate
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.words.clauses import affirmed, clauses
from consult.triage.words.scan import outweighing
from tests.triage.people import ADULT, calm
from tests.triage.test_every_rule_has_its_cases import PEOPLE, stories

RULES = load_ruleset()
ANYTHING = st.one_of(st.text(max_size=300), st.text(alphabet="没有不无胸痛喘 nochestpain,，。'", max_size=120))


def found(text: str) -> list[str]:
    return [mention.question for mention in mentions(RULES, text)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_right_complaint_is_among_the_three_for_our_own_stories(language: str) -> None:
    missed = []
    for story in stories():
        if story["complaint"] == "general":
            continue
        age = PEOPLE[story.get("who", "adult")].age_months
        best = [s.complaint for s in suggest(RULES, story[language], language, age)]
        if story["complaint"] not in best:
            missed.append((story[language], best))
    assert missed == []


@pytest.mark.parametrize("story", [s for s in stories() if "flags" in s], ids=lambda s: s["en"])
def test_words_of_danger_bring_up_their_line_in_both_languages(story: dict[str, Any]) -> None:
    for language in ("zh", "en"):
        assert set(story["flags"]) <= set(found(story[language])), story[language]


@pytest.mark.parametrize(("text", "line"), [
    ("奶奶叫不醒了", "gate_mind"), ("he is unconscious", "gate_mind"),
    ("喘不上气", "gate_breathing"), ("I CAN’T BREATHE", "gate_breathing"),
    ("没有发烧，但是胸口疼", "gate_chest"), ("no fever but chest pain since noon", "gate_chest"),
    ("昨天嘴歪了一会儿", "gate_stroke"), ("his face is drooping", "gate_stroke"),
    ("孩子在抽搐", "gate_fit"), ("she is having a fit", "gate_fit"),
    ("鼻血止不住", "gate_bleeding"), ("the bleeding won't stop", "gate_bleeding"),
    ("舌头肿了", "gate_swelling"), ("my throat is swelling", "gate_swelling"),
    ("误服了农药", "gate_harm"), ("took too many pills", "gate_harm"),
    ("以前没有，现在突然胸痛", "gate_chest"), ("胸闷没有缓解", "gate_chest"),
    ("no relief, chest pain all day", "gate_chest"), ("ｃｈｅｓｔ　ｐａｉｎ", "gate_chest"),
])
def test_a_danger_sign_is_found(text: str, line: str) -> None:
    assert line in found(text)


@pytest.mark.parametrize("text", [
    "没有胸痛", "不胸闷，也不喘", "无胸痛、呼吸困难、抽搐", "否认胸痛和抽搐", "no chest pain or trouble breathing",
    "I do not have chest pain", "denies chest pain", "without any seizure", "去年胸痛过", "chest pain years ago",
    "家族史：父亲抽搐", "confusedly", "outfitting a room", "",
])
def test_what_is_denied_or_long_ago_brings_nothing_up(text: str) -> None:
    assert found(text) == []


def test_a_but_ends_a_denial() -> None:
    assert affirmed(RULES.lexicon, "没有发烧但胸痛")[-1] == "胸痛"
    assert list(clauses(RULES.lexicon, "头疼，no fever; but dizzy")) == ["头疼", "no fever", "dizzy"]


def test_only_words_of_harm_outweigh_a_no() -> None:
    assert outweighing(RULES, "胸口疼，不想活了") == {"gate_harm"}
    assert outweighing(RULES, "胸口疼") == frozenset()


def test_a_child_is_never_offered_an_adults_complaint_and_the_other_way_round() -> None:
    for text, language in (("发烧", "zh"), ("fever", "en")):
        child = {s.complaint for s in suggest(RULES, text, language, 48)}
        adult = {s.complaint for s in suggest(RULES, text, language, 480)}
        assert "fever_child" in child and "fever_adult" not in child
        assert "fever_adult" in adult and "fever_child" not in adult


def test_something_else_is_always_offered_and_denied_words_do_not_lead() -> None:
    assert [s.complaint for s in suggest(RULES, "qwrtz", "en")] == ["general"]
    assert suggest(RULES, "没有发烧，就是嗓子疼", "zh", 480)[0].complaint == "sore_throat"
    assert suggest(RULES, "no cough, only a headache", "en", 480)[0].complaint == "headache"
    for text in ("咳嗽发烧头痛肚子疼", "cough fever headache rash"):
        assert suggest(RULES, text, "zh", 480)[-1].complaint == "general"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ANYTHING)
def test_any_unicode_is_read_without_a_crash_and_the_same_way_twice(text: str) -> None:
    assert mentions(RULES, text) == mentions(RULES, text)
    best = suggest(RULES, text, "zh")
    assert 1 <= len(best) <= 3 and best == suggest(RULES, text, "zh")
    assert {m.question for m in mentions(RULES, text)} <= {q.id for q in RULES.gate.questions}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ANYTHING)
def test_no_words_lower_the_level(text: str) -> None:
    answers = calm("rash", ADULT, small_area="yes", duration="under_3_days")
    plain = evaluate(RULES, "rash", answers, ADULT)
    worded = evaluate(RULES, "rash", answers, ADULT, doubts=Doubts(text_disagrees=outweighing(RULES, text)))
    assert worded.level.number <= plain.level.number


def test_a_very_long_text_is_read_only_at_its_beginning() -> None:
    assert found("痒" * 5000 + "，胸痛") == []
    assert found("胸痛，" + "痒" * 5000) == ["gate_chest"]

"""A rule set with a fault is refused at start, with the place named; the shipped one is complete in both languages."""
import re
from collections.abc import Callable

import pytest

from consult.triage.rulebook.conditions import (
    NOT_APPLICABLE,
    BadCondition,
    Value,
    alone_suffices,
    leaves,
    negated,
    parse_condition,
)
from consult.triage.rulebook.reading import (
    BadRuleSet,
    freeze_files,
    hash_of,
    load_ruleset,
    read_ruleset,
    shipped_files,
    thaw_ruleset,
)
from consult.triage.rulebook.soundness import all_rules

CHINESE = re.compile(r"[\u3400-\u9fff]")


def broken(file: str, old: str, new: str) -> list[str]:
    """The faults after one change in one file."""
    files = shipped_files()
    assert old in files[file], "the change must hit something"
    with pytest.raises(BadRuleSet) as refused:
        read_ruleset({**files, file: files[file].replace(old, new, 1)})
    return refused.value.faults


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("headache.yaml", "zh: 头痛, en: Headache", "zh: 头痛", "headache.yaml: title.en: Field required"),
    ("headache.yaml", "zh: 头痛, en: Headache", "zh: '', en: Headache", "headache.yaml: title.zh"),
    ("headache.yaml", "source: [FDMA-v3, own]", "source: [hearsay]", "headache.thunderclap: unknown source hearsay"),
    ("headache.yaml", "source: [FDMA-v3, own]", "source: []", "headache.yaml: red_flags.0.source"),
    ("headache.yaml", 'when: {fumes: "yes"}', 'when: {smoke: "yes"}', "unknown question or fact smoke"),
    ("headache.yaml", 'when: {fumes: "yes"}', "when: {fumes: yes}", "quote yes and no"),
    ("headache.yaml", 'when: {fumes: "yes"}', 'when: {not: {fumes: "no"}}', "may only be asked for a yes"),
    ("headache.yaml", 'when: {fumes: "yes"}', 'when: {all: [{fumes: "yes"}, {temple: "yes"}]}',
     "headache: a yes to the red flag fumes fires no rule of level urgent by itself"),
    ("headache.yaml", 'unless: {same_as_before: "yes"}', 'unless: {stiff_neck: "yes"}', "must not be an exception"),
    ("headache.yaml", "duration: [weeks_2_to_4, over_4_weeks]", "duration: [ages]", "duration has no answer ages"),
    ("headache.yaml", "temperature: {at_least: 38}", 'temperature: "38"', "compared in a way"),
    ("headache.yaml", "id: headache.fever\n", "id: fever\n", "ids of rules begin with headache."),
    ("headache.yaml", "id: headache.fever\n", "id: headache.long\n", "headache.long: two rules have this id"),
    ("headache.yaml", "level: soon", "level: self_care", "self-care has its own block"),
    ("headache.yaml", "level: soon", "level: tomorrow", "level"),
    ("headache.yaml", "{use: stiff_neck}", "{use: stiff_knee}", "no shared question is called stiff_knee"),
    ("headache.yaml", "departments: [neurology,", "departments: [magic,", "headache: unknown department magic"),
    ("headache.yaml", "must_be_no: [painkiller_days,", "must_be_no: [nothing,", "unknown question nothing"),
    ("headache.yaml", "must_be_no: [painkiller_days, anticoagulant, immunosuppressed, pregnant, getting_worse]",
     "must_be_no: [pregnant]", "self_care.must_be_no"),
    ("headache.yaml", "version: 1", "version: 1\ncolour: red", "headache.yaml: colour"),
    ("headache.yaml", "  - id: red_eye", "  - id: weak_or_unsteady", "two questions are called weak_or_unsteady"),
    ("headache.yaml", "ask_when: {patient.age_years: {at_least: 50}}", 'ask_when: {getting_worse: "yes"}',
     "unknown question or fact getting_worse"),
    ("gate.yaml", "id: gate_fit", "id: fit", "ids of the gate begin with gate_"),
    ("gate.yaml", "reviewed_by: \"\"", "", "gate.yaml: reviewed_by: Field required"),
    ("modifiers.yaml", "complaints: [headache]", "complaints: [hiccups]", "unknown complaint hiccups"),
    ("departments.yaml", "department: paediatrics", "department: kids", "department.child: unknown department kids"),
    ("lexicon.yaml", "  gate_mind:", "  gate_soul:", "lexicon: unknown line of the gate gate_soul"),
    ("lexicon.yaml", "\n  general:\n", "\n  generic:\n", "lexicon: no words for general"),
    ("shared.yaml", "kind: number\n    vital: temperature", "kind: choice\n    vital: temperature", "has options"),
    ("vitals.yaml", "{vitals.spo2: {less_than: 90}}", "{vitals.sugar: {less_than: 90}}", "unknown question or fact"),
    ("general.yaml", "protocol: general", "protocol: rash", "two files describe the same protocol"),
    ("rash.yaml", "title: {", "title: {{", "rash.yaml: not readable as YAML"),
])
def test_a_fault_is_named_with_its_place(file: str, old: str, new: str, told: str) -> None:
    assert any(told in fault for fault in broken(file, old, new)), broken(file, old, new)


def test_a_missing_file_and_a_list_at_the_top_are_told() -> None:
    files = shipped_files()
    without = {name: text for name, text in files.items() if name != "gate.yaml"}
    with pytest.raises(BadRuleSet, match="gate.yaml: file is missing"):
        read_ruleset(without)
    with pytest.raises(BadRuleSet, match="expected a mapping"):
        read_ruleset({**files, "rash.yaml": "- one\n- two\n"})


def test_several_faults_are_told_together() -> None:
    files = shipped_files()
    wrong = files["rash.yaml"].replace("source: [IITT]", "source: [x]").replace("departments: [", "departments: [y, ")
    with pytest.raises(BadRuleSet) as refused:
        read_ruleset({**files, "rash.yaml": wrong})
    assert len(refused.value.faults) >= 2


def test_any_change_of_any_file_changes_the_hash_and_a_stored_set_is_the_same_set() -> None:
    files, shipped = shipped_files(), load_ruleset()
    assert hash_of(files) == shipped.hash == thaw_ruleset(freeze_files(files)).hash
    for name in files:
        assert hash_of({**files, name: files[name] + "\n"}) != shipped.hash
    assert hash_of(dict(reversed(files.items()))) == shipped.hash
    assert thaw_ruleset(freeze_files(files)) == shipped


def test_every_text_is_chinese_on_one_side_and_english_on_the_other() -> None:
    seen: list[tuple[str, str]] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if set(part) == {"zh", "en"} and isinstance(part["zh"], str):
                seen.append((part["zh"], part["en"]))
            for value in part.values():
                walk(value)
        elif isinstance(part, list | tuple):
            for value in part:
                walk(value)

    shipped = load_ruleset()
    for part in (shipped.gate, shipped.vitals, shipped.modifiers, shipped.departments, *shipped.protocols.values()):
        walk(part.model_dump(exclude={"rules": {"__all__": {"when", "unless"}}} if part is shipped.gate else None))
    assert len(seen) > 600
    for zh, en in seen:
        assert not CHINESE.search(en), en
        assert "!" not in en and "！" not in zh, (zh, en)
        assert CHINESE.search(zh) or zh == en or re.fullmatch(r"[\w°/%≤≥. ]+", zh), zh


def test_every_protocol_has_what_a_page_needs() -> None:
    shipped = load_ruleset()
    wanted = {
        "fever_adult", "fever_child", "cough_cold", "sore_throat", "headache", "chest_pain", "abdominal_pain",
        "diarrhoea_vomiting", "rash", "urinary", "low_back_pain", "hypertension_followup", "diabetes_followup",
        "general",
    }
    assert wanted <= set(shipped.protocols)
    assert len([q for q in shipped.gate.questions if q.red_flag and q.ask_when is None]) == 8
    for name, protocol in shipped.protocols.items():
        assert 5 <= len([q for q in protocol.questions if q.red_flag]) + 1 and protocol.watch_for, name
        assert protocol.reviewed_by == "", "only a licensed clinician fills this in"
    assert all(rule.source for rule in all_rules(shipped))


def truth(raw: object, values: dict[str, Value]) -> bool | None:
    return parse_condition(raw).truth(lambda name: values.get(name))


@pytest.mark.parametrize(("raw", "values", "expected"), [
    ({"a": "yes"}, {"a": "yes"}, True), ({"a": "yes"}, {"a": "no"}, False), ({"a": "yes"}, {}, None),
    ({"a": "yes"}, {"a": NOT_APPLICABLE}, False), ({"n": {"at_least": 3}}, {"n": NOT_APPLICABLE}, False),
    ({"a": ["x", "y"]}, {"a": "y"}, True), ({"n": {"at_least": 3, "less_than": 5}}, {"n": 3.0}, True),
    ({"n": {"at_least": 3, "less_than": 5}}, {"n": 5.0}, False), ({"n": {"more_than": 3}}, {"n": 3.0}, False),
    ({"n": {"at_most": 3}}, {"n": 3.0}, True), ({"n": {"at_most": 3}}, {}, None),
    ({"not": {"a": "yes"}}, {}, None), ({"not": {"a": "yes"}}, {"a": "no"}, True),
    ({"all": [{"a": "yes"}, {"b": "yes"}]}, {"a": "no"}, False),
    ({"all": [{"a": "yes"}, {"b": "yes"}]}, {"a": "yes"}, None),
    ({"any": [{"a": "yes"}, {"b": "yes"}]}, {"a": "yes"}, True),
    ({"any": [{"a": "yes"}, {"b": "yes"}]}, {"a": "no"}, None),
    ({"at_least": {"number": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"c": "yes"}]}}, {"a": "yes", "b": "no"}, None),
    ({"at_least": {"number": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"c": "yes"}]}}, {"a": "no", "b": "no"}, False),
])
def test_conditions_know_three_values(raw: object, values: dict[str, Value], expected: bool | None) -> None:
    assert truth(raw, values) is expected


@pytest.mark.parametrize("raw", [
    {}, [], "a", {"a": "yes", "b": "no"}, {"a": True}, {"a": 3}, {"a": []}, {"all": []}, {"any": {"a": "yes"}},
    {"n": {"above": 3}}, {1: "yes"}, {"a": None},
])
def test_an_unreadable_condition_is_refused(raw: object) -> None:
    with pytest.raises(BadCondition):
        parse_condition(raw)


@pytest.mark.parametrize(("raw", "expected"), [
    ({"a": "yes"}, True), ({"any": [{"a": "yes"}, {"b": "yes"}]}, True), ({"all": [{"a": "yes"}, {"b": "yes"}]}, False),
    ({"not": {"a": "yes"}}, False), ({"a": "no"}, False), ({"n": {"at_least": 1}}, False),
])
def test_it_is_known_whether_one_yes_is_enough(raw: object, expected: bool) -> None:
    assert alone_suffices(parse_condition(raw), "a") is expected


def test_the_parts_of_a_condition_can_be_listed() -> None:
    condition = parse_condition({"all": [{"a": "yes"}, {"not": {"any": [{"b": "no"}, {"n": {"at_least": 2}}]}}]})
    names: Callable[..., list[str]] = lambda found: [leaf.name for leaf in found]  # noqa: E731
    assert names(leaves(condition)) == ["a", "b", "n"]
    assert names(negated(condition)) == ["b", "n"]

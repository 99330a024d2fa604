"""Whatever is wrong in a policy file is refused when it is read, with file, rule and field."""
import copy
import time

import pytest

from app.policy.loading import load_pack, load_policy, parse_policy
from app.policy.policy_set import PolicySet
from app.policy.problems import PolicyError
from app.policy.reading import MAX_BYTES, read_yaml

SOUND = """
id: example-province
version: "2026.1.0"
jurisdiction: CN
layer: province
timezone: Asia/Shanghai
params: {max_days: 14, min_age: 18}
lists: {short_course: [antimicrobial, antimicrobial_special]}
rules:
- id: EX-01
  stage: [prescribe]
  effect: block
  valid_from: 2026-03-01
  when:
    all: [{fact: rx.drug_classes, op: any_of, list: short_course}, {fact: rx.days, op: gt, param: max_days}]
  exceptions: [{id: EX-EXC-FLOOD, valid_from: 2026-07-01, valid_to: 2026-07-31, when: {fact: visit.is_emergency,
    op: "true"}, cite: [{instrument: Flood notice, article: "2", confidence: text}]}]
  cite: [{instrument: Provincial telemedicine order, article: "8", confidence: summary}]
  message: {en: "Too many days for this drug by remote prescription.", zh: "该药远程处方用量过长。"}
- id: EX-02
  stage: [consult_start]
  effect: require
  valid_from: 2026-03-01
  when: {fact: patient.age_years, op: lt, param: min_age}
  evidence: [patient.guardian_present]
  cite: [{instrument: Provincial telemedicine order, article: "5", confidence: text}]
  message: {en: "Please let a guardian join.", zh: "请监护人一同参加。"}
"""


def sound() -> dict:
    """The example policy as plain data."""
    return read_yaml(SOUND, "example.yaml")


def broken(path: str, value: object) -> dict:
    """The example with one place changed; `path` is dotted, value ... removes."""
    data = copy.deepcopy(sound())
    *way, last = path.split(".")
    place = data
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    key = int(last) if isinstance(place, list) else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return data


def test_the_sound_example_is_read():
    policy = parse_policy(sound(), "example.yaml")
    assert [rule.id for rule in policy.rules] == ["EX-01", "EX-02"]


COMPARISON = "rules.0.when"
FAULTS = {
    "an unknown key": ("rules.0.prioity", 3),
    "an unknown key of the policy": ("owner", "me"),
    "an unknown fact": (COMPARISON, {"fact": "patient.age", "op": "lt", "value": 6}),
    "an unknown operator": (COMPARISON, {"fact": "rx.days", "op": "greater", "value": 6}),
    "an operator as a YAML boolean": (COMPARISON, {"fact": "rx.ai_generated", "op": True}),
    "an unknown param": (COMPARISON, {"fact": "rx.days", "op": "gt", "param": "max_dayz"}),
    "an unknown list": (COMPARISON, {"fact": "rx.drug_classes", "op": "any_of", "list": "shortcourse"}),
    "an unknown stage": ("rules.0.stage", ["prescibe"]),
    "no stage": ("rules.0.stage", []),
    "a stage twice": ("rules.0.stage", ["prescribe", "prescribe"]),
    "an unknown effect": ("rules.0.effect", "forbid"),
    "an order on a bool": (COMPARISON, {"fact": "rx.ai_generated", "op": "lt", "value": 1}),
    "any_of on an enum": (COMPARISON, {"fact": "visit.mode", "op": "any_of", "value": ["video"]}),
    "days since on a number": (COMPARISON, {"fact": "rx.days", "op": "days_since_le", "value": 3}),
    "days since with a date": (COMPARISON, {"fact": "prior.date", "op": "days_since_le", "value": "2026-01-01"}),
    "days since with half a day": (COMPARISON, {"fact": "prior.date", "op": "days_since_le", "value": 1.5}),
    "a value of the wrong type": (COMPARISON, {"fact": "rx.days", "op": "gt", "value": "7"}),
    "a value the fact cannot have": (COMPARISON, {"fact": "visit.mode", "op": "eq", "value": "vidio"}),
    "a value out of range": (COMPARISON, {"fact": "patient.age_years", "op": "lt", "value": 200}),
    "a class that does not exist": ("lists.short_course", ["antimicrobials"]),
    "an empty list": ("lists.short_course", []),
    "an empty inline list": (COMPARISON, {"fact": "rx.drug_classes", "op": "any_of", "value": []}),
    "a list where one value belongs": (COMPARISON, {"fact": "rx.days", "op": "gt", "value": [7]}),
    "one value where a list belongs": (COMPARISON, {"fact": "visit.mode", "op": "in", "value": "video"}),
    "a value beside a boolean operator": (COMPARISON, {"fact": "rx.ai_generated", "op": "true", "value": True}),
    "nothing to compare with": (COMPARISON, {"fact": "rx.days", "op": "gt"}),
    "two things to compare with": (COMPARISON, {"fact": "rx.days", "op": "gt", "value": 7, "param": "max_days"}),
    "a fact without operator": (COMPARISON, {"fact": "rx.days", "value": 7}),
    "two shapes at once": (COMPARISON, {"all": [{"fact": "rx.off_label", "op": "true"}], "fact": "rx.days",
                                        "op": "gt", "value": 7}),
    "an empty condition": (COMPARISON, {}),
    "an empty all": (COMPARISON, {"all": []}),
    "no citation": ("rules.0.cite", []),
    "an empty article": ("rules.0.cite.0.article", ""),
    "an unknown confidence": ("rules.0.cite.0.confidence", "sure"),
    "an exception without citation": ("rules.0.exceptions.0.cite", []),
    "a message in one language": ("rules.0.message", {"en": "Too many days."}),
    "an empty message": ("rules.0.message.zh", " "),
    "require without evidence": ("rules.1.evidence", []),
    "evidence that is no bool": ("rules.1.evidence", ["patient.age_years"]),
    "evidence that does not exist": ("rules.1.evidence", ["patient.guardian"]),
    "evidence on a block rule": ("rules.0.evidence", ["rx.extension_reason"]),
    "an end before its start": ("rules.0.valid_to", "2026-02-28"),
    "an exception that ends before it starts": ("rules.0.exceptions.0.valid_to", "2026-06-30"),
    "an exception without a start": ("rules.0.exceptions.0.valid_from", ...),
    "no start": ("rules.0.valid_from", ...),
    "a number as a date": ("rules.0.valid_from", 0),
    "a version that YAML read as a number": ("version", 2026.1),
    "an unknown timezone": ("timezone", "Asia/Peking"),
    "an unknown layer": ("layer", "city"),
    "no rules": ("rules", []),
    "two windows that overlap": ("rules.1.id", "EX-01"),
    "presence in a block rule": (COMPARISON, {"fact": "rx.days", "op": "present"}),
    "absence in a block rule": (COMPARISON, {"not": {"fact": "rx.days", "op": "absent"}}),
    "presence in a require rule": ("rules.1.when", {"fact": "patient.age_years", "op": "absent"}),
    "presence in the exception of a block rule": ("rules.0.exceptions.0.when", {"fact": "rx.days", "op": "absent"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_and_names_the_file(fault):
    with pytest.raises(PolicyError) as refusal:
        parse_policy(broken(*FAULTS[fault]), "example.yaml")
    assert refusal.value.facts["file"] == "example.yaml"
    assert refusal.value.detail.zh and refusal.value.detail.en


@pytest.mark.parametrize(("fault", "rule", "field"), [
    ("an unknown fact", "EX-01", "when"), ("an unknown stage", "EX-01", "stage.0"),
    ("evidence that is no bool", "EX-02", "evidence"), ("an unknown key", "EX-01", "prioity"),
    ("presence in the exception of a block rule", "EX-01", "exceptions.EX-EXC-FLOOD")])
def test_a_refusal_names_rule_and_field(fault, rule, field):
    with pytest.raises(PolicyError) as refusal:
        parse_policy(broken(*FAULTS[fault]), "example.yaml")
    assert (refusal.value.facts["rule"], refusal.value.facts["field"]) == (rule, field)


@pytest.mark.parametrize("rule", ["CN-RX-01", "CN-VISIT-01"])
@pytest.mark.invariant(1)
def test_controlled_drugs_and_the_first_visit_rule_can_never_be_overridden(rule):
    data = broken("rules.0.id", rule)
    data["rules"][0]["overridable"] = True
    with pytest.raises(PolicyError, match="never be overridden"):
        parse_policy(data)


def test_two_windows_of_one_rule_may_follow_each_other():
    data = broken("rules.0.valid_to", "2026-12-31")
    data["rules"].append(copy.deepcopy(data["rules"][0]) | {"valid_from": "2027-01-01", "valid_to": None})
    assert len(parse_policy(data).rules) == 3


def test_presence_is_allowed_where_it_can_only_warn():
    data = broken(COMPARISON, {"fact": "rx.days", "op": "absent"})
    data["rules"][0] |= {"effect": "warn", "exceptions": []}
    assert parse_policy(data).rules[0].effect == "warn"


@pytest.mark.parametrize(("what", "text"), [
    ("a tag that builds objects", "id: !!python/object/apply:os.system [ls]"),
    ("a key twice", "id: a\nid: b"),
    ("an alias", "a: &x [1]\nb: *x"),
    ("a list at the top", "- 1"),
    ("broken YAML", "id: [1"),
    ("two documents", "id: a\n---\nid: b"),
    ("a date that does not exist", "valid_from: 2026-02-30"),
    ("a character that no database keeps", 'a: "\\u0000"'),
    ("a message that reads backwards", 'a: "\\u202e"'),
    ("a control character in a key", '"a\\u0007": 1'),
    ("too deep", "a: " + "[" * 60 + "]" * 60),
    ("too large", "a: '" + "x" * MAX_BYTES + "'")])
def test_yaml_that_could_do_harm_is_refused(what, text):
    with pytest.raises(PolicyError) as refusal:
        read_yaml(text, "harm.yaml")
    assert refusal.value.facts["file"] == "harm.yaml"


@pytest.mark.parametrize("name", ["no-such-pack", "../loading", "facts/../../x", ""])
def test_a_pack_that_does_not_ship_is_refused(name):
    with pytest.raises(PolicyError):
        load_pack(name)


def test_a_file_on_disk_is_named_in_the_refusal(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(SOUND.replace("rx.days", "rx.dayz"), "utf-8")
    with pytest.raises(PolicyError, match="mine.yaml"):
        load_policy(path)


def test_the_hash_changes_with_every_word_and_with_nothing_else():
    original = parse_policy(sound())
    assert parse_policy(read_yaml("# a remark\n" + SOUND, "x")).sha256 == original.sha256
    assert parse_policy(broken("params.max_days", 15)).sha256 != original.sha256
    assert parse_policy(broken("rules.0.message.en", "Too many days.")).sha256 != original.sha256


def test_a_copied_policy_does_not_keep_the_old_hash():
    policy = parse_policy(sound())
    assert policy.model_copy(update={"version": "2026.1.1"}).sha256 != policy.sha256


def test_layers_of_two_countries_do_not_go_together():
    with pytest.raises(PolicyError, match="different countries"):
        PolicySet.of([load_pack("cn-mainland"), load_pack("de-amvv")])


def test_a_lower_layer_cannot_take_the_id_of_a_rule_above():
    with pytest.raises(PolicyError, match="another layer"):
        PolicySet.of([load_pack("cn-mainland"), parse_policy(broken("rules.0.id", "CN-RX-07"))])


def test_many_keys_are_read_in_the_time_that_few_take():
    """Comparing each key with each other one took a minute for a file within the limits."""
    started = time.process_time()
    keys = "".join(f"a{n}: 1\n" for n in range(9_000))
    assert len(read_yaml(keys, "many.yaml")) == 9_000
    with pytest.raises(PolicyError, match="twice"):
        read_yaml(f"{keys}a0: 2\n", "twice.yaml")
    with pytest.raises(PolicyError, match="too many entries"):
        read_yaml("".join(f"a{n}: 1\n" for n in range(28_000)), "more.yaml")
    assert time.process_time() - started < 5


def test_a_key_is_a_word():
    with pytest.raises(PolicyError, match="plain word"):
        read_yaml("[a, b]: 1", "odd.yaml")

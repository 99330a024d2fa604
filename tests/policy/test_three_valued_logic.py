"""Kleene: whatever is called true or false stays so, whichever value the missing facts take."""
from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.policy.kleene import All, Comparison, Either, Node, Not, Presence, Truth

NAMES = ("a", "b", "c", "d")
DAY = date(2026, 11, 21)


def is_true(value: bool, reference: object, as_of: date) -> bool:
    return value


leaves = st.sampled_from([Comparison(name, is_true, None) for name in NAMES])
nodes = st.recursive(leaves, lambda part: st.one_of(
    part.map(Not), st.lists(part, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
    st.lists(part, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts)))), max_leaves=8)
some_facts = st.dictionaries(st.sampled_from(NAMES), st.booleans())


def completions(facts: dict[str, bool]):
    absent = [name for name in NAMES if name not in facts]
    for values in product((True, False), repeat=len(absent)):
        yield facts | dict(zip(absent, values, strict=True))


@given(nodes, some_facts)
def test_a_known_answer_holds_for_every_completion(node: Node, facts: dict[str, bool]):
    truth = node.judge(facts, DAY)
    if truth.value is not None:
        assert {node.judge(full, DAY).value for full in completions(facts)} == {truth.value}


@given(nodes, some_facts)
def test_unknown_names_only_absent_facts_and_at_least_one(node: Node, facts: dict[str, bool]):
    truth = node.judge(facts, DAY)
    assert (truth.value is None) == bool(truth.missing)
    assert not truth.missing & facts.keys()


@given(nodes, some_facts)
def test_filling_in_the_named_facts_settles_the_answer(node: Node, facts: dict[str, bool]):
    truth = node.judge(facts, DAY)
    assert node.judge(facts | dict.fromkeys(truth.missing, True), DAY).value is not None


@given(nodes, st.fixed_dictionaries(dict.fromkeys(NAMES, st.booleans())))
def test_with_all_facts_the_answer_is_that_of_two_valued_logic(node: Node, facts: dict[str, bool]):
    assert node.judge(facts, DAY).value is plain_truth(node, facts)


def plain_truth(node: Node, facts: dict[str, bool]) -> bool:
    """The same condition in plain Python."""
    if isinstance(node, Not):
        return not plain_truth(node.part, facts)
    if isinstance(node, All):
        return all(plain_truth(part, facts) for part in node.parts)
    if isinstance(node, Either):
        return any(plain_truth(part, facts) for part in node.parts)
    return facts[node.fact]


@given(nodes, nodes, some_facts)
def test_de_morgan_holds_with_unknowns(one: Node, other: Node, facts: dict[str, bool]):
    left = Not(All((one, other))).judge(facts, DAY).value
    assert left is Either((Not(one), Not(other))).judge(facts, DAY).value


def test_one_false_part_settles_an_and_and_one_true_part_an_or():
    a, b = Comparison("a", is_true, None), Comparison("b", is_true, None)
    assert All((a, b)).judge({"a": False}, DAY) == Truth(False)
    assert Either((a, b)).judge({"a": True}, DAY) == Truth(True)
    assert All((a, b)).judge({"a": True}, DAY) == Truth(None, frozenset("b"))
    assert Not(b).judge({}, DAY) == Truth(None, frozenset("b"))


def test_presence_is_always_known():
    assert Presence("a", wanted=True).judge({}, DAY) == Truth(False)
    assert Presence("a", wanted=False).judge({}, DAY) == Truth(True)

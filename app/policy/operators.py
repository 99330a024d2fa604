"""The operators of a condition: which fact types they accept, what they compare with, and how."""
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple


class Operator(NamedTuple):
    """`wants` is what stands beside the operator: "nothing", "one" value, or "many" of them."""

    types: frozenset[str]
    wants: str
    test: Callable[[Any, Any, date], bool]


ORDERED = frozenset({"int", "num", "date"})
NAMED = frozenset({"int", "num", "enum", "str"})
BOOL, SET, DATE = frozenset({"bool"}), frozenset({"set"}), frozenset({"date"})
ANY_TYPE = ORDERED | NAMED | BOOL | SET
# These two are always known; a rule that stops a step may not rest on them (it would stop firing in silence).
PRESENCE = frozenset({"present", "absent"})

OPERATORS: dict[str, Operator] = {
    "true": Operator(BOOL, "nothing", lambda value, ref, as_of: value),
    "false": Operator(BOOL, "nothing", lambda value, ref, as_of: not value),
    "lt": Operator(ORDERED, "one", lambda value, ref, as_of: value < ref),
    "le": Operator(ORDERED, "one", lambda value, ref, as_of: value <= ref),
    "gt": Operator(ORDERED, "one", lambda value, ref, as_of: value > ref),
    "ge": Operator(ORDERED, "one", lambda value, ref, as_of: value >= ref),
    "eq": Operator(NAMED, "one", lambda value, ref, as_of: value == ref),
    "ne": Operator(NAMED, "one", lambda value, ref, as_of: value != ref),
    "in": Operator(NAMED, "many", lambda value, ref, as_of: value in ref),
    "not_in": Operator(NAMED, "many", lambda value, ref, as_of: value not in ref),
    "any_of": Operator(SET, "many", lambda value, ref, as_of: not value.isdisjoint(ref)),
    "none_of": Operator(SET, "many", lambda value, ref, as_of: value.isdisjoint(ref)),
    "days_since_le": Operator(DATE, "one", lambda value, ref, as_of: (as_of - value).days <= ref),
    "present": Operator(ANY_TYPE, "nothing", lambda value, ref, as_of: True),
    "absent": Operator(ANY_TYPE, "nothing", lambda value, ref, as_of: False),
}

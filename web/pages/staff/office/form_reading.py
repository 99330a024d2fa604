"""Reads the form of the rules back into plain data, and carries out its buttons that add and take away parts."""
import re
from datetime import date
from typing import Any

from app.kit.problems import invalid
from app.policy import api as policy
from web.pages.staff.office.rule_form import NESTED, OLDER, Data, schema

DEEPEST = 24
SPLIT = re.compile(r"[,，、;；]\s*")
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
BLANK = {"fact": "", "op": "eq"}
Pairs = dict[str, list[str]]


def read_form(pairs: Pairs) -> Data:
    """The plain data of a policy's own part. Raises Invalid for a form that is nested too deeply."""
    tree: Data = {}
    for name, values in pairs.items():
        steps = name.split(".")
        if steps[0] not in ("params", "lists", "rules"):
            continue
        if len(steps) > DEEPEST:
            raise invalid("", "条件套得太深，请拆成几条规则。",
                          "The conditions are nested too deeply; please make several rules.")
        place = tree
        for step in steps[:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise invalid("", "表单的内容对不上，请重新打开这一页。",
                              "The form does not fit together; please open it anew.")
        place[steps[-1]] = values
    data: Data = {"params": _named(tree.get("params")), "lists": _named(tree.get("lists"), many=True)}
    names = (set(data["params"]), set(data["lists"]))
    return data | {"rules": [_rule(one, names) for one in _numbered(tree.get("rules"))]}


def _numbered(tree: Any) -> list[Data]:
    """Parts in the order of their numbers."""
    if not isinstance(tree, dict):
        return []
    kept = [(int(key), one) for key, one in tree.items() if key.isdecimal() and len(key) < 6 and isinstance(one, dict)]
    return [one for _, one in sorted(kept, key=lambda pair: pair[0])]


def _named(tree: Any, many: bool = False) -> Data:
    rows = [(_text(one.get("name")), _text(one.get("value"))) for one in _numbered(tree)]
    return {name: _split(value) if many else _scalar(value) for name, value in rows if name or value}


def _text(values: Any) -> str:
    return values[0].strip() if isinstance(values, list) and values else ""


def _split(text: str) -> list[str]:
    return [part.strip() for part in SPLIT.split(text) if part.strip()]


def _scalar(text: str) -> Any:
    """A number, a day, or the words as they stand."""
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return _day(text)


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _rule(tree: Data, names: tuple[set[str], set[str]]) -> Data:
    made = _simple("Rule", tree)
    made["when"] = _condition(tree.get("when"), names)
    made["message"] = _simple("Message", tree.get("message"))
    made["cite"] = [_simple("Cite", one) for one in _numbered(tree.get("cite"))]
    exceptions = [_exception(one, names) for one in _numbered(tree.get("exceptions"))]
    return made | ({"exceptions": exceptions} if exceptions else {})


def _exception(tree: Data, names: tuple[set[str], set[str]]) -> Data:
    return _simple("Exception_", tree) | {"when": _condition(tree.get("when"), names),
                                          "cite": [_simple("Cite", one) for one in _numbered(tree.get("cite"))]}


def _simple(model: str, tree: Any) -> Data:
    """The simple fields of a model, by its schema; what stays empty is left out."""
    given, made = tree if isinstance(tree, dict) else {}, {}
    for name, part in schema()[model]["properties"].items():
        if name in NESTED:
            continue
        values = given.get(name)
        text = _text(values)
        if part.get("type") == "boolean":
            value: Any = bool(text)
        elif part.get("type") == "array":
            value = values if "enum" in part.get("items", {}) else _split(text)
        else:
            value = _day(text) if name.startswith("valid_") else text
        if value:
            made[name] = value
    return made


def _condition(tree: Any, names: tuple[set[str], set[str]]) -> Data:
    tree = tree if isinstance(tree, dict) else {}
    kind = _text(tree.get("kind"))
    parts = [_condition(one, names) for one in _numbered(tree.get("parts"))]
    if kind in ("all", "any"):
        return {kind: parts}
    if kind == "not":
        return {"not": parts[0] if parts else dict(BLANK)}
    fact, op, ref = (_text(tree.get(name)) for name in ("fact", "op", "ref"))
    if op == OLDER:
        return {"not": {"fact": fact, "op": "days_since_le"} | _reference("days_since_le", ref, fact, names)}
    return {"fact": fact, "op": op} | _reference(op, ref, fact, names)


def _reference(op: str, ref: str, fact: str, names: tuple[set[str], set[str]]) -> Data:
    """The name of a parameter or a list where there is one, else a value of the fact's type."""
    if op in ("true", "false", "present", "absent") or not ref:
        return {}
    for key, known in (("param", names[0]), ("list", names[1])):
        if ref in known:
            return {key: ref}
    if op in ("in", "not_in", "any_of", "none_of"):
        return {"value": _split(ref)}
    spec = policy.fact_registry().specs.get(fact)
    plain = spec is not None and spec.type in ("str", "enum")
    return {"value": ref if plain else _scalar(ref)}


# --- buttons --------------------------------------------------------------------------------------------------


def carried_out(data: Data, act: str, path: str) -> Data:
    """The data after one button: add, drop, and, or, not. A way that leads nowhere changes nothing."""
    steps = path.split(".")
    try:
        if act == "add":
            _add(data, steps)
        elif act == "drop":
            _drop(data, steps)
        elif act in ("and", "or", "not"):
            _join(data, steps, {"and": "all", "or": "any", "not": "not"}[act])
    except (KeyError, IndexError, ValueError, TypeError):
        return data
    return data


def _add(data: Data, steps: list[str]) -> None:
    kind = steps[-1]
    if kind in ("params", "lists"):
        data[kind][f"name_{len(data[kind]) + 1}"] = 1 if kind == "params" else ["ordinary"]
        return
    blank: dict[str, Data] = {
        "rules": {"id": "", "stage": ["prescribe"], "effect": "block", "when": dict(BLANK), "cite": [{}],
                  "message": {}},
        "cite": {}, "exceptions": {"id": "", "when": dict(BLANK), "cite": [{}]}}
    place = data if len(steps) == 1 else _at(data, steps[:-1])
    place.setdefault(kind, []).append(blank[kind])


def _drop(data: Data, steps: list[str]) -> None:
    if steps[0] in ("params", "lists"):
        table = data[steps[0]]
        del table[list(table)[int(steps[1])]]
        return
    if steps[-2] != "parts":
        place = data if len(steps) == 2 else _at(data, steps[:-2])
        del place[steps[-2]][int(steps[-1])]
        return
    group = _at(data, steps[:-2])
    kind = next(name for name in ("all", "any") if name in group)
    del group[kind][int(steps[-1])]
    if len(group[kind]) == 1:
        _put(group, group[kind][0])


def _join(data: Data, steps: list[str], kind: str) -> None:
    """One more part beside a condition, or its opposite."""
    node = _at(data, steps)
    if kind == "not":
        _put(node, node["not"] if "not" in node else {"not": dict(node)})
    elif kind in node:
        node[kind].append(dict(BLANK))
    else:
        _put(node, {kind: [dict(node), dict(BLANK)]})


def _put(node: Data, made: Data) -> None:
    kept = dict(made)
    node.clear()
    node.update(kept)


def _at(data: Data, steps: list[str]) -> Any:
    """The part of the data at the end of a way; `parts` are the members of a condition."""
    place: Any = data
    for step in steps:
        if step == "parts":
            place = [place["not"]] if "not" in place else place.get("all") or place["any"]
        else:
            place = place[int(step)] if isinstance(place, list) else place[step]
    return place

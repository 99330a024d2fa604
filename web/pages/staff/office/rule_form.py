"""The form of the hospital's own rules, made from the JSON Schema of the models.

A field's name is the way to its value (`rules.0.when.parts.1.op`). What stands in a field comes from the schema:
choices from its enumerations, lengths from its limits. A condition is a sentence of rows; its parts are numbered
under `parts`.
"""
from functools import cache
from typing import Any

from app.kit.text import Text
from app.policy import api as policy
from web.pages.staff import views_policy as p
from web.pages.staff.views import Choice

Data = dict[str, Any]
OLDER = "older"         # not (days since … at most …), which people read as one comparison
NESTED = ("when", "cite", "exceptions", "message")
LONG = 200
LABELS: dict[tuple[str, str], Text] = {
    ("Rule", "id"): Text(zh="编号", en="Number"), ("Rule", "stage"): Text(zh="在哪一步", en="At which step"),
    ("Rule", "effect"): Text(zh="效力", en="Effect"), ("Rule", "valid_from"): Text(zh="从哪天起", en="Holds from"),
    ("Rule", "valid_to"): Text(zh="到哪天止（可空）", en="until (may stay empty)"),
    ("Rule", "evidence"): Text(zh="要的凭证（只在「要凭证」时填）", en="Evidence (only for the effect “Evidence”)"),
    ("Rule", "overridable"): Text(zh="医生写明理由可以放行", en="A doctor may override it with a reason"),
    ("Message", "zh"): Text(zh="人看到的话，中文", en="What people read, Chinese"),
    ("Message", "en"): Text(zh="人看到的话，英文", en="What people read, English"),
    ("Cite", "instrument"): Text(zh="出处", en="Source"), ("Cite", "article"): Text(zh="条款", en="Article"),
    ("Cite", "confidence"): Text(zh="核实到哪一步", en="How sure"),
    ("Cite", "article_unverified"): Text(zh="条款号没有核实", en="The article number was not verified"),
    ("Exception_", "id"): Text(zh="例外编号", en="Number of the exception"),
    ("Exception_", "valid_from"): Text(zh="从哪天起", en="Holds from"),
    ("Exception_", "valid_to"): Text(zh="到哪天止（可空）", en="until (may stay empty)"),
}
WORDS = {"stage": policy.STAGE_WORDS, "effect": {one.value: words for one, words in policy.EFFECT_WORDS.items()},
         "confidence": policy.CONFIDENCE_WORDS}
LEADS = {"all": Text(zh="都成立", en="all of"), "any": Text(zh="任一成立", en="any of"),
         "not": Text(zh="不成立", en="not"),
         "leaf": Text(zh="如果", en="if")}
FACT, OP, REF = Text(zh="事实", en="Fact"), Text(zh="怎么比", en="Compared"), Text(zh="和什么比", en="With")
NAME, VALUE = Text(zh="名字", en="Name"), Text(zh="值", en="Value")
MEMBERS = Text(zh="成员，用逗号分开", en="Members, with commas")
TOO_OLD = Text(zh="早于…天前", en="is more than … days ago")


@cache
def schema() -> Data:
    """The JSON Schema of a policy, by the names of its models."""
    return policy.Policy.model_json_schema(by_alias=True)["$defs"]


def fields(model: str, path: str, value: Data) -> tuple[p.FormField, ...]:
    """The simple fields of one model in the order of the labels; what is nested in it has a part of its own."""
    known, needed = schema()[model]["properties"], schema()[model].get("required", ())
    return tuple(_field(model, name, known[name], f"{path}.{name}", value.get(name), name in needed)
                 for owner, name in LABELS if owner == model)


def _field(model: str, name: str, part: Data, path: str, value: Any, needed: bool) -> p.FormField:
    label, kind, options = LABELS[model, name], _kind(part), _options(name, part, value)
    most = int(_plain(part).get("maxLength", LONG))
    if kind == "tick":
        return p.FormField(path, label, kind, "1" if value else "")
    shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value if value is not None else "")
    return p.FormField(path, label, kind, shown, options, needed, most, "facts" if name == "evidence" else "")


def _plain(part: Data) -> Data:
    """The one schema that counts: a reference followed, a null left out."""
    if "$ref" in part:
        return dict(schema()[part["$ref"].rsplit("/", 1)[-1]])
    several = [one for one in part.get("anyOf", ()) if one.get("type") != "null"]
    return _plain(several[0]) if several else part


def _kind(part: Data) -> str:
    part = _plain(part)
    if part.get("type") == "boolean":
        return "tick"
    if part.get("type") == "array":
        return "checks" if "enum" in _plain(part["items"]) else "text"
    if "enum" in part:
        return "select"
    if part.get("format") == "date":
        return "date"
    short = part.get("title") in ("Instrument", "Article")
    return "area" if part.get("maxLength", 0) > 2 * LONG and not short else "text"


def _options(name: str, part: Data, value: Any) -> tuple[Choice, ...]:
    part = _plain(part)
    members = part.get("enum") or (_plain(part["items"]).get("enum", ()) if part.get("type") == "array" else ())
    chosen = value if isinstance(value, list | tuple) else [value]
    return tuple(Choice(one, WORDS[name][one], one in chosen) for one in members)


# --- conditions -----------------------------------------------------------------------------------------------


def condition(path: str, node: Data, can_drop: bool = False, lead: Text | None = None) -> p.ConditionForm:
    """A condition of the data as rows of the form."""
    kind = next((name for name in ("all", "any") if name in node), "leaf")
    inner = node.get("not")
    if isinstance(inner, dict) and inner.get("op") == "days_since_le":
        return _leaf(path, inner | {"op": OLDER}, can_drop, lead)
    if isinstance(inner, dict):
        return p.ConditionForm(path, "not", LEADS["not"], (), (condition(f"{path}.parts.0", inner),), can_drop)
    if kind == "leaf":
        return _leaf(path, node, can_drop, lead)
    joined = Text(zh="并且", en="and") if kind == "all" else Text(zh="或者", en="or")
    parts = tuple(condition(f"{path}.parts.{number}", part, True, joined if number else LEADS["leaf"])
                  for number, part in enumerate(node[kind]) if isinstance(part, dict))
    return p.ConditionForm(path, kind, LEADS[kind], (), parts, can_drop)


def _leaf(path: str, node: Data, can_drop: bool, lead: Text | None) -> p.ConditionForm:
    registry = policy.fact_registry()
    facts = tuple(Choice(name, spec.label, name == node.get("fact")) for name, spec in registry.specs.items())
    words = {**policy.OPERATOR_WORDS, OLDER: TOO_OLD}
    operators = tuple(Choice(name, _bare(text), name == node.get("op")) for name, text in words.items())
    return p.ConditionForm(path, "leaf", lead or LEADS["leaf"], (
        p.FormField(f"{path}.fact", FACT, "select", str(node.get("fact", "")), facts),
        p.FormField(f"{path}.op", OP, "select", str(node.get("op", "")), operators),
        p.FormField(f"{path}.ref", REF, "text", _reference(node), suggestions="params")), (), can_drop)


def _bare(text: Text) -> Text:
    return Text(zh=text.zh.replace("{r}", "…"), en=text.en.replace("{r}", "…"))


def _reference(node: Data) -> str:
    for key in ("param", "list", "value"):
        if node.get(key) is not None:
            found = node[key]
            return ", ".join(map(str, found)) if isinstance(found, list | tuple) else str(found)
    return ""


# --- whole rules ----------------------------------------------------------------------------------------------


def rule_form(number: int, data: Data, said: Text | None, was: Text | None) -> p.RuleForm:
    """One rule of the data."""
    path = f"rules.{number}"
    message = data.get("message") if isinstance(data.get("message"), dict) else {}
    own = (*fields("Rule", path, data), *fields("Message", f"{path}.message", message or {}))
    exceptions = tuple(
        p.ExceptionForm(f"{path}.exceptions.{n}", fields("Exception_", f"{path}.exceptions.{n}", one),
                        condition(f"{path}.exceptions.{n}.when", _dict(one.get("when"))),
                        cites(f"{path}.exceptions.{n}.cite", one.get("cite")))
        for n, one in enumerate(_dicts(data.get("exceptions"))))
    return p.RuleForm(path, str(data.get("id", "")), own, condition(f"{path}.when", _dict(data.get("when"))),
                      cites(f"{path}.cite", data.get("cite")), exceptions, said, was)


def cites(path: str, value: Any) -> tuple[p.ListedForm, ...]:
    """The citations of a rule or an exception."""
    return tuple(p.ListedForm(f"{path}.{n}", fields("Cite", f"{path}.{n}", one)) for n, one in enumerate(_dicts(value)))


def named(kind: str, table: Any) -> tuple[p.ListedForm, ...]:
    """Parameters and lists: a name and what it stands for."""
    label = VALUE if kind == "params" else MEMBERS
    return tuple(p.ListedForm(f"{kind}.{n}", (
        p.FormField(f"{kind}.{n}.name", NAME, "text", str(name), most=60),
        p.FormField(f"{kind}.{n}.value", label, "text", _reference({"value": value}))))
        for n, (name, value) in enumerate(_dict(table).items()))


def _dict(value: Any) -> Data:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Data]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []

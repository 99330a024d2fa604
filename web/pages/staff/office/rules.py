"""The rules as people read them: every rule of every layer as a sentence, and the page of one."""
from collections import Counter
from datetime import date
from typing import Annotated

import yaml
from fastapi import APIRouter, Query, Response

from app.kit.problems import NotFound
from app.kit.text import Text, counted
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from web.door import GuardedRoute
from web.pages.staff import views_policy as p
from web.pages.staff.desk import Officer, frame, show

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PAGE = "staff/admin/rules.html"
Asked = Annotated[str, Query(max_length=80)]
LAYERS: dict[str, Text] = {"national": Text(zh="国家", en="National"), "province": Text(zh="省市", en="Province"),
                           "institution": Text(zh="本院", en="This hospital")}
HOW: dict[str, Text] = {
    "fired": Text(zh="触发", en="fired"),
    "cannot_determine": Text(zh="缺事实，按成立处理", en="a fact was missing, taken as true"),
    "satisfied": Text(zh="凭证齐备", en="evidence complete"),
    "excepted": Text(zh="按例外放行", en="lifted by an exception"),
}
SURE = ("unverified", "summary", "text")
HOLDS = Text(zh="不知道时：当作成立，就停在这一步，并说出缺的是哪一项。",
             en="Not known: it counts as true, the step stops, and the missing fact is named.")
STAYS_SILENT = Text(zh="不知道时：不提醒。这条规则只提醒，不拦人。",
                    en="Not known: nothing is shown. This rule only warns; it stops nobody.")
ONLY_WARNS = Text(zh="不知道时：照样提醒。这条规则不拦人。",
                  en="Not known: it is shown all the same. This rule stops nobody.")


def rule_row(layer: policy.Policy, rule: policy.Rule, holds: bool, chosen: bool = False,
             uses: policy.Uses | None = None) -> p.RuleRow:
    """A rule as one line; with what was counted, also how often it spoke."""
    sure = min((cite.confidence for cite in rule.cite), key=SURE.index)
    cites = "；".join(f"{cite.instrument} {cite.article}" for cite in rule.cite)
    return p.RuleRow(rule.id, f"/admin/rules/rule/{rule.id}", policy.say_rule(layer, rule), cites, sure,
                     rule.effect.value, policy.say_window(rule), LAYERS[layer.layer], holds, chosen,
                     uses.of(rule).spoke if uses else None)


def _rows(policies: policy.PolicySet, work: Work, stage: str, layer: str, chosen: str,
          uses: policy.Uses) -> tuple[p.RuleRow, ...]:
    today = policies.date_of(work.now)
    return tuple(rule_row(one, rule, rule.holds(today), rule.id == chosen, uses)
                 for one in policies.layers if layer in ("", one.layer)
                 for rule in one.rules if not stage or stage in rule.stage)


def _tabs(policies: policy.PolicySet, stage: str, layer: str) -> tuple[p.Tab, ...]:
    rules = [rule for one in policies.layers if layer in ("", one.layer) for rule in one.rules]
    counts = Counter(name for rule in rules for name in rule.stage)
    every = p.Tab(f"?layer={layer}", Text(zh="全部", en="All"), len(rules), not stage)
    return (every, *(p.Tab(f"?stage={name}&layer={layer}", policy.STAGE_WORDS[name], counts[name], name == stage)
                     for name in policy.STAGES if counts[name]))


def _layers(policies: policy.PolicySet, stage: str, layer: str) -> tuple[p.Tab, ...]:
    counts = Counter({name: 0 for name in LAYERS}) + Counter(
        one.layer for one in policies.layers for _ in one.rules)
    every = p.Tab(f"?stage={stage}", Text(zh="全部", en="All"), sum(counts.values()), not layer)
    return (every, *(p.Tab(f"?stage={stage}&layer={name}", words, counts[name], name == layer)
                     for name, words in LAYERS.items() if counts[name]))


def _chosen(policies: policy.PolicySet, work: Work, rule_id: str, uses: policy.Uses) -> p.RulePage | None:
    """The window of a rule that holds today, else its last one."""
    today = policies.date_of(work.now)
    found = [(one, rule) for one in policies.layers for rule in one.rules if rule.id == rule_id]
    if not found:
        return None
    layer, rule = next(((one, rule) for one, rule in found if rule.holds(today)), found[-1])
    names = dict.fromkeys([*policy.facts_of(rule.when), *rule.evidence])
    facts = tuple((name, policies.registry.label(name)) for name in names)
    plain = yaml.safe_dump([rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)], allow_unicode=True,
                           sort_keys=False, width=70)
    cites = tuple((f"{cite.instrument} {cite.article}", cite.confidence, policy.CONFIDENCE_WORDS[cite.confidence])
                  for cite in rule.cite)
    return p.RulePage(rule_row(layer, rule, rule.holds(today)), layer.id, layer.version, facts,
                      _unknown(policies, rule, today), rule.message.zh, rule.message.en, cites, plain,
                      layer.id == desk.HOUSE_LAYER, uses.of(rule).judged, _how(uses.of(rule)))


def _unknown(policies: policy.PolicySet, rule: policy.Rule, today: date) -> Text:
    """What the rule does when nothing is known; a warning that asks whether a fact is there stays silent then."""
    if rule.effect in (policy.Effect.BLOCK, policy.Effect.REQUIRE):
        return HOLDS
    judged = next(one.when.judge({}, today) for one in policies.by_stage[rule.stage[0]] if one.rule is rule)
    return STAYS_SILENT if judged.value is False else ONLY_WARNS


def _how(use: policy.RuleUse) -> tuple[tuple[Text, int], ...]:
    """How a rule stood when it spoke, in words; what never happened is left out."""
    return tuple((words, use.how[name]) for name, words in HOW.items() if use.how.get(name))


def rules_view(work: Work, stage: str, layer: str, rule_id: str = "") -> p.RulesView:
    """All layers. Cost: two statements besides the frame."""
    desk.require_officer(work)
    policies, uses = policy.policies_in_force(work), policy.uses(work)
    stage, layer = (stage if stage in policy.STAGES else ""), (layer if layer in LAYERS else "")
    total = sum(len(one.rules) for one in policies.layers)
    names = " + ".join(f"{one.id} {one.version}" for one in policies.layers)
    title = Text(zh=f"{names} · 生效中 · {total} 条 · 时区 {policies.layers[0].timezone}",
                 en=f"{names} · in force · {counted(total, 'rule')} · {policies.layers[0].timezone}")
    return p.RulesView(frame(work, "rules"), title, _tabs(policies, stage, layer), _layers(policies, stage, layer),
                       _rows(policies, work, stage, layer, rule_id, uses), policies.used[-1].sha256,
                       _chosen(policies, work, rule_id, uses))


@router.get("/admin/rules")
def rules(door: Officer, stage: Asked = "", layer: Asked = "") -> Response:
    """Every rule as a sentence, by step and by layer."""
    with door.read() as work:
        view = rules_view(work, stage, layer)
    return show(door, PAGE, view)


@router.get("/admin/rules/rule/{rule_id}")
def rule(rule_id: str, door: Officer, stage: Asked = "", layer: Asked = "") -> Response:
    """One rule beside the list."""
    with door.read() as work:
        view = rules_view(work, stage, layer, rule_id)
        if view.chosen is None:
            raise NotFound
    return show(door, PAGE, view)

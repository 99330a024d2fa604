"""The words by which a stored decision is told, to patients, staff and inspectors alike."""
from typing import Any

from app.kit.text import Text
from app.policy import api as policy
from app.work import Work

SURE: dict[str, Text] = {
    "text": Text(zh="原文已读", en="text read"), "summary": Text(zh="只读过摘要", en="summary read"),
    "unverified": Text(zh="未核实", en="not verified"),
}
RESULTS: dict[str, Any] = {"fired": "fired", "cannot_determine": "unknown", "satisfied": "satisfied",
                           "excepted": "excepted"}
NONE_JUDGED = Text(zh="没有一条规则得到判断：送来的事实不能用，或者没有这一步的规则。存疑就停下，这是判定的前提。",
                   en="No rule was judged: the facts could not be used, or there are no rules for this step. "
                      "In doubt the step stops, before any rule is asked.")
NONE_HOLDS = Text(zh="这一步在这一天没有适用的规则。没有规则不等于合规，判定如实记下这一点。",
                  en="No rule of this step holds on this day. That is written down as it is; "
                     "it does not mean that the law says yes.")
HERE: dict[str, Text] = {
    "fired": Text(zh="条件成立", en="its condition holds"),
    "satisfied": Text(zh="要的都有", en="what it asks for is there"),
    "excepted": Text(zh="适用例外", en="an exception applies"),
}
SOURCES: dict[str, Text] = {
    "visit": Text(zh="就诊", en="visit"), "visit_judgement": Text(zh="医生的判断", en="the doctor's judgement"),
    "evidence": Text(zh="凭证", en="evidence"), "prescription": Text(zh="处方", en="prescription"),
    "prescription_item": Text(zh="处方的一行", en="a line of the prescription"),
    "triage": Text(zh="分诊", en="triage"), "patient": Text(zh="实名信息", en="the patient's identity"),
    "consent": Text(zh="知情同意", en="consent"), "drug_class": Text(zh="药品分类表", en="table of drug classes"),
    "licence_file": Text(zh="执业档案", en="licence file"), "organization": Text(zh="机构资料", en="organisation"),
    "practitioner": Text(zh="人员资料", en="staff file"), "order": Text(zh="订单", en="order"),
    "order_line": Text(zh="订单的一行", en="a line of the order"),
    "dispense": Text(zh="调配", en="dispensing"), "session": Text(zh="本次登录", en="this sign-in"),
    "visit_list": Text(zh="就诊记录", en="the visits on record"),
    "cashier": Text(zh="收费方式", en="the way of paying"),
    "licence": Text(zh="执业档案", en="licence file"), "realname_check": Text(zh="实名核验", en="identity check"),
}
NOT_KNOWN_FROM = Text(zh="没有来源", en="no source")
SYSTEM = Text(zh="系统", en="the system")


def here(fired: policy.FiredRule) -> Text:
    """What was missing, else how the rule stood."""
    names = [*fired.missing, *fired.evidence_needed]
    if names:
        told = policy.name_facts(names, policy.fact_registry())
        return Text(zh=f"还不知道或还缺：{told.zh}", en=f"not known or still needed: {told.en}")
    return HERE.get(fired.why, Text(zh="不能判断", en="cannot be told"))


def silence(told: Any) -> Text:
    """Why no rule spoke at all: none was judged, or none holds that day."""
    return NONE_JUDGED if told.verdict is policy.Verdict.BLOCK else NONE_HOLDS


def cite(source: Any) -> Text:
    """A source with how far it was checked."""
    sure = SURE[source.confidence]
    named = f"{source.instrument} {source.article}"
    return Text(zh=f"{named}（{sure.zh}）", en=f"{named} ({sure.en})")


def source(told: str) -> Text:
    """Where a fact came from, without ids."""
    kind = told.partition(":")[0]
    return SOURCES.get(kind, Text(zh=kind, en=kind) if kind else SYSTEM)


def origin(work: Work, fact: policy.Fact, record: policy.DecisionRecord) -> Text:
    """Where a fact came from; of the classes of a drug also since when each holds, which may be since yesterday."""
    kind, _, drug = fact.source.partition(":")
    table = work.tool(policy.PolicySet).drug_classes
    if kind != "drug_class" or table.hash_of(drug, record.as_of) != record.drug_class_hashes.get(drug):
        return source(fact.source)
    told = [SOURCES[kind], *(_since(row) for row in table.rows_at(drug, record.as_of) if row.valid_from)]
    return Text(zh="；".join(one.zh for one in told), en="; ".join(one.en for one in told))


def _since(row: Any) -> Text:
    name = policy.say_value(policy.fact_registry(), row.drug_class)
    return Text(zh=f"{name.zh}：{row.valid_from} 起（{row.source}）",
                en=f"{name.en}: since {row.valid_from} ({row.source})")

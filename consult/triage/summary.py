"""What the doctor reads of a triage, line by line, with the ids of the rules."""
from collections.abc import Iterator

from app.kit.text import Text
from consult.triage.judging.outcome import Fired, Open, Outcome, Said
from consult.triage.models import Triage
from consult.triage.queries import outcome_of
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.words.scan import mentions

REASONS = {
    "said_unknown": Text(zh="患者说不知道", en="patient does not know"),
    "not_answered": Text(zh="没有回答", en="not answered"),
    "implausible": Text(zh="数值不可能，按未知处理", en="impossible value, taken as unknown"),
    "taken_back": Text(zh="先答「有」后改「没有」，按未知处理", en="first yes, then no; taken as unknown"),
    "text_disagrees": Text(
        zh="答「没有」，但患者写的话不一致，按未知处理", en="answered no against the own words; taken as unknown"),
}


def doctor_summary(triage: Triage) -> list[Text]:
    """Lines for the doctor: level and reasons, what was said, ruled out, unknown, and the rule set."""
    outcome = outcome_of(triage)
    if outcome is None:
        return [Text(zh="分诊还没有完成", en="Triage is not finished")]
    return [
        _level(outcome),
        *([_own_words(triage)] if triage.free_text.strip() else []),
        *(_fired(fired) for fired in outcome.fired),
        *_ruled_out(outcome),
        *(_open(point) for point in outcome.stayed_unknown),
        *_denied_words(triage, outcome),
        *_score(outcome),
        _rules(outcome),
    ]


def _level(outcome: Outcome) -> Text:
    return Text(
        zh=f"{outcome.title.zh}：{outcome.level.number} 级，{outcome.level.name_text.zh}",
        en=f"{outcome.title.en}: level {outcome.level.number}, {outcome.level.name_text.en.lower()}",
    )


def _own_words(triage: Triage) -> Text:
    words = triage.free_text.strip()
    return Text(zh=f"患者的话：{words}", en=f"Patient's words: {words}")


def _fired(fired: Fired) -> Text:
    zh, en = _said(fired.answers)
    return Text(
        zh=f"[{fired.rule}] {fired.why.zh}{f'（{zh}）' if zh else ''}",
        en=f"[{fired.rule}] {fired.why.en}{f' ({en})' if en else ''}",
    )


def _said(answers: tuple[Said, ...]) -> tuple[str, str]:
    zh = "；".join(f"{said.text.zh}：{said.value_text.zh}" for said in answers)
    en = "; ".join(f"{said.text.en}: {said.value_text.en.lower()}" for said in answers)
    return zh, en


def _ruled_out(outcome: Outcome) -> Iterator[Text]:
    if outcome.ruled_out:
        zh = "、".join(said.text.zh for said in outcome.ruled_out)
        en = ", ".join(said.text.en.lower() for said in outcome.ruled_out)
        yield Text(zh=f"患者否认：{zh}", en=f"Patient denies: {en}")


def _open(point: Open) -> Text:
    reason = REASONS[point.reason]
    flag_zh, flag_en = ("（危险信号）", " (danger sign)") if point.red_flag else ("", "")
    return Text(
        zh=f"未知：{point.text.zh}{flag_zh}，{reason.zh}", en=f"Unknown: {point.text.en.lower()}{flag_en}, {reason.en}"
    )


def _denied_words(triage: Triage, outcome: Outcome) -> Iterator[Text]:
    """Words that point to a danger sign which was then answered no; a person should look at both."""
    told = {point.question for point in outcome.stayed_unknown}
    for mention in mentions(load_ruleset(), triage.free_text):
        if triage.answers.get(mention.question) == "no" and mention.question not in told:
            yield Text(
                zh=f"患者写到「{mention.phrase}」，但在危险信号里答了「没有」",
                en=f"The words mention \"{mention.phrase}\", but the danger sign was answered no",
            )


def _score(outcome: Outcome) -> Iterator[Text]:
    if outcome.score is None:
        return
    points, missing = outcome.score.points, len(outcome.score.missing)
    if missing:
        yield Text(
            zh=f"NEWS2 至少 {points} 分（缺 {missing} 项，不能说明低风险）",
            en=f"NEWS2 at least {points} ({missing} inputs missing; this never means low risk)",
        )
    else:
        yield Text(zh=f"NEWS2 {points} 分", en=f"NEWS2 {points}")


def _rules(outcome: Outcome) -> Text:
    short = outcome.ruleset_hash[:12]
    signed_zh, signed_en = ("", "") if outcome.reviewed else ("，尚待临床医生审定", ", not yet reviewed by a clinician")
    return Text(
        zh=f"规则 {short}，方案第 {outcome.protocol_version} 版{signed_zh}",
        en=f"Rules {short}, protocol version {outcome.protocol_version}{signed_en}",
    )

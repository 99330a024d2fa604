"""What the checks say of a prescription, as views for the writer and the review."""
import hashlib
import json
from typing import Any

from app.identity import api as identity
from app.kit.text import Text, sentences
from app.policy import api as policy
from app.work import Work
from prescribing import api as prescribing
from web.pages.staff import views as v
from web.pages.staff import views_rx as x

KINDS: dict[str, x.FindingKind] = {"hard_stop": "stop", "must_confirm": "confirm", "not_checked": "unchecked",
                                   "precaution": "precaution", "note": "note"}
LOOKED: dict[str, Text] = {
    "allergy": Text(zh="过敏", en="Allergy"), "interaction": Text(zh="相互作用", en="Interactions"),
    "duplicate": Text(zh="重复用药", en="Duplicates"), "dose": Text(zh="剂量", en="Dose"),
    "pregnancy": Text(zh="妊娠、哺乳", en="Pregnancy, breast-feeding"), "age": Text(zh="年龄", en="Age"),
    "renal": Text(zh="肾功能", en="Kidneys"), "weight": Text(zh="体重", en="Weight"),
}
LONG_SUPPLY: dict[str, Text] = {
    "chronic": Text(zh="慢性病，病情稳定", en="Chronic, stable"),
    "elderly": Text(zh="老年病", en="A condition of old age"),
    "special": Text(zh="特殊情况，见病历", en="Special circumstances, see the note"),
}
MUST_SAY = 2


def key_of(finding: prescribing.Finding) -> str:
    """A short name of a finding and of what it says, for addresses: an answer from an old page meets nothing."""
    return _short(f"{finding.id}:{finding.digest}")


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def over_week(reason: str) -> Text:
    """Why more than seven days were prescribed, as the doctor said; what somebody wrote stays as it is."""
    english = next((words.en for words in LONG_SUPPLY.values() if words.zh == reason), reason)
    return Text(zh=f"超过 7 天：{reason}", en=f"More than 7 days: {english}")


def reasons_given(rx: prescribing.Prescription) -> int:
    """How many findings the doctor answered, read from the signed bytes."""
    return len(json.loads(rx.canonical).get("reasons", [])) if rx.canonical else 0


def report_views(work: Work, rx: prescribing.Prescription, answerable: bool = False,
                 judged: list[tuple[int, policy.Decision]] | None = None) -> x.Checks:
    """Run the checks now; `answerable` adds the reasons to choose from, `judged` what the rules say of each line."""
    report = prescribing.check_report(work, rx)
    open_ids = {finding.id for finding in prescribing.unanswered(work, rx, report)}
    answers = prescribing.answers_of(work, rx.id, report.findings)
    doctor = identity.practitioner(work, rx.practitioner_id).name.get(work.actor.language)
    rows = [_finding(one, one.id in open_ids, answers.get(one.id), doctor, answerable) for one in report.findings]
    rows += _policy(judged or [])
    said = Text(zh=f"处方集 {report.data_version} · {report.never_covered.zh}",
                en=f"formulary {report.data_version} · {report.never_covered.en}")
    return x.Checks(work.now, tuple(rows), tuple(_passed(work, rx, report)), said)


def unkept(number: int, new: bool) -> x.Finding:
    """What stands on the screen and is kept nowhere: no check has seen it, however clean the others look."""
    title = (Text(zh=f"第 {number} 行还没记下", en=f"Line {number} is not kept yet") if new else
             Text(zh=f"第 {number} 行的改动没记下", en=f"The change of line {number} is not kept"))
    text = Text(zh="没记下的内容不参加核对。先记下这一行。",
                en="What is not kept takes no part in the checks. Keep the line first.")
    return x.Finding(_short(f"unkept:{number}"), "unchecked", title, text, holds=True,
                     href=f"#line-{'new' if new else number}", link=Text(zh="去这一行", en="Go to the line"))


def _finding(one: prescribing.Finding, is_open: bool, answer: prescribing.FindingAnswer | None, doctor: str,
             answerable: bool) -> x.Finding:
    kind = KINDS[one.severity]
    needs = kind in ("confirm", "unchecked")
    text = sentences(one.detail, one.action)
    done = None
    if answer and (not is_open or not needs):
        done = x.Handled(_said(answer), doctor, answer.at)
    return x.Finding(key_of(one), kind, one.title, text, needs, _reasons(kind) if answerable else (), done,
                     words_needed=kind == "confirm")


def _said(answer: prescribing.FindingAnswer) -> Text:
    reason = prescribing.OVERRIDE_REASONS[answer.reason_code]
    if not answer.text:
        return reason
    return Text(zh=f"{reason.zh}：{answer.text}", en=f"{reason.en}: {answer.text}")


def _reasons(kind: x.FindingKind) -> tuple[v.Choice, ...]:
    """One's own judgement alone is no reason against a warning that must be confirmed."""
    return tuple(v.Choice(code, words) for code, words in prescribing.OVERRIDE_REASONS.items()
                 if kind != "confirm" or code != "judged_myself")


def _policy(judged: list[tuple[int, policy.Decision]]) -> list[x.Finding]:
    """What the rules would say to each line, once for all lines that get the same answer."""
    told: dict[tuple[str, str], list[int]] = {}
    words: dict[tuple[str, str], Text] = {}
    for line, decision in judged:
        if decision.verdict is not policy.Verdict.ALLOW:
            same = (decision.verdict.value, decision.summary.zh)
            told.setdefault(same, []).append(line)
            words[same] = decision.summary
    return [_policy_finding(verdict, lines, words[verdict, zh]) for (verdict, zh), lines in told.items()]


def _policy_finding(verdict: str, lines: list[int], summary: Text) -> x.Finding:
    at = ", ".join(map(str, lines))
    held = verdict != "warn"
    title = (Text(zh=f"规则还不允许签名（第 {at} 行）", en=f"The rules do not allow signing yet (line {at})") if held
             else Text(zh=f"规则提醒（第 {at} 行）", en=f"The rules ask you to note (line {at})"))
    return x.Finding(_short(f"policy:{verdict}:{summary.zh}"), "policy", title, summary, holds=held)


def _passed(work: Work, rx: prescribing.Prescription, report: prescribing.CheckReport) -> list[x.Passed]:
    """Checks that ran and found nothing, kind by kind; what was not covered is a finding of its own."""
    by_kind: dict[str, list[Any]] = {}
    for one in report.coverage:
        by_kind.setdefault(one.kind, []).append(one)
    rows = []
    for kind, covered in by_kind.items():
        clear = [one for one in covered if one.status == "none_found"]
        if kind in LOOKED and clear and all(one.status in ("none_found", "not_applicable") for one in covered):
            rows.append(x.Passed(LOOKED[kind], clear[0].statement))
    return rows


def line_state(kinds: list[x.FindingKind]) -> tuple[str, int]:
    """The worst of the findings of one line and how many there are of it."""
    for kind, state in (("stop", "stop"), ("confirm", "confirm"), ("unchecked", "unchecked"),
                        ("precaution", "note"), ("note", "note")):
        if kind in kinds:
            return state, kinds.count(kind)  # type: ignore[arg-type]
    return "passed", 0


def kinds_by_line(report: prescribing.CheckReport) -> dict[int, list[x.FindingKind]]:
    """Findings of each line, counted from 1 as the prescription shows them."""
    found: dict[int, list[x.FindingKind]] = {}
    for finding in report.findings:
        for at in finding.lines:
            found.setdefault(at + 1, []).append(KINDS[finding.severity])
    return found

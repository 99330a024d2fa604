"""What the checks found about a prescription, in the words of the person who takes the medicine."""
from app.kit.text import Text, sentences
from app.work import Work
from prescribing import api as prescribing

GO_ON = Text(zh="您现在就在吃这种药。接着吃，新旧两份不要一起吃",
             en="You take this medicine already. Go on with one supply; do not take the old and the new one together")
SEEN = Text(zh="医生和药师都看到了这一条；不清楚就先问他们",
            en="Your doctor and the pharmacist have seen this; ask them if anything is unclear")
REVIEWED = Text(zh="药师审核时看到了这一条；不清楚就先问",
                en="The pharmacist saw this at the review; ask if anything is unclear")
NEWER = Text(zh="这一条是审核通过以后才有的；用之前最好先问医生或药师",
             en="This came up after the prescription was approved; it is best to ask a doctor or pharmacist first")
STOP = Text(zh="这一条是审核通过以后才有的。先不要用这种药，先问医生或药师",
            en="This came up after the prescription was approved. Do not use the medicine before you have asked a "
               "doctor or pharmacist")
WHO_KNOWS = (SEEN, REVIEWED, NEWER, STOP)
# What is not known or was not compared is told as not checked, beside the checks.
NOT_MET = ("missing_fact", "not_covered")
YOU = (("The patient takes ", "You take "), ("The patient is ", "You are "), ("The patient has ", "You have "),
       ("the patient", "you"), ("The patient", "You"))


def who_knows(work: Work, rx: prescribing.Prescription, report: prescribing.CheckReport) -> dict[str, Text]:
    """Of every finding of now: who had it before them when they let the prescription pass, or that nobody had."""
    signed = prescribing.answers_of(work, rx.id, report.findings)
    reviewed = prescribing.known_at_approval(work, rx.id, report.findings)
    return {one.id: (SEEN if one.id in signed else REVIEWED) if one.id in reviewed else
            STOP if one.severity in prescribing.GRAVE else NEWER for one in report.findings}


def _to_you(text: Text) -> Text:
    """The same sentence, said to the patient."""
    english = text.en
    for they, you in YOU:
        english = english.replace(they, you)
    return Text(zh=text.zh.replace("患者", "您"), en=english)


def _plain(finding: prescribing.Finding, items: list[prescribing.PrescriptionItem]) -> Text:
    if finding.kind == "duplicate" and finding.severity == "note" and finding.lines:
        line = items[finding.lines[0]]
        return Text(zh=f"{line.name_zh}：{GO_ON.zh}", en=f"{line.name_en}: {GO_ON.en}")
    said = _to_you(finding.detail)
    return Text(zh=f"{finding.title.zh}：{said.zh}", en=f"{finding.title.en}: {said.en}")


def told_plainly(report: prescribing.CheckReport, items: list[prescribing.PrescriptionItem], kind: str,
                 known: dict[str, Text]) -> Text | None:
    """Every finding of one check, each followed by who knows of it; None when there is none."""
    found = [one for one in report.findings if one.kind == kind and (one.missing is None or known[one.id] is STOP)]
    if not found:
        return None
    return sentences(*[words for who in WHO_KNOWS if (mine := [one for one in found if known[one.id] is who])
                       for words in (_together(mine, items), who)])


def _together(found: list[prescribing.Finding], items: list[prescribing.PrescriptionItem]) -> Text:
    said = [_plain(one, items) for one in found]
    return Text(zh="；".join(one.zh for one in said), en=". ".join(one.en for one in said))


def unjudged(report: prescribing.CheckReport, items: list[prescribing.PrescriptionItem],
             known: dict[str, Text]) -> tuple[Text, ...]:
    """What speaks against the medicine since the approval, whatever else its check could not compare."""
    return tuple(_plain(one, items) for one in report.findings if known[one.id] is STOP and one.kind not in NOT_MET)

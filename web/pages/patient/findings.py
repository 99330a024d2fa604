"""What the checks found about a prescription, in the words of the person who takes the medicine."""
from app.kit.text import Text
from prescribing import api as prescribing

GO_ON = Text(zh="您现在就在吃这种药。接着吃，新旧两份不要一起吃",
             en="You take this medicine already. Go on with one supply; do not take the old and the new one together")
SEEN = Text(zh="医生和药师都看到了这一条；不清楚就先问他们",
            en="Your doctor and the pharmacist have seen this; ask them if anything is unclear")
YOU = (("The patient takes ", "You take "), ("The patient is ", "You are "), ("The patient has ", "You have "),
       ("the patient", "you"), ("The patient", "You"))


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


def told_plainly(report: prescribing.CheckReport, items: list[prescribing.PrescriptionItem],
                 kind: str) -> Text | None:
    """Every finding of one check, and that the doctor and the pharmacist know; None when there is none."""
    found = [_plain(one, items) for one in report.findings if one.kind == kind and one.missing is None]
    if not found:
        return None
    return Text(zh="；".join([one.zh for one in found] + [SEEN.zh]) + "。",
                en=". ".join([one.en for one in found] + [SEEN.en]) + ".")

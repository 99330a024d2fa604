"""What a check says, what it covered, and which findings still stop the signature."""
import hashlib
from collections.abc import Iterable
from typing import Literal

import rfc8785
from pydantic import Field

from app.kit.text import Text
from prescribing.formulary.amounts import Frozen
from prescribing.formulary.drugs import Level

Kind = Literal["allergy", "interaction", "duplicate", "dose", "pregnancy", "age", "renal", "weight",
               "missing_fact", "not_covered"]
Severity = Literal["hard_stop", "must_confirm", "not_checked", "precaution", "note"]
Status = Literal["found", "none_found", "not_covered", "not_applicable", "missing_fact"]
ReasonCode = Literal["benefit_outweighs", "tolerated_before", "replaces_current", "specialist_advice",
                     "monitoring_arranged", "fact_not_available", "judged_myself", "other"]
SEVERITIES: tuple[Severity, ...] = ("hard_stop", "must_confirm", "not_checked", "precaution", "note")
SEVERITY_OF: dict[Level, Severity] = {"contraindicated": "hard_stop", "avoid": "must_confirm",
                                      "precaution": "precaution", "note": "note"}
GRAVE: tuple[Severity, ...] = ("hard_stop", "must_confirm")
SHORTEST_REASON = 2
# What is read of a finding: other words are another answer.
SAID = ("severity", "title", "detail", "action", "missing")

REASONS: dict[str, Text] = {
    "benefit_outweighs": Text(zh="获益大于风险", en="The benefit outweighs the risk"),
    "tolerated_before": Text(zh="以前用过，能耐受", en="Tolerated before"),
    "replaces_current": Text(zh="替换现在的药，旧药已停", en="Replaces the present medicine, which is stopped"),
    "specialist_advice": Text(zh="按专科意见", en="On a specialist's advice"),
    "monitoring_arranged": Text(zh="已安排监测", en="Monitoring is arranged"),
    "fact_not_available": Text(zh="这项资料现在拿不到", en="The fact cannot be had now"),
    "judged_myself": Text(zh="我已自行判断，继续", en="I have judged this myself and go on"),
    "other": Text(zh="其他，见说明", en="Other, see the text"),
}


class Finding(Frozen):
    """One thing that speaks against the draft; `id` stays the same when the checks run again.

    `lines` are positions in the draft from 0, `missing` names the fact to ask for.
    """

    id: str
    kind: Kind
    severity: Severity
    lines: tuple[int, ...]
    title: Text
    detail: Text
    action: Text
    source: Text
    covers: Text
    missing: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what is read: the same id may say something else tomorrow, and then it is asked anew."""
        said = self.model_dump(mode="json", include=set(SAID))
        return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


class Coverage(Frozen):
    """What one check covered on one line; `none_found` means looked and found nothing, not that it is safe."""

    line: int
    kind: Kind
    status: Status
    statement: Text


class CheckReport(Frozen):
    """All findings, the coverage of every line, what no check looks at, and the data that was used."""

    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    never_covered: Text
    data_version: str


class OverrideReason(Frozen):
    """A recorded reason for one finding and what it said then: a code, and words where the finding demands them."""

    finding_id: str
    finding_digest: str
    code: ReasonCode
    text: str = Field("", max_length=500)


def settles(finding: Finding, reason: OverrideReason) -> bool:
    """Tell whether a reason is enough: never for a hard stop, and never for other words than those that were read.

    A confirmation needs a code and words.
    """
    read = (reason.finding_id, reason.finding_digest)
    if finding.severity == "hard_stop" or read != (finding.id, finding.digest):
        return False
    if finding.severity == "must_confirm":
        return reason.code != "judged_myself" and len(reason.text.strip()) >= SHORTEST_REASON
    return True


def blocking(findings: Iterable[Finding], reasons: Iterable[OverrideReason]) -> list[Finding]:
    """The findings that stop the signature: hard stops always, the others until a reason settles them.

    Precautions and notes are shown and do not stop; what was not checked has to be acknowledged.
    """
    given = list(reasons)
    return [finding for finding in findings if finding.severity in ("hard_stop", "must_confirm", "not_checked")
            and not any(settles(finding, reason) for reason in given)]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, and always in the same order; of findings with one id the worst stays and names all their lines."""
    single: dict[str, Finding] = {}
    for finding in sorted(findings, key=_rank):
        known = single.setdefault(finding.id, finding)
        single[finding.id] = known.model_copy(update={"lines": tuple(sorted({*known.lines, *finding.lines}))})
    return sorted(single.values(), key=_rank)


def _rank(finding: Finding) -> tuple[int, str]:
    return SEVERITIES.index(finding.severity), finding.id

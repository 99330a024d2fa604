"""Decisions of the rules as a verdict beside the work: what was decided last, why, and what is decided later."""
from uuid import UUID

from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from web.pages.staff.views import Outcome, Verdict

OUTCOMES: dict[str, Outcome] = {"allow": "allow", "warn": "warn", "require": "evidence", "block": "block"}
DONE: dict[str, Text] = {
    "book": Text(zh="可以预约", en="Booking is allowed"), "settle": Text(zh="可以收费", en="Payment may be taken"),
    "consult_start": Text(zh="可以接诊", en="The visit may begin"),
    "diagnose": Text(zh="可以在线诊断", en="Diagnosing online is allowed"),
    "prescribe": Text(zh="可以在线开方", en="Prescribing online is allowed"),
    "review": Text(zh="可以审方", en="Reviewing is allowed"),
    "dispense": Text(zh="可以调配", en="Dispensing is allowed"),
    "deliver": Text(zh="可以交付", en="Handing over is allowed"),
    "record": Text(zh="通话可以录像", en="The call may be recorded"),
}
HELD: dict[str, Text] = {
    "book": Text(zh="不能预约", en="No booking"), "settle": Text(zh="不能收费", en="No payment"),
    "consult_start": Text(zh="不能接诊", en="The visit may not begin"),
    "diagnose": Text(zh="不能在线诊断", en="No diagnosis online"),
    "prescribe": Text(zh="不能在线开方", en="No prescription online"),
    "review": Text(zh="不能审方", en="No review"),
    "dispense": Text(zh="不能调配", en="No dispensing"),
    "deliver": Text(zh="不能交付", en="No hand-over"),
    "record": Text(zh="通话不能录像", en="The call may not be recorded"),
}
YOURS = Text(zh="是不是同一种病、诊断、用药，由您在就诊里判断",
             en="you judge in the visit: the same condition, the diagnosis, the medicines")
LATER = Text(zh="诊断和开方到时再判定", en="diagnosing and prescribing are decided then")


def title_of(stage: str, verdict: policy.Verdict) -> Text:
    """The verdict in a few words."""
    allowed = verdict in (policy.Verdict.ALLOW, policy.Verdict.WARN)
    if verdict is policy.Verdict.REQUIRE:
        words = HELD.get(stage)
        return Text(zh=f"还差一步，暂{words.zh}", en=f"{words.en} yet: something is needed") if words else _other(stage)
    return (DONE if allowed else HELD).get(stage) or _other(stage)


def _other(stage: str) -> Text:
    return Text(zh=stage, en=stage)


def verdict_of(row: policy.PolicyDecision, prefix: str) -> Verdict:
    """One stored decision; an altered record is shown as what it is and never as fine."""
    try:
        decision = policy.read_record(row).decision
    except policy.DecisionAltered as altered:
        return Verdict("block", altered.title, altered.detail, (), f"{prefix}/decisions/{row.id}")
    return Verdict(OUTCOMES[decision.verdict.value], title_of(row.stage, decision.verdict), decision.summary,
                   (LATER,) if row.stage == "consult_start" else (), f"{prefix}/decisions/{row.id}")


def last_verdict(work: Work, visit_id: UUID, prefix: str) -> Verdict | None:
    """What was decided last about the care in a visit, not about its booking or money; of one moment, the worst."""
    care = [row for row in policy.decisions_of_visit(work, visit_id) if row.stage not in ("book", "settle", "record")]
    return worst_of(care, prefix)


def prescribing_verdict(work: Work, prescription_id: UUID, prefix: str) -> Verdict | None:
    """What the rules said when the prescription was signed; the worst line counts."""
    return worst_of(policy.decisions_of_prescription(work, prescription_id, "prescribe"), prefix)


def worst_of(rows: list[policy.PolicyDecision], prefix: str) -> Verdict | None:
    """The newest decision; lines that were decided at the same moment count together."""
    if not rows:
        return None
    newest = [row for row in rows if (row.at, row.stage) == (rows[-1].at, rows[-1].stage)]
    return verdict_of(max(newest, key=lambda row: policy.Verdict(row.verdict).rank), prefix)


def forecast_verdict(work: Work, visit: consult.Visit) -> Verdict | None:
    """What the patient was told before any money; it binds nobody."""
    row = work.find(consult.VisitForecast, visit.forecast_id) if visit.forecast_id else None
    if row is None:
        return None
    told = consult.told_in(row)
    reason = "" if told.allowed else told.summary
    return Verdict(OUTCOMES[told.verdict.value], told.label, reason, (YOURS,) if told.later else (),
                   f"/doctor/visits/{visit.id}/forecast", forecast=True)

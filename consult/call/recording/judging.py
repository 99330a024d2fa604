"""Whether the policy lets a call be recorded: asked once, at the date of the call, when it is answered."""
from app.policy import api as policy
from app.work import Work
from consult.call.house.queries import calls_here
from consult.call.models import Call
from consult.visit.models import Visit
from consult.visit.sheets import asker_facts, subject_of, visit_sheet

ALLOWED = (policy.Verdict.ALLOW, policy.Verdict.WARN)


def judge_recording(work: Work, call: Call, visit: Visit) -> bool:
    """The answer of the rules, kept as a decision about the visit. A house that records nothing asks nothing."""
    if calls_here(work).recording == "off":
        return False
    sheet = asker_facts(work, visit, visit_sheet(work, visit), mode="audio" if call.kind == "voice" else call.kind)
    return policy.judge(work, "record", sheet, subject_of(visit)).decision.verdict in ALLOWED

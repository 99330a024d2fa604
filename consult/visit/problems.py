"""What can be wrong with a visit."""
from app.kit.problems import Conflict, Problem
from app.kit.text import Text


class OnlineWayClosed(Problem):
    """Triage found an emergency: no visit, no payment; 120 is shown instead."""

    slug = "online-way-closed"
    status = 409
    title = Text(zh="这种情况不能等，请马上拨打 120", en="This cannot wait: call 120 now")


class CallBackFirst(OnlineWayClosed):
    """An emergency of the last day that no doctor has called about, told in the triage `triage_id`."""

    slug = "call-back-first"
    title = Text(zh="您今天说过有危险信号，先不能在线看。请拨打 120，或等医生给您回电；当时选错了，请改那一次的答案",
                 en="You told of a danger sign today, so an online visit has to wait. Call 120, or wait for a doctor "
                    "to call you; if you ticked the wrong thing, please change those answers")


class TriageNotFinished(Conflict):
    slug = "triage-not-finished"
    title = Text(zh="请先把前面的问题答完", en="Please finish the questions first")


class TriageUsed(Conflict):
    """One triage leads to one visit."""

    slug = "triage-used"
    title = Text(zh="这次的回答已经约过医生了", en="These answers have already led to a visit")


class TriageTooOld(Conflict):
    """What was said a day ago may not be true any more; a danger sign could be missed."""

    slug = "triage-too-old"
    title = Text(zh="这些回答已经过了一天，请重新回答一次",
                 en="These answers are more than a day old; please answer again")


class DoctorAway(Conflict):
    """The chosen doctor takes nobody now: off duty, or the licence is not in force. No money is asked for."""

    slug = "doctor-away"
    title = Text(zh="这位医生现在不接诊，请换一位医生", en="This doctor takes no patients now; please choose another")


class HistoryNotConfirmed(Conflict):
    """Allergies and medicines are confirmed once for each visit; `missing` names what was never asked."""

    slug = "history-not-confirmed"
    title = Text(zh="请先确认过敏和正在用的药", en="Please confirm allergies and current medicines first")


class ConsentMissing(Conflict):
    """`missing` lists the forms."""

    slug = "consent-missing"
    title = Text(zh="还差一份知情同意", en="A consent is still missing")


class NotOnDuty(Conflict):
    slug = "not-on-duty"
    title = Text(zh="请先开始接诊", en="Please go on duty first")


class DoctorUnsuitable(Conflict):
    """The chosen doctor does not work in the department that triage found."""

    slug = "doctor-unsuitable"
    title = Text(zh="这位医生不看这个科", en="This doctor does not work in that department")


class VisitOpenAlready(Conflict):
    """A patient has one open visit in a department at a time."""

    slug = "visit-open-already"
    title = Text(zh="这位就诊人已有一次没结束的就诊", en="This patient already has an open visit")


class NoteMissing(Conflict):
    slug = "note-missing"
    title = Text(zh="结束前请写好病历", en="Please write the note before finishing")


class UnknownDiagnosis(Problem):
    slug = "unknown-diagnosis"
    status = 422
    title = Text(zh="没有这个诊断编码", en="There is no such diagnosis code")


class NotSilentYet(Conflict):
    """The patient owes no answer, or has not been silent for long enough; `possible_at` is then a time."""

    slug = "not-silent-yet"
    title = Text(zh="您最后一条消息发出 30 分钟后患者仍没有回复，才能按离开处理",
                 en="Only when the patient has not answered for 30 minutes after your last message")


class AdviceOnly(Conflict):
    """An advice visit has no diagnosis and no prescription."""

    slug = "advice-only"
    title = Text(zh="这是咨询，只能给建议，不能诊断和开药",
                 en="This is an advice visit: no diagnosis and no prescription")


class NotRunning(Conflict):
    """The visit is not in progress (any more)."""

    slug = "visit-not-running"
    title = Text(zh="这次就诊不在进行中", en="This visit is not in progress")


class NotOnline(Conflict):
    """The rules leave no follow-up online; `reasons` says why, advice or a clinic is the way."""

    slug = "not-online"
    title = Text(zh="这次不能在线复诊，可以咨询，或者到医院当面看",
                 en="This cannot be a follow-up online; ask for advice, or be seen in person")

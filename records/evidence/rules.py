"""Pure rules of evidence: the reasons for refusing, and the time in which a decision can be taken back."""
from datetime import datetime, timedelta

from app.kit.text import Text

UNDO_TIME = timedelta(seconds=5)

REFUSALS = {
    "unreadable": Text(zh="有的地方看不清，请放平、避开阴影再拍一次。",
                       en="Parts cannot be read. Please lay it flat, avoid shadows and take it again."),
    "name_mismatch": Text(zh="上面的姓名和就诊人不一致。", en="The name on it is not that of the patient."),
    "no_diagnosis": Text(zh="上面没有写明诊断。", en="It does not state a clear diagnosis."),
    "not_in_person": Text(zh="这不是在医院当面看诊的记录。", en="It is not the record of an in-person visit."),
    "other_condition": Text(zh="上面的病和这次要看的不是同一种。", en="It is about another condition than today's."),
    "altered": Text(zh="这份资料有涂改，请换一份原件。", en="It has been altered; please bring an original."),
}


def may_undo(decided_at: datetime, now: datetime) -> bool:
    """True within the few seconds after a decision, both ends included."""
    return timedelta(0) <= now - decided_at <= UNDO_TIME

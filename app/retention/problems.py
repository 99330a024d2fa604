"""What can be wrong with a hold or a report."""
from app.kit.problems import Conflict, Invalid, NotAllowed, Problem
from app.kit.text import Text


class HoldWithoutReason(Invalid):
    slug = "hold-without-reason"
    title = Text(zh="请写明理由，至少 4 个字", en="Please say why, in at least four characters")


class SamePerson(NotAllowed):
    """Who drew a report does not confirm it."""

    slug = "same-person"
    title = Text(zh="要由另一个人确认", en="Another person has to confirm this")


class ReportStale(Conflict):
    """The report is older than 30 days: what it shows may be wrong by now."""

    slug = "report-stale"
    title = Text(zh="这份清单超过 30 天了，请重新生成", en="This list is older than 30 days; please draw a new one")


class ReportChanged(Conflict):
    """The items are not those that were confirmed."""

    slug = "report-changed"
    title = Text(zh="清单和确认时不一样，没有删除任何内容",
                 en="The list is not the one that was confirmed; nothing was deleted")


class NothingDue(Conflict):
    slug = "nothing-due"
    title = Text(zh="现在没有到期的内容", en="Nothing has passed its period")


class Cleared(Problem):
    """What is asked for was kept for its period and then deleted; only who might have read it is told so."""

    slug = "cleared"
    status = 410
    title = Text(zh="保存期限到了，这部分内容已按期清除", en="Its time is over; this part was cleared on time")

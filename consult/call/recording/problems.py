"""What can be wrong with a recording."""
from app.kit.problems import Conflict, Problem
from app.kit.text import Text


class NotRecorded(Conflict):
    """This call is not recorded: the house or the law says no, or a party has not agreed. `why` says which."""

    slug = "not-recorded"
    title = Text(zh="这次通话不录像", en="This call is not recorded")


class RecordingUnreadable(Problem):
    """The file is not what was kept; nothing of it is shown."""

    slug = "recording-unreadable"
    status = 500
    title = Text(zh="这段录像读不出来，我们已经记下", en="This recording cannot be read; it has been written down")


class RangeNotThere(Problem):
    """The file has no such bytes (RFC 9110, section 15.5.17)."""

    slug = "range-not-there"
    status = 416
    title = Text(zh="录像没有这一段", en="The recording has no such part")

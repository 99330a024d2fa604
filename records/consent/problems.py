"""What can go wrong with a consent."""
from app.kit.problems import Conflict, NotFound, Problem
from app.kit.text import Text


class UnknownForm(NotFound):
    """No consent form has this name."""

    slug = "unknown-form"


class FormChanged(Conflict):
    """The person saw an older text than the one in force now."""

    slug = "form-changed"
    title = Text(zh="内容刚刚更新了，请再看一遍", en="The text was updated just now; please read it again")


class GuardianNeeded(Problem):
    """A child cannot give the guardian's consent."""

    slug = "guardian-needed"
    status = 403
    title = Text(zh="这份同意书要由父母或其他监护人确认", en="A parent or guardian has to give this consent")

"""What can go wrong, as one family of exceptions that the web renders by RFC 9457."""
from collections.abc import Callable
from typing import Any, ClassVar

from app.kit.text import Text


class Problem(Exception):
    """A refused request: `slug` never changes, `title` says it, `facts` carry typed details.

    `aftermath(work)` is what must be kept although the refused transaction is rolled back, such as the
    decision that refused it; the house runs it in a transaction of its own.
    """

    slug: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[Text] = Text(zh="请求无法完成", en="The request cannot be carried out")

    def __init__(self, detail: Text | None = None, **facts: Any) -> None:
        super().__init__(self.slug)
        self.detail = detail or self.title
        self.facts = facts
        self.aftermath: Callable[[Any], None] | None = None


class Invalid(Problem):
    """A field does not hold what it must; `errors` lists {field, message}."""

    slug = "invalid"
    status = 422
    title = Text(zh="有一项需要改一下", en="Something needs to be corrected")


class NotSignedIn(Problem):
    slug = "not-signed-in"
    status = 401
    title = Text(zh="请先登录", en="Please sign in first")


class NotAllowed(Problem):
    slug = "not-allowed"
    status = 403
    title = Text(zh="您不能做这一步", en="This step is not yours to take")


class NotFound(Problem):
    """Also the answer for what exists but belongs to somebody else, so that ids cannot be probed."""

    slug = "not-found"
    status = 404
    title = Text(zh="没有找到", en="Nothing was found here")


class Conflict(Problem):
    slug = "conflict"
    status = 409
    title = Text(zh="情况已经变了", en="The situation has changed")


class TooMany(Problem):
    """Too many tries; `retry_after` says how many seconds to wait."""

    slug = "too-many"
    status = 429
    title = Text(zh="试得太多了，请稍后再来", en="Too many tries, please come back in a moment")


class Unavailable(Problem):
    """Something we depend on does not answer now; nothing was changed."""

    slug = "unavailable"
    status = 503
    title = Text(zh="暂时做不到，请稍后再试", en="Not possible right now, please try again shortly")


def invalid(field: str, zh: str, en: str) -> Invalid:
    """Build the problem of one wrong field with a sentence in both languages."""
    text = Text(zh=zh, en=en)
    return Invalid(text, errors=[{"field": field, "message": text.model_dump()}])

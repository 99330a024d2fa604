"""Why a way between the parties of a call cannot be opened."""
from app.kit.problems import Problem, Unavailable
from app.kit.text import Text


class EngineAway(Unavailable):
    """What carries the call is not there right now; it is started again by itself, and pages try again."""

    slug = "call-engine-away"
    title = Text(zh="通话线路正在恢复，请稍等", en="The way for this call is being restored; please wait a moment")


class OfferNotUnderstood(Problem):
    """The browser offers nothing that can be passed on."""

    slug = "offer-not-understood"
    status = 422
    title = Text(zh="这个浏览器接不上这通电话，请换一个浏览器",
                 en="This browser cannot take part in this call; please try another one")


class NotSending(Problem):
    """Nobody of this name sends anything (yet)."""

    slug = "not-sending"
    status = 409
    title = Text(zh="对方还没有接通", en="The other side is not connected yet")


class NotCarried(Problem):
    """Here browsers speak to each other, and no server carries what they say."""

    slug = "not-carried"
    status = 409
    title = Text(zh="这通电话由双方的浏览器直接连接", en="In this call the browsers connect to each other")

"""What can go wrong in triage."""
from app.kit.problems import Conflict, Invalid
from app.kit.text import Text


class UnknownComplaint(Invalid):
    """The complaint does not exist, or is not for a person of this age; `possible` lists those that are."""

    slug = "unknown-complaint"
    title = Text(zh="请从列表里选一个最接近的问题", en="Please choose the closest complaint from the list")


class GateIncomplete(Invalid):
    """Lines of the first screen without an answer; `missing` lists them. They cannot be skipped."""

    slug = "gate-incomplete"
    title = Text(zh="请勾选有的情况，或选「以上都没有」", en="Please tick what applies, or choose \"None of these\"")


class GateFirst(Conflict):
    """The complaint's own questions come after the danger signs."""

    slug = "gate-first"
    title = Text(zh="请先回答有没有危险信号", en="Please answer the danger signs first")


class UnknownQuestion(Invalid):
    """The question does not belong to this triage."""

    slug = "unknown-question"
    title = Text(zh="没有问过这个问题", en="There is no such question here")


class UnusableAnswer(Invalid):
    """The question cannot be answered like that; `allowed` says how it can."""

    slug = "unusable-answer"
    title = Text(zh="这个答案用不上，请再选一次", en="This answer does not fit, please choose again")


class LedToVisit(Conflict):
    """A triage that a visit rests on stays as it is; a change is told to the doctor."""

    slug = "triage-led-to-visit"
    title = Text(zh="您的回答已经交给医生，有变化请直接告诉医生",
                 en="The doctor has this already; tell them of changes")

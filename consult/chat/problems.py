"""What can be wrong with a message."""
from app.kit.problems import Conflict, Problem
from app.kit.text import Text


class TalkClosed(Conflict):
    """The visit does not take messages (any more)."""

    slug = "talk-closed"
    title = Text(zh="这次就诊已经不能再发消息了", en="This visit no longer takes messages")


class EmptyMessage(Problem):
    slug = "empty-message"
    status = 422
    title = Text(zh="先写点什么再发送", en="Please write something first")


class MessageTooLong(Problem):
    """`most` is the number of characters that fit."""

    slug = "message-too-long"
    status = 422
    title = Text(zh="一条消息最多 4000 字，请分两次发", en="A message holds at most 4,000 characters; please send two")

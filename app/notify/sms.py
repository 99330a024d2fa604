"""The port to whoever sends text messages, and two stand-ins that send nothing to anybody."""
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class SmsReceipt:
    """The adapter took the message; `shown` says that its text may be kept for the demo's inbox."""

    provider: str
    reference: str
    shown: bool


@runtime_checkable
class SmsSender(Protocol):
    """Sends a text to a number in E.164. The same `key` is sent once. Raises Unavailable."""

    def send(self, phone: str, text: str, key: str) -> SmsReceipt:
        """Hand the message over and return the receipt."""
        ...


class InboxSms:
    """Stand-in of the demo: the message is shown on the demo page instead of a phone."""

    def send(self, phone: str, text: str, key: str) -> SmsReceipt:
        """Take the message; the job that called keeps its text."""
        return SmsReceipt("stand_in_inbox", key[-100:], shown=True)


class LogNothingSms:
    """Stand-in for measurements: takes messages and keeps nothing of them."""

    def send(self, phone: str, text: str, key: str) -> SmsReceipt:
        """Take the message and forget it."""
        return SmsReceipt("stand_in_nothing", key[-100:], shown=False)

"""What this room hears of others (nothing: later steps tell it), and the job that sends text messages."""
from typing import Any

from app.identity.api import SEND_CODE
from app.jobs import JobKind
from app.notify.commands import record_sms, send_sms

SUBSCRIPTIONS: dict[Any, Any] = {}
JOB_KINDS = [JobKind(SEND_CODE, record_sms, send_sms)]

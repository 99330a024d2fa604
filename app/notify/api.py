"""The door of this room: tell somebody something, read an inbox, send a one-time code."""
from app.identity.api import send_code
from app.notify.commands import mark_read, tell, tell_patient, tell_staff
from app.notify.models import InboxItem, SmsOutbox
from app.notify.queries import ShownSms, inbox, sms_inbox, unread_count, unread_links
from app.notify.sms import SmsReceipt, SmsSender

__all__ = ["InboxItem", "ShownSms", "SmsOutbox", "SmsReceipt", "SmsSender", "inbox", "mark_read", "send_code",
           "sms_inbox", "tell", "tell_patient", "tell_staff", "unread_count", "unread_links"]

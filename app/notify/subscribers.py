"""What this room hears of others (who acts for a person), and the job that sends text messages."""
from typing import Any

from app.events.identity import GuardianshipEnded, PatientAdded
from app.identity import api as identity
from app.identity.api import SEND_CODE
from app.jobs import JobKind
from app.kit.text import Text
from app.notify.commands import record_sms, send_sms, tell
from app.work import Work

JOINED = Text(zh="又有一位家人可以替您名单里的人看诊了。点开看是谁。",
              en="One more person may now act for somebody on your list. Open to see who.")
ENDED = Text(zh="有一位家人不再替您名单里的人看诊了。点开看现在还有谁。",
             en="Somebody no longer acts for a person on your list. Open to see who still does.")
NO_LONGER = Text(zh="本人收回了让您代办的权限，您不能再替这位家人看诊、看记录。",
                 en="A person took back that you act for them; you can no longer see their record.")


def tell_who_joined(work: Work, event: PatientAdded) -> None:
    """Tell those who acted for the person before; whoever joined, or came later, knows it already."""
    accounts = [who.id for who in identity.guardian_of(work, event.patient_id)]     # in the order of joining
    before = accounts[:accounts.index(event.account_id)] if event.account_id in accounts else []
    for account_id in before:
        tell(work, account_id, "guardian_joined", JOINED, f"/family/{event.patient_id}/guardians")


def tell_who_left(work: Work, event: GuardianshipEnded) -> None:
    """Tell those who still act for the person, and the one who was ended by somebody else."""
    for who in identity.guardian_of(work, event.patient_id):
        if who.id not in (event.ended_by, event.account_id):
            tell(work, who.id, "guardian_left", ENDED, f"/family/{event.patient_id}/guardians")
    if event.account_id != event.ended_by:
        tell(work, event.account_id, "guardian_ended", NO_LONGER, "/family")


SUBSCRIPTIONS: dict[Any, Any] = {PatientAdded: [tell_who_joined], GuardianshipEnded: [tell_who_left]}
JOB_KINDS = [JobKind(SEND_CODE, record_sms, send_sms)]

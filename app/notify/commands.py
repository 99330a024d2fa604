"""Tell people something happened and where to look; mark what they have read."""
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.identity import api as identity
from app.kit.text import Text
from app.notify.models import InboxItem, SmsOutbox
from app.notify.queries import SMS_TEXT, require_own
from app.notify.rules import code_text, require_fit
from app.notify.sms import SmsReceipt, SmsSender
from app.storage import Vault
from app.work import House, Work


def tell(work: Work, account_id: UUID, kind: str, text: Text, link: str) -> InboxItem:
    """Write a line into an inbox: that something happened, never a diagnosis, drug, result or name."""
    require_fit(kind, text, link)
    work.hint(f"inbox:{account_id}")
    return work.add(InboxItem(account_id=account_id, kind=kind, text_zh=text.zh, text_en=text.en, link=link,
                              at=work.now))


def tell_patient(work: Work, patient_id: UUID, kind: str, text: Text, link: str) -> list[InboxItem]:
    """Tell every account that acts for a patient now."""
    return [tell(work, who.id, kind, text, link) for who in identity.guardian_of(work, patient_id)]


def tell_staff(work: Work, organization_id: UUID, role: str, kind: str, text: Text, link: str) -> list[InboxItem]:
    """Tell everybody who holds a role at an organisation."""
    return [tell(work, who, kind, text, link) for who in identity.staff_accounts(work, organization_id, role)]


def mark_read(work: Work, account_id: UUID, item_ids: list[UUID] | None = None,
              links: list[str] | None = None) -> None:
    """Mark some lines, those that lead to `links`, or all of one's own inbox as read; others' ids change nothing."""
    require_own(work, account_id)
    where = [col(InboxItem.account_id) == account_id, col(InboxItem.read_at).is_(None)]
    if item_ids is not None:
        where.append(col(InboxItem.id).in_(item_ids))
    if links is not None:
        where.append(col(InboxItem.link).in_(links))
    work.session.execute(update(InboxItem).where(*where).values(read_at=work.now))
    work.hint(f"inbox:{account_id}")


def send_sms(house: House, args: dict[str, Any], key: str) -> SmsReceipt:
    """Effect of the job: unseal and hand over; number and code leave nothing in a log."""
    phone, code = _open(house.tools.get(Vault), args)
    sender = house.tools.get(SmsSender)  # type: ignore[type-abstract]
    return sender.send(phone, code_text(code), key)


def record_sms(work: Work, args: dict[str, Any], receipt: SmsReceipt) -> None:
    """Keep that it was sent; its text only where the stand-in shows it."""
    vault = work.tool(Vault)
    phone, code = _open(vault, args)
    work.add(SmsOutbox(phone_index=identity.phone_index(work, phone), phone_masked=identity.masked_phone(phone),
                       text_sealed=vault.seal(code_text(code), SMS_TEXT) if receipt.shown else None,
                       provider=receipt.provider, reference=receipt.reference, at=work.now))
    work.hint("demo:sms")


def _open(vault: Vault, args: dict[str, Any]) -> tuple[str, str]:
    return vault.open(args["to"], identity.SMS_PLACE), vault.open(args["code"], identity.SMS_PLACE)

"""A prescription on paper: what its QR code says, and what a pharmacy that scans it is told."""
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.work import Work, one_or_none
from prescribing.rx.models import Prescription, PrescriptionItem
from prescribing.rx.problems import NotUsable
from prescribing.rx.queries import items_of, last_minute, prescription_for
from prescribing.rx.rules import mask_name
from prescribing.rx.signatures import is_unchanged
from prescribing.rx.states import HIDDEN, USABLE

PREFIX = 16
GROUNDS = {"pharmacy": "task", "pharmacist": "task", "patient": "consent", "nobody": "consent"}


@dataclass(frozen=True)
class VerifiedLine:
    """One medicine as the paper must show it, and how many packs of it are not filled yet."""

    name: Text
    strength: str
    packs: int
    left: int
    wording: Text


@dataclass(frozen=True)
class Verification:
    """What a scanned code proves. `genuine` is False when bytes or rows are not what the doctor signed.

    Of the patient it carries the masked name alone: no birth date, no illness, no address.
    """

    number: str
    state: str
    genuine: bool
    usable: bool
    masked_name: str
    signed_at: datetime | None
    valid_until: datetime | None
    lines: tuple[VerifiedLine, ...]
    doctor: Text
    house: Text


def prescription_qr(work: Work, prescription_id: UUID) -> str:
    """The text of the code: path, number and the beginning of the digest; nothing about a person. Raises NotUsable."""
    rx = prescription_for(work, prescription_id)
    if rx.state not in USABLE or rx.expires_at is None or work.now >= rx.expires_at:
        raise NotUsable(state="expired" if rx.state in USABLE else rx.state)
    return f"/verify/{rx.number}/{rx.digest[:PREFIX]}"


def verify_by_code(work: Work, number: str, prefix: str, address: str | None = None) -> Verification:
    """Tell whoever holds the paper how the prescription stands; it claims nothing, and the patient sees the look.

    The patient hands the code to a pharmacy of their own choice, which need not be a partner: holding it is the
    consent. A guessed code is NotFound; `address` slows a guesser down. Raises SlowDown.
    """
    identity.count_scan(work, address)
    known = one_or_none(work, Prescription, Prescription.number == number)
    if known is None or known.state in HIDDEN or not _fits(known, prefix):
        raise identity.missed_scan(work, NotFound(), address)
    rx = work.get(Prescription, known.id, lock=True)
    work.trace(Trace("read:prescription", ground=GROUNDS.get(work.actor.role, "task"), patient_id=rx.patient_id,
                     subject_kind="prescription", subject_id=rx.id))
    over = rx.state in USABLE and (rx.expires_at is None or work.now >= rx.expires_at)
    genuine = is_unchanged(work, rx)
    usable = genuine and rx.state in USABLE and not over
    if usable:
        rx.relied_on_at = rx.relied_on_at or work.now
    return Verification(
        rx.number, "expired" if over else rx.state, genuine, usable,
        mask_name(identity.patient(work, rx.patient_id).name), rx.signed_at, last_minute(rx),
        tuple(_line(item) for item in items_of(work, rx.id)),
        identity.practitioner(work, rx.practitioner_id).name, identity.organization(work, rx.organization_id).name)


def _fits(rx: Prescription, prefix: str) -> bool:
    """Compare the whole prefix in constant time; an unsigned prescription has no digest and fits nothing."""
    return len(rx.digest) > PREFIX and secrets.compare_digest(rx.digest[:PREFIX].encode(), prefix.encode())


def _line(item: PrescriptionItem) -> VerifiedLine:
    return VerifiedLine(Text(zh=item.name_zh, en=item.name_en), item.strength, item.quantity, item.left_quantity,
                        Text(zh=item.wording_zh, en=item.wording_en))

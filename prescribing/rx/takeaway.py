"""A prescription on paper: what its QR code says, and what a pharmacy that scans it is told."""
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.text import Text
from app.storage import Vault
from app.work import Work, one_or_none
from prescribing.rx.models import Prescription, PrescriptionItem, Redemption
from prescribing.rx.problems import NotUsable
from prescribing.rx.queries import (
    claimed_by,
    claims_in_force,
    is_paper_closed,
    is_told,
    items_of,
    last_minute,
    prescription_for,
)
from prescribing.rx.rules import UNDO, mask_name
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
class Filled:
    """Who took the prescription and when; `undo_until` while this browser can undo it, `outside` from the paper."""

    by: Text
    at: datetime
    outside: bool
    undo_until: datetime | None


@dataclass(frozen=True)
class Verification:
    """What a scanned code proves. `genuine` is False when bytes or rows are not what the doctor signed.

    `shown_before` counts the scans before this one, the first at `first_shown`: whoever scanned may have filled it.
    `filled` says which pharmacy took it last. Of the patient it carries the masked name alone: no birth date, no
    illness, no address. `closed`: the prescription stands, but its paper was marked and unmarked too often; nobody can
    fill it by the paper, so it is not `usable`, and an order online is the way that is left.
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
    shown_before: int = 0
    first_shown: datetime | None = None
    filled: Filled | None = None
    closed: bool = False


def prescription_qr(work: Work, prescription_id: UUID) -> str:
    """The text of the code: path, number and the beginning of the digest; nothing about a person. Raises NotUsable."""
    rx = prescription_for(work, prescription_id)
    if rx.state not in USABLE or rx.expires_at is None or work.now >= rx.expires_at:
        raise NotUsable(state="expired" if rx.state in USABLE else rx.state)
    return f"/verify/{rx.number}/{rx.digest[:PREFIX]}"


def verify_by_code(work: Work, number: str, prefix: str, address: str | None = None,
                   browser: str = "") -> Verification:
    """Tell whoever holds the paper how the prescription stands; it claims nothing, and the patient sees the look.

    The next one who scans is told that and when it was shown before: it may have been filled there.

    The patient hands the code to a pharmacy of their own choice, which need not be a partner: holding it is the
    consent. A guessed code is NotFound; `address` slows a guesser down. Raises SlowDown.
    """
    rx = found_by_code(work, number, prefix, address)
    seen = _verification(work, rx, browser)
    if seen.usable:
        rx.relied_on_at = rx.relied_on_at or work.now
        rx.shown_at, rx.shown_times = rx.shown_at or work.now, rx.shown_times + 1
    return seen


def verify_again(work: Work, number: str, prefix: str, address: str | None = None, browser: str = "") -> Verification:
    """The same for the steps after a scan, which are no new one; looks are traced and limited all the same."""
    return _verification(work, found_by_code(work, number, prefix, address), browser)


def found_by_code(work: Work, number: str, prefix: str, address: str | None) -> Prescription:
    """Lock the prescription of a code that fits, and trace the look. Raises NotFound, SlowDown."""
    identity.count_scan(work, address)
    known = one_or_none(work, Prescription, Prescription.number == number)
    if known is None or known.state in HIDDEN or not _fits(known, prefix):
        raise identity.missed_scan(work, NotFound(), address)
    rx = work.get(Prescription, known.id, lock=True)
    work.trace(Trace("read:prescription", ground=GROUNDS.get(work.actor.role, "task"), patient_id=rx.patient_id,
                     subject_kind="prescription", subject_id=rx.id))
    return rx


def _verification(work: Work, rx: Prescription, browser: str) -> Verification:
    over = rx.state in USABLE and (rx.expires_at is None or work.now >= rx.expires_at)
    genuine = is_unchanged(work, rx)
    stands = genuine and rx.state in USABLE and not over
    closed = stands and is_paper_closed(work, rx.id)
    return Verification(
        rx.number, "expired" if over else rx.state, genuine, stands and not closed,
        mask_name(identity.patient(work, rx.patient_id).name), rx.signed_at, last_minute(rx),
        tuple(_line(item) for item in items_of(work, rx.id)) if is_told(rx) else (),
        identity.practitioner(work, rx.practitioner_id).name, identity.organization(work, rx.organization_id).name,
        rx.shown_times, rx.shown_at, _filled(work, rx, browser), closed)


def browser_mark(work: Work, prescription_id: UUID, browser: str) -> str:
    """The keyed hash of the random name of a browser, for one prescription; nothing to recognise anybody by."""
    return work.tool(Vault).blind_index(f"{prescription_id}:{browser}", "paper") if browser else ""


def can_undo(work: Work, claim: Redemption, browser: str) -> bool:
    """Whether this browser marked it, some minutes ago at most."""
    mark = browser_mark(work, claim.prescription_id, browser)
    return bool(mark) and secrets.compare_digest(claim.browser, mark) and work.now < claim.at + UNDO


def _filled(work: Work, rx: Prescription, browser: str) -> Filled | None:
    """The newest claim in force."""
    claims = claims_in_force(work, rx.id)
    if not claims:
        return None
    last = claims[-1]
    return Filled(claimed_by(work, last), last.at, last.pharmacy_id is None,
                  last.at + UNDO if can_undo(work, last, browser) else None)


def _fits(rx: Prescription, prefix: str) -> bool:
    """Compare the whole prefix in constant time; an unsigned prescription has no digest and fits nothing."""
    return len(rx.digest) > PREFIX and secrets.compare_digest(rx.digest[:PREFIX].encode(), prefix.encode())


def _line(item: PrescriptionItem) -> VerifiedLine:
    return VerifiedLine(Text(zh=item.name_zh, en=item.name_en), item.strength, item.quantity, item.left_quantity,
                        Text(zh=item.wording_zh, en=item.wording_en))

"""The one-time claim of a prescription: atomic, and given back visibly."""
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from app.events.prescribing import FillingDenied, PrescriptionExpired, PrescriptionRedeemed, RedemptionReversed
from app.work import Work, all_of, one_or_none
from prescribing.rx.models import Prescription, PrescriptionItem, Redemption
from prescribing.rx.problems import AlreadyRedeemed, NotUsable
from prescribing.rx.queries import claimed_by, claims_in_force, items_of
from prescribing.rx.signatures import require_unchanged
from prescribing.rx.states import PRESCRIPTION, USABLE


def redeem(work: Work, prescription_id: UUID, dispense_id: UUID, pharmacy_id: UUID,
           quantities: dict[UUID, int] | None = None) -> Redemption:
    """Claim all that is left, or `quantities` (packs by item id), for one dispense.

    Runs in the caller's Work. Raises AlreadyRedeemed when somebody was faster, NotUsable when it is not
    approved, expired or revoked, SignatureBroken when it is not what was signed. Exactly one of any number of
    simultaneous claims wins.
    """
    rx = work.get(Prescription, prescription_id, lock=True)
    row = claim(work, rx, _mover(work), quantities, dispense_id=dispense_id, pharmacy_id=pharmacy_id)
    work.announce(PrescriptionRedeemed(rx.id, rx.visit_id, rx.patient_id, dispense_id))
    return row


def claim(work: Work, rx: Prescription, mover: str, quantities: dict[UUID, int] | None = None,
          **by: Any) -> Redemption:
    """Claim all that is left of a locked prescription, or `quantities`; `by` says who claims, and for what.

    Every claim goes through here, so that our own orders and the paper can never both win.
    """
    _require_usable(work, rx)
    require_unchanged(work, rx)
    wanted = quantities or {item.id: item.left_quantity for item in _fresh(work, rx.id) if item.left_quantity}
    if not wanted:
        raise already_redeemed(work, rx)
    _take(work, rx.id, wanted)
    left = sum(item.left_quantity for item in _fresh(work, rx.id))
    PRESCRIPTION.move(rx, "redeem_part" if left else "redeem", mover)
    row = work.add(Redemption(
        prescription_id=rx.id, fill_no=_next_fill(work, rx.id), quantities={str(k): v for k, v in wanted.items()},
        at=work.now, **by))
    work.hint(f"rx:{rx.id}")
    return row


def _require_usable(work: Work, rx: Prescription) -> None:
    if rx.state == "redeemed":
        raise already_redeemed(work, rx)
    if rx.state not in USABLE or rx.expires_at is None or work.now >= rx.expires_at:
        raise NotUsable(state="expired" if rx.state in USABLE else rx.state)


def already_redeemed(work: Work, rx: Prescription) -> AlreadyRedeemed:
    """Too late, with who was faster and when."""
    last = next(reversed(claims_in_force(work, rx.id)), None)
    if last is None:
        return AlreadyRedeemed(state=rx.state)
    return AlreadyRedeemed(state=rx.state, by=claimed_by(work, last).get(work.actor.language), at=last.at.isoformat())


def _take(work: Work, prescription_id: UUID, wanted: dict[UUID, int]) -> None:
    """Count packs down in the database itself: a claim that finds too few changes nothing and fails."""
    for item_id, packs in wanted.items():
        take = (update(PrescriptionItem)
                .where(col(PrescriptionItem.id) == item_id, col(PrescriptionItem.left_quantity) >= packs,
                       col(PrescriptionItem.prescription_id) == prescription_id)
                .values(left_quantity=col(PrescriptionItem.left_quantity) - packs)
                .execution_options(synchronize_session=False))
        if packs < 1 or work.session.execute(take).rowcount != 1:  # type: ignore[attr-defined]
            raise AlreadyRedeemed


def _fresh(work: Work, prescription_id: UUID) -> list[PrescriptionItem]:
    """The lines as the database has them now, whatever this session read before."""
    statement = select(PrescriptionItem).where(PrescriptionItem.prescription_id == prescription_id)
    return list(work.session.exec(statement.execution_options(populate_existing=True)).all())


def _next_fill(work: Work, prescription_id: UUID) -> int:
    return len(all_of(work, Redemption, Redemption.prescription_id == prescription_id)) + 1


def _mover(work: Work) -> str:
    return work.actor.role if work.actor.role in ("pharmacy", "patient") else "house"


def reverse_redemption(work: Work, dispense_id: UUID, reason: str) -> Redemption:
    """Give a claim back before hand-over; the claim stays visible as reversed. Doing it twice changes nothing.

    One that was made from the paper can be given back later too: whether anything was handed out is not known there.
    """
    row = one_or_none(work, Redemption, Redemption.dispense_id == dispense_id)
    if row is None:
        raise NotUsable
    rx = work.get(Prescription, row.prescription_id, lock=True)
    row = work.get(Redemption, row.id, lock=True)
    if row.reversed_at is not None:
        return row
    for item_id, packs in row.quantities.items():
        item = work.get(PrescriptionItem, UUID(item_id), lock=True)
        item.left_quantity += packs
    row.reversed_at, row.reversed_reason = work.now, reason
    work.session.flush()
    if rx.state in ("redeemed", "partly_redeemed"):
        whole = all(item.left_quantity == item.quantity for item in items_of(work, rx.id))
        PRESCRIPTION.move(rx, "reverse" if whole else "reverse_part", _mover(work))
    work.announce(RedemptionReversed(rx.id, rx.visit_id, rx.patient_id, dispense_id))
    work.hint(f"rx:{rx.id}")
    end_if_over(work, rx)
    return row


def question_claim(work: Work, dispense_id: UUID) -> None:
    """The patient waits no longer, and nobody knows where the box of this claim is: the claim stays in force.

    It ends when the pharmacy has the box back (`reverse_redemption`), or the pharmacists of the hospital, who hear of
    it now, have found out (`give_filling_back`). Raises NotUsable.
    """
    row = one_or_none(work, Redemption, Redemption.dispense_id == dispense_id, col(Redemption.reversed_at).is_(None))
    if row is None:
        raise NotUsable
    rx = work.get(Prescription, row.prescription_id, lock=True)
    row = work.get(Redemption, row.id, lock=True)
    row.denied_at = row.denied_at or work.now
    work.announce(FillingDenied(rx.id, rx.visit_id, rx.patient_id, dispense_id))
    for topic in (f"rx:{rx.id}", f"review:{rx.organization_id}"):
        work.hint(topic)


def mark_handed_out(work: Work, dispense_id: UUID) -> None:
    """The patient has the medicine of this claim."""
    row = one_or_none(work, Redemption, Redemption.dispense_id == dispense_id, col(Redemption.reversed_at).is_(None))
    if row is None:
        raise NotUsable
    row.handed_out_at = work.now


def end_if_over(work: Work, rx: Prescription) -> None:
    """Let a locked prescription expire whose time is over; a claim given back late comes here too."""
    if rx.state in USABLE and rx.expires_at is not None and work.now >= rx.expires_at:
        PRESCRIPTION.move(rx, "expire", "house")
        work.announce(PrescriptionExpired(rx.id, rx.visit_id, rx.patient_id))
        for topic in (f"rx:{rx.id}", f"patient:{rx.patient_id}"):
            work.hint(topic)

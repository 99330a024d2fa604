"""The paper is filled by a pharmacy that is none of ours: it says so, it is undone, denied, or given back."""
from uuid import UUID

from app.events.prescribing import FilledFromPaper, FillingDenied
from app.identity import api as identity
from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.work import Work
from prescribing.rx.commands.redeeming import claim, reverse_redemption
from prescribing.rx.commands.signing import revoke_if_stopped
from prescribing.rx.models import Prescription, Redemption
from prescribing.rx.problems import MarkedTooOften, NotUsable, ReasonMissing, UndoIsOver
from prescribing.rx.queries import (
    claims_in_force,
    filling_of,
    is_in_question,
    is_paper_closed,
    prescription_for,
)
from prescribing.rx.rules import pharmacy_called
from prescribing.rx.takeaway import browser_mark, can_undo, found_by_code

UNDONE = "undone"


def fill_from_paper(work: Work, number: str, prefix: str, pharmacy: str, browser: str,
                    address: str | None = None) -> Redemption:
    """Claim all that is left for the pharmacy that holds the paper, which says that it has dispensed it.

    Whoever holds the paper may, under the name that they give; the patient is told at once and can deny it. The
    browser that did it, by its random name, can undo it for some minutes. Raises NotFound, SlowDown, Invalid,
    AlreadyRedeemed with who and when, NotUsable, SignatureBroken, MarkedTooOften.
    """
    rx = found_by_code(work, number, prefix, address)
    called = pharmacy_called(pharmacy)
    if is_paper_closed(work, rx.id):
        raise MarkedTooOften
    made = claim(work, rx, "house", dispense_id=uuid7(), outside_name=called,
                 browser=browser_mark(work, rx.id, browser), handed_out_at=work.now)
    rx.relied_on_at = rx.relied_on_at or work.now
    rx.shown_at, rx.shown_times = rx.shown_at or work.now, rx.shown_times or 1     # who marks it has seen it
    work.announce(FilledFromPaper(rx.id, rx.visit_id, rx.patient_id, made.dispense_id))
    work.hint(f"patient:{rx.patient_id}")
    return made


def undo_filling(work: Work, number: str, prefix: str, browser: str, address: str | None = None) -> Redemption:
    """Take a mark back that was a mistake, on the device that made it and within its minutes.

    Raises NotFound, SlowDown, UndoIsOver, and NotUsable when nothing is marked.
    """
    rx = found_by_code(work, number, prefix, address)
    made = _marked(work, rx)
    if not can_undo(work, made, browser):
        raise UndoIsOver
    return _give_back(work, rx, made, UNDONE)


def deny_filling(work: Work, prescription_id: UUID) -> Redemption:
    """The patient's side did not get what a pharmacy marked as dispensed: the hospital hears of it. Twice is once."""
    rx = prescription_for(work, prescription_id)
    identity.require_acting_for(work, rx.patient_id)
    made = _marked(work, work.get(Prescription, rx.id, lock=True))
    if made.denied_at is None:
        made.denied_at = work.now
        work.announce(FillingDenied(rx.id, rx.visit_id, rx.patient_id, made.dispense_id))
        for topic in (f"rx:{rx.id}", f"review:{rx.organization_id}"):
            work.hint(topic)
    return made


def give_filling_back(work: Work, prescription_id: UUID, reason: str) -> Redemption:
    """A pharmacist of the hospital that prescribed has asked around: it was not filled, it can be filled again.

    A mark on the paper, or the claim of a box that was sent and never came (`question_claim`).

    One whose visit was stopped for a changed condition is revoked instead, also by an undo.
    Raises NotFound, ReasonMissing, and NotUsable when nothing is marked.
    """
    rx = work.get(Prescription, prescription_id, lock=True)
    if work.actor.role != "pharmacist" or rx.organization_id != work.actor.organization_id:
        raise NotFound
    made = next((one for one in claims_in_force(work, rx.id) if is_in_question(one)), None)
    if made is None:
        raise NotUsable(state=rx.state)
    made = work.get(Redemption, made.id, lock=True)
    if not reason.strip():
        raise ReasonMissing
    return _give_back(work, rx, made, reason.strip()[:200])


def _marked(work: Work, rx: Prescription) -> Redemption:
    """The mark in force of a locked prescription. Raises NotUsable."""
    made = filling_of(work, rx.id)
    if made is None:
        raise NotUsable(state=rx.state)
    return work.get(Redemption, made.id, lock=True)


def _give_back(work: Work, rx: Prescription, made: Redemption, reason: str) -> Redemption:
    """Nothing was handed out after all: it can be filled again, unless its visit was stopped meanwhile."""
    made.handed_out_at = None
    for topic in (f"patient:{rx.patient_id}", f"review:{rx.organization_id}"):
        work.hint(topic)
    given_back = reverse_redemption(work, made.dispense_id, reason)
    revoke_if_stopped(work, rx)
    return given_back

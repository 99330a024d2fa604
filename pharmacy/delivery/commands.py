"""Scan every pack, close the parcel, hand it over, deliver it against the patient's code."""
import secrets
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.events.pharmacy import OrderDelivered, OrderPacked, OrderShipped
from app.kit.text import Text
from app.notify import api as notify
from app.policy import api as policy
from app.work import Work, one_or_none
from pharmacy.delivery.claims import record_custody, take_from_shelf
from pharmacy.delivery.facts import deliver_facts, dispense_lines
from pharmacy.delivery.models import Dispense, Pack
from pharmacy.delivery.queries import PickLine, dispense_of, is_cold, pick_list
from pharmacy.orders.facts import subject_of
from pharmacy.orders.models import Order
from pharmacy.orders.problems import (
    BoxTooOld,
    CodeBlocked,
    CodeWrong,
    OfferGone,
    PackSeenBefore,
    PacksMissing,
    PackTooMany,
    PackUnknown,
    TemperatureMissing,
)
from pharmacy.orders.queries import MOST_TRIES, code_is_blocked, delivery_code, lines_of, order_for_pharmacy
from pharmacy.orders.rules import is_too_old
from pharmacy.orders.states import ORDER
from prescribing import api as prescribing
from records import api as records

CODE_LENGTH = 20
BLOCKED = Text(zh="取药码错了五次，不能再用，请在订单里换一个新码",
               en="Your delivery code was given wrongly five times and no longer works; "
                  "please make a new one on the order's page")


def _current(work: Work, order: Order) -> Dispense:
    dispense = dispense_of(work, order.id)
    if dispense is None:
        raise OfferGone(state=order.state)
    return dispense


def scan_pack(work: Work, order_id: UUID, code: str) -> Pack:
    """Put one pack into the box by its 20-digit traceability code; a code is used once in its life."""
    order = order_for_pharmacy(work, order_id, lock=True)
    dispense = _current(work, order)
    code = code.strip()
    if not ORDER.can(order, "pack"):
        ORDER.move(order, "pack", "pharmacy")
    known = one_or_none(work, Pack, Pack.code == code)
    if known and known.dispense_id == dispense.id and known.discarded_at is None:
        return known
    if known:
        raise PackSeenBefore(code=code)
    line = _line_for(pick_list(work, order), code)
    work.hint(f"board:{order.pharmacy_id}")
    return _kept(work, Pack(dispense_id=dispense.id, order_line_id=line.line.id, code=code, scanned_at=work.now,
                            scanned_by=work.actor.account_id))


def _kept(work: Work, pack: Pack) -> Pack:
    """Write the pack; two pharmacies that scan one code at the same moment: the second is told."""
    try:
        with work.session.begin_nested():
            return work.add(pack)
    except IntegrityError as twice:
        raise PackSeenBefore(code=pack.code) from twice


def _line_for(lines: list[PickLine], code: str) -> PickLine:
    """The line whose product the code names; the first seven digits name the product."""
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()):
        raise PackUnknown(code=code[:40])
    fitting = [one for one in lines
               if code.startswith(prescribing.pack_prefix(one.line.drug_id, one.line.product_code))]
    if not fitting:
        raise PackUnknown(code=code)
    waiting = [one for one in fitting if not one.done]
    if not waiting:
        raise PackTooMany(code=code)
    return waiting[0]


def unscan_pack(work: Work, order_id: UUID, code: str) -> None:
    """Take a pack out of an open box again; its code is free for another order."""
    order = order_for_pharmacy(work, order_id, lock=True)
    if not ORDER.can(order, "pack"):
        ORDER.move(order, "pack", "pharmacy")
    pack = one_or_none(work, Pack, Pack.code == code, Pack.dispense_id == _current(work, order).id)
    if pack:
        work.session.delete(pack)


def close_parcel(work: Work, order_id: UUID) -> Order:
    """All packs are scanned: ask the policy about dispensing here and now, line by line, then close the box.

    In quarantine it closes the replacement, under the same claim, with packs that the shelf must have.
    """
    order = order_for_pharmacy(work, order_id, lock=True)
    if not ORDER.can(order, "pack"):
        ORDER.move(order, "pack", work.actor.role)
    dispense = work.get(Dispense, _current(work, order).id, lock=True)
    missing = sum(one.line.packs - len(one.codes) for one in pick_list(work, order))
    if missing:
        raise PacksMissing(missing=missing)
    sheet, lines = dispense_lines(work, order, dispense)
    policy.insist_allowed(*policy.judge_lines(work, "dispense", sheet, lines, subject_of(order)))
    if order.state == "quarantined":
        take_from_shelf(work, lines_of(work, order.id), dispense.pharmacy_id)
        dispense.cold_min_c = dispense.cold_max_c = dispense.cold_gap_minutes = None
    ORDER.move(order, "pack", work.actor.role)
    dispense.packed_at = work.now
    record_custody(work, order.id, "packed", order.pharmacy_id)
    return _tell(work, order, OrderPacked)


def hand_over(work: Work, order_id: UUID, courier: str) -> Order:
    """Give the closed box to the courier, who is named."""
    order = order_for_pharmacy(work, order_id, lock=True)
    prescribing.require_not_revoked(work, order.prescription_id)
    if ORDER.can(order, "ship", work.actor.role):
        _require_fresh(_current(work, order), work.now)
    ORDER.move(order, "ship", work.actor.role)
    record_custody(work, order.id, "shipped", order.pharmacy_id, courier=courier.strip()[:60])
    return _tell(work, order, OrderShipped)


def deliver(work: Work, order_id: UUID, code: str) -> Order:
    """Hand the box to the patient against the code; cold medicines only with a log that the rules accept."""
    order = order_for_pharmacy(work, order_id, lock=True)
    if not ORDER.can(order, "deliver"):
        ORDER.move(order, "deliver", work.actor.role)
    prescribing.require_not_revoked(work, order.prescription_id)
    dispense = _current(work, order)
    _require_fresh(dispense, work.now)
    _check_code(work, order, code)
    if is_cold(work, order) and dispense.cold_max_c is None:
        raise TemperatureMissing
    sheet, lines = deliver_facts(work, order, dispense)
    policy.insist_allowed(*policy.judge_lines(work, "deliver", sheet, lines, subject_of(order)))
    ORDER.move(order, "deliver", work.actor.role)
    order.ended_at = work.now
    prescribing.mark_handed_out(work, dispense.id)
    record_custody(work, order.id, "delivered", order.pharmacy_id)
    _keep_in_record(work, order)
    return _tell(work, order, OrderDelivered)


def _require_fresh(dispense: Dispense, now: datetime) -> None:
    """A prescription is valid for days; so is the box that was closed on it. Raises BoxTooOld."""
    if is_too_old(dispense.packed_at, now):
        raise BoxTooOld


def _check_code(work: Work, order: Order, code: str) -> None:
    """Compare in constant time; a wrong try is counted although the delivery is refused."""
    if code_is_blocked(order):
        raise CodeBlocked
    if secrets.compare_digest(code.strip().encode(), delivery_code(work, order).encode()):
        return
    problem = CodeWrong(tries_left=MOST_TRIES - order.code_tries - 1)
    problem.aftermath = partial(_count_try, order_id=order.id)     # the row is gone once this Work is rolled back
    raise problem


def _count_try(work: Work, order_id: UUID) -> None:
    order = work.get(Order, order_id, lock=True)
    order.code_tries += 1
    if order.code_tries == MOST_TRIES:
        notify.tell_patient(work, order.patient_id, "order", BLOCKED, f"/orders/{order.id}")
        work.hint(f"order:{order.id}")


def _keep_in_record(work: Work, order: Order) -> None:
    """The dispensed medicines join the record file and the patient's medicine list."""
    prescribing.add_to_medicines(work, order.prescription_id)
    told = prescribing.names_of(work, order.prescription_id)
    records.add_entry(work, patient_id=order.patient_id, kind="dispense", visit_id=order.visit_id,
                      source_kind="order", source_id=order.id, title=Text(zh="药已送到", en="Medicine delivered"),
                      summary=told)


def _tell(work: Work, order: Order, event: type) -> Order:
    work.announce(event(order.id, order.prescription_id, order.patient_id))
    for topic in (f"order:{order.id}", f"board:{order.pharmacy_id}", f"patient:{order.patient_id}"):
        work.hint(topic)
    return order

"""One visit of the past for the demo, walked through the real commands at a clock that stands weeks ago."""
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp

from app.identity import api as identity
from app.jobs import JobKinds
from app.kit.clock import FrozenClock, local_date
from app.payments import api as payments
from app.work import HOUSE, NOBODY, Actor, House, Work, one_or_none
from app.worker import Worker
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.demo.cast import SIGNING_PIN, cast, password

DAYS_AGO = 26
LINES = (("amlodipine", "5 mg", "morning"), ("atorvastatin", "20 mg", "bedtime"))
TALK = (("patient", "林医生好，我来续降压药。"), ("doctor", "王先生好，家里量的血压怎么样？"),
        ("patient", "早上大多 135 到 140，下压 85 左右。"), ("doctor", "控制得不错。有没有脚肿、头晕？"),
        ("patient", "没有。"), ("doctor", "好，按原来的量，早饭后吃，先开 4 周。"))
NOTE = {"history": "高血压 6 年，规律服药，家测血压 135–140/85 mmHg，无不适。",
        "assessment": "原发性高血压，控制尚可。",
        "advice": "每天早上服氨氯地平，睡前服阿托伐他汀；少盐，每天同一时间量血压并记下来。",
        "red_flags": "胸口疼、说话不清、一侧手脚无力时马上拨打 120。", "next_step": "4 周后复诊。"}


@dataclass
class Past:
    """A house whose clock stands in the past, and the people who act in it."""

    house: House
    clock: FrozenClock
    worker: Worker
    actors: dict[str, Actor]

    @contextmanager
    def by(self, who: str, minutes: float = 1) -> Iterator[Work]:
        """A Work of somebody, some minutes after the one before; its jobs run right after it."""
        self.clock.forward(minutes=minutes)
        with self.house.write(self.actors.get(who, HOUSE)) as work:
            yield work
        self.worker.run_until_idle()


def begin(house: House, days: int = DAYS_AGO) -> Past:
    """Move a copy of the house to a morning some days ago and sign in the people of the visit."""
    morning = (house.clock.now() - timedelta(days=days)).replace(hour=1, minute=30, second=0, microsecond=0)
    clock = FrozenClock(morning)
    then = replace(house, clock=clock)
    past = Past(then, clock, Worker(then, house.tools.get(JobKinds)), {})
    for who in ("wang", "lin", "ren", "kang"):
        past.actors[who] = _sign_in(past, who)
    return past


def _sign_in(past: Past, who: str) -> Actor:
    row = cast()["patients"].get(who) or cast()["staff"].get(who) or cast()["pharmacies"][who]
    code = pyotp.TOTP(row["totp"]).at(past.clock.now()) if "totp" in row else None
    with past.house.write(NOBODY) as work:
        _, token = identity.sign_in(work, row.get("phone", who), password(), code)
        found = identity.resolve_token(work.session, token, work.now)
    if found is None:
        raise LookupError(who)
    return found


def walk_past_visit(house: House) -> None:
    """Wang's visit some weeks ago: triage, talk, diagnosis, prescription, review, delivery, record."""
    past = begin(house)
    with past.by("wang") as work:
        patient_id = identity.patients_of(work, past.actors["wang"].account_id)[0][0].id
    visit_id = _come_in(past, patient_id)
    _talk(past, visit_id)
    rx_id = _treat(past, visit_id)
    with past.by("ren", 6) as work:
        prescribing.approve(work, rx_id)
    _deliver(past, rx_id)
    with past.by("wang", 2) as work:    # what was taken before is now ours, and does not stand there a second time
        records.save_medicines(work, patient_id, "none")


def _come_in(past: Past, patient_id: UUID) -> UUID:
    """Triage, consent, wish, payment, waiting room, taken by Dr Lin."""
    with past.by("wang") as work:
        triage = consult.start_triage(work, patient_id, "hypertension_followup", "来续降压药")
        gate = [line.question.id for line in consult.triage_view(work, triage.id).gate]
        consult.answer_gate(work, triage.id, consult.ticked(gate, [], "no"))
        while (question := consult.triage_view(work, triage.id).question) is not None:
            consult.answer_question(work, triage.id, question.id, _calm(question))
        consult.finish_triage(work, triage.id)
    with past.by("wang") as work:
        records.confirm_history(work, patient_id)
        records.give_consent(work, patient_id, "informed_consent")
        evidence = records.evidence_of(work, patient_id)[0].id
        visit_id = consult.request_visit(work, triage.id, "follow_up", past.actors["lin"].practitioner_id,
                                         [evidence]).id
    _pay(past, "visit", visit_id)
    with past.by("lin", 4) as work:
        consult.accept_visit(work, visit_id)
        consult.judge_follow_up(work, visit_id, is_follow_up=True, same_condition=True, condition_changed=False,
                                evidence_id=evidence)
    return visit_id


def _calm(question: Any) -> Any:
    values = {"systolic": 138, "diastolic": 85}
    if question.kind == "number":
        return values.get(question.id, "unknown")
    return question.options[-1].id if question.kind == "choice" else "no"


def _pay(past: Past, kind: str, payable_id: UUID) -> None:
    """Press "pay" at the built-in cashier; its signed notice is heard."""
    with past.house.read(HOUSE) as work:
        payment = payments.payment_of(work, kind, payable_id)
    if payment is None or not payment.provider_ref:
        raise LookupError(kind)
    till = past.house.tools.get(payments.Cashiers).get(payment.provider)
    notice = till.press(payment.provider_ref, payments.Choice.PAY)  # type: ignore[attr-defined]
    with past.by("house") as work:
        payments.receive_webhook(work, till.parse_webhook(notice.raw, notice.headers))


def _talk(past: Past, visit_id: UUID) -> None:
    for side, text in TALK:
        with past.by("wang" if side == "patient" else "lin", 1.5) as work:
            consult.send_message(work, visit_id, uuid4(), text=text)


def _treat(past: Past, visit_id: UUID) -> UUID:
    """Diagnosis, two lines for four weeks, note, signature, finish."""
    with past.by("lin") as work:
        consult.diagnose(work, visit_id, "I10")
        rx = prescribing.start_draft(work, visit_id)
        for drug, strength, timing in LINES:
            prescribing.set_item(work, rx.id, _line(drug, strength, timing))
        prescribing.set_terms(work, rx.id, validity_days=3, off_label=False, is_long_term=True, stable_chronic=True)
        for finding in prescribing.unanswered(work, rx, prescribing.check_report(work, rx)):
            prescribing.acknowledge(work, rx.id, finding.id, finding.digest, "monitoring_arranged",
                                    "长期合用，已评估，定期复查")
        prescribing.sign_prescription(work, rx.id, SIGNING_PIN)
    with past.by("lin") as work:
        consult.write_note(work, visit_id, **NOTE, next_visit_on=local_date(work.now) + timedelta(days=28))
        consult.finish_visit(work, visit_id)
    return rx.id


def _line(drug_id: str, strength: str, timing: str) -> dict[str, Any]:
    product = next(p for p in prescribing.load().drug(drug_id).products if p.strength == strength)
    value, unit = strength.split(" ")
    return {"drug_id": drug_id, "product_code": product.code, "dose": {"value": value, "unit": unit},
            "route": product.route, "frequency": "qd", "timing": timing, "days": 28}


def _deliver(past: Past, rx_id: UUID) -> None:
    """Ordered from Kang Pharmacy, packed, carried, delivered against the code."""
    dice = random.Random(26)  # noqa: S311 – made-up trace codes
    with past.by("wang", 5) as work:
        desk = past.actors["kang"].organization_id
        to = pharmacy.Destination("示范市河西区友谊路 8 号 3 门 502", "13800000001")
        order_id = pharmacy.place_order(work, rx_id, desk, "hospital_delivery", to).id
    _pay(past, "order", order_id)
    with past.by("kang") as work:
        offer = one_or_none(work, pharmacy.Offer, pharmacy.Offer.order_id == order_id)
        pharmacy.accept_offer(work, offer.id)
    with past.by("kang", 9) as work:
        for one in pharmacy.pick_list(work, pharmacy.order_for_pharmacy(work, order_id)):
            prefix = prescribing.pack_prefix(one.line.drug_id, one.line.product_code)
            for _ in range(one.line.packs):
                pharmacy.scan_pack(work, order_id, f"{prefix}{dice.randrange(10**13):013d}")
        pharmacy.close_parcel(work, order_id)
        pharmacy.hand_over(work, order_id, "示范快送")
    with past.by("kang", 38) as work:
        order = pharmacy.order_for_pharmacy(work, order_id)
        pharmacy.deliver(work, order_id, pharmacy.delivery_code(work, order))

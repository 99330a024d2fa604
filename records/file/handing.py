"""The register of personal data that left the house: which kinds, to whom, when, what for, on which ground of law."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from app.audit import Trace
from app.identity import api as identity
from app.kit.problems import NotAllowed
from app.kit.text import Text
from app.work import Work, one_or_none
from records.file.gate import require_readable
from records.file.models import HandOver

FIELDS: dict[str, Text] = {
    "masked_name": Text(zh="遮住的姓名", en="masked name"), "name": Text(zh="姓名", en="name"),
    "id_number": Text(zh="身份证号", en="identity number"),
    "phone": Text(zh="联系电话", en="phone number"), "district": Text(zh="所在区", en="district"),
    "address": Text(zh="收货地址", en="delivery address"),
    "medicines": Text(zh="药品和数量", en="medicines and quantity"),
    "directions": Text(zh="用法", en="directions"), "prescription": Text(zh="处方号", en="prescription number"),
}
PURPOSES: dict[str, Text] = {
    "ask_pharmacy": Text(zh="问这家药房能不能配药", en="to ask whether the pharmacy can fill it"),
    "fill_order": Text(zh="配药和送药", en="to fill and deliver the order"),
    "fetch_record": Text(zh="请这家医院把以前的病历发来", en="to ask the hospital for the earlier record"),
}
BASES: dict[str, Text] = {
    "order": Text(zh="履行您的订单所必需（个人信息保护法第13条第1款第2项）",
                  en="needed to carry out your order (Personal Information Protection Law, art. 13(1)(2))"),
    "consent": Text(zh="您的同意（个人信息保护法第13条第1款第1项）",
                    en="your consent (Personal Information Protection Law, art. 13(1)(1))"),
}


@dataclass(frozen=True)
class HandOverLine:
    """One line of the register in words; `patient_id` is for the officer, who sees no name."""

    at: datetime
    recipient: Text
    fields: tuple[Text, ...]
    purpose: Text
    basis: Text
    patient_id: UUID


def note_hand_over(work: Work, patient_id: UUID, recipient_id: UUID, subject: tuple[str, UUID], purpose: str,
                   fields: tuple[str, ...], basis: str = "order") -> HandOver:
    """Write down what is given, in the transaction that gives it; the same stage to the same one stands once."""
    known = one_or_none(work, HandOver, HandOver.subject_kind == subject[0], HandOver.subject_id == subject[1],
                        HandOver.recipient_id == recipient_id, HandOver.purpose == purpose)
    assert set(fields) <= FIELDS.keys() and purpose in PURPOSES and basis in BASES
    return known or work.add(HandOver(
        patient_id=patient_id, recipient_id=recipient_id, subject_kind=subject[0], subject_id=subject[1],
        fields=list(fields), purpose=purpose, basis=basis, at=work.now))


def hand_overs(work: Work, patient_id: UUID, limit: int = 100) -> list[HandOverLine]:
    """To whom data of this patient went, the newest first; through the gate. Cost: 1 statement besides it."""
    require_readable(work, patient_id, "looks")
    return handed_on(work, patient_id, limit)


def handed_on(work: Work, patient_id: UUID, limit: int = 100) -> list[HandOverLine]:
    """The same for whoever has passed the gate already. Cost: 1 statement."""
    return _lines(work, HandOver.patient_id == patient_id, limit=limit)


def hand_over_register(work: Work, limit: int = 200) -> list[HandOverLine]:
    """The register for the officer who answers an inspector: ids and kinds of data, no name. Raises NotAllowed."""
    if work.actor.role not in ("compliance", "admin"):
        raise NotAllowed
    work.trace(Trace("read:hand_overs", "task"))
    return _lines(work, limit=limit)


def _lines(work: Work, *where: object, limit: int) -> list[HandOverLine]:
    place = identity.Organization
    found = work.session.exec(select(HandOver, place).join(place, col(place.id) == col(HandOver.recipient_id))
                              .where(*where).order_by(col(HandOver.at).desc(), col(HandOver.id).desc())  # type: ignore
                              .limit(limit)).all()
    return [HandOverLine(row.at, org.name, tuple(FIELDS[name] for name in row.fields), PURPOSES[row.purpose],
                         BASES[row.basis], row.patient_id) for row, org in found]

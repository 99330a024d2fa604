"""What the pharmacy step needs of a prescription besides its claim."""
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.text import Text
from app.policy.api import PolicySet
from app.work import Work, all_of
from prescribing.formulary.load import load
from prescribing.rx.models import Prescription, PrescriptionItem, Redemption
from prescribing.rx.problems import ListChanged, NotUsable
from prescribing.rx.queries import claims_in_force, claims_of_many, items_of, items_of_many
from prescribing.rx.rules import LONGEST_DAYS
from prescribing.rx.signatures import is_unchanged
from prescribing.rx.states import USABLE
from records import api as records

# What was revoked may be with the patient all the same, while a claim of it stands.
APPROVED_ONCE = ("approved", "partly_redeemed", "redeemed", "expired", "revoked")


def usable_or_none(work: Work, prescription_id: UUID) -> Prescription | None:
    """An approved, unchanged, unexpired prescription, else None."""
    rx = work.find(Prescription, prescription_id, lock=not work.reading)
    if rx is None or rx.state not in USABLE or rx.expires_at is None or work.now >= rx.expires_at:
        return None
    return rx if is_unchanged(work, rx) else None


def usable_prescription(work: Work, prescription_id: UUID) -> Prescription:
    """Like `usable_or_none`, but raises NotUsable with the state."""
    rx = usable_or_none(work, prescription_id)
    if rx is None:
        known = work.get(Prescription, prescription_id)
        raise NotUsable(state="expired" if known.state in USABLE else known.state)
    return rx


def rely_on(work: Work, prescription_id: UUID) -> None:
    """Somebody acts on the approval: from now on it is not taken back, only revoked, of which they hear."""
    rx = work.get(Prescription, prescription_id, lock=True)
    rx.relied_on_at = rx.relied_on_at or work.now


def require_not_revoked(work: Work, prescription_id: UUID) -> None:
    """Raise NotUsable for a prescription that was taken back after it was claimed.

    It is locked until the box is handed out: a doctor who revokes meanwhile waits, and is told. The caller holds the
    order already; whoever needs both takes the order first.
    """
    rx = work.get(Prescription, prescription_id, lock=True)
    if rx.state == "revoked":
        raise NotUsable(state=rx.state)


def is_cold_chain(drug_id: str) -> bool:
    """True when the label asks for 2–8 °C."""
    return load().drug(drug_id).storage.cold_chain


def pack_prefix(drug_id: str, product_code: str) -> str:
    """The seven digits with which trace codes of this product begin."""
    return load().product(drug_id, product_code).pack_prefix


def medicine_name(text: str, drug_id: str | None) -> Text:
    """A medicine of the history: as it was written, and in English by the formulary where it is known there."""
    drug = load().drugs.get(drug_id) if drug_id else None
    if drug is None:
        return Text(zh=text, en=text)
    strength = re.search(r"\d[\d.]*\s?(mg|g|µg|ug|ml|IU)\b.*", text)
    return Text(zh=text, en=f"{drug.name.en} {strength[0]}" if strength else drug.name.en)


def names_of(work: Work, prescription_id: UUID) -> Text:
    """The medicines of a prescription in one line."""
    items = items_of(work, prescription_id)
    return Text(zh="、".join(i.name_zh for i in items), en=", ".join(i.name_en for i in items))


def add_to_medicines(work: Work, prescription_id: UUID) -> None:
    """Put the dispensed lines onto the patient's medicine list."""
    rx = work.get(Prescription, prescription_id)
    for item in items_of(work, rx.id):
        records.add_medicine_from_prescription(work, rx.patient_id, rx.id, item.drug_id, item.name_zh,
                                               item.wording_zh, item.days)


@dataclass(frozen=True)
class Elsewhere:
    """A line that was approved and did not come through us: the patient may have it from somewhere else."""

    prescription: Prescription
    item: PrescriptionItem
    until: date

    @property
    def key(self) -> str:
        """How a form names the line."""
        return f"{self.prescription.id}:{self.item.drug_id}"


def perhaps_taken(work: Work, patient_id: UUID) -> list[Elsewhere]:
    """Approved lines whose days are not over and that stand on no medicine list, newest first. Through the gate."""
    records.require_readable(work, patient_id, "prescriptions")
    since = work.now - timedelta(days=LONGEST_DAYS)
    found = all_of(work, Prescription, Prescription.patient_id == patient_id, col(Prescription.reviewed_at) >= since,
                   col(Prescription.state).in_(APPROVED_ONCE))
    ids, today = [rx.id for rx in found], local_date(work.now)
    items, claims = items_of_many(work, ids), claims_of_many(work, ids)
    listed = {(m.prescription_id, m.drug_id) for m in records.history_of(work, patient_id).medicines}
    lines = [Elsewhere(rx, item, local_date(rx.reviewed_at or work.now) + timedelta(days=item.days))
             for rx in reversed(found) for item in items[rx.id] if _may_have(rx, item, claims[rx.id])]
    return [one for one in lines if one.until >= today and (one.prescription.id, one.item.drug_id) not in listed]


def _may_have(rx: Prescription, item: PrescriptionItem, claims: Collection[Redemption]) -> bool:
    """Of a revoked one only what a pharmacy claimed and nobody gave back."""
    return rx.state != "revoked" or any(str(item.id) in claim.quantities for claim in claims)


def note_taken(work: Work, patient_id: UUID, keys: Collection[str]) -> dict[str, UUID]:
    """The patient has, or may have, these lines from elsewhere; the ids on the medicine list, by key.

    From now on the approval is relied on. Raises ListChanged when one is none of them.
    """
    known = {one.key: one for one in perhaps_taken(work, patient_id)} if keys else {}
    if not known.keys() >= set(keys):
        raise ListChanged
    for one in [known[key] for key in keys]:
        rx = one.prescription
        rely_on(work, rx.id)
        if rx.state not in APPROVED_ONCE or not _may_have(rx, one.item, claims_in_force(work, rx.id)):
            raise ListChanged
    return {key: _listed(work, known[key]) for key in keys}


def _listed(work: Work, one: Elsewhere) -> UUID:
    """Put the line onto the patient's medicine list for the days that are left."""
    return records.add_medicine_from_prescription(
        work, one.prescription.patient_id, one.prescription.id, one.item.drug_id, one.item.name_zh,
        one.item.wording_zh, (one.until - local_date(work.now)).days).id


def written_by(work: Work, prescription_ids: Collection[UUID]) -> dict[UUID, tuple[Text, date]]:
    """Who prescribed and on which day, by prescription; one statement."""
    doctor = identity.Practitioner
    rows = work.session.exec(select(Prescription, doctor).join(doctor, col(doctor.id) == col(
        Prescription.practitioner_id)).where(col(Prescription.id).in_(list(prescription_ids)))).all()
    return {rx.id: (who.name, local_date(rx.signed_at or rx.drafted_at)) for rx, who in rows}


def online_classes(work: Work, drug_id: str) -> frozenset[str] | None:
    """Legal classes of a medicine today; None when the table does not know it."""
    policies = work.tool(PolicySet)
    found = policies.drug_classes.classes_of(drug_id, policies.date_of(work.now))
    return None if found is None else frozenset(found)

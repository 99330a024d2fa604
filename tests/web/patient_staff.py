"""Doctor, pharmacist and pharmacy of a patient's walk: the same commands as their pages use, without their pages."""

from __future__ import annotations

import random
from uuid import UUID

from app.work import Work, one_or_none
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from tests.web.staff_site import Site
from web.demo import past
from web.demo.past import Past


class Staff:
    """Signed in once each; every act is a minute later than the one before."""

    def __init__(self, site: Site) -> None:
        self.past = Past(site.house, site.clock, site.worker, {})

    def by(self, who: str, minutes: float = 1) -> object:
        if who not in self.past.actors:
            self.past.clock.forward(seconds=31)
            self.past.actors[who] = past._sign_in(self.past, who)
        return self.past.by(who, minutes)

    def accept(self, visit: str) -> UUID:
        """Dr Lin takes the visit and judges it a follow-up of the record that was presented."""
        visit_id = UUID(visit.rsplit("/", 1)[1])
        with self.by("lin") as work:
            consult.accept_visit(work, visit_id)
            piece = records.presented_evidence(work, visit_id)[0]
            consult.judge_follow_up(work, visit_id, is_follow_up=True, same_condition=True, condition_changed=False,
                                    evidence_id=piece.id if piece.state == "accepted" else None)
        return visit_id

    def treat(self, visit_id: UUID) -> UUID:
        """Diagnosis, prescription, signature, note, end."""
        self.by("lin")
        return past._treat(self.past, visit_id)

    def approve(self, rx_id: UUID) -> None:
        with self.by("ren", 3) as work:
            prescribing.approve(work, rx_id, "两种药可以一起吃。")

    def take(self, order: str, desk: str) -> UUID:
        order_id = UUID(order.rsplit("/", 1)[1])
        with self.by(desk) as work:
            offer = one_or_none(work, pharmacy.Offer, pharmacy.Offer.order_id == order_id)
            pharmacy.accept_offer(work, offer.id)
        return order_id

    def ship(self, order_id: UUID, desk: str) -> None:
        dice = random.Random(7)
        with self.by(desk) as work:
            for one in pharmacy.pick_list(work, pharmacy.order_for_pharmacy(work, order_id)):
                prefix = prescribing.pack_prefix(one.line.drug_id, one.line.product_code)
                for _ in range(one.line.packs):
                    pharmacy.scan_pack(work, order_id, f"{prefix}{dice.randrange(10**13):013d}")
            pharmacy.close_parcel(work, order_id)
            pharmacy.hand_over(work, order_id, "示范快送")

    def deliver(self, order_id: UUID, code: str, desk: str) -> None:
        with self.by(desk, 20) as work:
            pharmacy.deliver(work, order_id, code)


def desk_of(site: Site, order: str) -> str:
    """The login of the pharmacy that was chosen."""
    from web.demo.cast import cast

    with site.house.read(past.HOUSE) as work:
        chosen = work.get(pharmacy.Order, UUID(order.rsplit("/", 1)[1])).chosen_pharmacy_id
        name = _name(work, chosen)
    return next(key for key, row in cast()["pharmacies"].items() if row["name"]["zh"] == name)


def _name(work: Work, pharmacy_id: UUID) -> str:
    from app.identity import api as identity

    return identity.organization(work, pharmacy_id).name_zh

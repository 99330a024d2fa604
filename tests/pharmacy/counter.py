"""Orders up to any point, through the commands of patient and pharmacy."""
from typing import Any
from uuid import UUID

from app.payments import api as payments
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from tests.cast import approved_prescription, pay
from tests.hospital import Scene

HOME = pharmacy.Destination("示范市河西区友谊路 8 号", "13900000001")
GOOD_LOG = (3.0, 7.5, 2.0)


def placed(scene: Scene, *lines: dict[str, Any], at: str = "kang", channel: str = "hospital_delivery",
           rx: prescribing.Prescription | None = None) -> pharmacy.Order:
    """An order whose cashier's page is open."""
    rx = rx or approved_prescription(scene, *lines)
    order = scene.does("wang", pharmacy.place_order, rx.id, scene.pharmacies[at], channel, HOME)
    scene.run()
    return order


def offered(scene: Scene, *lines: dict[str, Any], **wish: Any) -> pharmacy.Order:
    """… paid, so that the chosen pharmacy is asked."""
    order = placed(scene, *lines, **wish)
    pay(scene, order.id, "order")
    return stands(scene, order)


def accepted(scene: Scene, *lines: dict[str, Any], **wish: Any) -> pharmacy.Order:
    """… and taken by the pharmacy that was asked."""
    order = offered(scene, *lines, **wish)
    accept(scene, order)
    return stands(scene, order)


def packed(scene: Scene, *lines: dict[str, Any], **wish: Any) -> pharmacy.Order:
    """… and every pack scanned, the box closed."""
    order = accepted(scene, *lines, **wish)
    scan_all(scene, order)
    scene.does(desk_of(scene, order), pharmacy.close_parcel, order.id)
    scene.run()
    return stands(scene, order)


def shipped(scene: Scene, *lines: dict[str, Any], **wish: Any) -> pharmacy.Order:
    """… and with the courier."""
    order = packed(scene, *lines, **wish)
    scene.does(desk_of(scene, order), pharmacy.hand_over, order.id, "骑手 12")
    scene.run()
    return stands(scene, order)


def delivered(scene: Scene, *lines: dict[str, Any], **wish: Any) -> pharmacy.Order:
    """… and in the patient's hands."""
    order = shipped(scene, *lines, **wish)
    scene.does(desk_of(scene, order), pharmacy.deliver, order.id, code_of(scene, order))
    scene.run()
    return stands(scene, order)


def accept(scene: Scene, order: pharmacy.Order) -> None:
    """The pharmacy that is asked says yes."""
    asked = offer_of(scene, order)
    scene.does(name_of(scene, asked.pharmacy_id), pharmacy.accept_offer, asked.id)
    scene.run()


def offers(scene: Scene, order: pharmacy.Order) -> list[pharmacy.Offer]:
    """All chances so far."""
    with scene.sees("house") as work:
        return pharmacy.offers_of(work, order.id)


def offer_of(scene: Scene, order: pharmacy.Order) -> pharmacy.Offer:
    """The newest chance."""
    return offers(scene, order)[-1]


def name_of(scene: Scene, pharmacy_id: UUID) -> str:
    """kang or an."""
    return next(name for name, id in scene.pharmacies.items() if id == pharmacy_id)


def desk_of(scene: Scene, order: pharmacy.Order) -> str:
    """Who has the order."""
    return name_of(scene, stands(scene, order).pharmacy_id)


def stands(scene: Scene, order: pharmacy.Order) -> pharmacy.Order:
    """The order as it is now."""
    return scene.row(pharmacy.Order, order.id)


def pack_codes(scene: Scene, order: pharmacy.Order, first: int = 0) -> list[str]:
    """One fresh 20-digit code for every pack of the order."""
    with scene.sees("house") as work:
        picks = pharmacy.pick_list(work, work.get(pharmacy.Order, order.id))
    wanted = [prescribing.pack_prefix(p.line.drug_id, p.line.product_code) for p in picks for _ in range(p.line.packs)]
    return [f"{prefix}{order.id.int % 10**9 + first:09d}{n:04d}" for n, prefix in enumerate(wanted)]


def scan_all(scene: Scene, order: pharmacy.Order, first: int = 0) -> list[str]:
    """Every pack goes into the box."""
    codes = pack_codes(scene, order, first)
    for code in codes:
        scene.does(desk_of(scene, order), pharmacy.scan_pack, order.id, code)
    return codes


def code_of(scene: Scene, order: pharmacy.Order) -> str:
    """What the patient tells the courier."""
    with scene.sees("wang") as work:
        return pharmacy.delivery_code(work, pharmacy.order_for_patient(work, order.id))


def payment(scene: Scene, order: pharmacy.Order) -> payments.Payment:
    """The order's payment as it stands."""
    with scene.sees("house") as work:
        found = payments.payment_of(work, "order", order.id)
        assert found is not None
        return found


def earned(scene: Scene, name: str) -> int:
    """What the ledger owes a pharmacy, in fen."""
    with scene.sees("house") as work:
        return -payments.balance(work, f"Liabilities:Payable:Pharmacy:{str(scene.pharmacies[name]).upper()}")


def on_shelf(scene: Scene, name: str, product: str) -> int:
    """Packs that nobody has claimed."""
    with scene.sees("house") as work:
        return next(s.on_hand for s in pharmacy.stock_of(work, scene.pharmacies[name]) if s.product_code == product)


def told(scene: Scene, who: str = "wang") -> list[str]:
    """English words in the inbox of somebody, oldest first."""
    from app.notify import api as notify
    with scene.sees(who) as work:
        return [row.text.en for row in reversed(notify.inbox(work, scene.people[who].account_id))]

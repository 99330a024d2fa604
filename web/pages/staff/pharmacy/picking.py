"""Pick list and label: every pack is scanned, each scan is told in words, and only then the box is closed."""
from secrets import randbelow
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text, counted
from app.settings import Settings
from app.work import Work, all_of
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import views_pharmacy as p
from web.pages.staff.desk import Pharmacy, attempt, frame, show, stopped
from web.pages.staff.pharmacy.board import reasons, where

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
PICK = "staff/pharmacy/pick.html"
Code = Annotated[str, Form(max_length=64)]
RIGHT = Text(zh="记下了。", en="Counted.")
SAME = Text(zh="这一盒已经记过，换一盒。", en="This pack is counted already; take another one.")
WRONG = Text(zh="不在这一单里，放回货架。", en="Not in this order: put it back.")
ENOUGH = Text(zh="这种药够了，放回货架。", en="There is enough of this one: put it back.")
SOLD = Text(zh="这个码以前卖出过，放到一边，换一盒。",
            en="This code was sold before: put the pack aside, take another.")
ODD = Text(zh="要 20 位数字的追溯码，再扫一次。", en="A traceability code has 20 digits; scan again.")
UNKNOWN = Text(zh="不认识的药盒", en="Unknown pack")
CANCELLED = Text(zh="这一单不能再配，把药放回货架。", en="This order can no longer be filled: put everything back.")
SAID: dict[str, tuple[str, Text]] = {"pack-too-many": ("wrong", ENOUGH), "pack-seen-before": ("unknown", SOLD)}


def _packs(work: Work, order: pharmacy.Order) -> list[pharmacy.Pack]:
    """What is in the box, the newest first."""
    dispense = pharmacy.dispense_of(work, order.id)
    if dispense is None:
        return []
    rows = all_of(work, pharmacy.Pack, pharmacy.Pack.dispense_id == dispense.id)
    return [row for row in reversed(rows) if row.discarded_at is None]


def pick_view(work: Work, order_id: UUID, newest: p.Scan | None = None, error: Text | str = "") -> p.PickView:
    """The pick list as it stands."""
    order = pharmacy.order_for_pharmacy(work, order_id)
    rx = work.get(prescribing.Prescription, order.prescription_id)
    items = {item.id: item for item in prescribing.items_of(work, rx.id)}
    lines = pharmacy.pick_list(work, order)
    left = sum(max(0, one.line.packs - len(one.codes)) for one in lines)
    gone = rx.state == "revoked" or not pharmacy.ORDER.can(order, "pack", "pharmacy")
    names = {one.line.id: Text(zh=one.line.name_zh, en=one.line.name_en) for one in lines}
    scans = [_scan(pack, names) for pack in _packs(work, order)]
    current = next((n for n, one in enumerate(lines) if not one.done), None)
    return p.PickView(
        frame(work, "board", ("board", f"order:{order.id}")), str(order.id), order.number,
        Text(zh=f"{rx.number} 第 {rx.version} 版", en=f"{rx.number}, version {rx.version}"), order.arrives_to,
        tuple(_line(n, one, items.get(one.line.item_id), n == current) for n, one in enumerate(lines)),
        _todo(left), tuple(_directions(one, items.get(one.line.item_id)) for one in lines),
        tuple([newest, *scans] if newest else scans), "", left == 0 and not gone, _why_not(left),
        CANCELLED if gone else "", reasons(), error, _examples(work, lines))


def _examples(work: Work, lines: list[pharmacy.PickLine]) -> tuple[str, ...]:
    """In a demonstration nobody holds a box in the hand: codes that boxes of the open lines could carry."""
    if work.tool(Settings).mode == "production":
        return ()
    return tuple(f"{prescribing.pack_prefix(one.line.drug_id, one.line.product_code)}{randbelow(10**13):013d}"
                 for one in lines for _ in range(one.line.packs - len(one.codes)))


def _line(n: int, one: pharmacy.PickLine, item: prescribing.PrescriptionItem | None, current: bool) -> p.PickLine:
    strength = item.strength if item else ""
    return p.PickLine(n + 1, Text(zh=one.line.name_zh, en=one.line.name_en), strength, "", len(one.codes),
                      one.line.packs, cold=one.cold, current=current)


def _scan(pack: pharmacy.Pack, names: dict[UUID, Text]) -> p.Scan:
    return p.Scan(str(pack.id), pack.scanned_at, "right", names.get(pack.order_line_id, UNKNOWN), pack.code[-4:], RIGHT)


def _todo(left: int) -> tuple[p.Todo, ...]:
    scanned = (p.Todo(Text(zh="每盒都扫过", en="Every pack scanned"), "past") if left == 0 else
               p.Todo(Text(zh=f"每盒都扫：还差 {left} 盒", en=f"Every pack scanned: {left} to go"), "open"))
    asked = p.Todo(Text(zh="封箱时再问一次规则：处方已审核、没过期、没用过",
                        en="The rules are asked when you close it: approved, not expired, not used"), "open")
    return scanned, asked


def _why_not(left: int) -> Text | str:
    return Text(zh=f"还有 {left} 盒没扫。", en=f"{counted(left, 'pack is', 'packs are')} not scanned.") if left else ""


def _directions(one: pharmacy.PickLine, item: prescribing.PrescriptionItem | None) -> Text:
    if item is None:
        return Text(zh=one.line.name_zh, en=one.line.name_en)
    return Text(zh=f"{item.name_zh}：{item.wording_zh}", en=f"{item.name_en}: {item.wording_en}")


@router.get("/pharmacy/orders/{order_id}/pick")
def pick(order_id: UUID, door: Pharmacy) -> Response:
    """The scan field and what is still to be put into the box."""
    with door.read() as work:
        view = pick_view(work, order_id)
    return show(door, PICK, view)


@router.post("/pharmacy/orders/{order_id}/scans")
def scan(order_id: UUID, door: Pharmacy, code: Code = "") -> Response:
    """Count one pack; what is wrong is told in words and changes nothing."""
    code = code.strip()

    def act(work: Work) -> bool:
        order = pharmacy.order_for_pharmacy(work, order_id)
        known = any(code in one.codes for one in pharmacy.pick_list(work, order))
        pharmacy.scan_pack(work, order_id, code)
        return known

    known, problem = attempt(door, act)
    here = f"/pharmacy/orders/{order_id}/pick"
    if problem is None and not known:
        return see_other(here)
    if problem is not None and not problem.slug.startswith("pack-"):
        return stopped(door, problem, here, "board")
    with door.read() as work:
        view = pick_view(work, order_id, _told(work, problem, code))
    return show(door, PICK, view, problem.status if problem else 409, here)


def _told(work: Work, problem: Problem | None, code: str) -> p.Scan:
    """What a scan was that did not count."""
    result, said = ("same", SAME) if problem is None else SAID.get(problem.slug, ("wrong", WRONG))
    if problem is not None and problem.slug == "pack-unknown" and (len(code) != 20 or not code.isdigit()):
        result, said = "unknown", ODD
    return p.Scan(uuid4().hex, work.now, result, _name_of(code), code[-4:] or "—", said)  # type: ignore[arg-type]


def _name_of(code: str) -> Text:
    """The product that a code names by its first seven digits."""
    for drug in prescribing.load().drugs.values():
        for product in drug.products:
            if code.startswith(product.pack_prefix):
                return product.name
    return UNKNOWN


@router.post("/pharmacy/orders/{order_id}/scans/{pack_id}/undo")
def undo(order_id: UUID, pack_id: UUID, door: Pharmacy) -> Response:
    """Take a pack out of the open box."""
    def act(work: Work) -> None:
        order = pharmacy.order_for_pharmacy(work, order_id)
        pack = next((one for one in _packs(work, order) if one.id == pack_id), None)
        if pack is not None:
            pharmacy.unscan_pack(work, order_id, pack.code)

    _, problem = attempt(door, act)
    return _after(door, order_id, problem, f"/pharmacy/orders/{order_id}/pick")


@router.post("/pharmacy/orders/{order_id}/pack")
def pack(order_id: UUID, door: Pharmacy) -> Response:
    """Close the box; the rules are asked about dispensing here and now."""
    _, problem = attempt(door, lambda work: pharmacy.close_parcel(work, order_id))
    return _after(door, order_id, problem, f"/pharmacy/orders/{order_id}")


@router.post("/pharmacy/orders/{order_id}/give-back")
def give_back(order_id: UUID, door: Pharmacy, reason: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Give the order back; the next pharmacy is asked and the patient is told."""
    told = {one.value: one.label for one in reasons()}.get(reason)
    words = told.zh if isinstance(told, Text) else "其他"
    _, problem = attempt(door, lambda work: pharmacy.give_order_back(work, order_id, words))
    return stopped(door, problem, "/pharmacy/board", "board") if problem else see_other("/pharmacy/board")


def _after(door: Door, order_id: UUID, problem: Problem | None, to: str) -> Response:
    if problem is None:
        return see_other(to)
    if problem.slug not in ("packs-missing", "step-refused"):
        return stopped(door, problem, f"/pharmacy/orders/{order_id}", "board")
    with door.read() as work:
        view = pick_view(work, order_id, error=problem.detail)
    return show(door, PICK, view, problem.status, f"/pharmacy/orders/{order_id}/pick")


@router.get("/pharmacy/orders/{order_id}/label")
def label(order_id: UUID, door: Pharmacy) -> Response:
    """What is printed on the box; its only code is the order's number."""
    with door.read() as work:
        view = _label(work, pharmacy.order_for_pharmacy(work, order_id))
    return show(door, "staff/pharmacy/label.html", view)


def _label(work: Work, order: pharmacy.Order) -> p.LabelView:
    address, contact = pharmacy.destination(work, order)
    items = {item.id: item for item in prescribing.items_of(work, order.prescription_id)}
    dispense = pharmacy.dispense_of(work, order.id)
    house, own = identity.organization(work, order.organization_id), identity.organization(work, order.pharmacy_id)
    packer = identity.account(work, work.actor.account_id)
    lines = pharmacy.lines_of(work, order.id)
    named = packer.name_en if work.actor.language == "en" else packer.name_zh
    return p.LabelView(
        order.number, house.name, own.name, pharmacy.profile_of(work, own.id).phone,
        identity.patient(work, order.patient_id).name, contact[-4:],
        where(address, identity.patient(work, order.patient_id).name),
        tuple(_label_line(line, items.get(line.item_id)) for line in lines),
        (dispense.packed_at if dispense else None) or work.now, named or own.name.get(work.actor.language),
        f"/pharmacy/orders/{order.id}", pharmacy.is_cold(work, order))


def _label_line(line: pharmacy.OrderLine, item: prescribing.PrescriptionItem | None) -> p.LabelLine:
    words = Text(zh=item.wording_zh, en=item.wording_en) if item else ""
    return p.LabelLine(Text(zh=line.name_zh, en=line.name_en),
                       Text(zh=f"{line.packs} 盒", en=counted(line.packs, "pack")), words)

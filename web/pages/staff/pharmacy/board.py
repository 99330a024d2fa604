"""The dispatch board of a partner pharmacy: offers with their deadline, what is in hand, the chosen order."""
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from sqlmodel import col, select

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.problems import NotFound, Problem
from app.kit.text import Text, counted
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff import views_pharmacy as p
from web.pages.staff.desk import Pharmacy, attempt, frame, show, stopped
from web.rendering import local

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
BOARD = "staff/pharmacy/board.html"
Column = Annotated[str, Query(max_length=10)]
Word = Annotated[str, Form(max_length=200)]
COLUMNS = ("offers", "picking", "packed", "out")
REASONS: dict[str, Text] = {
    "stock": Text(zh="缺货", en="Out of stock"), "area": Text(zh="送不到", en="Cannot deliver there"),
    "time": Text(zh="来不及", en="Not in time"), "other": Text(zh="其他", en="Another reason"),
}
STATES: dict[str, Text] = {
    "offered": Text(zh="等您答复", en="waits for your answer"), "accepted": Text(zh="待拣货", en="to pick"),
    "packed": Text(zh="等骑手", en="waits for the courier"), "shipped": Text(zh="在路上", en="on its way"),
    "delivered": Text(zh="已送达", en="delivered"), "quarantined": Text(zh="隔离，不能交出", en="quarantined"),
    "returned": Text(zh="退回，等处理", en="came back"), "cancelled": Text(zh="已取消", en="cancelled"),
}
PICKUP = Text(zh="患者到店自取", en="collected at the pharmacy")
FETCH_BACK = Text(zh="已退款，追回这一箱", en="refunded: fetch the box back")
COLLECTS = Text(zh="等患者来取", en="waits for the patient")
PLACE = {"accepted": "picking", "packed": "packed", "quarantined": "packed", "returned": "packed", "shipped": "out",
         "cancelled": "out"}


def reasons() -> tuple[v.Choice, ...]:
    """Why a pharmacy says no."""
    return tuple(v.Choice(code, words) for code, words in REASONS.items())


def _stock(work: Work, rows: list[pharmacy.BoardRow]) -> dict[str, int]:
    """Packs on the pharmacy's shelf of what is offered; one statement if anything is."""
    codes = {line.product_code for row in rows for line in row.lines}
    if not codes:
        return {}
    stock = pharmacy.Stock
    return dict(work.session.exec(select(stock.product_code, stock.on_hand).where(
        stock.pharmacy_id == work.actor.organization_id, col(stock.product_code).in_(codes))).all())


def _names(row: pharmacy.BoardRow) -> Text:
    return Text(zh="、".join(line.name_zh for line in row.lines) or "—",
                en=", ".join(line.name_en for line in row.lines) or "—")


def _row(row: pharmacy.BoardRow, work: Work, stock: dict[str, int], chosen: UUID | None) -> p.BoardRow:
    order, offer = row.order, row.offer
    state = STATES[order.state]
    if order.state == "accepted" and row.scanned:
        state = Text(zh=f"已扫 {row.scanned} / {row.packs}", en=f"{row.scanned} of {row.packs} scanned")
    if order.state == "packed" and order.channel == "pickup":
        state = COLLECTS
    if order.state == "cancelled":      # it stands on the board only while its box is out
        state = FETCH_BACK
    short = sum(stock.get(line.product_code, 0) < line.packs for line in row.lines) if offer else 0
    told = {}
    if offer:
        told = {"stock": "all" if not short else "none" if short == len(row.lines) else "part", "missing": short,
                "offer_id": str(offer.id)}
    ended = order.ended_at if order.state == "delivered" else None
    due = offer.deadline if offer else ended or order.arrives_to
    late = offer is None and order.state != "delivered" and order.arrives_to < work.now
    return p.BoardRow(str(order.id), f"/pharmacy/orders/{order.id}", order.number, row.patient_name, _names(row), state,
                      order.drugs_fen + order.delivery_fen, due, late=late,
                      place=PICKUP if order.channel == "pickup" else order.district, chosen=order.id == chosen,
                      **told)  # type: ignore[arg-type]


def board_view(work: Work, order_id: UUID | None, column: str, error: v.Words = "") -> p.BoardView:
    """The board, and the chosen order beside it. Cost without one: 6 statements."""
    found = pharmacy.board(work)
    stock = _stock(work, found.offers)
    around = frame(work, "board", ("board",), board=len(found.offers) + len(found.in_hand))
    rows: dict[str, list[p.BoardRow]] = {name: [] for name in COLUMNS}
    for one in found.offers:
        rows["offers"].append(_row(one, work, stock, order_id))
    for one in found.in_hand:
        rows[PLACE[one.order.state]].append(_row(one, work, stock, order_id))
    done = tuple(_row(one, work, stock, order_id) for one in found.delivered)
    shown: Any = column if column in COLUMNS else "offers"
    board = p.Board(**{name: tuple(kept) for name, kept in rows.items()}, delivered=done, column=shown)
    pane = None
    if order_id is not None:
        every = [*found.offers, *found.in_hand, *found.delivered]
        pane = _pane(work, next((one for one in every if one.order.id == order_id), None), order_id, stock, error)
    return p.BoardView(around, around.house, board, pane)


def _pane(work: Work, row: pharmacy.BoardRow | None, order_id: UUID, stock: dict[str, int],
          error: v.Words) -> p.OrderPane:
    """The chosen order; before it is taken nobody is named. Raises NotFound for what is not this pharmacy's."""
    if row is None:
        order = pharmacy.order_for_pharmacy(work, order_id)
        row = pharmacy.BoardRow(order, tuple(pharmacy.lines_of(work, order.id)),
                                identity.patient(work, order.patient_id).name)
    elif row.offer is None:
        pharmacy.order_for_pharmacy(work, order_id)     # name, phone and address are shown: the look is written down
    order, offer = row.order, row.offer
    rx = work.get(prescribing.Prescription, order.prescription_id)
    told: dict[str, Any] = {} if offer else _private(work, row)
    base = f"/pharmacy/orders/{order.id}"
    state: Any = "offered" if offer else order.state
    return p.OrderPane(
        str(order.id), order.number, state, tuple(_stock_line(line, stock, bool(offer)) for line in row.lines),
        Text(zh=f"{rx.number} 第 {rx.version} 版", en=f"{rx.number}, version {rx.version}"), _approved(work, rx),
        _area(order), offer.deadline if offer else order.arrives_to, order.drugs_fen, order.delivery_fen, work.now,
        str(offer.id) if offer else "", offer.made_at if offer else None, label_href=f"{base}/label",
        pick_href=f"{base}/pick", reasons=reasons(), error=error or _trouble(order),
        cold=any(prescribing.is_cold_chain(line.drug_id) for line in row.lines), pickup=order.channel == "pickup",
        box_out=pharmacy.is_box_out(work, order), **told)


def _trouble(order: pharmacy.Order) -> v.Words:
    return STATES[order.state] if order.state in ("quarantined", "returned") else ""


def where(address: str, name: str) -> str:
    """The address without the receiver's name where that is the patient, whose name stands beside it."""
    return "" if address == name else address.removeprefix(f"{name}，")


def _private(work: Work, row: pharmacy.BoardRow) -> dict[str, Any]:
    """Name, phone and address of an order that this pharmacy has taken."""
    address, contact = pharmacy.destination(work, row.order)
    address = where(address, row.patient_name)
    courier = next((str(one.facts.get("courier", "")) for one in reversed(pharmacy.custody_of(work, row.order.id))
                    if one.step == "shipped"), "")
    return {"full_name": row.patient_name, "phone": contact, "address": address, "courier": courier}


def _stock_line(line: pharmacy.OrderLine, stock: dict[str, int], offered: bool) -> p.StockLine:
    """What is on the shelf against what is asked; once taken, the packs are set aside already."""
    have = stock.get(line.product_code, 0) if offered else line.packs
    return p.StockLine(Text(zh=line.name_zh, en=line.name_en),
                       packs(line.packs), have, have >= line.packs)


def packs(count: int) -> Text:
    """How many boxes, in words."""
    return Text(zh=f"{count} 盒", en="1 pack" if count == 1 else f"{count} packs")


def _approved(work: Work, rx: prescribing.Prescription) -> Text:
    """Who approved it when, and how long it holds."""
    by = identity.practitioner(work, rx.reviewer_id).name if rx.reviewer_id else Text(zh="—", en="—")
    until = prescribing.last_minute(rx)
    last = local_date(until) if until else None
    return Text(zh=f"{by.zh} 审核通过 · 有效至 {last}", en=f"approved by {by.en} · valid until {last}")


def _area(order: pharmacy.Order) -> Text:
    if order.channel == "pickup":
        return PICKUP
    by = f"{local(order.arrives_to):%m-%d %H:%M}"
    return Text(zh=f"{order.district + ' · ' if order.district else ''}{by} 前送达",
                en=f"{order.district + ' · ' if order.district else ''}deliver by {by}")


@router.get("/pharmacy")
def entrance(door: Pharmacy) -> Response:
    """The board is the start page."""
    return see_other("/pharmacy/board")


@router.get("/pharmacy/board")
def board(door: Pharmacy, column: Column = "offers") -> Response:
    """The board alone."""
    with door.read() as work:
        view = board_view(work, None, column)
    return show(door, BOARD, view)


@router.get("/pharmacy/orders/{order_id}")
def order(order_id: UUID, door: Pharmacy, column: Column = "offers") -> Response:
    """The board and one order; an offer that went elsewhere leads back to the board."""
    try:
        with door.read() as work:
            view = board_view(work, order_id, column)
    except NotFound:
        with door.read() as work:
            if not _was_offered(work, order_id):
                raise
        return see_other("/pharmacy/board")
    return show(door, BOARD, view)


def _was_offered(work: Work, order_id: UUID) -> bool:
    """This pharmacy was once asked to fill the order."""
    return any(one.pharmacy_id == work.actor.organization_id for one in pharmacy.offers_of(work, order_id))


@router.get("/pharmacy/parts/board")
def board_part(door: Pharmacy, order: Annotated[str, Query(max_length=40)] = "", column: Column = "offers") -> Response:
    """The board for a page whose line said that it changed."""
    chosen = None
    with suppress(ValueError):
        chosen = UUID(order)
    with door.read() as work:
        view = board_view(work, None, column)
        if chosen:
            view = _marked(view, str(chosen))
    return show(door, "staff/parts/_board_live.html", view)


def _marked(view: p.BoardView, chosen: str) -> p.BoardView:
    """The same board with one row marked; the pane beside it is not read again."""
    marked = {name: tuple(replace(row, chosen=row.id == chosen) for row in rows) for name, rows in view.board.columns}
    return replace(view, board=replace(view.board, **marked))


# --- steps -------------------------------------------------------------------------------------------------


def _after(door: Door, problem: Problem | None, to: str) -> Response:
    return stopped(door, problem, "/pharmacy/board", "board") if problem else see_other(to)


@router.post("/pharmacy/offers/{offer_id}/accept")
def accept(offer_id: UUID, door: Pharmacy) -> Response:
    """Take the order; prescription, stock and money are claimed in one step."""
    taken, problem = attempt(door, lambda work: pharmacy.accept_offer(work, offer_id).id)
    return _after(door, problem, f"/pharmacy/orders/{taken}")


@router.post("/pharmacy/offers/{offer_id}/decline")
def decline(offer_id: UUID, door: Pharmacy, reason: Word = "") -> Response:
    """Say no; the next best is asked at once."""
    told = REASONS.get(reason, REASONS["other"]).zh
    _, problem = attempt(door, lambda work: pharmacy.decline_offer(work, offer_id, told))
    return _after(door, problem, "/pharmacy/board")


@router.post("/pharmacy/orders/{order_id}/hand-over")
def hand_over(order_id: UUID, door: Pharmacy, courier: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Give the parcel to the courier, who is named."""
    if not courier.strip():
        return with_error(door, order_id, Text(zh="请写交给谁。", en="Say who takes it."), 422)
    _, problem = attempt(door, lambda work: pharmacy.hand_over(work, order_id, courier))
    return _after(door, problem, f"/pharmacy/orders/{order_id}")


@router.post("/pharmacy/orders/{order_id}/temperature")
def temperature(order_id: UUID, door: Pharmacy, low: Word = "", high: Word = "", gap: Word = "") -> Response:
    """Keep the logger's values of a cold parcel: °C and minutes."""
    try:
        values = (float(low), float(high), float(gap))
    except ValueError:
        return with_error(door, order_id, Text(zh="温度和间隔请填数字。", en="Temperatures and gap are numbers."), 422)
    _, problem = attempt(door, lambda work: pharmacy.record_temperature(work, order_id, *values))
    if problem and problem.status == 422:
        return with_error(door, order_id, problem.detail, 422)
    return _after(door, problem, f"/pharmacy/orders/{order_id}")


@router.post("/pharmacy/orders/{order_id}/deliver")
def deliver(order_id: UUID, door: Pharmacy, code: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Hand it out against the patient's code; a wrong one is told beside the field."""
    _, problem = attempt(door, lambda work: pharmacy.deliver(work, order_id, code))
    if problem and problem.slug in ("delivery-code-wrong", "delivery-code-blocked", "temperature-missing",
                                    "step-refused"):
        return with_error(door, order_id, _wrong_code(problem), problem.status)
    return _after(door, problem, f"/pharmacy/orders/{order_id}")


def _wrong_code(problem: Problem) -> Text:
    left = problem.facts.get("tries_left")
    if left is None:
        return problem.detail
    return Text(zh=f"{problem.detail.zh}，还可以试 {left} 次",
                en=f"{problem.detail.en}; {counted(left, 'try', 'tries')} left")


def with_error(door: Door, order_id: UUID, error: Text, status: int) -> Response:
    """The order again, with what was wrong beside it."""
    with door.read() as work:
        view = board_view(work, order_id, "offers", error)
    return show(door, BOARD, view, status, f"/pharmacy/orders/{order_id}")

"""Views of a partner pharmacy: dispatch board, pick list, label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from web.pages.staff.views import Choice, StaffFrame, Words, seconds_clock

Column = Literal["offers", "picking", "packed", "out", "delivered"]
Stock = Literal["all", "part", "none", "unknown"]


@dataclass(frozen=True)
class BoardRow:
    """One order on the board; the name is masked until it is accepted; `offer_id` only in `offers`. Fen."""

    id: str
    href: str
    number: str
    who: str
    what: Words
    state: Words
    amount: int
    due: datetime
    stock: Stock | None = None
    missing: int = 0
    late: bool = False
    place: Words = ""
    chosen: bool = False
    offer_id: str = ""


@dataclass(frozen=True)
class Board:
    """The five columns; rows of an offer that lapsed stay ten seconds with the words where it went."""

    offers: tuple[BoardRow, ...] = ()
    picking: tuple[BoardRow, ...] = ()
    packed: tuple[BoardRow, ...] = ()
    out: tuple[BoardRow, ...] = ()
    delivered: tuple[BoardRow, ...] = ()
    column: Column = "offers"

    @property
    def columns(self) -> tuple[tuple[Column, tuple[BoardRow, ...]], ...]:
        names: tuple[Column, ...] = ("offers", "picking", "packed", "out", "delivered")
        return tuple((name, getattr(self, name)) for name in names)


@dataclass(frozen=True)
class StockLine:
    """A line of the prescription against the shelf; `have` is None when the stock is not known."""

    name: Words
    need: Words
    have: int | None
    enough: bool


@dataclass(frozen=True)
class OrderPane:
    """The chosen order; `full_name`, `phone` and `address` are empty until it is accepted.

    `box_out`: it ended while its box was on the way, and the pharmacy has not said that it is back.
    """

    id: str
    number: str
    state: Literal["offered", "accepted", "packed", "shipped", "delivered", "quarantined", "returned", "cancelled",
                   "lapsed"]
    lines: tuple[StockLine, ...]
    prescription: Words
    approved: Words
    area: Words
    due: datetime
    medicine_fen: int
    delivery_fen: int
    stock_at: datetime
    offer_id: str = ""
    offered_at: datetime | None = None
    full_name: str = ""
    phone: str = ""
    address: str = ""
    courier: str = ""
    label_href: str = ""
    pick_href: str = ""
    reasons: tuple[Choice, ...] = ()
    error: Words = ""
    cold: bool = False
    pickup: bool = False
    box_out: bool = False

    @property
    def total_fen(self) -> int:
        return self.medicine_fen + self.delivery_fen


@dataclass(frozen=True)
class BoardView:
    frame: StaffFrame
    house: Words
    board: Board
    order: OrderPane | None = None


@dataclass(frozen=True)
class PickLine:
    number: int
    name: Words
    pack: Words
    shelf: str
    scanned: int
    wanted: int
    lot: str = ""
    expires: date | None = None
    cold: bool = False
    current: bool = False


@dataclass(frozen=True)
class Scan:
    """What a scan was; `said` says what to do. `tail` are the last four signs of the code."""

    id: str
    at: datetime
    result: Literal["right", "wrong", "same", "unknown", "expired"]
    name: Words
    tail: str
    said: Words = ""

    @property
    def seconds(self) -> str:
        return seconds_clock(self.at)


@dataclass(frozen=True)
class Todo:
    words: Words
    state: Literal["past", "open", "stop"]


@dataclass(frozen=True)
class PickView:
    """The pick list; `may_pack` only when every pack was scanned. The policy is asked when it is closed."""

    frame: StaffFrame
    order_id: str
    number: str
    sub: Words
    due: datetime
    lines: tuple[PickLine, ...]
    todo: tuple[Todo, ...]
    directions: tuple[Words, ...]
    scans: tuple[Scan, ...] = ()
    verdict: Words = ""
    may_pack: bool = False
    why_not: Words = ""
    cancelled: Words = ""
    reasons: tuple[Choice, ...] = ()
    error: Words = ""
    examples: tuple[str, ...] = ()

    @property
    def scanned(self) -> int:
        return sum(line.scanned for line in self.lines)

    @property
    def wanted(self) -> int:
        return sum(line.wanted for line in self.lines)


@dataclass(frozen=True)
class LabelLine:
    name: Words
    quantity: Words
    directions: Words


@dataclass(frozen=True)
class LabelView:
    """What is printed on the box; no code on it carries more than the order number."""

    number: str
    house: Words
    pharmacy: Words
    pharmacy_phone: str
    full_name: str
    phone_tail: str
    address: str
    lines: tuple[LabelLine, ...]
    packed_at: datetime
    packed_by: str
    back_href: str
    cold: bool = False

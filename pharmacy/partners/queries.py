"""What the patient can choose from: every partner pharmacy against the whole prescription."""
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from app.identity import api as identity
from app.kit.text import Text, counted
from app.work import Work, all_of
from pharmacy.partners.models import PharmacyProfile, Stock
from pharmacy.partners.rules import Point, arrival, distance_km, is_open, ready_at
from prescribing import api as prescribing


@dataclass(frozen=True)
class LinePrice:
    """One line at one pharmacy: how many packs are asked for, how many it has, price of all in fen."""

    item_id: UUID
    product_code: str
    packs: int
    on_hand: int
    fen: int | None

    @property
    def filled(self) -> bool:
        """True when the pharmacy can fill this line completely."""
        return self.fen is not None and self.on_hand >= self.packs


@dataclass(frozen=True)
class Option:
    """One pharmacy for one prescription. Money in fen, times aware UTC.

    `km` counts from where it is to be brought; None while that place is not known, and then the times of arrival reach
    as far as the pharmacy delivers.
    """

    pharmacy: identity.Organization
    profile: PharmacyProfile
    lines: tuple[LinePrice, ...]
    km: float | None
    open_now: bool
    ready: datetime
    arrives_from: datetime
    arrives_to: datetime
    obstacles: tuple[Text, ...]

    @property
    def possible(self) -> bool:
        """True when the whole prescription can be had here."""
        return not self.obstacles

    @property
    def drugs_fen(self) -> int:
        """Price of all lines; 0 for lines without a price."""
        return sum(line.fen or 0 for line in self.lines)

    @property
    def in_reach(self) -> bool:
        """False when the place is known to be too far to bring it there."""
        return self.profile.delivers and (self.km is None or self.km <= self.profile.radius_km)

    def total_fen(self, channel: str) -> int:
        """What the patient pays with this channel."""
        return self.drugs_fen + (0 if channel == "pickup" else self.profile.delivery_fee_fen)


def options_for(work: Work, rx: prescribing.Prescription, place: Point | None = None) -> list[Option]:
    """All active pharmacies, possible ones first; then the nearest to `place`, or where that is not known, who is ready
    first. Cost: 3 SQL statements."""
    items = [i for i in prescribing.items_of(work, rx.id) if i.left_quantity > 0]
    profiles = {p.organization_id: p for p in all_of(work, PharmacyProfile, col(PharmacyProfile.active))}
    houses = identity.organizations(work, "pharmacy")
    prices = _prices(work, profiles, [i.product_code for i in items])
    found = [_option(work.now, house, profiles[house.id], items, prices.get(house.id, {}), place)
             for house in houses if house.id in profiles]
    if rx.expires_at is not None:
        found = [_in_time(option, rx.expires_at) for option in found]
    return sorted(found, key=lambda option: (not option.possible, option.km or 0.0, option.ready))


def _in_time(option: Option, expires_at: datetime) -> Option:
    """A pharmacy that opens too late, or needs too long, cannot fill it while it is valid."""
    if option.ready < expires_at:
        return option
    late = Text(zh="处方有效期内来不及配好", en="Cannot be ready before the prescription expires")
    return replace(option, obstacles=(*option.obstacles, late))


def _prices(work: Work, pharmacies: Iterable[UUID], products: list[str]) -> dict[UUID, dict[str, Stock]]:
    """Stock rows by pharmacy and product, in one statement."""
    found: dict[UUID, dict[str, Stock]] = {}
    statement = select(Stock).where(col(Stock.pharmacy_id).in_(list(pharmacies)),
                                    col(Stock.product_code).in_(products))
    for row in work.session.exec(statement):
        found.setdefault(row.pharmacy_id, {})[row.product_code] = row
    return found


def _option(now: datetime, house: identity.Organization, profile: PharmacyProfile,
            items: list[prescribing.PrescriptionItem], stock: dict[str, Stock], place: Point | None) -> Option:
    lines = tuple(_line(item, stock.get(item.product_code)) for item in items)
    km = _km(house, place)
    ready = ready_at(profile.opens, profile.closes, profile.prep_minutes, now)
    soonest, latest = arrival(ready, *((0.0, profile.radius_km) if km is None else (km, km)))
    cold = any(prescribing.is_cold_chain(item.drug_id) for item in items)
    return Option(house, profile, lines, km, is_open(profile.opens, profile.closes, now), ready, soonest, latest,
                  tuple(_obstacles(lines, profile, cold)))


def _km(house: identity.Organization, place: Point | None) -> float | None:
    """The way from the pharmacy; unknown where either end is."""
    if place is None or house.latitude is None or house.longitude is None:
        return None
    return distance_km(place, Point(house.latitude, house.longitude))


def _line(item: prescribing.PrescriptionItem, stock: Stock | None) -> LinePrice:
    if stock is None:
        return LinePrice(item.id, item.product_code, item.left_quantity, 0, None)
    return LinePrice(item.id, item.product_code, item.left_quantity, stock.on_hand,
                     stock.price_fen * item.left_quantity)


def _obstacles(lines: tuple[LinePrice, ...], profile: PharmacyProfile, cold: bool) -> Iterable[Text]:
    short = sum(not line.filled for line in lines)
    if short:
        yield Text(zh=f"缺 {short} 种药", en=f"{short} of {counted(len(lines), 'medicine')} not in stock")
    if cold and not profile.cold_chain:
        yield Text(zh="不能冷藏配送", en="Cannot keep medicines cold")


def profile_of(work: Work, pharmacy_id: UUID) -> PharmacyProfile:
    """How a pharmacy works. Raises NotFound."""
    rows = all_of(work, PharmacyProfile, PharmacyProfile.organization_id == pharmacy_id)
    return rows[0] if rows else work.get(PharmacyProfile, pharmacy_id)


def stock_of(work: Work, pharmacy_id: UUID) -> list[Stock]:
    """Everything that a pharmacy has on its shelves, by product."""
    return all_of(work, Stock, Stock.pharmacy_id == pharmacy_id, order=col(Stock.product_code))

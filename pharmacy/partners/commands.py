"""Stock that is claimed and given back, and how a partner joins."""
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.kit.problems import Conflict
from app.kit.text import Text
from app.work import Work, one_or_none
from pharmacy.partners.models import PharmacyProfile, Stock


class OutOfStock(Conflict):
    """`product` is not there in the quantity that is asked for."""

    slug = "out-of-stock"
    title = Text(zh="库存不够了", en="There is not enough in stock")


def join_as_partner(work: Work, organization_id: UUID, **profile: object) -> PharmacyProfile:
    """Let a pharmacy take part; the words are the fields of PharmacyProfile."""
    return work.add(PharmacyProfile(organization_id=organization_id, **profile))


def set_stock(work: Work, pharmacy_id: UUID, product_code: str, on_hand: int, price_fen: int) -> Stock:
    """Say how many packs are there and what one costs, in fen."""
    row = one_or_none(work, Stock, Stock.pharmacy_id == pharmacy_id, Stock.product_code == product_code)
    if row is None:
        return work.add(Stock(pharmacy_id=pharmacy_id, product_code=product_code, on_hand=on_hand,
                              price_fen=price_fen))
    row.on_hand, row.price_fen = on_hand, price_fen
    return row


def take_stock(work: Work, pharmacy_id: UUID, product_code: str, packs: int) -> None:
    """Claim packs in the database itself; too few changes nothing and raises OutOfStock."""
    take = (update(Stock).where(col(Stock.pharmacy_id) == pharmacy_id, col(Stock.product_code) == product_code,
                                col(Stock.on_hand) >= packs).values(on_hand=col(Stock.on_hand) - packs))
    if work.session.execute(take).rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfStock(product=product_code)


def give_back_stock(work: Work, pharmacy_id: UUID, product_code: str, packs: int) -> None:
    """Put claimed packs back on the shelf."""
    work.session.execute(
        update(Stock).where(col(Stock.pharmacy_id) == pharmacy_id, col(Stock.product_code) == product_code)
        .values(on_hand=col(Stock.on_hand) + packs))

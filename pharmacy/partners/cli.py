"""`fuzhen pharmacies`: how a partner pharmacy works, and what stands on its shelves."""
import csv
import re
import sys
from collections.abc import Container
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import UUID

import typer
from sqlmodel import col

from app.identity import api as identity
from app.work import HOUSE, one_or_none
from pharmacy.partners.commands import join_as_partner, set_stock
from pharmacy.partners.models import PharmacyProfile
from prescribing import api as prescribing

app = typer.Typer(no_args_is_help=True, help="Partner pharmacies: list, join, products, stock.")
Id = Annotated[UUID, typer.Argument(help="Id of the pharmacy, as `fuzhen places list` shows it.")]
COLUMNS = ["product_code", "on_hand", "price_fen"]
NOTES = ["name_zh", "name_en", "strength", "pack"]      # for whoever fills the sheet in; `stock` does not read them
HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"


def _give_up(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)


@app.command("list")
def list_pharmacies(context: typer.Context) -> None:
    """The pharmacies, their hours, and which have joined."""
    with context.obj().read(HOUSE) as work:
        for one in identity.organizations(work, "pharmacy"):
            own = one_or_none(work, PharmacyProfile, col(PharmacyProfile.organization_id) == one.id)
            typer.echo(f"{one.id}  {one.name_zh} {one.name_en}  {f'{own.opens}–{own.closes}' if own else 'not joined'}")


@app.command("join")
def join(context: typer.Context, pharmacy: Id, opens: str = "08:00", closes: str = "22:00",
         cold_chain: bool = False, delivers: bool = True,
         delivery_fee_fen: Annotated[int, typer.Option(min=0)] = 600,
         radius_km: Annotated[float, typer.Option(min=0.1, max=500)] = 15,
         prep_minutes: Annotated[int, typer.Option(min=1, max=1440)] = 15, phone: str = "") -> None:
    """Let a pharmacy take part in orders. Hours are HH:MM at the hospital."""
    if not all(re.fullmatch(HOUR, hour) for hour in (opens, closes)):
        _give_up("hours are written HH:MM")
    with context.obj().write(HOUSE) as work:
        if all(one.id != pharmacy for one in identity.organizations(work, "pharmacy")):
            _give_up("there is no such pharmacy: open it with `fuzhen places open pharmacy`")
        if one_or_none(work, PharmacyProfile, col(PharmacyProfile.organization_id) == pharmacy):
            _give_up("this pharmacy has joined already")
        join_as_partner(work, pharmacy, opens=opens, closes=closes, cold_chain=cold_chain, delivers=delivers,
                        delivery_fee_fen=delivery_fee_fen, radius_km=radius_km, prep_minutes=prep_minutes,
                        phone=phone)
    typer.echo("joined")


@app.command("products")
def products() -> None:
    """Print every product that a doctor can prescribe, as a CSV to fill in: packs on hand and the price of one in fen.
    `stock` takes it as it is then; a product whose two cells stay empty is left alone."""
    sheet = csv.writer(sys.stdout, lineterminator="\n")
    sheet.writerow([*COLUMNS, *NOTES])
    sheet.writerows([code, "", "", *notes] for code, notes in sorted(_known().items()))


def _known() -> dict[str, list[str]]:
    """Every product of the formulary by its code, with what the sheet notes of it."""
    return {one.code: [one.name.zh, one.name.en, one.strength, f"{one.pack_size} {one.unit}"]
            for drug in prescribing.load().drugs.values() for one in drug.products}


@app.command("stock")
def stock(context: typer.Context, pharmacy: Id, file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
          ) -> None:
    """Set packs on hand and prices from a CSV with product_code, on_hand, price_fen; all of it or nothing.
    `fuzhen pharmacies products` prints one to fill in, with every product code."""
    rows = _read(file)
    if not rows:
        _give_up(f"{file}: no row is filled in")
    with context.obj().write(HOUSE) as work:
        if one_or_none(work, PharmacyProfile, col(PharmacyProfile.organization_id) == pharmacy) is None:
            _give_up("this pharmacy has not joined: `fuzhen pharmacies join`")
        for code, packs, price in rows:
            set_stock(work, pharmacy, code, packs, price)
    typer.echo(f"{len(rows)} products")


def _read(file: Path) -> list[tuple[str, int, int]]:
    known = _known()
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.DictReader(opened)
            if table.fieldnames not in (COLUMNS, COLUMNS + NOTES):
                _give_up(f"{file}: the first line must be {','.join(COLUMNS)}; `fuzhen pharmacies products` prints a "
                         "sheet to fill in")
            sheet = table.fieldnames != COLUMNS
            return [_row(file, table.line_num, row, known) for row in table if not (sheet and _untouched(row))]
    except (UnicodeDecodeError, csv.Error) as wrong:
        _give_up(f"{file}: no CSV in UTF-8 ({wrong})")


def _untouched(row: dict[str, str | None]) -> bool:
    """A row of the printed sheet that nobody filled in says nothing; it is not "none on hand"."""
    return not (row["on_hand"] or row["price_fen"])


def _row(file: Path, line: int, row: dict[str, str | None], known: Container[str]) -> tuple[str, int, int]:
    code, packs, price = (row[name] or "" for name in COLUMNS)
    if code not in known:
        _give_up(f"{file}, line {line}: the formulary has no product {code!r}; `fuzhen pharmacies products` lists "
                 "them")
    if not (packs.isascii() and packs.isdigit() and len(packs) < 8):
        _give_up(f"{file}, line {line}: on_hand is a whole number of packs, not {packs!r}")
    if not (price.isascii() and price.isdigit() and 0 < int(price[:9]) and len(price) < 9):
        _give_up(f"{file}, line {line}: price_fen is a whole number above zero, not {price!r}")
    return code, int(packs), int(price)

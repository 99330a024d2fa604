"""`fuzhen places`, `fuzhen staff`, `fuzhen licences`: an installation opens its hospital and hires its people.

What is made here is made by the house: whoever has the machine and its keys. A licence is vouched for by an
administrator by name, here or under /admin/licences.
"""
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, NoReturn
from uuid import UUID

import pyotp
import typer
from sqlmodel import col

from app.identity.accounts.models import Account
from app.identity.licences.commands import LicenceIn, renew_licence, submit_licence, suspend_licence, verify_licence
from app.identity.licences.models import LicenceFile
from app.identity.staff.commands import (
    create_staff,
    give_role,
    open_organization,
    renew_access,
    renew_organization,
    withdraw_role,
)
from app.identity.staff.models import Organization, Practitioner, StaffRole
from app.identity.staff.queries import account_names, hospital, practitioners_by_id
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import HOUSE, Actor, Work, all_of, one_or_none

places = typer.Typer(no_args_is_help=True, help="Hospital, partner hospitals, clinics, pharmacies: list, open.")
staff = typer.Typer(no_args_is_help=True, help="Who works here: list, hire, give, withdraw, renew.")
licences = typer.Typer(no_args_is_help=True, help="Doctors' licence files: list, submit, verify, suspend.")
Zh = Annotated[str, typer.Option("--name-zh", help="Name in Chinese.")]
En = Annotated[str, typer.Option("--name-en", help="Name in English.")]
Login = Annotated[str, typer.Argument(help="User name of somebody of the staff.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
NeededDay = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def _give_up(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)


@contextmanager
def _writing(context: typer.Context, actor: Actor = HOUSE) -> Iterator[Work]:
    """One Work; what is refused ends here with its sentence and changes nothing."""
    try:
        with context.obj().write(actor) as work:
            yield work
    except Problem as problem:
        errors: list[dict[str, Any]] = problem.facts.get("errors") or []
        _give_up("\n".join(f"{one['field']}: {one['message']['en']}" for one in errors)
                 or (problem.detail or problem.title).en)


def _account(work: Work, login: str) -> Account:
    found = one_or_none(work, Account, col(Account.user_name) == login.strip().lower())
    return found or _give_up(f"there is no {login!r} among the staff")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


# --- places -------------------------------------------------------------------------------------------------------


@places.command("list")
def list_places(context: typer.Context) -> None:
    """Every place with its id and kind."""
    with context.obj().read(HOUSE) as work:
        for one in all_of(work, Organization, order=col(Organization.kind)):
            typer.echo(f"{one.id}  {one.kind:<16}  {one.name_zh} {one.name_en}")


@places.command("open")
def open_place(context: typer.Context,
               kind: Annotated[str, typer.Argument(help="hospital, partner_hospital, clinic or pharmacy.")],
               name_zh: Zh, name_en: En, address_zh: str = "", address_en: str = "",
               latitude: Annotated[float | None, typer.Option(min=-90, max=90)] = None,
               longitude: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
               licence_no: str | None = None, licence_expires: Day = None,
               internet: Annotated[bool | None, typer.Option(help="A hospital: licensed for online care.")] = None,
               online: Annotated[bool | None, typer.Option(help="A pharmacy: licensed to sell online.")] = None,
               ) -> None:
    """Add a place and show its id. One installation is one hospital; what nobody looked up stays unknown."""
    if kind not in ("hospital", "partner_hospital", "clinic", "pharmacy"):
        _give_up("a place is a hospital, partner_hospital, clinic or pharmacy")
    if bool(address_zh) != bool(address_en):
        _give_up("an address is given in both languages or not at all")
    address = Text(zh=address_zh, en=address_en) if address_zh else None
    with _writing(context) as work:
        if kind == "hospital" and one_or_none(work, Organization, col(Organization.kind) == "hospital"):
            _give_up("the hospital of this installation is open already")
        made = open_organization(work, kind, Text(zh=name_zh, en=name_en), address, latitude=latitude,
                                 longitude=longitude, licence_no=licence_no, licence_expires=_day(licence_expires),
                                 licensed_internet=internet, licensed_online=online)
        told = str(made.id)
    typer.echo(told)


@places.command("renew")
def renew_place(context: typer.Context, place: Annotated[UUID, typer.Argument(help="Id, as `list` shows it.")],
                licence_no: str | None = None, licence_expires: Day = None,
                internet: Annotated[bool | None, typer.Option(help="A hospital: licensed for online care.")] = None,
                online: Annotated[bool | None, typer.Option(help="A pharmacy: licensed to sell online.")] = None,
                ) -> None:
    """Put in what the register says now; what is left out stays as it is."""
    given = {"licence_no": licence_no, "licence_expires": _day(licence_expires), "licensed_internet": internet,
             "licensed_online": online}
    told = {name: value for name, value in given.items() if value is not None}
    if not told:
        _give_up("nothing was given to renew")
    with _writing(context) as work:
        renew_organization(work, place, **told)
    typer.echo("renewed")


# --- people -------------------------------------------------------------------------------------------------------


@staff.command("list")
def list_staff(context: typer.Context) -> None:
    """Everybody with user name, role, place and, if there is one, the id as a practitioner."""
    with context.obj().read(HOUSE) as work:
        rows = all_of(work, StaffRole, order=col(StaffRole.role))
        known = account_names(work, {row.account_id for row in rows})
        people = {one.account_id: one for one in all_of(work, Practitioner)}
        where = {one.id: one for one in all_of(work, Organization)}
        for row in rows:
            own = people.get(row.account_id)
            mine = f"  {own.id}" if own and own.role == row.role else ""
            account = known[row.account_id]
            typer.echo(f"{account.user_name}  {row.role}  {where[row.organization_id].name_en}  "
                       f"{account.name_zh} {account.name_en}{mine}")


@staff.command("hire")
def hire(context: typer.Context, login: Login,
         role: Annotated[str, typer.Option(help="doctor, pharmacist, pharmacy, compliance, admin or operator.")],
         name_zh: Zh, name_en: En,
         place: Annotated[UUID | None, typer.Option(help="Id of a place; the hospital when left out.")] = None,
         title_zh: str = "", title_en: str = "",
         department: Annotated[str | None, typer.Option(help="A doctor's department, such as paediatrics.")] = None,
         specialty: Annotated[list[str] | None, typer.Option(help="Registered scope; may be repeated.")] = None,
         fee_fen: Annotated[int, typer.Option(min=0, help="A doctor's fee in fen.")] = 0,
         dispensing_since: Annotated[datetime | None, typer.Option(
             formats=["%Y-%m-%d"], help="A pharmacist: dispensing since.")] = None,
         title_checked: Annotated[bool, typer.Option(help="A pharmacist: you have seen the title's paper.")] = False,
         ) -> None:
    """Make an account and show password and authenticator secret once. Doctors and pharmacists also get a file."""
    if bool(title_zh) != bool(title_en):
        _give_up("a title is given in both languages or not at all")
    password, secret = secrets.token_urlsafe(12), pyotp.random_base32()
    with _writing(context) as work:
        create_staff(work, login, password, secret, Text(zh=name_zh, en=name_en), role, place or hospital(work).id,
                     title=Text(zh=title_zh, en=title_en) if title_zh else None, department=department,
                     specialties=tuple(specialty or ()), fee_fen=fee_fen, dispensing_since=_day(dispensing_since),
                     pharmacist_title_ok=True if role == "pharmacist" and title_checked else None)
    _show_access(login, password, secret)


def _show_access(login: str, password: str, secret: str) -> None:
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Fuzhen")
    typer.echo(f"user name: {login.strip().lower()}\npassword: {password}\nauthenticator: {secret}\n{uri}")
    typer.echo("Shown once. They change the password under their name, My account, after the first sign-in.", err=True)


@staff.command("give")
def give(context: typer.Context, login: Login, role: str,
         place: Annotated[UUID | None, typer.Option(help="Id of a place; the hospital when left out.")] = None) -> None:
    """Give an account one more role, or one that was withdrawn; doctors and pharmacists are hired."""
    with _writing(context) as work:
        holder = _account(work, login)
        where = place or hospital(work).id
        own = one_or_none(work, Practitioner, col(Practitioner.account_id) == holder.id)
        if role in ("doctor", "pharmacist") and (own is None or (own.role, own.organization_id) != (role, where)):
            _give_up("doctors and pharmacists are hired with an account of their own; one who left may come back")
        if one_or_none(work, StaffRole, col(StaffRole.account_id) == holder.id, col(StaffRole.role) == role,
                       col(StaffRole.organization_id) == where) is None:
            give_role(work, holder.id, role, where)
    typer.echo("given")


@staff.command("withdraw")
def withdraw(context: typer.Context, login: Login, role: str) -> None:
    """Take a role away at once: sessions in it end, and duty."""
    with _writing(context) as work:
        holder = _account(work, login)
        if not all_of(work, StaffRole, col(StaffRole.account_id) == holder.id, col(StaffRole.role) == role):
            _give_up(f"{login} has no role {role!r}")
        withdraw_role(work, holder.id, role)
    typer.echo("withdrawn")


@staff.command("renew")
def renew(context: typer.Context, login: Login) -> None:
    """New password and authenticator, shown once, for whoever lost theirs; every session ends."""
    password, secret = secrets.token_urlsafe(12), pyotp.random_base32()
    with _writing(context) as work:
        renew_access(work, _account(work, login).id, password, secret)
    _show_access(login, password, secret)


# --- licences -----------------------------------------------------------------------------------------------------


@licences.command("list")
def list_licences(context: typer.Context) -> None:
    """Every file: its id, state, doctor, and the last day of the licence."""
    with context.obj().read(HOUSE) as work:
        files = all_of(work, LicenceFile, order=col(LicenceFile.state))
        people = practitioners_by_id(work, {one.practitioner_id for one in files})
        for one in files:
            typer.echo(f"{one.id}  {one.state}  {people[one.practitioner_id].name_en}  until {one.expires}")


@licences.command("submit")
def submit(context: typer.Context, login: Login, registration_no: Annotated[str, typer.Option()],
           independent_since: NeededDay, expires: NeededDay,
           specialty: Annotated[list[str], typer.Option(help="Registered scope; may be repeated.")],
           licence_class: Annotated[str, typer.Option(help="physician, assistant or other.")] = "physician",
           place: Annotated[list[UUID] | None, typer.Option(help="Registered places; the hospital if none.")] = None,
           institution_consent_until: Day = None, filed_until: Day = None) -> None:
    """Hand in a doctor's papers, or hand them in anew while nobody has verified them. Shows the file's id."""
    with _writing(context) as work:
        own = one_or_none(work, Practitioner, col(Practitioner.account_id) == _account(work, login).id,
                          col(Practitioner.role) == "doctor")
        if own is None:
            _give_up(f"{login} is no doctor")
        made = submit_licence(work, own.id, LicenceIn(
            registration_no, licence_class, independent_since.date(), tuple(specialty),
            tuple(place or [hospital(work).id]), expires.date(), _day(institution_consent_until), _day(filed_until)))
        told = str(made.id)
    typer.echo(told)


By = Annotated[str, typer.Option("--by", help="User name of the administrator who vouches for it.")]
File = Annotated[UUID, typer.Argument(help="Id of the file, as `list` shows it.")]


@licences.command("verify")
def verify(context: typer.Context, file: File, by: By) -> None:
    """Vouch for a file, also for a suspended or expired one, as an administrator by name."""
    _decide(context, by, lambda work: verify_licence(work, file), "verified")


@licences.command("renew")
def renew_papers(context: typer.Context, file: File, by: By, registration_no: Annotated[str, typer.Option()],
                 independent_since: NeededDay, expires: NeededDay,
                 specialty: Annotated[list[str], typer.Option(help="Registered scope; may be repeated.")],
                 licence_class: Annotated[str, typer.Option(help="physician, assistant or other.")] = "physician",
                 place: Annotated[list[UUID] | None, typer.Option(help="Registered places.")] = None,
                 institution_consent_until: Day = None, filed_until: Day = None) -> None:
    """Vouch for new papers, before the last day or after it, as an administrator by name."""
    def act(work: Work) -> object:
        return renew_licence(work, file, LicenceIn(
            registration_no, licence_class, independent_since.date(), tuple(specialty),
            tuple(place or [hospital(work).id]), expires.date(), _day(institution_consent_until), _day(filed_until)))
    _decide(context, by, act, "renewed")


@licences.command("suspend")
def suspend(context: typer.Context, file: File, by: By, reason: Annotated[str, typer.Option()]) -> None:
    """Take a file out of force at once; the doctor goes off duty."""
    _decide(context, by, lambda work: suspend_licence(work, file, reason), "suspended")


def _decide(context: typer.Context, by: str, act: Callable[[Work], object], told: str) -> None:
    with context.obj().read(HOUSE) as work:
        holder = _account(work, by)
        admin = one_or_none(work, StaffRole, col(StaffRole.account_id) == holder.id, col(StaffRole.role) == "admin")
        if admin is None:
            _give_up(f"{by} is no administrator")
        actor = Actor("admin", holder.id, admin.organization_id)
    with _writing(context, actor) as work:
        act(work)
    typer.echo(told)

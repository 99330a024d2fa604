"""Who else acts for a person: let one more account in by a code, come in by one, and end it."""
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.identity import api as identity
from app.kit.problems import Invalid, NotFound, NotSignedIn, Problem
from app.kit.text import Text
from app.work import Work
from web.door import Door, GuardedRoute, see_other
from web.inviting import site_of
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, account_id, acting_for, framed, mistakes, show
from web.pages.patient.joining import ASK, NOT_ENTITLED
from web.pages.patient.views import ConfirmView, Fact, Option, Words
from web.pages.patient.views_join import CodeView, Guardian, GuardiansView, InviteView, JoiningView, JoinView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=100)]
BONDS = {  # what the account is to the person
    "self": Text(zh="本人", en="the person"), "child": Text(zh="父母或监护人", en="parent or guardian"),
    "parent": Text(zh="子女", en="son or daughter"), "spouse": Text(zh="配偶", en="husband or wife"),
    "other": Text(zh="家人", en="relative")}
WHOSE = {"family": False, "own": True}
FOR_WHOM = (
    Option("family", Text(zh="另一位家人", en="Somebody else of the family"),
           Text(zh="和您一样，替这个人看诊", en="who acts for this person as you do")),
    Option("own", Text(zh="本人", en="The person themself"),
           Text(zh="有自己的手机，以后自己管；本人可以结束别人的代办",
                en="who has a phone and takes over; they can end what others do for them")))
CHOOSE_WHOSE = Text(zh="请选这个邀请码给谁。", en="Please choose whom the code is for.")


def _path(patient_id: UUID) -> str:
    return f"/family/{patient_id}/guardians"


def _holder(work: Work, account: UUID) -> str:
    """The name of whoever holds an account, else the masked phone number."""
    own = identity.self_of(work, account)
    return own.name if own else identity.masked_phone_of(work, identity.account(work, account))


# --- who acts for a person ------------------------------------------------------------------------------------------


def _may_end(acting: Acting, current: list[identity.Guardianship], one: identity.Guardianship, mine: UUID) -> bool:
    """Oneself, and as the person everybody else; never the last one."""
    return len(current) > 1 and (one.account_id == mine or acting.relation == "self")


def _guardians(work: Work, acting: Acting) -> tuple[Guardian, ...]:
    current, mine = identity.guardianships(work, acting.id), account_id(work)
    rows = []
    for one in current:
        name = _holder(work, one.account_id)
        end = f"{_path(acting.id)}/{one.account_id}" if _may_end(acting, current, one, mine) else ""
        rows.append(Guardian(name, BONDS[one.relation], one.since, name[:1], one.account_id == mine, end))
    return tuple(rows)


@router.get("/family/{patient_id}/guardians")
def guardians(patient_id: UUID, door: Patient) -> Response:
    """Everybody who acts for this person."""
    with door.read() as work:
        acting = acting_for(work, patient_id)
        waiting = identity.open_invitations(work, patient_id)
        view = GuardiansView(acting.person, _guardians(work, acting), f"{_path(patient_id)}/invite",
                             waiting[0].expires_at if waiting else None, f"{_path(patient_id)}/take-back")
        return show(door, "guardians", framed(work), view)


# --- letting somebody in --------------------------------------------------------------------------------------------


def _giver_of_own(work: Work, acting: Acting) -> UUID | None:
    """The account that may make a code for the person's own account: who acts longest; none for a child or a "self"."""
    current = identity.guardianships(work, acting.id)
    claimed = any(one.relation == "self" for one in current)
    grown_up = identity.age_years(work, acting.patient) >= identity.GROWN_UP
    return current[0].account_id if grown_up and not claimed else None


def _may_be_own(work: Work, acting: Acting) -> bool:
    return _giver_of_own(work, acting) == account_id(work)


def _invite_page(door: Door, patient_id: UUID, form: views.Form, status: int = 200) -> Response:
    with door.read() as work:
        acting = acting_for(work, patient_id)
        giver, mine = _giver_of_own(work, acting), account_id(work)
        first = _holder(work, giver) if giver not in (None, mine) else ""
        view = InviteView(acting.person, FOR_WHOM if giver == mine else (), acting.relation == "self",
                          _path(patient_id), form, first)
        return show(door, "guardian_invite", framed(work), view, status)


@router.get("/family/{patient_id}/guardians/invite")
def invite_form(patient_id: UUID, door: Patient) -> Response:
    """What the other one will be able to do, before a code is made."""
    return _invite_page(door, patient_id, views.Form())


@router.post("/family/{patient_id}/guardians/invite")
def invite(patient_id: UUID, door: Patient, whose: Field = "") -> Response:
    """Make the code and show it this once; an older one is void."""
    try:
        with door.write() as work:
            if not whose and not _may_be_own(work, acting_for(work, patient_id)):
                whose = "family"    # there was nothing to choose
            if whose not in WHOSE:
                raise Invalid(CHOOSE_WHOSE, field="whose")
            code = identity.invite_guardian(work, patient_id, WHOSE[whose])
            until = identity.open_invitations(work, patient_id)[0].expires_at
    except (NotSignedIn, NotFound):
        raise
    except Problem as problem:
        form = views.Form({"whose": whose}, mistakes(problem, "whose", {"own": "whose"}))
        return _invite_page(door, patient_id, form, problem.status)
    with door.read() as work:
        view = CodeView(acting_for(work, patient_id).person, f"{code[:5]} {code[5:]}", until,
                        f"{site_of(door)}/family/join", WHOSE[whose], _path(patient_id))
        return show(door, "guardian_code", framed(work), view)


@router.post("/family/{patient_id}/guardians/take-back")
def take_back(patient_id: UUID, door: Patient) -> Response:
    """Make the code that was given out void."""
    with door.write() as work:
        identity.take_back_invitation(work, patient_id)
    return see_other(_path(patient_id))


# --- coming in ------------------------------------------------------------------------------------------------------


@router.get("/family/join")
def join_form(door: Patient) -> Response:
    """Ask for the code."""
    with door.read() as work:
        return show(door, "guardian_join", framed(work), JoinView())


def _refused(door: Door, code: str, problem: Problem) -> Response:
    with door.read() as work:
        view = JoinView(views.Form({"code": code}, mistakes(problem, "code")))
        return show(door, "guardian_join", framed(work), view, problem.status)


def _joining_page(door: Door, code: str, form: views.Form, status: int = 200) -> Response:
    """Whom the code is about, who gave it, and what one takes on."""
    with door.write() as work:
        found = identity.open_invitation(work, code)
        relations = tuple(Option(value, label, checked=form.value("relation") == value) for value, label in ASK.items())
        person, inviter = found.patient, _holder(work, found.invited_by)
        view = JoiningView(code, person.name, person.birth_date, inviter, found.own, relations, form)
        frame = framed(work)
    return show(door, "guardian_joining", frame, view, status)


@router.post("/family/join")
def look_or_join(door: Patient, code: Field = "", do: Field = "", relation: Field = "",
                 entitled: Field = "") -> Response:
    """The code alone shows what it is for; only the confirmed form joins."""
    form = {"relation": relation, "entitled": entitled}
    try:
        if do != "join":
            return _joining_page(door, code, views.Form())
        if not entitled:
            return _joining_page(door, code, views.Form(form, {"entitled": NOT_ENTITLED}), 422)
        return _join(door, code, form)
    except (NotSignedIn, NotFound):
        raise
    except Problem as problem:
        return _refused(door, code, problem)


def _join(door: Door, code: str, form: dict[str, str]) -> Response:
    """Act for the person from now on; a relation that does not fit is asked again."""
    try:
        with door.write() as work:
            identity.join_as_guardian(work, code, form["relation"])
    except Problem as problem:
        errors = mistakes(problem, "code")
        if "relation" not in errors:
            raise
        return _joining_page(door, code, views.Form(form, errors), 422)
    return see_other("/register/consents?next=/family")


# --- ending it ------------------------------------------------------------------------------------------------------


def _ending(work: Work, acting: Acting, account: UUID) -> ConfirmView:
    """What ends, and what stays. Raises NotFound for whoever does not act or is not the reader's to end."""
    current, mine = identity.guardianships(work, acting.id), account_id(work)
    target = next((one for one in current if one.account_id == account), None)
    if target is None or not _may_end(acting, current, target, mine):
        raise NotFound
    name, other = acting.patient.name, _holder(work, account)
    facts = (Fact("note", Text(zh="看不到记录，也不能再看诊、取消、买药", en="No record, visits or orders any more")),
             Fact("yes", Text(zh="已经做过的都留着，正在进行的看诊继续",
                              en="What was done stays, and a running visit goes on")),
             Fact("yes", Text(zh="以后可以再邀请", en="A new invitation is possible later")))
    title: Words = Text(zh=f"不再替{name}看诊？", en=f"Stop acting for {name}?")
    text: Words = Text(zh="马上生效。其他能替看的家人会收到通知。",
                       en="At once. The others who act for this person are told.")
    if account != mine:
        title = Text(zh=f"不让{other}再替您看诊？", en=f"Stop {other} acting for you?")
        text = Text(zh="马上生效：对方会被退出登录，正在进行的通话也会断开，并会收到通知。",
                    en="At once: they are signed out, a call of theirs ends, and they are told.")
    return ConfirmView(title, text, Text(zh="确定", en="Yes, stop"), _path(acting.id),
                       Text(zh="不，返回", en="No, go back"), "end", facts=facts, danger=True)


@router.get("/family/{patient_id}/guardians/{account}")
def end_form(patient_id: UUID, account: UUID, door: Patient) -> Response:
    """Ask before somebody stops acting for a person."""
    with door.read() as work:
        return show(door, "confirm", framed(work), _ending(work, acting_for(work, patient_id), account))


@router.post("/family/{patient_id}/guardians/{account}")
def end(patient_id: UUID, account: UUID, door: Patient) -> Response:
    """End it; the record is closed to that account at once."""
    with door.write() as work:
        identity.end_guardianship(work, patient_id, account)
        own = account == account_id(work)
    return see_other("/family" if own else _path(patient_id))

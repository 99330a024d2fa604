"""The account: family, whom one acts for, messages, consents, settings."""
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.identity import api as identity
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from records import api as records
from web.door import GuardedRoute, see_other
from web.pages.house import local_path
from web.pages.patient.acting import CHOSEN, Acting, Patient, account_id, acting_for, anybody, chosen, framed, show
from web.pages.patient.views import ConfirmView, Fact, InboxView, MeView, Notice, Words
from web.pages.patient.views_join import ConsentRow, FamilyMember, FamilyView, GivenView
from web.pages.public.preferences import set_cookie

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
MONTH = int(timedelta(days=30).total_seconds())


# --- for whom -----------------------------------------------------------------------------------------------


@router.get("/act-for/{patient_id}")
def act_for(patient_id: UUID, door: Patient, next: Annotated[str, Query(max_length=200)] = "/home") -> Response:
    """Choose a person; every page asks again whether the account acts for them."""
    with door.read() as work:
        acting_for(work, patient_id)
    response = see_other(local_path(next))
    set_cookie(response, door, CHOSEN, str(patient_id), MONTH)
    return response


def _proof(work: Work, person: identity.Patient) -> Text:
    known = identity.realname_in_force(work, person)
    if known:
        return Text(zh="身份已核对", en="identity checked")
    return Text(zh="身份没有核对成功", en="identity not confirmed") if known is False else Text(
        zh="身份还没有核对", en="identity not checked yet")


ENTITLED = {
    "self": Text(zh="本人", en="Yourself"), "child": Text(zh="您是监护人", en="You are the guardian"),
    "parent": Text(zh="您说本人同意了", en="With their agreement, as you told us"),
    "spouse": Text(zh="您说本人同意了", en="With their agreement, as you told us"),
    "other": Text(zh="您说本人同意了", en="With their agreement, as you told us"),
}


@router.get("/family")
def family(door: Patient) -> Response:
    """Everybody whom the account acts for."""
    with door.read() as work:
        acting = anybody(work, door)
        people = identity.patients_of(work, account_id(work)) if acting else []
        shown = {p.id: p for p in acting.family} if acting else {}
        view = FamilyView(tuple(FamilyMember(shown[str(person.id)], person.birth_date, _proof(work, person),
                                             ENTITLED[relation], f"/family/{person.id}/guardians")
                                for person, relation in people))
        return show(door, "family", framed(work), view)


CHECK = ConfirmView(
    Text(zh="再核对一次身份", en="Check the identity again"),
    Text(zh="我们把姓名和身份证号交给公安的实名服务核对，结果几秒钟后出来。",
         en="Name and number are compared with the register; the answer takes a few seconds."),
    Text(zh="核对", en="Check"), "/family", Text(zh="以后再说", en="Later"), "verify")


@router.get("/family/{patient_id}/check")
def check_form(patient_id: UUID, door: Patient) -> Response:
    """Before the register is asked again."""
    with door.read() as work:
        person = acting_for(work, patient_id).patient
        fact = Fact("note", person.name, identity.masked_id_number(work, person))
        view = ConfirmView(CHECK.title, CHECK.text, CHECK.action, CHECK.back, CHECK.back_label, CHECK.do, facts=(fact,))
        return show(door, "confirm", framed(work), view)


@router.post("/family/{patient_id}/check")
def check(patient_id: UUID, door: Patient) -> Response:
    """Ask the register."""
    with door.write() as work:
        identity.verify_identity(work, patient_id)
    return see_other("/family")


# --- messages -----------------------------------------------------------------------------------------------

ICONS = {"visit": "message-circle", "prescription": "pill", "order": "truck", "evidence_refused": "file-text"}


@router.get("/inbox")
def inbox(door: Patient) -> Response:
    """What happened, newest first; a message names no health data."""
    with door.read() as work:
        items = notify.inbox(work, account_id(work))
        view = InboxView(tuple(Notice(i.text, "", i.at, i.link, ICONS.get(i.kind, "bell"),
                                      i.read_at is None) for i in items))
        return show(door, "inbox", framed(work), view)


@router.get("/inbox/unread")
def unread(door: Patient) -> Response:
    """The counts that stand on the bell and on the tab."""
    with door.read() as work:
        return show(door, "parts/_unread", framed(work), None)


@router.post("/inbox")
def read_all(door: Patient) -> Response:
    """Mark everything as read."""
    with door.write() as work:
        notify.mark_read(work, account_id(work))
    return see_other("/inbox")


# --- the account --------------------------------------------------------------------------------------------


@router.get("/me")
def me(door: Patient) -> Response:
    """Settings of the account."""
    with door.read() as work:
        holder = identity.account(work, account_id(work))
        own = identity.self_of(work, holder.id)
        view = MeView(own.name if own else identity.masked_phone_of(work, holder), own.name[:1] if own else "…",
                      identity.masked_phone_of(work, holder), identity.masked_id_number(work, own) if own else "",
                      bool(own and identity.realname_in_force(work, own)))
        return show(door, "me", framed(work), view)


# --- consents -----------------------------------------------------------------------------------------------


def _rows(work: Work, acting: Acting) -> tuple[ConsentRow, ...]:
    standing = records.consents_of(work, acting.id)
    return tuple(ConsentRow(name, form.title, standing[name].given_at, name != "informed_consent")
                 for name, form in records.forms().items() if name in standing)


@router.get("/me/consents")
def consents(door: Patient) -> Response:
    """What was agreed to for the chosen person."""
    with door.read() as work:
        acting = chosen(work, door)
        return show(door, "consents", framed(work), GivenView(acting.person, _rows(work, acting)))


@router.get("/me/consents/{patient_id}/{form}")
def withdraw_form(patient_id: UUID, form: str, door: Patient) -> Response:
    """Ask before a consent ends."""
    with door.read() as work:
        acting, text = acting_for(work, patient_id), records.form_named(form)
        title: Words = Text(zh=f"收回《{text.title.zh}》？", en=f"Withdraw: {text.title.en}?")
        view = ConfirmView(
            title, Text(zh="收回以后，不能再在线看诊，直到您重新同意。已经完成的诊疗不受影响，记录还在。",
                        en="After that you cannot be seen online until you agree again. Care already given stays, "
                           "and so does the record."),
            Text(zh="收回", en="Withdraw"), "/me/consents", Text(zh="不收回，返回", en="Keep it, go back"), "withdraw",
            facts=(Fact("note", acting.person.name, acting.person.relation),))
        return show(door, "confirm", framed(work), view)


@router.post("/me/consents/{patient_id}/{form}")
def withdraw(patient_id: UUID, form: str, door: Patient, do: Annotated[str, Form(max_length=20)] = "") -> Response:
    """End the consent."""
    with door.write() as work:
        records.withdraw_consent(work, patient_id, form)
    return see_other("/me/consents")

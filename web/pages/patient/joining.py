"""Registration, second and third step: the real name, the people one acts for, and the consents."""
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from app.identity import api as identity
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from records import api as records
from web.door import Door, GuardedRoute, see_other
from web.pages.house import local_path
from web.pages.patient import views
from web.pages.patient.acting import RELATIONS, Patient, account_id, framed, mistakes, show
from web.pages.patient.views import ConfirmView, Fact, Option
from web.pages.patient.views_join import AddPersonView, ConsentItem, ConsentsView, RealNameView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=300)]
NAMES = {"id_number": "identity"}
ASK = {
    "child": Text(zh="孩子", en="Child"), "parent": Text(zh="父亲或母亲", en="Father or mother"),
    "spouse": Text(zh="丈夫或妻子", en="Husband or wife"), "other": Text(zh="其他家人", en="Another relative"),
}
NOT_TICKED = Text(zh="同意的话请勾选。不同意就不能在线看诊，仍可以去医院当面看。",
                  en="Tick if you agree. Without it you cannot be seen online, but you can be seen in person.")
NOT_ENTITLED = Text(zh="请确认您可以替这个人看诊", en="Please confirm that you may act for this person")
FOR_ONE = "informed_consent"  # agreed to at each visit, on the page where it is paid


# --- the real name ------------------------------------------------------------------------------------------


def _name_page(door: Door, form: views.Form, status: int = 200) -> Response:
    return door.page("public/register_name.html", "patient", status, v=RealNameView(form))


def _again_view(work: Work, person: identity.Patient) -> ConfirmView:
    """For a name that is registered but was not confirmed (or not recently)."""
    check = identity.latest_check(work, person)
    told = Text(zh="上次核对没有通过。名字和号码要和身份证上一样。", en="The last check did not match the register.")
    waits = Text(zh="还没有核对的结果。", en="There is no answer yet.")
    facts = (Fact("note", person.name, identity.masked_id_number(work, person)),)
    return ConfirmView(Text(zh="再核对一次身份", en="Check the identity again"),
                       told if check and not check.matched else waits, Text(zh="再核对一次", en="Check again"),
                       "/me", Text(zh="以后再说", en="Later"), "verify", facts=facts)


@router.get("/register/name")
def name_form(door: Patient) -> Response:
    """Ask for name and identity number; whoever gave them can have them checked again."""
    with door.read() as work:
        own = identity.self_of(work, account_id(work))
        if own is None:
            return _name_page(door, views.Form())
        frame, view = framed(work), _again_view(work, own)
    return show(door, "confirm", frame, view)


@router.post("/register/name")
def give_name(door: Patient, name: Field = "", identity_number: Annotated[str, Form(alias="identity")] = "",
              do: Field = "") -> Response:
    """Keep the name and ask the register; the answer comes a moment later."""
    try:
        with door.write() as work:
            own = identity.self_of(work, account_id(work))
            if own is None:
                own = identity.add_patient(work, name, identity_number, "self")
            identity.verify_identity(work, own.id)
    except Problem as problem:
        form = views.Form({"name": name, "identity": identity_number}, mistakes(problem, "identity", NAMES))
        return _name_page(door, form, problem.status)
    return see_other("/me" if do == "verify" else "/register/person")


# --- people -------------------------------------------------------------------------------------------------


def _person_page(door: Door, frame: Any, joining: bool, form: views.Form, status: int = 200) -> Response:
    relations = tuple(Option(value, label, checked=form.value("relation") == value) for value, label in ASK.items())
    return show(door, "add_person", frame, AddPersonView(relations, joining, form), status)


@router.get("/register/person")
@router.get("/family/new")
def person_form(door: Patient) -> Response:
    """Ask for one more person."""
    with door.read() as work:
        frame = framed(work)
    return _person_page(door, frame, "register" in door.request.url.path, views.Form())


@router.post("/register/person")
@router.post("/family/new")
def add_person(door: Patient, relation: Field = "", name: Field = "",
               identity_number: Annotated[str, Form(alias="identity")] = "", entitled: Field = "") -> Response:
    """Add a person, have the register asked, and go on to the consents."""
    joining = "register" in door.request.url.path
    form = {"relation": relation, "name": name, "identity": identity_number, "entitled": entitled}
    errors: dict[str, views.Words] = {} if entitled else {"entitled": NOT_ENTITLED}
    try:
        if errors:
            raise Problem
        with door.write() as work:
            person = identity.add_patient(work, name, identity_number, relation if relation in ASK else "")
            identity.verify_identity(work, person.id)
    except Problem as problem:
        errors = errors or mistakes(problem, "identity", NAMES)
        with door.read() as work:
            frame = framed(work)
        return _person_page(door, frame, joining, views.Form(form, errors), 422)
    return see_other("/register/consents")


# --- consents -----------------------------------------------------------------------------------------------


def _wanted(work: Work) -> list[tuple[identity.Patient, str, records.Form]]:
    """Person, relation and text of every consent that is still missing, the visit's own left out."""
    people = identity.patients_of(work, account_id(work))
    return [(person, relation, records.form_named(form)) for person, relation in people
            for form in records.missing_consents(work, person.id) if form != FOR_ONE]


def _field(person: identity.Patient, form: records.Form) -> str:
    return f"{form.name}_{person.id.hex}"


def consent_item(name: str, form: records.Form, label: views.Words, summary: views.Words) -> ConsentItem:
    """One text to agree to, with the hash of what was shown."""
    paragraphs = zip(form.body.zh.splitlines(), form.body.en.splitlines(), strict=False)
    body = tuple(Text(zh=zh, en=en) for zh, en in paragraphs)
    version = Text(zh=f"版本 {form.version}", en=f"Version {form.version}")
    return ConsentItem(name, label, summary, body, version, digest=form.sha256)


def _item(person: identity.Patient, relation: str, form: records.Form) -> ConsentItem:
    who = RELATIONS[relation, person.sex]
    whom = Text(zh=f"{who.zh} · {person.name}", en=f"{who.en} · {person.name}")
    agree = Text(zh=f"我同意《{form.title.zh}》", en=f"I agree: {form.title.en}")
    return consent_item(_field(person, form), form, agree, whom)


def _consents_page(door: Door, work: Work, form: views.Form, next_: str, status: int = 200) -> Response:
    items = tuple(_item(*wanted) for wanted in _wanted(work))
    if not items:
        return see_other(local_path(next_) if next_ else "/home")
    return door.page("public/register_consents.html", "patient", status, framed(work).without([]),
                     v=ConsentsView(items, form, next_))


@router.get("/register/consents")
def consents_form(door: Patient, next: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Every consent that is missing, one tick each, none ticked beforehand."""
    with door.read() as work:
        return _consents_page(door, work, views.Form(), next)


@router.post("/register/consents")
async def read_consents(request: Request, door: Patient) -> Response:
    """Read the ticks, whose names depend on the people, and hand them on."""
    return await run_in_threadpool(_agree, door, await request.form())


def _agree(door: Door, given: FormData) -> Response:
    """Keep what was ticked; what was not is asked again."""
    next_ = str(given.get("next") or "")
    with door.write() as work:
        wanted = _wanted(work)
        for person, _, form in wanted:
            if given.get(_field(person, form)) == "yes":
                shown = str(given.get(_field(person, form) + "_shown") or "") or None
                records.give_consent(work, person.id, form.name, sha256=shown)
        left: dict[str, views.Words] = {_field(p, f): NOT_TICKED for p, _, f in _wanted(work)}
        return _consents_page(door, work, views.Form({}, left), next_, 422)

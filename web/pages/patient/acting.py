"""Whom the signed-in person acts for, and the frame that every page of theirs has."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response

from app.identity import api as identity
from app.kit.ids import parse_uuid
from app.kit.problems import Conflict, NotFound, NotSignedIn, Problem
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from web.door import Door, Gate
from web.pages.patient.views import Person, Words

Patient = Annotated[Door, Gate("patient")]
CHOSEN = "fuzhen-for"
TINTS = ("", "b", "c", "d")
RELATIONS = {
    ("self", "male"): Text(zh="我", en="Me"), ("self", "female"): Text(zh="我", en="Me"),
    ("child", "male"): Text(zh="儿子", en="Son"), ("child", "female"): Text(zh="女儿", en="Daughter"),
    ("parent", "male"): Text(zh="父亲", en="Father"), ("parent", "female"): Text(zh="母亲", en="Mother"),
    ("spouse", "male"): Text(zh="丈夫", en="Husband"), ("spouse", "female"): Text(zh="妻子", en="Wife"),
    ("other", "male"): Text(zh="家人", en="Relative"), ("other", "female"): Text(zh="家人", en="Relative"),
}


class NobodyYet(Conflict):
    """The account acts for nobody yet; the real name comes first."""

    slug = "nobody-yet"
    title = Text(zh="请先登记您的姓名和身份证号", en="Please enter your name and identity number first")


@dataclass(frozen=True)
class Acting:
    """The people of the account and the one who was chosen; asked anew in every request."""

    patient: identity.Patient
    relation: str
    family: tuple[Person, ...]

    @property
    def id(self) -> UUID:
        return self.patient.id

    @property
    def person(self) -> Person:
        return next(one for one in self.family if one.id == str(self.patient.id))


def person_view(patient: identity.Patient, relation: str, place: int, current: bool) -> Person:
    """One person as the pages show them."""
    return Person(patient.name, RELATIONS[relation, patient.sex], patient.name[:1], patient.birth_date,
                  TINTS[place % len(TINTS)], f"/act-for/{patient.id}", current, str(patient.id))


def account_id(work: Work) -> UUID:
    """The account that is signed in. Raises NotSignedIn."""
    if work.actor.account_id is None:
        raise NotSignedIn
    return work.actor.account_id


def _people(work: Work) -> list[tuple[identity.Patient, str]]:
    return identity.patients_of(work, account_id(work))


def _acting(people: list[tuple[identity.Patient, str]], wanted: UUID | None) -> Acting:
    patient, relation = next(((p, r) for p, r in people if p.id == wanted), people[0])
    family = tuple(person_view(p, r, n, p.id == patient.id) for n, (p, r) in enumerate(people))
    return Acting(patient, relation, family)


def anybody(work: Work, door: Door) -> Acting | None:
    """The chosen person; None while nobody is registered. A choice that is no longer theirs counts for nothing."""
    people = _people(work)
    return _acting(people, parse_uuid(door.request.cookies.get(CHOSEN, ""))) if people else None


def chosen(work: Work, door: Door) -> Acting:
    """The chosen person. Raises NobodyYet."""
    acting = anybody(work, door)
    if acting is None:
        raise NobodyYet
    return acting


def acting_for(work: Work, patient_id: UUID | str) -> Acting:
    """This person, whoever was chosen. Raises NotFound for a stranger, with the trace of the attempt."""
    wanted = patient_id if isinstance(patient_id, UUID) else parse_uuid(patient_id)
    if wanted is None:
        raise NotFound
    identity.require_acting_for(work, wanted)
    return _acting(_people(work), wanted)


def posted_for(work: Work, door: Door, patient: str) -> Acting:
    """The person whom the form named when it was shown; another tab may have switched since."""
    return acting_for(work, patient) if patient else chosen(work, door)


# --- the frame ----------------------------------------------------------------------------------------------


VISITS = "/visits/"


@dataclass(frozen=True)
class Frame:
    """What stands around every page: who is signed in, what is unread by where it leads."""

    account: str
    holder_id: UUID
    unread: Mapping[str, int]

    def read_on(self, path: str) -> list[str]:
        """The unread notices whose matter this page shows: it stands where they lead, or below."""
        return [link for link in self.unread if f"{path}/".startswith(f"{link.partition('#')[0]}/")]

    def without(self, read: list[str]) -> dict[str, Any]:
        """The frame for the template once these are read."""
        left = {link: count for link, count in self.unread.items() if link not in read}
        visits = sum(count for link, count in left.items() if link.startswith(VISITS))
        return {"account": self.account, "unread": sum(left.values()), "unread_visits": visits}


def framed(work: Work) -> Frame:
    """The frame of whoever is signed in."""
    holder = identity.account(work, account_id(work))
    return Frame(identity.masked_phone_of(work, holder), holder.id, notify.unread_links(work, holder.id))


def show(door: Door, template: str, frame: Frame | None, view: Any, status: int = 200) -> Response:
    """Render one of the patient's pages (a part has no frame); the notices that led to it are read with it."""
    read = frame.read_on(door.request.url.path) if frame and door.request.method == "GET" else []
    if frame and read:
        with door.write() as work:
            notify.mark_read(work, frame.holder_id, links=read)
    return door.page(f"patient/{template}.html", "patient", status, frame.without(read) if frame else {}, v=view)


def show_part(door: Door, template: str, work: Work, page: str, view: Any) -> Response:
    """Render the live part of a page; where the page stands before somebody's eyes its notices are read with it."""
    if door.request.headers.get("x-seen") == "yes":
        frame = framed(work)
        if read := frame.read_on(page):
            with door.write() as writing:
                notify.mark_read(writing, frame.holder_id, links=read)
    return show(door, template, None, view)


def mistakes(problem: Problem, field: str, names: Mapping[str, str] | None = None) -> dict[str, Words]:
    """A refused form as errors by field; `names` translates the command's names into the page's."""
    names = names or {}
    errors = problem.facts.get("errors")
    if not errors:
        return {names.get(str(problem.facts.get("field", "")), field): problem.detail}
    return {names.get(one["field"], one["field"]): Text(**one["message"]) for one in errors}

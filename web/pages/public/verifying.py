"""What a pharmacy sees that scans the code of a prescription on paper, and how it says that it has dispensed it.

The pharmacy need not be a partner of ours: whoever holds the paper holds the code.
"""
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Response
from fastapi.responses import HTMLResponse

from app.kit.problems import Conflict, Invalid, Problem
from app.kit.text import Text, counted
from prescribing import api as prescribing
from web.door import ANYONE, Door, Gate, GuardedRoute, see_other, visitor
from web.pages.dates import moment_text
from web.pages.patient import views
from web.pages.patient.medicine_words import packs
from web.pages.patient.views import Drug, Fact
from web.pages.public.views import FillView, VerifyView
from web.rendering import local, render

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Anyone = Annotated[Door, Gate(ANYONE)]
Code = Annotated[str, Path(max_length=40)]
FALSE = ("urg", "ban", Text(zh="不要配药", en="Do not dispense"),
         Text(zh="内容和医生签的不一样", en="It is not what the doctor signed"))
TAKEN = ("wait", "store", Text(zh="不要再配", en="Do not fill it again"))
MARKED = ("ok", "circle-check", Text(zh="标记好了", en="Marked"))
STATES = {
    "approved": ("ok", "circle-check", Text(zh="真的，现在有效", en="Genuine and valid now"),
                 Text(zh="药师审核通过，还没有药房配出", en="Approved by a pharmacist and not dispensed yet")),
    "partly_redeemed": ("ok", "circle-check", Text(zh="真的，现在有效", en="Genuine and valid now"),
                        Text(zh="已经取了一部分", en="Part of it has been filled")),
    "redeemed": (*TAKEN, Text(zh="这张处方已经由一家药房接了", en="A pharmacy has taken this prescription already")),
    "expired": ("wait", "clock", Text(zh="不要配药", en="Do not dispense"),
                Text(zh="这张处方过了有效期", en="This prescription is no longer valid")),
    "revoked": ("urg", "ban", Text(zh="不要配药", en="Do not dispense"),
                Text(zh="医生作废了这张处方", en="The doctor has withdrawn this prescription")),
}
NOT_YET = ("wait", "clock", Text(zh="不要配药", en="Do not dispense"),
           Text(zh="药师还没有审核通过", en="A pharmacist has not approved it"))

ASK_FIRST = Text(zh="是真的，先问清楚再配", en="Genuine, but ask before you fill it")
CLOSED = ("urg", "ban", Text(zh="不要配药", en="Do not dispense"),
          Text(zh="这张纸标记为已配出又撤销，次数太多，不能再凭它配药",
               en="This paper was marked as dispensed and unmarked too often: it cannot be filled any more"))
MEANS: tuple[Fact, ...] = (
    Fact("yes", Text(zh="上面还没配的，全部记为由您的药房配出", en="All of the above counts as dispensed by you")),
    Fact("yes", Text(zh="这张处方不能再配第二次：别的药房扫码会看到是谁、什么时候配的",
                     en="It cannot be filled a second time: the next pharmacy reads who dispensed it and when")),
    Fact("yes", Text(zh="患者不能再拿它在网上下单；下了还没有药房接的单会取消，钱退回",
                     en="It can no longer be ordered online; an order that no pharmacy has taken ends, money back")),
    Fact("yes", Text(zh="患者马上收到通知，并看到药房名称",
                     en="The patient is told at once and sees the name of the pharmacy")),
    Fact("note", Text(zh="只配了一部分，就先不要标记，请写在纸上",
                      en="If you dispensed only a part, do not mark it yet; please write it on the paper")))


def _after(house: Text) -> Fact:
    return Fact("note", Text(zh=f"标错了，十分钟内在这台设备上可以撤销；以后请联系{house.zh}",
                             en=f"A mistake can be undone on this device within ten minutes; later ask {house.en}"))


def _shown(found: prescribing.Verification) -> Text:
    """That another pharmacy may have filled it already: the code itself cannot know."""
    at = f"{local(found.first_shown):%m-%d %H:%M}" if found.first_shown else ""
    return Text(zh=f"之前已经查验过 {found.shown_before} 次，第一次是 {at}。如果不是您查的，可能已经在别处配过",
                en=f"Scanned {counted(found.shown_before, 'time')} before, first on {at}. If that was not you, "
                   "it may have been filled elsewhere")


def _drug(line: prescribing.VerifiedLine) -> Drug:
    left = Text(zh=f"{line.strength} · 共 {packs(line.packs).zh}，还可配 {packs(line.left).zh}",
                en=f"{line.strength} · {packs(line.packs).en}, {packs(line.left).en} left to fill")
    return Drug(line.name, left, line.wording, packs(line.packs), False)


def _taken(filled: prescribing.Filled, now: datetime) -> tuple[str, str, Text, Text]:
    """Who has it and since when: dispensed from the paper, or taken by a pharmacy with the patient's order."""
    at, by = moment_text(filled.at, now), filled.by
    if not filled.outside:
        return (*TAKEN, Text(zh=f"{at.zh}，{by.zh}接了患者的订单", en=f"{by.en} took it with an order, {at.en}"))
    return (*(MARKED if filled.undo_until else TAKEN),
            Text(zh=f"{at.zh}，由{by.zh}配出", en=f"Dispensed by {by.en}, {at.en}"))


def _view(found: prescribing.Verification, here: str, now: datetime) -> VerifyView:
    """What is on the paper when it is genuine; of anything else only that it is not."""
    family, icon, kicker, title = STATES.get(found.state, NOT_YET) if found.genuine else FALSE
    shown, filled = found.genuine and found.state in STATES, found.filled
    if found.usable and found.shown_before:
        family, icon, kicker, title = "wait", "clock", ASK_FIRST, _shown(found)
    if found.closed:
        family, icon, kicker, title = CLOSED
    if shown and found.state == "redeemed" and filled:
        family, icon, kicker, title = _taken(filled, now)
    return VerifyView(family, icon, kicker, title, found.number, found.masked_name, found.doctor, found.house,
                      found.signed_at, found.valid_until, tuple(map(_drug, found.lines)) if shown else (),
                      f"{here}/fill" if found.usable else "",
                      f"{here}/undo" if filled and filled.undo_until else "", filled.undo_until if filled else None,
                      named=bool(shown and filled and filled.outside), closed=found.closed)


def _here(number: str, code: str) -> str:
    return f"/verify/{number}/{code}"


@router.get("/verify/{number}/{code}")
def verify(number: Code, code: Code, door: Anyone) -> Response:
    """How the prescription behind a scanned code stands. It is written down, and guessing is slowed."""
    with door.write() as work:
        found = prescribing.verify_by_code(work, number, code, door.address, visitor(door.request))
        view = _view(found, _here(number, code), work.now)
    return door.page("public/verify.html", v=view)


# --- it was dispensed -------------------------------------------------------------------------------------------


def _asked(door: Door, number: str, code: str, form: views.Form | None = None, status: int = 200) -> Response:
    """What will be marked and what that means; whatever cannot be filled goes back to the scan."""
    with door.write() as work:
        found = prescribing.verify_again(work, number, code, door.address)
    if not found.usable:
        return see_other(_here(number, code))
    drugs = tuple(replace(_drug(line), quantity=packs(line.left)) for line in found.lines if line.left)
    view = FillView(_here(number, code), found.number, found.masked_name, found.house, drugs,
                    (*MEANS, _after(found.house)), form or views.Form())
    return door.page("public/verify_fill.html", status=status, v=view)


def _refused(door: Door, number: str, code: str, problem: Problem) -> Response:
    """The scan as it stands now, above it what was not done; a second press of who was first is no fault."""
    with door.write() as work:
        found = prescribing.verify_again(work, number, code, door.address, visitor(door.request))
        view = _view(found, _here(number, code), work.now)
    if isinstance(problem, prescribing.AlreadyRedeemed) and view.undo_href:
        return see_other(_here(number, code))
    context = replace(door.context(), path=_here(number, code))     # where a change of language comes back to
    return HTMLResponse(render("public/verify.html", context, v=replace(view, problem=problem.detail)), problem.status)


@router.get("/verify/{number}/{code}/fill")
def ask(number: Code, code: Code, door: Anyone) -> Response:
    """Which pharmacy it is, before the paper is marked as dispensed."""
    return _asked(door, number, code)


@router.post("/verify/{number}/{code}/fill")
def fill(number: Code, code: Code, door: Anyone, pharmacy: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Mark it as dispensed: all that is left, once."""
    try:
        with door.write() as work:
            prescribing.fill_from_paper(work, number, code, pharmacy, visitor(door.request), door.address)
    except Invalid as problem:
        return _asked(door, number, code, views.Form({"pharmacy": pharmacy}, {"pharmacy": problem.detail}), 422)
    except Conflict as problem:
        return _refused(door, number, code, problem)
    return see_other(_here(number, code))


@router.post("/verify/{number}/{code}/undo")
def undo(number: Code, code: Code, door: Anyone) -> Response:
    """It was marked by mistake, on this device, some minutes ago."""
    try:
        with door.write() as work:
            prescribing.undo_filling(work, number, code, visitor(door.request), door.address)
    except Conflict as problem:
        return _refused(door, number, code, problem)
    return see_other(_here(number, code))

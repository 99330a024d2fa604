"""Allergies, medicines, pregnancy and weight: asked once, kept in the record, confirmed on the way to a visit."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from app.kit.clock import local_date
from app.kit.ids import parse_uuid
from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from records.api import AllergyIn, MedicineIn
from web.door import Door, GuardedRoute, see_other
from web.pages.dates import day_text
from web.pages.patient import views
from web.pages.patient.acting import Acting, Patient, acting_for, chosen, framed, mistakes, posted_for, show
from web.pages.patient.medicine_words import how_taken
from web.pages.patient.views_triage import AskedMedicine, HistoryView, OurMedicine
from web.taking import Running, Said, require_known, running_of, save_answers

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=4000)]
Ticks = Annotated[list[str] | None, Form(max_length=50)]
REACTION = re.compile(r"^(.*?)\s*[（(]([^（）()]+)[）)]\s*$")
LINE = re.compile(r"[\n；;]+")
LONGEST, MOST_ASKED = 200, 50
ASKED = "taking-"    # how the name of a field begins that asks of one medicine; its key follows
SAID: dict[str, Said] = {"yes": "taking", "no": "stopped", "unknown": "unknown"}
PICK = Text(zh="请选一项，不知道也可以选", en="Please choose one; “I do not know” is an answer too")
SAY_EACH = Text(zh="这一种药您现在在用吗？请选一个答案，不知道也可以选",
                en="Are you taking this one now? Please choose one; “I do not know” is an answer too")
NAME_IT = Text(zh="请写下是什么，一行一种", en="Please name them, one a line")
CONTRADICTION = Text(zh="您选了没有，下面却写了内容，请再看一眼",
                     en="You chose none but wrote something below, please look again")
TOO_LONG = Text(zh=f"每一行请写在 {LONGEST} 字以内", en=f"Please keep each line to {LONGEST} characters")
WEIGH = Text(zh="请填体重，单位是公斤，比如 16.5", en="Please give the weight in kilograms, for example 16.5")


@dataclass(frozen=True)
class Given:
    """What was typed."""

    allergies: str
    allergies_list: str
    medicines: str
    medicines_list: str
    pregnancy: str
    weight: str
    stopped: tuple[str, ...] = ()
    taking: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if isinstance(value, str)}

    def shown(self) -> dict[str, str]:
        """All of it under the names of the fields."""
        return {**self.values(), **{f"{ASKED}{key}": answer for key, answer in self.taking.items()}}

    def tidied(self) -> "Given":
        """Without the spaces around what was typed."""
        return replace(self, **{name: value.replace("\r\n", "\n").strip()  # type: ignore[arg-type]
                                for name, value in self.values().items()})


async def read_history(
        request: Request, allergies: Field = "", allergies_list: Field = "", medicines: Field = "",
        medicines_list: Field = "", pregnancy: Field = "", weight: Field = "", stopped: Ticks = None) -> Given:
    """The fields of the page, as a dependency; those that ask of one medicine have its key in their name."""
    each = [(name.removeprefix(ASKED), value) for name, value in (await request.form()).multi_items()
            if name.startswith(ASKED) and isinstance(value, str)]
    return Given(allergies, allergies_list, medicines, medicines_list, pregnancy, weight, tuple(stopped or ()),
                 dict(each[:MOST_ASKED]))


# --- showing ------------------------------------------------------------------------------------------------


def _asks(work: Work, acting: Acting) -> tuple[bool, bool]:
    """Whether pregnancy and weight are asked of this person: what a blank history would miss, plus what is known."""
    found = records.history_of(work, acting.id)
    return (found.pregnancy is not None or "pregnancy" in found.missing,
            found.weight_kg is not None or "weight" in found.missing)


def _standing(found: records.HistoryView) -> dict[str, str]:
    """What the record knows, as the form shows it; what was never asked stays unticked."""
    told = [f"{a.text}（{a.reaction}）" if a.reaction else a.text for a in found.allergies]
    taken = [f"{m.text}（{m.dose_text}）" if m.dose_text else m.text for m in found.medicines if m.self_reported]
    return {
        "allergies": _choice(found.allergies_asked, bool(told), found.none_known), "allergies_list": "\n".join(told),
        "medicines": _choice(found.medicines_asked, bool(taken), "medicines" not in found.unknown),
        "medicines_list": "\n".join(taken), "pregnancy": found.pregnancy or "",
        "weight": f"{found.weight_kg.normalize():f}" if found.weight_kg is not None else ""}


def _choice(asked: bool, some: bool, none: bool) -> str:
    return "" if not asked else "yes" if some else "no" if none else "unknown"


def _medicines_of_ours(work: Work, running: Running, given: Given | None) -> tuple[
        tuple[OurMedicine, ...], tuple[AskedMedicine, ...]]:
    """What the page confirms, ticked when stopped, and what it asks about one by one."""
    today = local_date(work.now)
    items = prescribing.items_of_many(work, {one.prescription_id for one in (*running.held, *running.unsure)
                                             if one.prescription_id})
    by = prescribing.written_by(work, {line.prescription_id for line in (*running.held, *running.unsure)
                                       if line.prescription_id} | {one.prescription.id for one in running.elsewhere})
    ours = tuple(OurMedicine(
        str(line.id), prescribing.medicine_name(line.text, line.drug_id), how_taken(line, items),
        _source(by[line.prescription_id], line.until, today), str(line.id) in given.stopped if given
        else line.said == "stopped") for line in running.held if line.prescription_id in by)
    unsure = tuple(AskedMedicine(
        f"{ASKED}{line.id}", prescribing.medicine_name(line.text, line.drug_id), how_taken(line, items),
        _source(by[line.prescription_id], line.until, today)) for line in running.unsure if line.prescription_id in by)
    elsewhere = tuple(AskedMedicine(
        f"{ASKED}{one.key}", Text(zh=one.item.name_zh, en=one.item.name_en),
        Text(zh=one.item.wording_zh, en=one.item.wording_en), _source(by[one.prescription.id], one.until, today))
        for one in running.elsewhere)
    return ours, (*unsure, *elsewhere)


def _source(written: tuple[Text, date], until: date | None, today: date) -> Text:
    """Who prescribed it, when, and until when it lasts."""
    who, on = written[0], day_text(written[1], today)
    last = day_text(until, today) if until else Text(zh="—", en="—")
    return Text(zh=f"{who.zh}医生 {on.zh}开的，够吃到 {last.zh}",
                en=f"prescribed by Dr {who.en} on {on.en}, lasts until {last.en}")


def _kidney(found: records.HistoryView, today: date) -> Text | str:
    """What a doctor read from a report; empty where nobody has."""
    if found.egfr is None or found.egfr_on is None:
        return ""
    on, source = day_text(found.egfr_on, today), found.egfr_source
    return Text(zh=f"估算肾小球滤过率（eGFR）{found.egfr:g}，{on.zh}，{source}",
                en=f"Filtration rate (eGFR) {found.egfr:g}, {on.en}, {source}")


def _page(door: Door, work: Work, acting: Acting, back: str, form: views.Form | None = None,
          given: Given | None = None) -> Response:
    found = records.history_of(work, acting.id)
    pregnancy, weight = _asks(work, acting)
    running = running_of(work, acting.id, found)
    unsure = {f"{ASKED}{line.id}": "unknown" for line in running.unsure}
    shown = form or views.Form({**_standing(found), **unsure})
    view = HistoryView(acting.person, pregnancy, weight, found.confirmed_at, back, shown,
                       *_medicines_of_ours(work, running, given), tuple(a.text for a in found.taken_back),
                       _kidney(found, local_date(work.now)))
    return show(door, "history", framed(work), view, 422 if form else 200)


# --- reading ------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[tuple[str, str | None]]:
    """One item a line; what stands in brackets at its end is the reaction, or how it is taken."""
    found = []
    for line in LINE.split(text):
        if line.strip():
            match = REACTION.match(line.strip())
            found.append((match[1].strip() or line.strip(), match[2].strip()) if match else (line.strip(), None))
    return found


def _list_error(choice: str, text: str) -> Text | None:
    if choice not in ("yes", "no", "unknown"):
        return PICK
    if choice == "yes" and not text.strip():
        return NAME_IT
    if choice == "no" and text.strip():
        return CONTRADICTION
    return TOO_LONG if any(len(part) > LONGEST for line in _lines(text) for part in line if part) else None


def _grams(text: str) -> int | None:
    """Kilograms as people type them, in grams; None when it is no number."""
    try:
        return round(Decimal(text.strip().replace(",", ".")) * 1000)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _errors(given: Given, pregnancy: bool, weight: bool, running: Running) -> dict[str, views.Words]:
    found = {"allergies": _list_error(given.allergies, given.allergies_list),
             "medicines": _list_error(given.medicines, given.medicines_list),
             "pregnancy": PICK if pregnancy and not given.pregnancy else None,
             "weight": WEIGH if weight and _grams(given.weight) is None else None}
    silent = {f"{ASKED}{key}": SAY_EACH for key in sorted(running.names)
              if given.taking.get(key) not in SAID}
    return {**silent, **{name: error for name, error in found.items() if error is not None}}


def _allergies(work: Work, acting: Acting, text: str) -> list[AllergyIn]:
    """The lines, with code and year of those that stood there before."""
    known = {a.text: a for a in records.history_of(work, acting.id).allergies}
    return [AllergyIn(text=what, reaction=reaction, code=known[what].code if what in known else None,
                      since=known[what].since if what in known else None) for what, reaction in _lines(text)]


def _drug_id(name: str) -> str | None:
    """The one drug of the formulary that has exactly this name; else the words stand alone, as not recognised."""
    hits = {hit.drug_id for hit in prescribing.search(prescribing.load(), name)
            if name.lower() in (hit.name.zh.lower(), hit.name.en.lower(), hit.text.lower())}
    return hits.pop() if len(hits) == 1 else None


def _medicines(work: Work, acting: Acting, text: str) -> list[MedicineIn]:
    known = {m.text: m for m in records.history_of(work, acting.id).medicines}
    return [MedicineIn(text=what, dose_text=how, since=known[what].since if what in known else None,
                       drug_id=(known[what].drug_id if what in known else None) or _drug_id(what))
            for what, how in _lines(text)]


def _answer(choice: str, text: str, items: Any) -> Any:
    """"none" only when the person said so; "I do not know" stays unknown, whatever stands in the list counts."""
    return items if text.strip() else "none" if choice == "no" else "unknown"


def _save_taking(work: Work, acting: Acting, given: Given, running: Running) -> None:
    """What was said of each medicine of ours."""
    stopped = {id for id in map(parse_uuid, given.stopped) if id is not None}
    save_answers(work, acting.id, running, {key: SAID[word] for key, word in given.taking.items()}, stopped)


def _save(work: Work, acting: Acting, given: Given, pregnancy: bool, weight: bool, running: Running) -> None:
    """Write what changed and confirm the whole; the prescriptions first, because they are locked before the person."""
    _save_taking(work, acting, given, running)
    before = _standing(records.history_of(work, acting.id))
    allergies = _allergies(work, acting, given.allergies_list)
    medicines = _medicines(work, acting, given.medicines_list)
    if (before["allergies"], before["allergies_list"]) != (given.allergies, given.allergies_list):
        records.save_allergies(work, acting.id, _answer(given.allergies, given.allergies_list, allergies))
    if (before["medicines"], before["medicines_list"]) != (given.medicines, given.medicines_list):
        records.save_medicines(work, acting.id, _answer(given.medicines, given.medicines_list, medicines))
    if pregnancy and given.pregnancy != before["pregnancy"]:
        records.save_pregnancy(work, acting.id, given.pregnancy)
    if weight and given.weight != before["weight"]:
        records.save_weight(work, acting.id, _grams(given.weight) or 0)
    records.confirm_history(work, acting.id)


def _take(door: Door, given: Given, whose: Any, back: str, to: str) -> Response:
    """Check, save, confirm and go on; with mistakes the page comes back as it was typed."""
    given = given.tidied()
    errors: dict[str, views.Words] = {}
    try:
        with door.write() as work:
            acting = whose(work)
            asks = _asks(work, acting)
            running = running_of(work, acting.id, records.history_of(work, acting.id))
            require_known(running, given.taking)
            errors = _errors(given, *asks, running)
            if not errors:
                _save(work, acting, given, *asks, running)
                return see_other(to)
    except Problem as problem:
        if problem.status != 422:
            raise
        errors = mistakes(problem, "allergies")
    with door.read() as work:
        return _page(door, work, whose(work), back, views.Form(given.shown(), errors), given)


# --- routes -------------------------------------------------------------------------------------------------

Asked = Annotated[Given, Depends(read_history)]


@router.get("/history")
def history_form(door: Patient) -> Response:
    """What is known, to look at and to change."""
    with door.read() as work:
        return _page(door, work, chosen(work, door), "/me")


@router.post("/history")
def save_history(door: Patient, given: Asked, patient: Field = "") -> Response:
    """Save and confirm, for the person whom the page named."""
    return _take(door, given, lambda work: posted_for(work, door, patient), "/me", "/home")


def _of_triage(work: Work, triage_id: UUID) -> Acting:
    return acting_for(work, consult.triage_view(work, triage_id).triage.patient_id)


@router.get("/triage/{triage_id}/history")
def visit_history_form(triage_id: UUID, door: Patient) -> Response:
    """The same, confirmed on the way to a visit."""
    with door.read() as work:
        return _page(door, work, _of_triage(work, triage_id), f"/triage/{triage_id}/result")


@router.post("/triage/{triage_id}/history")
def save_visit_history(triage_id: UUID, door: Patient, given: Asked) -> Response:
    """Save and confirm, then on to whether it can be done online."""
    here = f"/triage/{triage_id}"
    return _take(door, given, lambda work: _of_triage(work, triage_id), f"{here}/result", f"{here}/forecast")

"""The prescription writer: search, lines that are kept when they are complete, reasons, terms."""
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.kit.problems import Problem
from app.kit.text import Text
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from web.door import Door, GuardedRoute, see_other
from web.pages.staff import views as v
from web.pages.staff.checking import LONG_SUPPLY, key_of
from web.pages.staff.desk import Doctor, attempt, render_for, show, stopped
from web.pages.staff.doctor.lines import FIELDS, NEW, Typed, read_typed
from web.pages.staff.doctor.signing import prescription_page
from web.pages.staff.doctor.writing import drug_hits, writer_view
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=40)]
WRITER = "staff/doctor/writer.html"
FULL = Text(zh="一张处方最多 5 种药。", en="At most 5 medicines on one prescription.")
NO_DRUG = Text(zh="请从找到的药里选一种。", en="Choose a medicine that was found.")
SAY_WHY = Text(zh="这一条要选理由并写明。", en="This one needs a reason and words.")
TERMS = ("off_label", "off_label_consent", "is_long_term", "stable_chronic", "strict_assessment")


@router.get("/doctor/visits/{visit_id}/prescription")
def start(visit_id: UUID, door: Doctor) -> Response:
    """Find or begin the draft of a visit."""
    rx_id, problem = attempt(door, lambda work: prescribing.start_draft(work, visit_id).id)
    if problem:
        return stopped(door, problem, f"/doctor/visits/{visit_id}", "rx")
    return see_other(f"/doctor/prescriptions/{rx_id}")


def _product(drug_id: str) -> tuple[str, str] | None:
    """Medicine and product of a search result, if the formulary has it."""
    medicine, _, code = drug_id.partition(":")
    drug = prescribing.load().drugs.get(medicine)
    if drug is None:
        return None
    product = drug.product(code) if code else drug.products[0]
    return (medicine, product.code) if product else None


@router.get("/doctor/prescriptions/{rx_id}")
def writer(rx_id: UUID, door: Doctor, line: Annotated[str, Query(max_length=10)] = "",
           q: Annotated[str, Query(max_length=60)] = "", new: Annotated[str, Query(max_length=140)] = "") -> Response:
    """The writer while it is a draft; afterwards the prescription as it stands."""
    found = _product(new) if new else None
    typed = Typed(NEW, *found) if found else Typed(line)
    with door.read() as work:
        rx = prescribing.prescription_for(work, rx_id)
        if rx.state != "draft":
            return show(door, *prescription_page(work, rx))
        view = writer_view(work, rx_id, typed, q)
    return show(door, WRITER, view)


def again(door: Door, rx_id: UUID, typed: Typed, errors: tuple[v.FieldError, ...] = (), status: int = 422) -> Response:
    """The writer with what was typed and what is wrong with it."""
    with door.read() as work:
        view = writer_view(work, rx_id, typed, "", errors)
    return show(door, WRITER, view, status, f"/doctor/prescriptions/{rx_id}")


def _after(door: Door, rx_id: UUID, problem: Problem | None, anchor: str = "") -> Response:
    """After a step: the writer again; what changed elsewhere is told on its own page."""
    if problem is None:
        return see_other(f"/doctor/prescriptions/{rx_id}{anchor}")
    if problem.slug in ("not-a-draft", "visit-not-running"):
        return stopped(door, problem, f"/doctor/prescriptions/{rx_id}", "rx")
    return again(door, rx_id, Typed(), field_errors(problem), problem.status)


@router.post("/doctor/prescriptions/{rx_id}/lines")
def add(rx_id: UUID, door: Doctor, drug_id: Annotated[str, Form(max_length=140)] = "") -> Response:
    """Open a line for a medicine; it is kept when dose, frequency, route and days are filled in."""
    found = _product(drug_id)
    with door.read() as work:
        count = len(prescribing.items_of(work, prescribing.prescription_for(work, rx_id).id))
    if found is None or count >= 5:
        return again(door, rx_id, Typed(), (v.FieldError("", FULL if found else NO_DRUG),))
    return see_other(f"/doctor/prescriptions/{rx_id}?new={found[0]}:{found[1]}")


@router.post("/doctor/prescriptions/{rx_id}/lines/{line}")
def keep(rx_id: UUID, line: str, door: Doctor, drug_id: Annotated[str, Form(max_length=140)] = "", dose: Field = "",
         frequency: Field = "", route: Field = "", timing: Field = "", days: Field = "", quantity: Field = "",
         long_supply_reason: Field = "") -> Response:
    """Keep a line as it was typed; an incomplete one is shown again and kept nowhere."""
    values = {"dose": dose, "frequency": frequency, "route": route, "timing": timing, "days": days,
              "quantity": quantity}
    typed = _typed(door, rx_id, line, drug_id, values)
    if typed is None:
        return again(door, rx_id, Typed(), (v.FieldError("", NO_DRUG),))
    content, errors = read_typed(typed)
    if errors:
        return again(door, rx_id, Typed(typed.line, typed.drug_id, typed.product, values, errors))

    def act(work: Work) -> int:
        number = prescribing.set_item(work, rx_id, content, None if line == NEW else int(line)).line
        if long_supply_reason in LONG_SUPPLY:
            prescribing.set_terms(work, rx_id, extension_reason=LONG_SUPPLY[long_supply_reason].zh)
        return number

    number, problem = attempt(door, act)
    if problem is None:
        return see_other(f"/doctor/prescriptions/{rx_id}" + ("" if line == NEW else f"?line={number}"))
    if problem.status != 422:
        return _after(door, rx_id, problem)
    told = tuple(v.FieldError(one.field or "dose", one.message) for one in _line_errors(problem))
    return again(door, rx_id, Typed(typed.line, typed.drug_id, typed.product, values, told))


def _line_errors(problem: Problem) -> tuple[v.FieldError, ...]:
    """What the formulary says of a line, beside the field that it is about."""
    if problem.facts.get("errors"):
        return field_errors(problem, FIELDS)
    return (v.FieldError(FIELDS.get(str(problem.facts.get("field", "")), "dose"), problem.detail),)


def _typed(door: Door, rx_id: UUID, line: str, drug_id: str, values: dict[str, str]) -> Typed | None:
    """The line that is written: a new one names its product, a kept one has it."""
    if line == NEW:
        found = _product(drug_id)
        return Typed(NEW, *found, values) if found else None
    with door.read() as work:
        rx = prescribing.prescription_for(work, rx_id)
        item = next((one for one in prescribing.items_of(work, rx.id) if str(one.line) == line), None)
    return Typed(line, item.drug_id, item.product_code, values) if item else None


@router.post("/doctor/prescriptions/{rx_id}/lines/{line}/remove")
def remove(rx_id: UUID, line: str, door: Doctor) -> Response:
    """Take a line out; one that is not kept yet just goes."""
    if line == NEW:
        return see_other(f"/doctor/prescriptions/{rx_id}")
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 5 else 0
    _, problem = attempt(door, lambda work: prescribing.remove_item(work, rx_id, number))
    return _after(door, rx_id, problem)


@router.post("/doctor/prescriptions/{rx_id}/findings/{key}/acknowledge")
def acknowledge(rx_id: UUID, key: str, door: Doctor, reason: Field = "",
                words: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Record why the doctor goes on despite a finding; what the reason does not settle stays open."""
    def act(work: Work) -> bool:
        rx = prescribing.prescription_for(work, rx_id)
        report = prescribing.check_report(work, rx)
        found = next((one for one in report.findings if key_of(one) == key), None)
        if found is None:
            return True
        prescribing.acknowledge(work, rx_id, found.id, found.digest, reason, words)
        return found.id not in {one.id for one in prescribing.unanswered(work, rx, report)}

    settled, problem = attempt(door, act)
    if problem is None and not settled:
        return again(door, rx_id, Typed(), (v.FieldError("", SAY_WHY),))
    return _after(door, rx_id, problem, "#findings")


@router.post("/doctor/prescriptions/{rx_id}/validity")
def set_validity(rx_id: UUID, door: Doctor, days: Field = "",
                 note: Annotated[str, Form(max_length=120)] = "") -> Response:
    """Until when it can be filled, with the note that an extension needs."""
    chosen = int(days) if days in ("0", "1", "2", "3") else 0
    _, problem = attempt(door, lambda work: prescribing.set_terms(work, rx_id, validity_days=chosen, note=note.strip()))
    return _after(door, rx_id, problem)


@router.post("/doctor/prescriptions/{rx_id}/terms")
def set_terms(rx_id: UUID, door: Doctor, off_label: Field = "", off_label_consent: Field = "", is_long_term: Field = "",
              stable_chronic: Field = "", strict_assessment: Field = "", long_supply_reason: Field = "") -> Response:
    """Answer what the rules want to know of the doctor; what is not answered stays unknown."""
    typed = {"off_label": off_label, "off_label_consent": off_label_consent, "is_long_term": is_long_term,
             "stable_chronic": stable_chronic, "strict_assessment": strict_assessment}
    told: dict[str, bool | str] = {name: said == "yes" for name, said in typed.items() if said in ("yes", "no")}
    if long_supply_reason in LONG_SUPPLY:
        told["extension_reason"] = LONG_SUPPLY[long_supply_reason].zh
    _, problem = attempt(door, lambda work: prescribing.set_terms(work, rx_id, **told))
    return _after(door, rx_id, problem)


@router.post("/doctor/prescriptions/{rx_id}/repeat")
def repeat(rx_id: UUID, door: Doctor) -> Response:
    """Take over the lines of the patient's last prescription; they are checked like any others."""
    def act(work: Work) -> None:
        rx = prescribing.prescription_for(work, rx_id)
        visit = consult.require_attending(work, rx.visit_id, correcting=True)
        used = {item.drug_id for item in prescribing.items_of(work, rx.id)}
        known = [one for one in prescribing.prescriptions_of(work, visit.patient_id) if one.visit_id != visit.id
                 and one.state not in ("returned", "superseded", "revoked")]
        for item in prescribing.items_of(work, known[0].id) if known else []:
            if item.drug_id not in used:
                prescribing.set_item(work, rx_id, dict(item.ordered))

    _, problem = attempt(door, act)
    return _after(door, rx_id, problem)


@router.get("/doctor/drugs")
def drugs(door: Doctor, rx: Annotated[str, Query(max_length=40)] = "",
          q: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Medicines while typing."""
    rx_id = None
    with suppress(ValueError):
        rx_id = UUID(rx)
    with door.read() as work:
        found = drug_hits(work, prescribing.prescription_for(work, rx_id), q) if rx_id else ()
    return render_for(door, "staff/parts/_drug_hits.html", hits=found, query=q, rx_id=str(rx_id or ""))



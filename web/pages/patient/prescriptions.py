"""A prescription as the patient may see it: its content only once a pharmacist has approved it.

A paper that a pharmacy marked as dispensed says so here, and whoever did not get the medicine tells the hospital.
"""
from dataclasses import replace
from uuid import UUID

import segno
from fastapi import APIRouter, Response
from markupsafe import Markup

from app.identity import api as identity
from app.kit.text import Text
from app.settings import Settings
from app.work import Work
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.door import GuardedRoute, see_other
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.chat import WRITABLE
from web.pages.patient.findings import told_plainly, unjudged, who_knows
from web.pages.patient.medicine_words import RX_STATES, drug_of_item, rx_stages
from web.pages.patient.people import doctor_name, doctor_title, initial_of, pharmacist_name
from web.pages.patient.views import ConfirmView, Fact, FactKind, Words
from web.pages.patient.views_medicine import FilledView, PrescriptionView, TakenOff

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CHOOSE = Text(zh="选择药房", en="Choose a pharmacy")
FOLLOW = Text(zh="看药到哪里了", en="See where it is")
ASK = Text(zh="有疑问，问医生", en="A question? Ask the doctor")
ASK_ANEW = Text(zh="有疑问？重新看诊，可以还选这位医生",
                en="A question? Ask for a new visit; you can choose the same doctor")
OUTSIDE = ("ok", "store", Text(zh="已配出", en="Dispensed"),
           Text(zh="药房凭纸质处方配出了药", en="A pharmacy dispensed it from the paper"), 4)
IN_DOUBT = ("wait", "clock", Text(zh="医院在核实", en="The hospital is finding out"),
            Text(zh="您说没有拿到药", en="You said you did not get it"), 3)
BOX_OUT = ("wait", "clock", Text(zh="药没有送到，在查", en="It never came; we are finding out"),
           Text(zh="查清那一箱药以前，不能再配", en="It cannot be filled again until the box is found"), 3)
BOX = Text(zh="看怎么办", en="What you can do")
DENY = ConfirmView(
    Text(zh="您没有拿到这些药？", en="You did not get this medicine?"),
    Text(zh="先问问家里人：有人拿着处方替您去配过吗？", en="First ask at home: did somebody fetch it for you?"),
    Text(zh="告诉医院，我没有拿到", en="Tell the hospital I did not get it"), "",
    Text(zh="拿到了，返回", en="I have it, go back"), facts=(
        Fact("yes", Text(zh="本院药师马上收到，去核实", en="Our pharmacists hear of it at once and find out")),
        Fact("yes", Text(zh="如果没有配出，处方会放回来，您会收到消息，在有效期内还能配",
                         en="If it was not dispensed you are told, and it can be filled again while it is valid")),
        Fact("note", Text(zh="核实以前，谁也不能再配这张处方。急着用药，请马上问医生",
                          en="Until then nobody can fill it. If you need the medicine soon, ask a doctor now"))))
NO_CODE = Text(zh="还没有写", en="not written yet")
CHECKED = {"allergy": Text(zh="过敏", en="Allergies"), "dose": Text(zh="用量", en="Dose"),
           "interaction": Text(zh="和别的药一起吃", en="With your other medicines"),
           "duplicate": Text(zh="重复用药", en="The same medicine twice"), "age": Text(zh="年龄", en="Age"),
           "weight": Text(zh="体重", en="Weight"), "pregnancy": Text(zh="怀孕和哺乳", en="Pregnancy and nursing"),
           "renal": Text(zh="肾功能", en="Kidneys")}
FOUND: dict[FactKind, Text] = {"yes": Text(zh="核对过，没有发现问题", en="checked, nothing found"),
                               "note": Text(zh="有要留意的地方", en="something to watch"),
                               "off": Text(zh="没有核对", en="not checked")}
STATUS: dict[str, FactKind] = {"none_found": "yes", "found": "note", "not_covered": "off", "missing_fact": "off"}


def allergy_fact(found: records.HistoryView) -> Fact:
    """Allergies as they were told; "never asked" and "not sure" are never "none"."""
    if found.allergies:
        names = "、".join(a.text for a in found.allergies)
        return Fact("note", Text(zh=f"您报的过敏：{names}", en=f"Allergies you told us: {names}"))
    if found.none_known:
        return Fact("yes", Text(zh="您说没有已知的过敏", en="You said there is no known allergy"))
    return Fact("off", Text(zh="过敏不清楚，没有核对", en="Allergies are not known and were not checked"))


def _checks(work: Work, rx: prescribing.Prescription) -> tuple[tuple[Fact, ...], tuple[Text, ...]]:
    """What the checks cover with the record as it is now, by check, and what nobody has judged who let it pass.

    What was not covered says so.
    """
    report, items = prescribing.check_report(work, rx), prescribing.items_of(work, rx.id)
    known = who_knows(work, rx, report)
    kinds = [(kind, found) for kind in CHECKED for found in FOUND]
    rows = [one for one in report.coverage if one.status in STATUS]
    facts = [_check(kind, found, told, items, told_plainly(report, items, kind, known) if found == "note" else None)
             for kind, found in kinds
             if (told := [one for one in rows if one.kind == kind and STATUS[one.status] == found])]
    newer = unjudged(report, items, known) if prescribing.may_still_be_used(work, rx) else ()
    return (*facts, Fact("off", report.never_covered)), newer


def _check(kind: str, found: FactKind, told: list[prescribing.Coverage],
           items: list[prescribing.PrescriptionItem], found_words: Text | None) -> Fact:
    """One check with what it came to, in the words of what was found, or of what each medicine was checked for."""
    one = told[0].statement if len({row.statement for row in told}) == 1 else None
    note = found_words or one or Text(zh="；".join(f"{items[row.line].name_zh}：{row.statement.zh}" for row in told),
                       en="; ".join(f"{items[row.line].name_en}: {row.statement.en}" for row in told))
    name, word = CHECKED[kind], FOUND[found]
    return Fact(found, Text(zh=f"{name.zh}：{word.zh}", en=f"{name.en}: {word.en}"), note)


def _stands(work: Work, rx: prescribing.Prescription) -> bool:
    return rx.state in ("approved", "partly_redeemed") and rx.expires_at is not None and rx.expires_at > work.now


def _qr(work: Work, rx: prescribing.Prescription) -> Markup | None:
    """The code as a drawing; None when the prescription cannot be used any more."""
    if not _stands(work, rx):
        return None
    address = work.tool(Settings).origin + prescribing.prescription_qr(work, rx.id)
    return Markup(segno.make(address, error="m").svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704


def _box_out(work: Work, rx: prescribing.Prescription) -> UUID | None:
    """The order of ours that ended while its box was on the way; while that is in question, nobody else fills it."""
    if rx.state != "redeemed":
        return None
    return next((o.id for o in pharmacy.orders_of(work, rx.patient_id)
                 if o.prescription_id == rx.id and pharmacy.is_box_out(work, o)), None)


def _next(work: Work, rx: prescribing.Prescription, lost: UUID | None) -> tuple[str, Words]:
    if lost:
        return f"/orders/{lost}", BOX
    order = next((o for o in pharmacy.orders_of(work, rx.patient_id) if o.prescription_id == rx.id
                  and o.state not in ("cancelled", "unfilled")), None)
    if order is not None:
        return f"/orders/{order.id}", FOLLOW
    if _stands(work, rx):
        return f"/prescriptions/{rx.id}/pharmacies", CHOOSE
    return "", ""


def _review(work: Work, rx: prescribing.Prescription) -> tuple[identity.Practitioner | None, prescribing.Review | None]:
    found = [r for r in prescribing.reviews_of(work, rx.id) if r.decision == "approved"]
    stands = found and rx.reviewed_at is not None
    return (identity.practitioner(work, found[-1].pharmacist_id), found[-1]) if stands else (None, None)


def _diagnosis(work: Work, rx: prescribing.Prescription) -> Text:
    made = consult.diagnoses_of(work, rx.visit_id)
    if not made:
        return NO_CODE
    return Text(zh="、".join(f"{d.label_zh}（{d.code}）" for d in made),
                en=", ".join(f"{d.label_en} ({d.code})" for d in made))


def _asking(work: Work, rx: prescribing.Prescription) -> tuple[str, Text]:
    """Where a question goes: into the talk while it is open, after its end to a new visit."""
    if work.get(consult.Visit, rx.visit_id).state in WRITABLE:
        return f"/visits/{rx.visit_id}/chat", ASK
    return "/triage", ASK_ANEW


def _filled(work: Work, rx: prescribing.Prescription) -> FilledView | None:
    """Who marked the paper as dispensed, while that stands."""
    made = prescribing.filling_of(work, rx.id) if rx.state == "redeemed" else None
    if made is None:
        return None
    href = "" if made.denied_at else f"/prescriptions/{rx.id}/not-received"
    return FilledView(made.outside_name, made.at, made.denied_at, href)


def _taken_off(work: Work, rx: prescribing.Prescription) -> tuple[TakenOff, ...]:
    """The marks on the paper that do not stand any more, newest first."""
    return tuple(TakenOff(one.outside_name, one.at, one.reversed_at or one.at)
                 for one in reversed(prescribing.fillings_taken_off(work, rx.id)))


def prescription_view(work: Work, rx: prescribing.Prescription) -> PrescriptionView:
    """The page of one prescription; before approval it says only where it stands."""
    expired = rx.state == "approved" and rx.expires_at is not None and rx.expires_at <= work.now
    filled, closed = _filled(work, rx), _stands(work, rx) and prescribing.is_paper_closed(work, rx.id)
    lost = _box_out(work, rx)
    family, icon, kicker, title, due = BOX_OUT if lost else RX_STATES["expired" if expired else rx.state]
    if filled:
        family, icon, kicker, title, due = IN_DOUBT if filled.told else OUTSIDE
    told, doctor = prescribing.is_told(rx), identity.practitioner(work, rx.practitioner_id)
    items = prescribing.items_of(work, rx.id) if told else []
    checks, newer = _checks(work, rx) if told else ((), ())
    pharmacist, review = _review(work, rx) if told else (None, None)
    href, action = _next(work, rx, lost)
    title_of = doctor_title(doctor)
    return PrescriptionView(
        acting_for(work, rx.patient_id).person, family, icon, kicker, title, rx_stages(due),  # type: ignore[arg-type]
        tuple(drug_of_item(item) for item in items), max((i.days for i in items), default=0),
        _diagnosis(work, rx) if told else "", allergy_fact(records.history_of(work, rx.patient_id)), rx.number,
        Text(zh=f"{doctor_name(doctor).zh}，{title_of.zh}", en=f"{doctor_name(doctor).en}, {title_of.en}"),
        rx.signed_at or rx.drafted_at, prescribing.last_minute(rx) if told else None, (),
        pharmacist_name(pharmacist) if pharmacist else "", initial_of(pharmacist.name) if pharmacist else "",
        (review.text or Text(zh="审核通过", en="Approved")) if review else "", rx.reviewed_at,
        checks, _qr(work, rx) if told and not closed else None, "", href, action,
        *_asking(work, rx), filled=filled, closed=closed,
        taken_off=_taken_off(work, rx), unjudged=newer)


@router.get("/prescriptions/{prescription_id}")
def prescription(prescription_id: UUID, door: Patient) -> Response:
    """One prescription; a draft does not exist for the patient."""
    with door.read() as work:
        rx = prescribing.prescription_for(work, prescription_id)
        return show(door, "prescription", framed(work), prescription_view(work, rx))


@router.get("/prescriptions/{prescription_id}/not-received")
def ask_denial(prescription_id: UUID, door: Patient) -> Response:
    """What it means to tell the hospital that the medicine was not received."""
    here = f"/prescriptions/{prescription_id}"
    with door.read() as work:
        filled = _filled(work, prescribing.prescription_for(work, prescription_id))
        if filled is None or filled.told:
            return see_other(here)
        return show(door, "confirm", framed(work), replace(DENY, back=here))


@router.post("/prescriptions/{prescription_id}/not-received")
def deny(prescription_id: UUID, door: Patient) -> Response:
    """The patient did not get what a pharmacy marked as dispensed."""
    with door.write() as work:
        prescribing.deny_filling(work, prescription_id)
    return see_other(f"/prescriptions/{prescription_id}")

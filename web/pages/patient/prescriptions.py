"""A prescription as the patient may see it: its content only once a pharmacist has approved it."""
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
from web.door import GuardedRoute
from web.pages.patient.acting import Patient, acting_for, framed, show
from web.pages.patient.medicine_words import READABLE, RX_STATES, drug_of_item, rx_stages
from web.pages.patient.people import doctor_name, doctor_title, initial_of, pharmacist_name
from web.pages.patient.views import Fact, Words
from web.pages.patient.views_medicine import PrescriptionView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
CHOOSE = Text(zh="选择药房", en="Choose a pharmacy")
FOLLOW = Text(zh="看药到哪里了", en="See where it is")
NO_CODE = Text(zh="还没有写", en="not written yet")
STATUS = {"none_found": "yes", "found": "note", "not_covered": "off", "missing_fact": "off"}


def allergy_fact(found: records.HistoryView) -> Fact:
    """Allergies as they were told; "never asked" and "not sure" are never "none"."""
    if found.allergies:
        names = "、".join(a.text for a in found.allergies)
        return Fact("note", Text(zh=f"您报的过敏：{names}", en=f"Allergies you told us: {names}"))
    if found.none_known:
        return Fact("yes", Text(zh="您说没有已知的过敏", en="You said there is no known allergy"))
    return Fact("off", Text(zh="过敏不清楚，没有核对", en="Allergies are not known and were not checked"))


def _checks(work: Work, rx: prescribing.Prescription) -> tuple[Fact, ...]:
    """What the checks cover with the record as it is now, each sentence once; what was not covered says so."""
    report = prescribing.check_report(work, rx)
    rows = {(STATUS[c.status], c.statement.zh): c for c in report.coverage if c.status in STATUS}
    facts = [Fact(kind, c.statement) for (kind, _), c in rows.items()]  # type: ignore[arg-type]
    return (*facts, Fact("off", report.never_covered))


def _qr(work: Work, rx: prescribing.Prescription) -> Markup | None:
    """The code as a drawing; None when the prescription cannot be used any more."""
    usable = rx.state in ("approved", "partly_redeemed") and rx.expires_at is not None and rx.expires_at > work.now
    if not usable:
        return None
    address = work.tool(Settings).origin + prescribing.prescription_qr(work, rx.id)
    return Markup(segno.make(address, error="m").svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704


def _next(work: Work, rx: prescribing.Prescription) -> tuple[str, Words]:
    order = next((o for o in pharmacy.orders_of(work, rx.patient_id) if o.prescription_id == rx.id
                  and o.state not in ("cancelled", "unfilled")), None)
    if order is not None:
        return f"/orders/{order.id}", FOLLOW
    if rx.state in ("approved", "partly_redeemed") and rx.expires_at and rx.expires_at > work.now:
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


def prescription_view(work: Work, rx: prescribing.Prescription) -> PrescriptionView:
    """The page of one prescription; before approval it says only where it stands."""
    expired = rx.state == "approved" and rx.expires_at is not None and rx.expires_at <= work.now
    family, icon, kicker, title, due = RX_STATES["expired" if expired else rx.state]
    told, doctor = rx.state in READABLE, identity.practitioner(work, rx.practitioner_id)
    items = prescribing.items_of(work, rx.id) if told else []
    pharmacist, review = _review(work, rx) if told else (None, None)
    href, action = _next(work, rx)
    title_of = doctor_title(doctor)
    return PrescriptionView(
        acting_for(work, rx.patient_id).person, family, icon, kicker, title, rx_stages(due),  # type: ignore[arg-type]
        tuple(drug_of_item(item) for item in items), max((i.days for i in items), default=0),
        _diagnosis(work, rx) if told else "", allergy_fact(records.history_of(work, rx.patient_id)), rx.number,
        Text(zh=f"{doctor_name(doctor).zh}，{title_of.zh}", en=f"{doctor_name(doctor).en}, {title_of.en}"),
        rx.signed_at or rx.drafted_at, prescribing.last_minute(rx) if told else None, (),
        pharmacist_name(pharmacist) if pharmacist else "", initial_of(pharmacist.name) if pharmacist else "",
        (review.text or Text(zh="审核通过", en="Approved")) if review else "", rx.reviewed_at,
        _checks(work, rx) if told else (), _qr(work, rx) if told else None, "", href, action,
        f"/visits/{rx.visit_id}/chat")


@router.get("/prescriptions/{prescription_id}")
def prescription(prescription_id: UUID, door: Patient) -> Response:
    """One prescription; a draft does not exist for the patient."""
    with door.read() as work:
        rx = prescribing.prescription_for(work, prescription_id)
        return show(door, "prescription", framed(work), prescription_view(work, rx))

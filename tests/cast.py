"""The cast in a small hospital, and the main job up to any point, without HTTP: for the tests of every step.

`scene = build_hospital(house)`; then `waiting_visit(scene)`, `visit_in_progress(scene)`, `signed_prescription(scene)`.
All of it goes through the commands that people use; only the hospital itself is written straight into its tables.
"""
import io
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from PIL import Image

from app.identity import api as identity
from app.identity.staff import signing
from app.kit.clock import local_date
from app.kit.ids import uuid7
from app.payments import api as payments
from app.storage import ObjectStore
from app.work import House
from consult import api as consult
from prescribing import api as prescribing
from prescribing.rx.problems import ConfirmationMissing
from records import api as records
from tests.hospital import DEPARTMENTS, PEOPLE, Scene, open_hospital
from tests.photographs import opened, remembered

PIN = "295731"
COMPLAINTS = {"wang": "hypertension_followup", "xiaoyu": "asthma_followup"}
DIAGNOSES = {"wang": "I10", "xiaoyu": "J45.9"}
NOTE = {"history": "血压平稳，按时服药。", "assessment": "高血压，控制尚可。",
        "advice": "每天早饭后服药，少盐，每天量血压。",
        "red_flags": "胸痛、说话不清时马上拨打 120。", "next_step": "四周后复诊。"}


@opened
def build_hospital(house: House) -> Scene:
    """Doctors lin, he, gao on duty, pharmacists ren, su, pharmacies kang, an, and the families, who may ask at once."""
    scene = open_hospital(house)
    for name in ("wang", "xiaoyu"):
        give_consents(scene, name)
        give_history(scene, name)
    scene.run()
    return scene


# --- before the visit ---------------------------------------------------------------------------------------


def give_consents(scene: Scene, patient: str = "wang") -> None:
    """Everything that is still missing is agreed to; the informed consent is good for one visit."""
    with scene.by(scene.owner_of(patient)) as work:
        for form in records.missing_consents(work, scene.patients[patient]):
            records.give_consent(work, scene.patients[patient], form)


def give_history(scene: Scene, patient: str = "wang") -> None:
    """Wang: penicillin allergy, amlodipine; others: none known. Confirmed."""
    who = scene.patients[patient]
    with scene.by(scene.owner_of(patient)) as work:
        if patient == "wang":
            records.save_allergies(work, who, [records.AllergyIn(text="青霉素", reaction="皮疹")])
            records.save_medicines(work, who, [records.MedicineIn(text="氨氯地平", drug_id="amlodipine")])
        else:
            records.save_allergies(work, who, "none")
            records.save_medicines(work, who, "none")
        if PEOPLE[patient][1].year > 2008:
            records.save_weight(work, who, 16_500)
        elif PEOPLE[patient][2] == "female":
            records.save_pregnancy(work, who, "no")
        records.confirm_history(work, who)


def confirm_history(scene: Scene, patient: str = "wang") -> None:
    """The patient says on the way to a visit that the history is still right."""
    scene.does(scene.owner_of(patient), records.confirm_history, scene.patients[patient])


@remembered
def finished_triage(scene: Scene, patient: str = "wang", level: str | None = None, complaint: str | None = None,
                    department: str | None = None) -> consult.Triage:
    """A calm triage through its own commands; then `level` and `department` as the test needs them."""
    with scene.by(scene.owner_of(patient)) as work:
        found = consult.start_triage(work, scene.patients[patient], complaint or COMPLAINTS.get(patient, "general"))
        lines = [line.question.id for line in consult.triage_view(work, found.id).gate]
        consult.answer_gate(work, found.id, consult.ticked(lines, [], "no"))
        while found.state == "open" and (question := consult.triage_view(work, found.id).question) is not None:
            value = {"yes_no_unknown": "no", "number": "unknown"}.get(question.kind)
            consult.answer_question(work, found.id, question.id, value or question.options[-1].id)
        if found.state == "open":
            consult.finish_triage(work, found.id)
        found.level = level or found.level
        found.department = department or DEPARTMENTS.get(patient, "internal_medicine")
        return work.add(found)


def offered_evidence(scene: Scene, patient: str = "wang") -> records.Evidence:
    """A photo of a paper from Renmin, offered and not judged."""
    kept = uploaded(scene, patient)
    return scene.does(scene.owner_of(patient), records.offer_evidence, scene.patients[patient], kept.id)


def uploaded(scene: Scene, patient: str = "wang") -> records.Document:
    """A picture kept in the record of a patient, a different one each time."""
    serial, who = uuid7().int, scene.patients[patient]
    out = io.BytesIO()
    Image.new("RGB", (24, 16), (serial >> 16 & 255, serial >> 8 & 255, serial & 255)).save(out, "PNG")
    page = records.store_page(scene.house.tools.get(ObjectStore), who, out.getvalue(), "paper.png")
    return scene.does(scene.owner_of(patient), records.keep_document, who, [page], "outpatient_record", "门诊病历")


# --- the visit ----------------------------------------------------------------------------------------------


@remembered
def requested_visit(scene: Scene, patient: str = "wang", kind: str = "follow_up", evidence: bool = True,
                    level: str | None = None, wanted: str | None = None, triage: Any = None) -> consult.Visit:
    """A wish for a visit whose payment is open; by default with evidence offered before."""
    give_consents(scene, patient)
    found = triage or finished_triage(scene, patient, level)
    scene.clock.forward(seconds=1)  # a confirmation belongs to the visit that follows it
    confirm_history(scene, patient)
    ids = [offered_evidence(scene, patient).id] if evidence and kind == "follow_up" else []
    doctor = scene.people[wanted].practitioner_id if wanted else None
    visit = scene.does(scene.owner_of(patient), consult.request_visit, found.id, kind, doctor, ids)
    scene.run()
    return visit


def pay(scene: Scene, payable_id: UUID, kind: str = "visit", choice: str = "pay") -> payments.Payment:
    """The patient presses a button at the built-in cashier; its notice is heard. Returns the payment as it stands."""
    with scene.sees("house") as work:
        payment = payments.payment_of(work, kind, payable_id)
    assert payment is not None and payment.provider_ref
    provider = scene.house.tools.get(payments.Cashiers).get(payment.provider)
    notice = provider.press(payment.provider_ref, payments.Choice(choice))
    if notice is not None:
        event = provider.parse_webhook(notice.raw, notice.headers)
        scene.does("house", payments.receive_webhook, event)
    scene.run()
    return scene.row(payments.Payment, payment.id)


@remembered
def waiting_visit(scene: Scene, patient: str = "wang", **wish: Any) -> consult.Visit:
    """A visit whose fee is held (without evidence a follow-up stands in needs_evidence)."""
    visit = requested_visit(scene, patient, **wish)
    pay(scene, visit.id)
    return scene.row(consult.Visit, visit.id)


@remembered
def visit_in_progress(scene: Scene, patient: str = "wang", doctor: str | None = None, **wish: Any) -> consult.Visit:
    """A visit that a doctor has taken; the fee is captured."""
    visit = waiting_visit(scene, patient, **wish)
    scene.does(doctor or scene.doctor_of(patient), consult.accept_visit, visit.id)
    scene.run()
    return scene.row(consult.Visit, visit.id)


@remembered
def with_evidence(scene: Scene, patient: str = "wang", **wish: Any) -> consult.Visit:
    """A running visit whose evidence the doctor has read and accepted."""
    visit = visit_in_progress(scene, patient, **wish)
    with scene.by(scene.doctor_of(patient)) as work:
        piece = records.evidence_of(work, visit.patient_id)[0]
        records.accept_evidence(work, piece.id, visit.id, "人民医院", DIAGNOSES.get(patient, "I10"),
                                local_date(work.now) - timedelta(days=60))
    return visit


@remembered
def judged(scene: Scene, patient: str = "wang", **wish: Any) -> consult.Visit:
    """… and judged to be a follow-up of the same condition (a child's guardian takes part)."""
    visit = with_evidence(scene, patient, **wish)
    present = {"guardian_present": True} if PEOPLE[patient][3] == "child" else {}
    scene.does(scene.doctor_of(patient), consult.judge_follow_up, visit.id, is_follow_up=True, same_condition=True,
               condition_changed=False, **present)
    return visit


@remembered
def diagnosed(scene: Scene, patient: str = "wang", **wish: Any) -> consult.Visit:
    """… and the diagnosis is coded."""
    visit = judged(scene, patient, **wish)
    scene.does(scene.doctor_of(patient), consult.diagnose, visit.id, DIAGNOSES.get(patient, "I10"))
    scene.run()
    return visit


@remembered
def finished_visit(scene: Scene, patient: str = "wang", **wish: Any) -> consult.Visit:
    """… and the doctor has written the note and finished."""
    visit = diagnosed(scene, patient, **wish)
    with scene.by(scene.doctor_of(patient)) as work:
        consult.write_note(work, visit.id, **NOTE, next_visit_on=local_date(work.now) + timedelta(days=28))
        consult.finish_visit(work, visit.id)
    scene.run()
    return scene.row(consult.Visit, visit.id)


# --- the medicine -------------------------------------------------------------------------------------------


def line(drug_id: str = "amlodipine", strength: str | None = "5 mg", dose: str = "5", unit: str = "mg",
         **order: Any) -> dict[str, Any]:
    """The content of one line as the doctor enters it: 5 mg of amlodipine once a day for a week unless told."""
    products = prescribing.load().drugs[drug_id].products
    product = next((p for p in products if strength in (None, p.strength)), products[0])
    return {"drug_id": drug_id, "product_code": product.code, "dose": {"value": dose, "unit": unit},
            "route": product.route, "frequency": "qd", "days": 7} | order


def signing_pin(scene: Scene, doctor: str = "lin") -> None:
    """Give a doctor a signing key under PIN, with a derivation that costs a test nothing."""
    me = scene.people[doctor].practitioner_id
    with scene.by("house") as work:
        if work.get(identity.Practitioner, me).signing_key_id is None:
            with patch.dict(signing.KDF, {"time_cost": 1, "memory_cost": 8, "parallelism": 1}):
                identity.set_signing_pin(work, me, PIN)


@remembered
def drafted_prescription(scene: Scene, *lines: dict[str, Any], patient: str = "wang",
                         visit: consult.Visit | None = None) -> prescribing.Prescription:
    """A draft in a diagnosed visit; without `lines` one week of amlodipine."""
    visit = visit or diagnosed(scene, patient)
    with scene.by(scene.doctor_of(patient)) as work:
        rx = prescribing.start_draft(work, visit.id)
        for content in lines or (line(),):
            prescribing.set_item(work, rx.id, content)
        prescribing.set_terms(work, rx.id, validity_days=3, off_label=False)
        return rx


def answer_findings(scene: Scene, rx: prescribing.Prescription, doctor: str = "lin") -> None:
    """The doctor gives a reason for every finding that asks for one."""
    with scene.by(doctor) as work:
        row = work.get(prescribing.Prescription, rx.id)
        for finding in prescribing.unanswered(work, row, prescribing.check_report(work, row)):
            prescribing.acknowledge(work, rx.id, finding.id, finding.digest, "monitoring_arranged", "已评估，继续")


@remembered
def signed_prescription(scene: Scene, *lines: dict[str, Any], patient: str = "wang",
                        visit: consult.Visit | None = None) -> prescribing.Prescription:
    """A draft that its doctor has signed; the pharmacists' queue has it."""
    doctor = scene.doctor_of(patient)
    signing_pin(scene, doctor)
    rx = drafted_prescription(scene, *lines, patient=patient, visit=visit)
    answer_findings(scene, rx, doctor)
    scene.does(doctor, prescribing.sign_prescription, rx.id, PIN)
    scene.run()
    return scene.row(prescribing.Prescription, rx.id)


@remembered
def approved_prescription(scene: Scene, *lines: dict[str, Any], patient: str = "wang",
                          visit: consult.Visit | None = None, by: str = "ren") -> prescribing.Prescription:
    """A signed prescription that a pharmacist has approved, confirming what has to be; it can be filled."""
    rx = signed_prescription(scene, *lines, patient=patient, visit=visit)
    scene.does(by, prescribing.take_review, rx.id)
    try:
        scene.does(by, prescribing.approve, rx.id)
    except ConfirmationMissing as asked:  # a second prescription of the same medicine, for one
        scene.does(by, prescribing.approve, rx.id, "", [f["id"] for f in asked.facts["findings"]])
    scene.run()
    return scene.row(prescribing.Prescription, rx.id)

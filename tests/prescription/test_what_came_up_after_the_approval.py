"""What came up after the approval is told as new: nobody who let the prescription pass has seen it."""
from typing import Any

import pytest

from app.notify import api as notify
from app.work import all_of
from consult import api as consult
from prescribing import api as prescribing
from prescribing.subscribers import NEWLY_AGAINST
from records import api as records
from tests.cast import NOTE, Scene, approved_prescription, line, signed_prescription
from tests.pharmacy.counter import accepted, delivered
from web.pages.patient.findings import NEWER, REVIEWED, SEEN, STOP
from web.pages.patient.prescriptions import prescription_view
from web.pages.patient.views_medicine import PrescriptionView
from web.pages.staff.doctor.signing import prescription_page as doctor_page

PARACETAMOL = line("paracetamol", None, "500", frequency="qd")
AMOXICILLIN = line("amoxicillin", None, "1", "capsule", frequency="tid")


def page(scene: Scene, rx: prescribing.Prescription) -> PrescriptionView:
    with scene.sees("wang") as work:
        return prescription_view(work, prescribing.prescription_for(work, rx.id))


def words(view: PrescriptionView) -> str:
    return " ".join(f"{fact.note.zh} {fact.note.en}" for fact in view.checks if fact.note)  # type: ignore[union-attr]


def says(scene: Scene, *allergies: str, reaction: str = "喉头水肿") -> None:
    told: Any = [records.AllergyIn(text=one, reaction=reaction) for one in allergies] or "none"
    scene.does("wang", records.save_allergies, scene.patients["wang"], told)
    scene.clock.forward(seconds=1)


@pytest.mark.invariant(6)
def test_an_allergy_told_after_the_approval_is_new_and_stops_the_use(scene: Scene) -> None:
    rx = approved_prescription(scene, PARACETAMOL)
    assert page(scene, rx).unjudged == ()
    says(scene, "对乙酰氨基酚")
    view = page(scene, rx)
    assert STOP.zh in words(view) and STOP.en in words(view)
    assert SEEN.zh not in words(view) and REVIEWED.zh not in words(view)
    [new] = view.unjudged
    assert "喉头水肿" in new.zh and "The very medicine of the allergy" in new.en  # type: ignore[union-attr]
    assert view.ask_href == f"/visits/{rx.visit_id}/chat", "the talk still runs"


@pytest.mark.invariant(6)
def test_it_stands_out_even_where_its_check_could_not_compare_everything(scene: Scene) -> None:
    rx = approved_prescription(scene, PARACETAMOL)
    says(scene, "对乙酰氨基酚", "奶奶说的那种药")
    assert len(page(scene, rx).unjudged) == 1


@pytest.mark.invariant(6)
def test_what_stood_at_the_signature_and_the_approval_was_seen(scene: Scene) -> None:
    rx = _over_a_struck_allergy(scene)
    assert SEEN.zh in words(page(scene, rx)) and page(scene, rx).unjudged == ()


@pytest.mark.invariant(6)
def test_the_same_finding_in_graver_words_is_new(scene: Scene) -> None:
    rx = _over_a_struck_allergy(scene)
    says(scene, "青霉素")
    view = page(scene, rx)
    assert STOP.zh in words(view) and len(view.unjudged) == 1


def test_what_only_the_pharmacist_had_before_them_is_not_the_doctors(scene: Scene) -> None:
    scene.does("wang", records.save_medicines, scene.patients["wang"], "none")
    rx = signed_prescription(scene, PARACETAMOL)
    _takes(scene, "对乙酰氨基酚")
    _approve(scene, rx)
    assert REVIEWED.zh in words(page(scene, rx)) and SEEN.zh not in words(page(scene, rx))


def test_information_that_is_new_says_so_softly(scene: Scene) -> None:
    scene.does("wang", records.save_medicines, scene.patients["wang"], "none")
    rx = approved_prescription(scene, PARACETAMOL)
    _takes(scene, "对乙酰氨基酚")
    view = page(scene, rx)
    assert NEWER.zh in words(view) and NEWER.en in words(view) and STOP.zh not in words(view) and view.unjudged == ()


def test_what_it_brought_itself_is_no_second_medicine(scene: Scene) -> None:
    order = delivered(scene)
    with scene.by("lin") as work:
        rx = work.get(prescribing.Prescription, order.prescription_id)
        report = prescribing.check_report(work, rx)
        assert prescribing.known_at_approval(work, rx.id, report.findings) == {one.id for one in report.findings}


@pytest.mark.invariant(6)
def test_a_medicine_in_hand_is_warned_of_until_its_days_are_over(scene: Scene) -> None:
    order = delivered(scene)
    rx = scene.row(prescribing.Prescription, order.prescription_id)
    says(scene, "氨氯地平")
    assert page(scene, rx).unjudged
    scene.clock.forward(days=40)
    assert page(scene, rx).unjudged == ()


def _takes(scene: Scene, name: str) -> None:
    scene.does("wang", records.save_medicines, scene.patients["wang"], [records.MedicineIn(text=name)])


def _approve(scene: Scene, rx: prescribing.Prescription) -> None:
    with scene.by("lin") as work:
        known = work.get(prescribing.Prescription, rx.id)
        ids = [one.id for one in prescribing.check_report(work, known).findings]
    scene.does("ren", prescribing.approve, rx.id, "", ids)


def _over_a_struck_allergy(scene: Scene) -> prescribing.Prescription:
    """Amoxicillin, approved with a reason although the patient once told of penicillin and took it back."""
    says(scene, "青霉素")
    says(scene)
    return approved_prescription(scene, AMOXICILLIN)


def _confirms(scene: Scene) -> None:
    scene.does("wang", records.confirm_history, scene.patients["wang"])
    scene.run()


def _heard(scene: Scene) -> dict[str, str]:
    """Who of the staff was told that a prescription may not suit any more, with where it leads."""
    names = {scene.people[name].account_id: name for name in ("lin", "ren", "gao")}
    with scene.sees("house") as work:
        return {names[one.account_id]: one.link for one in all_of(work, notify.InboxItem)
                if one.text_zh == NEWLY_AGAINST.zh}


@pytest.mark.invariant(6)
def test_the_doctor_hears_of_it_while_it_can_be_filled(scene: Scene) -> None:
    rx = approved_prescription(scene, PARACETAMOL)
    _confirms(scene)
    assert _heard(scene) == {}
    says(scene, "对乙酰氨基酚")
    _confirms(scene)
    assert _heard(scene) == {"lin": f"/doctor/prescriptions/{rx.id}"}


@pytest.mark.invariant(6)
def test_the_doctor_hears_of_it_while_a_pharmacy_has_it_in_hand(scene: Scene) -> None:
    accepted(scene)
    says(scene, "氨氯地平")
    _confirms(scene)
    assert set(_heard(scene)) == {"lin"}


def test_nobody_is_rung_for_what_they_judged_what_is_over_or_another_prescription(scene: Scene) -> None:
    rx = _over_a_struck_allergy(scene)
    with scene.by("lin") as work:
        visit = work.get(consult.Visit, rx.visit_id)
    approved_prescription(scene, AMOXICILLIN, visit=visit)
    _confirms(scene)
    assert _heard(scene) == {}, "both were judged"
    scene.clock.forward(days=40)
    says(scene, "青霉素")
    _confirms(scene)
    assert _heard(scene) == {}, "nobody can fill it any more"


def test_the_page_that_the_notice_leads_to_opens_also_after_the_visit(scene: Scene) -> None:
    rx = approved_prescription(scene, PARACETAMOL)
    with scene.by("lin") as work:
        consult.write_note(work, rx.visit_id, **NOTE)
        consult.finish_visit(work, rx.visit_id)
    scene.clock.forward(days=2, hours=20)
    with scene.sees("lin") as work:
        assert doctor_page(work, prescribing.prescription_for(work, rx.id))

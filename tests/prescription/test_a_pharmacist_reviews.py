"""A pharmacist, never the prescriber, approves or returns; what the checks said is kept with the decision."""
from datetime import date
from uuid import UUID

import pytest

from app.identity import api as identity
from app.kit.problems import NotFound
from app.kit.states import WrongState
from app.policy import api as policy
from app.work import Actor
from consult import api as consult
from prescribing import api as prescribing
from prescribing.checks.findings import Finding
from prescribing.review import commands as review
from prescribing.rx.problems import (
    ConfirmationMissing,
    HardStop,
    HeldByColleague,
    NotUsable,
    OwnPrescription,
    ReasonMissing,
)
from records import api as records
from tests.cast import approved_prescription, line, signed_prescription
from web.pages.staff.checking import over_week
from web.pages.staff.pharmacist.queue import queue_view
from web.pages.staff.pharmacist.review import review_view


def state(scene, rx):
    return scene.row(prescribing.Prescription, rx.id).state


def approve(scene, rx, who="ren", **more):
    return scene.does(who, prescribing.approve, rx.id, **more)


def avoid(**more):
    """A finding of the checks that a pharmacist has to confirm."""
    words = {name: {"zh": "合用要小心", "en": "Use together with care"} for name in
             ("title", "detail", "action", "source", "covers")}
    return Finding(**{"id": "interaction:a+b", "kind": "interaction", "severity": "must_confirm", "lines": (0,)} | words
                   | more)


def test_approval_opens_the_way_to_the_pharmacy(scene):
    rx = signed_prescription(scene)
    made = approve(scene, rx, remark=" 已核对 ")
    scene.run()
    row = scene.row(prescribing.Prescription, rx.id)
    assert (row.state, row.reviewer_id, made.text) == ("approved", scene.ren.practitioner_id, "已核对")
    assert made.digest == rx.digest and made.decision_id
    with scene.sees("house") as work:
        assert prescribing.usable_or_none(work, rx.id) is not None
        assert policy.decision_record(work, made.decision_id).stage == "review"
    with scene.sees("wang") as work:
        assert [p.id for p in prescribing.prescriptions_of(work, rx.patient_id)] == [rx.id]
        assert "prescription" in [e.kind for e in records.timeline(work, rx.patient_id)]


@pytest.mark.invariant(4)
@pytest.mark.parametrize("act", [
    lambda work, rx: prescribing.take_review(work, rx.id), lambda work, rx: prescribing.approve(work, rx.id),
    lambda work, rx: prescribing.return_prescription(work, rx.id, "dose", "太多")])
def test_nobody_reviews_what_they_prescribed_under_any_hat(scene, act):
    rx = signed_prescription(scene)
    lin = scene.lin
    hats = [Actor("pharmacist", lin.account_id, scene.hospital, lin.practitioner_id),
            Actor("pharmacist", lin.account_id, scene.hospital, scene.su.practitioner_id)]
    for hat in hats:
        with pytest.raises(OwnPrescription), scene.house.write(hat) as work:
            act(work, rx)
    assert state(scene, rx) == "signed"


@pytest.mark.invariant(4)
@pytest.mark.parametrize("who", ["wang", "lin", "gao", "kang", "bai", "qin"])
def test_only_a_pharmacist_of_the_house_reviews(scene, who):
    rx = signed_prescription(scene)
    with pytest.raises(NotFound):
        approve(scene, rx, who)
    stranger = Actor("pharmacist", scene.ren.account_id, scene.renmin, scene.ren.practitioner_id)
    with pytest.raises(NotFound), scene.house.write(stranger) as work:
        prescribing.approve(work, rx.id)


@pytest.mark.invariant(4)
def test_a_reviewer_without_the_years_is_refused_and_the_refusal_is_kept(scene):
    rx = signed_prescription(scene)
    with scene.by("house") as work:
        work.get(identity.Practitioner, scene.ren.practitioner_id).dispensing_since = date(2026, 1, 1)
    with pytest.raises(policy.StepRefused) as refused:
        approve(scene, rx)
    assert "CN-DISP-02" in refused.value.facts["rules"]
    with scene.sees("house") as work:
        assert policy.decision_row(work, UUID(refused.value.facts["decision_ids"][0]))
    assert state(scene, rx) == "signed"


def test_a_review_in_hand_keeps_a_colleague_away_for_five_minutes(scene):
    rx = signed_prescription(scene)
    scene.does("ren", prescribing.take_review, rx.id)
    for act in (prescribing.take_review, prescribing.approve):
        with pytest.raises(HeldByColleague):
            scene.does("su", act, rx.id)
    scene.clock.forward(minutes=5)
    scene.does("su", prescribing.take_review, rx.id)
    with pytest.raises(HeldByColleague):
        approve(scene, rx)
    assert approve(scene, rx, "su").decision == "approved"


def test_a_review_that_is_put_back_is_free_at_once(scene):
    rx = signed_prescription(scene)
    scene.does("ren", prescribing.take_review, rx.id)
    scene.does("ren", prescribing.release_review, rx.id)
    scene.does("su", prescribing.take_review, rx.id)
    with pytest.raises(HeldByColleague):
        approve(scene, rx)


def test_nobody_puts_back_what_a_colleague_holds(scene):
    rx = signed_prescription(scene)
    scene.does("ren", prescribing.take_review, rx.id)
    scene.does("su", prescribing.release_review, rx.id)
    with pytest.raises(HeldByColleague):
        scene.does("su", prescribing.take_review, rx.id)


@pytest.mark.parametrize("second", [prescribing.approve, prescribing.take_review])
def test_what_is_decided_is_decided(scene, second):
    rx = approved_prescription(scene)
    with pytest.raises(WrongState):
        scene.does("su", second, rx.id)


@pytest.mark.invariant(6)
def test_an_allergy_told_after_signing_stops_the_approval(scene):
    rx = signed_prescription(scene)
    with scene.by("wang") as work:
        records.save_allergies(work, rx.patient_id, [records.AllergyIn(text="氨氯地平", reaction="水肿")])
    with pytest.raises(HardStop) as stopped:
        approve(scene, rx, confirmed=["everything"])
    assert stopped.value.facts["findings"]
    assert state(scene, rx) == "signed"


@pytest.mark.invariant(6)
def test_what_has_to_be_confirmed_is_confirmed_one_by_one_and_kept(scene, monkeypatch):
    rx = signed_prescription(scene)
    two = [avoid(), avoid(id="interaction:a+c")]
    monkeypatch.setattr(review, "findings_now", lambda work, rx: two)
    for given in ([], ["interaction:a+b"], ["something else"]):
        with pytest.raises(ConfirmationMissing) as missing:
            approve(scene, rx, confirmed=given)
        assert "interaction:a+c" in [f["id"] for f in missing.value.facts["findings"]]
    made = approve(scene, rx, confirmed=["interaction:a+c", "interaction:a+b", "invented"])
    assert made.confirmed == ["interaction:a+b", "interaction:a+c"]
    assert [f["id"] for f in made.findings] == ["interaction:a+b", "interaction:a+c"]


def test_notes_and_precautions_need_no_confirmation_but_are_kept(scene, monkeypatch):
    rx = signed_prescription(scene)
    monkeypatch.setattr(review, "findings_now", lambda work, rx: [avoid(severity="precaution"), avoid(severity="note")])
    assert len(approve(scene, rx).findings) == 2


@pytest.mark.invariant(4)
def test_what_is_over_is_not_approved(scene):
    rx = signed_prescription(scene)
    scene.clock.forward(days=4)
    with pytest.raises(NotUsable) as refused:
        approve(scene, rx)
    assert refused.value.facts["state"] == "expired"


def test_the_record_closes_again_when_the_decision_is_made(scene):
    rx = approved_prescription(scene)
    for who in ("su", "ren"):
        with pytest.raises(NotFound), scene.sees(who) as work:
            records.require_readable(work, rx.patient_id, "history")
    with pytest.raises(NotFound), scene.sees("su") as work:
        prescribing.prescription_for(work, rx.id)
    with scene.sees("ren") as work:
        assert prescribing.prescription_for(work, rx.id).id == rx.id


@pytest.mark.parametrize(("code", "text"), [("dose", ""), ("dose", "   "), ("because", "太多"), ("", "太多")])
def test_a_return_needs_a_coded_reason_and_a_sentence(scene, code, text):
    rx = signed_prescription(scene)
    with pytest.raises(ReasonMissing), scene.by("ren") as work:
        prescribing.return_prescription(work, rx.id, code, text)


def test_the_queue_is_oldest_first_and_costs_one_statement(scene):
    from tests.records.cast import Statements
    first = signed_prescription(scene)
    scene.clock.forward(minutes=1)
    second = signed_prescription(scene, line(days=3), visit=scene.row(consult.Visit, first.visit_id))
    with scene.sees("ren") as work, Statements(work.session) as sql:
        assert [row.prescription.id for row in prescribing.review_queue(work)] == [first.id, second.id]
    assert sql.count <= 6


def test_the_preview_of_the_queue_shows_every_finding_of_the_review_and_the_reason_for_more_days(scene) -> None:
    """Precautions and notes were left out, and the preview then said that nothing was found."""
    rx = signed_prescription(scene, line("loratadine", None, "10"))
    with scene.by("house") as work:
        work.get(prescribing.Prescription, rx.id).extension_reason = "慢性病，病情稳定"
    with scene.sees("ren") as work:
        review_page = review_view(work, rx.id, None)
        preview = queue_view(work, str(rx.id), "").preview
    shown = [(one.kind, one.title) for one in review_page.checks.in_order]
    assert {"note", "precaution"} & {kind for kind, _ in shown}
    assert preview is not None and list(preview.look_at) == shown
    assert review_page.long_supply == over_week("慢性病，病情稳定")

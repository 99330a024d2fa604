"""A consent is tied to one visit; tying it twice takes no second one."""
from app.kit.ids import uuid7
from records import api as records
from tests.cast import build_hospital, give_consents


def test_tying_a_visit_twice_leaves_the_next_consent_free(house):
    scene = build_hospital(house)
    give_consents(scene)
    patient, first, second = scene.patients["wang"], uuid7(), uuid7()
    with scene.by(scene.owner_of("wang")) as work:
        bound = records.bind_consent(work, patient, first)
    with scene.by(scene.owner_of("wang")) as work:
        records.give_consent(work, patient, "informed_consent", visit_id=second)
    with scene.by("house") as work:
        assert records.bind_consent(work, patient, first).id == bound.id
        assert records.missing_consents(work, patient, second) == []

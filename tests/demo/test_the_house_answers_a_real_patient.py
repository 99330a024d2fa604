"""One person alone lives the whole way as a patient; the house plays everybody else."""
from typing import Any
from uuid import uuid4

import pytest

from tests.demo.running import Demo
from web.demo.client import Person, until
from web.demo.journey import calm_answer, confirm_history

PATIENCE = 60


def triage(patient: Person, who: str, complaint: str) -> str:
    """A calm triage."""
    begun = patient.post("/triages", {"patient_id": who, "complaint": complaint, "free_text": "复诊"})
    path = f"/triages/{begun['id']}"
    stand = patient.post(f"{path}/gate", {"answers": {one["id"]: "no" for one in begun["gate"]}})
    while stand["question"]:
        stand = patient.post(f"{path}/answers", {"question": stand["question"]["id"],
                                                 "value": calm_answer(stand["question"])})
    if stand["state"] == "open":
        patient.post(f"{path}/finish")
    return str(begun["id"])


def ask_for_a_visit(patient: Person, who: str, complaint: str, kind: str = "follow_up") -> str:
    """From the consents to the waiting room."""
    patient.post(f"/patients/{who}/consents", {"form": "informed_consent"})
    confirm_history(patient, who)
    pieces = [e["id"] for e in patient.get(f"/patients/{who}/evidence")][:1] if kind == "follow_up" else []
    visit = patient.post("/visits", {"triage_id": triage(patient, who, complaint), "kind": kind,
                                     "evidence_ids": pieces, "diagnosed_before": True})
    payment = until(lambda: patient.get(f"/visits/{visit['id']}/payment"))
    until(lambda: pressed(patient, payment["id"]))
    return str(visit["id"])


def pressed(patient: Person, payment_id: str) -> bool:
    from web.demo.client import ApiFault
    try:
        patient.post(f"/payments/{payment_id}/sandbox", {"choice": "pay"})
    except ApiFault as fault:
        assert fault.status == 404
        return False
    return True


def spoken(patient: Person, visit: str, sender: str) -> list[dict[str, Any]]:
    return [m for m in patient.get(f"/visits/{visit}/messages") if m["sender"] == sender]


def end_of(patient: Person, visit: str) -> str:
    state = patient.get(f"/visits/{visit}")["state"]
    return state if state not in ("requested", "waiting", "in_progress") else ""


@pytest.mark.parametrize(("key", "place", "complaint", "drug"), [
    ("wang", 0, "hypertension_followup", "amlodipine"), ("ma", 1, "asthma_followup", "montelukast")])
def test_a_patient_is_seen_prescribed_and_served(demo: Demo, key: str, place: int, complaint: str, drug: str) -> None:
    for role in ("doctor", "pharmacist", "pharmacy"):
        demo.troupe.switch(role, True)
    patient = demo.person(key)
    who = patient.get("/patients")[place]["id"]
    visit = ask_for_a_visit(patient, who, complaint)
    until(lambda: spoken(patient, visit, "doctor"), PATIENCE)
    patient.post(f"/visits/{visit}/messages", {"client_id": str(uuid4()), "text": "I feel fine, thank you."})
    assert until(lambda: end_of(patient, visit), PATIENCE) == "completed"
    assert not spoken(patient, visit, "doctor")[-1]["text"].isascii()  # speaks as the account reads
    approved = until(lambda: [r for r in patient.get(f"/visits/{visit}/prescriptions") if r["state"] == "approved"],
                     PATIENCE)
    assert [item["drug_id"] for item in approved[0]["items"]] == [drug]
    best = next(o for o in patient.get(f"/prescriptions/{approved[0]['id']}/options") if o["possible"])
    order = patient.post("/orders", {"prescription_id": approved[0]["id"], "pharmacy_id": best["pharmacy_id"],
                                     "channel": "pickup", "contact": "13800000001"})
    payment = until(lambda: patient.get(f"/orders/{order['id']}/payment"))
    until(lambda: pressed(patient, payment["id"]))
    until(lambda: patient.get(f"/orders/{order['id']}")["state"] == "delivered", PATIENCE)


def test_advice_ends_with_advice_and_without_a_prescription(demo: Demo) -> None:
    demo.troupe.switch("doctor", True)
    zhao = demo.person("zhao")
    who = zhao.get("/patients")[0]["id"]
    zhao.put(f"/patients/{who}/history", {"allergies": "none", "medicines": "none"})
    visit = ask_for_a_visit(zhao, who, "general", "advice")
    until(lambda: spoken(zhao, visit, "doctor"), PATIENCE)
    zhao.post(f"/visits/{visit}/messages", {"client_id": str(uuid4()), "text": "没有"})
    assert until(lambda: end_of(zhao, visit), PATIENCE) == "completed"
    assert zhao.get(f"/visits/{visit}/prescriptions") == []
    assert zhao.get(f"/visits/{visit}/summary")["advice"]


def test_a_prescription_that_comes_back_is_signed_anew(demo: Demo) -> None:
    demo.troupe.switch("doctor", True)
    wang, ren = demo.person("wang"), demo.person("ren")
    who = wang.get("/patients")[0]["id"]
    visit = ask_for_a_visit(wang, who, "hypertension_followup")
    until(lambda: spoken(wang, visit, "doctor"), PATIENCE)
    wang.post(f"/visits/{visit}/messages", {"client_id": str(uuid4()), "text": "还好"})
    waiting = until(lambda: [r for r in ren.get("/reviews") if r["patient_name"] == "王建国"], PATIENCE)
    first = waiting[0]["prescription_id"]
    until(lambda: end_of(wang, visit), PATIENCE)
    ren.post(f"/prescriptions/{first}/hold")
    ren.post(f"/prescriptions/{first}/return", {"reason_code": "duration", "text": "请写明疗程", "lines": [1]})
    again = until(lambda: [r for r in ren.get("/reviews") if r["prescription_id"] != first], PATIENCE)
    assert ren.get(f"/prescriptions/{again[0]['prescription_id']}")["version"] == 2

"""Walks that stop half way, so that every page has something to show."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from web.demo.cast import cast, members, password
from web.demo.client import Person, until
from web.demo.journey import Journey, calm_answer, confirm_history, expect

IN = ("register", "verify_identity", "consent", "history", "triage", "forecast", "request_visit")
TREATED = (*IN, "pay", "wait", "accept_visit", "message", "diagnose", "prescribe", "sign")
TALK = (("patient", "林医生好，我来续降压药，家里的药还够三天。"), ("doctor", "王先生好，最近家里量的血压怎么样？"),
        ("patient", "早上大多 130 到 138，下压 80 左右。"), ("doctor", "控制得不错。有没有脚肿、头晕、干咳？"),
        ("patient", "没有，就是前天走路快了有点累。"), ("doctor", "好，按原来的量，每天早饭后吃。我现在给您开方。"))


@dataclass
class Desks:
    """Staff who sign in once: a code of the authenticator is good for one sign-in."""

    doctor: Person
    pharmacist: Person
    pharmacy: Person


@dataclass
class Walk(Journey):
    """One walk by the API that ends where it is told to; the staff are the same in all of them."""

    desks: Desks | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.desks:
            self.doctor, self.pharmacist, self.pharmacy = (
                self.desks.doctor, self.desks.pharmacist, self.desks.pharmacy)

    def go(self, *steps: str) -> Walk:
        """Do these steps. Raises CheckFailed with the first that fails."""
        for name in steps:
            told = self.step(name, getattr(self, name))
            expect(told["ok"], str(told))
        return self

    def as_one_of_the_cast(self, key: str, place: int = 0) -> Walk:
        """Sign in as somebody who registered long ago and confirm what is known of them."""
        self.patient.sign_in(members()[key].login, password())
        self.phone = cast()["patients"][key]["phone"]
        self.ids["patient_id"] = patient = self.patient.get("/patients")[place]["id"]
        self.patient.post(f"/patients/{patient}/consents", {"form": "informed_consent"})
        return self

    def confirm(self) -> dict[str, Any]:
        """What was told before is still right."""
        confirm_history(self.patient, self.ids["patient_id"])
        return {}

    def talk(self) -> dict[str, Any]:
        """A few lines on both sides."""
        for side, text in TALK:
            person = self.patient if side == "patient" else self.doctor
            person.post(f"/visits/{self.ids['visit_id']}/messages", {"client_id": str(uuid4()), "text": text})
        return {}

    def choose_pharmacy(self) -> dict[str, Any]:
        """Always the same one, whose desk is signed in."""
        super().choose_pharmacy()
        options = self.patient.get(f"/prescriptions/{self.ids['prescription_id']}/options")
        self.chosen = next(one for one in options if one["name"]["en"] == "Kang Pharmacy" and one["possible"])
        return {"pharmacy_id": self.chosen["pharmacy_id"]}

    def order_unpaid(self) -> dict[str, Any]:
        """An order whose cashier's page is open."""
        order = self.patient.post("/orders", {
            "prescription_id": self.ids["prescription_id"], "pharmacy_id": self.chosen["pharmacy_id"],
            "channel": next(c for c in self.chosen["channels"] if c != "pickup"),
            "address": "示范市河西区友谊路 8 号 3 门 502", "contact": self.phone})
        self.ids["order_id"] = order["id"]
        return {"order_id": order["id"], "payment_id": self.opened("orders", order["id"])}

    def visit_unpaid(self) -> dict[str, Any]:
        """A visit that waits for its money."""
        return {"payment_id": self.opened("visits", self.ids["visit_id"])}

    def opened(self, kind: str, payable: str) -> str:
        """Wait until the cashier's page is there."""
        return str(until(lambda: self.patient.get(f"/{kind}/{payable}/payment"))["id"])

    def scan_one(self) -> dict[str, Any]:
        """The first pack of the list."""
        line = self.pharmacy.get(f"/orders/{self.ids['order_id']}/pick-list")[0]
        self.pharmacy.post(f"/orders/{self.ids['order_id']}/packs", {"code": f"{line['pack_prefix']}{7:013d}"})
        return {}

    def triage_begun(self) -> dict[str, Any]:
        """The danger signs are asked."""
        begun = self.patient.post("/triages", {"patient_id": self.ids["patient_id"], "free_text": "来续降压药",
                                               "complaint": "hypertension_followup"})
        return {"triage_id": begun["id"]}

    def triage_questions(self) -> dict[str, Any]:
        """The danger signs are answered, and the first question."""
        begun = self.triage_begun()
        path = f"/triages/{begun['triage_id']}"
        gate = self.patient.get(path)["gate"]
        stand = self.patient.post(f"{path}/gate", {"answers": {question["id"]: "no" for question in gate}})
        stand = self.patient.post(f"{path}/answers", {"question": stand["question"]["id"],
                                                      "value": calm_answer(stand["question"])})
        return {**begun, "question_id": stand["question"]["id"]}

    def triage_emergency(self) -> dict[str, Any]:
        """Chest pain closes the online way."""
        begun = self.patient.post("/triages", {"patient_id": self.ids["patient_id"], "complaint": "chest_pain",
                                               "free_text": "胸口像被压住，出冷汗"})
        answers = {question["id"]: "no" for question in begun["gate"]} | {"gate_chest": "yes"}
        stand = self.patient.post(f"/triages/{begun['id']}/gate", {"answers": answers})
        expect(stand["state"] == "closed_emergency", "chest pain is an emergency")
        return {"triage_id": begun["id"]}

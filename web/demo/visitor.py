"""The patient whom the house plays: one follow-up from the triage to the medicine at the door."""
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from web.demo.actors import Player
from web.demo.client import ApiFault
from web.demo.journey import calm_answer, confirm_history

COMPLAINT, WORDS = "hypertension_followup", "来续降压药"
ADDRESS, CONTACT = "示范市河西区友谊路 8 号 3 门 502", "13800000001"
ANSWERS = ("这几天还好，早上量的血压在 130 左右，没有头晕。", "没有新的不舒服，药快吃完了。", "好的，谢谢医生。")
HELD = ("authorised", "captured", "partly_refunded")
OVER = ("completed", "referred", "declined", "expired", "cancelled", "refused", "abandoned")


class Visitor(Player):
    """Goes through one visit; switched off and on again, through another."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.patient = self.visit = self.order = ""
        self.answered = 0

    @property
    def topics(self) -> tuple[str, ...]:
        """One's own record, and what is under way."""
        told = (("patient", self.patient), ("visit", self.visit), ("order", self.order))
        return tuple(f"{kind}:{id}" for kind, id in told if id)

    def turn(self) -> bool:
        """Begin a visit, or do the next thing in it."""
        if not self.patient:
            self.patient = self.person.get("/patients")[0]["id"]
        if not self.visit:
            return self.once("begin", self._begin)
        state = self.person.get(f"/visits/{self.visit}")["state"]
        if state in ("requested", "in_progress", "needs_evidence"):
            return self._pay("visits", self.visit) if state == "requested" else self._answer()
        return state == "completed" and self._medicine()

    # --- the way in --------------------------------------------------------------------------------------

    def _begin(self) -> None:
        for form in self.person.get(f"/patients/{self.patient}/consents"):
            if form["form"] == "informed_consent" or (not form["agreed"] and form["form"] != "guardian_privacy"):
                self.person.post(f"/patients/{self.patient}/consents", {"form": form["form"]})
        confirm_history(self.person, self.patient)
        triage = self._triage()
        pieces = [e["id"] for e in self.person.get(f"/patients/{self.patient}/evidence") if e["state"] != "refused"]
        wish = {"evidence_ids": pieces[:1]}
        self.person.post(f"/triages/{triage}/forecast", wish)
        self.rest(2)
        asked = self.person.post("/visits", {"triage_id": triage, "kind": "follow_up", **wish})
        self.visit = asked["id"]

    def _triage(self) -> str:
        begun = self.person.post("/triages", {"patient_id": self.patient, "complaint": COMPLAINT, "free_text": WORDS})
        path = f"/triages/{begun['id']}"
        stand = self.person.post(f"{path}/gate", {"answers": {one["id"]: "no" for one in begun["gate"]}})
        while stand["question"]:
            self.rest(0.8)
            said = {"question": stand["question"]["id"], "value": calm_answer(stand["question"])}
            stand = self.person.post(f"{path}/answers", said)
        if stand["state"] == "open":
            self.person.post(f"{path}/finish")
        return str(begun["id"])

    def _pay(self, kind: str, payable: str) -> bool:
        """Pay once the cashier's page is open; it opens a moment after the wish."""
        payment = self.person.get(f"/{kind}/{payable}/payment")
        if not payment or payment["state"] in HELD:
            return False
        try:
            self.person.post(f"/payments/{payment['id']}/sandbox", {"choice": "pay"})
        except ApiFault as fault:
            if fault.status != 404:
                raise
            return False
        return True

    # --- in the visit ------------------------------------------------------------------------------------

    def _answer(self) -> bool:
        """Answer when the doctor spoke last."""
        lines = [line for line in self.person.get(f"/visits/{self.visit}/messages") if line["sender"] != "house"]
        if not lines or lines[-1]["sender"] != "doctor" or self.answered >= len(ANSWERS):
            return False
        self.person.put(f"/visits/{self.visit}/marks", {"read": lines[-1]["seq"]})
        self.rest(2)
        said = {"client_id": str(uuid4()), "text": ANSWERS[self.answered]}
        self.answered += 1
        return self.once(f"say-{self.answered}", lambda: self.person.post(f"/visits/{self.visit}/messages", said))

    # --- the medicine ------------------------------------------------------------------------------------

    def _medicine(self) -> bool:
        if self.order:
            return self.person.get(f"/orders/{self.order}")["state"] == "placed" and self._pay("orders", self.order)
        approved = [rx["id"] for rx in self.person.get(f"/visits/{self.visit}/prescriptions")
                    if rx["state"] == "approved"]
        return bool(approved) and self.once(f"order-{approved[0]}", self._order(approved[0]))

    def _order(self, rx: str) -> Callable[[], None]:
        def act() -> None:
            options = [one for one in self.person.get(f"/prescriptions/{rx}/options") if one["possible"]]
            best = min(options, key=lambda one: one["drugs_fen"] + one["delivery_fee_fen"])
            channel = next((c for c in best["channels"] if c != "pickup"), "pickup")
            self.rest(2)
            self.order = self.person.post("/orders", {
                "prescription_id": rx, "pharmacy_id": best["pharmacy_id"], "channel": channel,
                "address": ADDRESS, "contact": CONTACT})["id"]

        return act

"""The patient behind the staff's pages: comes, waits, pays and collects through the public API of the same site."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient

from tests.web.staff_site import Site
from web.demo.cast import cast, password
from web.demo.journey import calm_answer, confirm_history

ADDRESS = "示范市河西区友谊路 8 号 3 门 502"


class Patient:
    """Somebody of the cast on the phone."""

    def __init__(self, site: Site, name: str = "wang", person: int = 0) -> None:
        self.site = site
        self.http = TestClient(site.app, base_url="http://testserver")
        row = cast()["patients"][name]
        self.token = ""
        self.token = self.post("/sessions", {"login": row["phone"], "password": password()})["token"]
        self.id = self.get("/patients")[person]["id"]
        self.visit = self.order = ""

    def call(self, method: str, path: str, expect: int | None = None, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        reply = self.http.request(method, f"/api/v1{path}", headers=headers, **body)
        assert expect == reply.status_code if expect else reply.status_code < 400, (path, reply.text[:600])
        return reply.json() if reply.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, json=body or {})

    def ask(self, words: str = "来续降压药", kind: str = "follow_up", complaint: str = "hypertension_followup",
            pay: bool = True) -> str:
        """From consent to the waiting room; the record of the partner hospital goes along as evidence."""
        for form in self.get(f"/patients/{self.id}/consents"):
            if form["form"] == "informed_consent" or (not form["agreed"] and form["form"] != "guardian_privacy"):
                self.call("POST", f"/patients/{self.id}/consents", json={"form": form["form"]})
        confirm_history(self, self.id)      # type: ignore[arg-type]
        begun = self.post("/triages", {"patient_id": self.id, "complaint": complaint, "free_text": words})
        stand = self.post(f"/triages/{begun['id']}/gate", {"answers": {one["id"]: "no" for one in begun["gate"]}})
        while stand["question"]:
            said = {"question": stand["question"]["id"], "value": calm_answer(stand["question"])}
            stand = self.post(f"/triages/{begun['id']}/answers", said)
        if stand["state"] == "open":
            self.post(f"/triages/{begun['id']}/finish")
        pieces = [e["id"] for e in self.get(f"/patients/{self.id}/evidence") if e["state"] != "refused"]
        asked = self.post("/visits", {"triage_id": begun["id"], "kind": kind,
                                      "evidence_ids": pieces[:1] if kind == "follow_up" else []})
        self.visit = asked["id"]
        if pay:
            self.pay("visits", self.visit)
        return str(self.visit)

    def pay(self, kind: str, payable: str) -> None:
        """The cashier's page opens in a job, then the wallet says yes, then the notice comes in a job."""
        self.site.run()
        payment = self.get(f"/{kind}/{payable}/payment")
        self.post(f"/payments/{payment['id']}/sandbox", {"choice": "pay"})
        self.site.run()

    def say(self, text: str) -> None:
        self.post(f"/visits/{self.visit}/messages", {"client_id": str(uuid4()), "text": text})

    def prescription(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.get(f"/visits/{self.visit}/prescriptions")
        return found[-1]

    def place_order(self, pharmacy: str = "kang") -> str:
        """Order the approved prescription from one pharmacy and pay."""
        rx = self.prescription()["id"]
        named = cast()["pharmacies"][pharmacy]["name"]["zh"]
        option = next(o for o in self.get(f"/prescriptions/{rx}/options") if o["name"]["zh"] == named)
        assert option["possible"], option
        channel = next(c for c in option["channels"] if c != "pickup")
        made = self.post("/orders", {"prescription_id": rx, "pharmacy_id": option["pharmacy_id"], "channel": channel,
                                     "address": ADDRESS, "contact": "13800000001"})
        self.order = made["id"]
        self.pay("orders", self.order)
        return str(self.order)

    def delivery_code(self) -> str:
        return str(self.get(f"/orders/{self.order}")["delivery_code"])

"""A journey that goes on after the server was killed, and remembers everything that was acknowledged."""
import random
import threading
from collections.abc import Callable
from typing import Any

import httpx

from tests.server import Server
from web.demo.client import ApiFault, Person
from web.demo.journey import Journey

LAST_ORDER_STATE = {"accept_offer": "accepted", "pack": "packed", "ship": "shipped", "deliver": "delivered"}
REACHED = ("placed", "offered", "accepted", "packed", "shipped", "delivered")


class ToughJourney(Journey):
    """Kills the server at chosen steps, restarts it, and finds out whether the step in hand was done."""

    def __init__(self, server: Server, kills: dict[str, float], seed: int) -> None:
        # a notice that the kill swallowed is fetched a minute later, when the house looks after the payment itself
        super().__init__(server.url, random.Random(seed), bank_seconds=240)
        self.server, self.kills = server, dict(kills)
        self.killed: list[str] = []
        self.acknowledged: dict[str, list[Any]] = {"messages": [], "entries": [], "states": []}

    def step(self, name: str, act: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
        """Do a step; when the server dies under it, restart, check, and do it again unless it was done."""
        killer = self._arm(name)
        line = super().step(name, act)
        if killer:
            killer.join()
            self._restart()
            self._check_acknowledged()
            if not line["ok"]:
                line = super().step(name, self._resumed(name, act))
        self._remember()
        return line

    def _arm(self, name: str) -> threading.Thread | None:
        """Start a thread that kills the server some milliseconds into the step."""
        delay = self.kills.pop(name, None)
        if delay is None:
            return None
        self.killed.append(name)
        killer = threading.Timer(delay, self.server.kill)
        killer.start()
        return killer

    def _restart(self) -> None:
        self.server.start()
        for person in (self.patient, self.doctor, self.pharmacist, self.pharmacy):
            person.http.close()
            person.http = httpx.Client(base_url=self.base_url, timeout=30)

    def _resumed(self, name: str, act: Callable[[], dict[str, Any] | None]) -> Callable[[], dict[str, Any] | None]:
        """Look first whether the lost answer stood for something that was done."""
        def again() -> dict[str, Any] | None:
            known = getattr(self, f"_done_{name}", lambda: None)()
            if known is not None:
                return known
            return act()
        return again

    # --- what was done although its answer was lost ------------------------------------------------

    def _done_register(self) -> dict[str, Any] | None:
        """A used phone starts over with another one; nothing of it was acknowledged."""
        self.phone = f"137{self.dice.randrange(10**8):08d}"
        return None

    def _done_verify_identity(self) -> dict[str, Any] | None:
        people = self.patient.get("/patients")
        if not people:
            return None
        from web.demo.client import until
        if not people[0]["realname_verified"]:
            self.patient.post(f"/patients/{people[0]['id']}/identity-check")
        until(lambda: self.patient.get("/patients")[0]["realname_verified"], 60)
        return {"patient_id": people[0]["id"]}

    def _done_request_visit(self) -> dict[str, Any] | None:
        found = self.patient.get(f"/patients/{self.ids['patient_id']}/visits")
        assert len(found) <= 1, "a visit was doubled"
        return {"visit_id": found[0]["id"], "number": found[0]["number"]} if found else None

    def _done_accept_visit(self) -> dict[str, Any] | None:
        self.staff(self.doctor, "lin")
        visit = self.patient.get(f"/visits/{self.ids['visit_id']}")
        return {"practitioner_id": visit["practitioner_id"]} if visit["state"] == "in_progress" else None

    def _done_diagnose(self) -> dict[str, Any] | None:
        """Evidence that was accepted already is not accepted again; the rest of the step may be repeated."""
        evidence = self.patient.get(f"/patients/{self.ids['patient_id']}/evidence")
        if not any(e["id"] == self.ids["evidence_id"] and e["state"] == "accepted" for e in evidence):
            return None
        visit = self.ids["visit_id"]
        self.doctor.put(f"/visits/{visit}/judgement", {
            "is_follow_up": True, "same_condition": True, "condition_changed": False,
            "evidence_id": self.ids["evidence_id"]})
        return {"decision_id": self.doctor.post(f"/visits/{visit}/diagnoses", {"code": "I10"})["decision_id"]}

    def _done_prescribe(self) -> dict[str, Any] | None:
        drafts = self.doctor.get(f"/visits/{self.ids['visit_id']}/prescriptions")
        for draft in drafts:
            for item in draft["items"]:
                self.doctor.call("DELETE", f"/prescriptions/{draft['id']}/items/{item['line']}")
        return None

    def _done_sign(self) -> dict[str, Any] | None:
        rx = self.doctor.get(f"/prescriptions/{self.ids['prescription_id']}")
        if rx["state"] != "signed":
            return None
        visit = self.doctor.get(f"/visits/{self.ids['visit_id']}")
        if visit["state"] == "in_progress":
            self.doctor.put(f"/visits/{visit['id']}/note", {"advice": "按时服药。", "assessment": "高血压"})
            self.doctor.post(f"/visits/{visit['id']}/finish")
        return {"digest": rx["digest"]}

    def _done_approve(self) -> dict[str, Any] | None:
        rx = self.patient.get(f"/prescriptions/{self.ids['prescription_id']}")
        return {"review_id": "lost answer"} if rx["state"] == "approved" else None

    def _done_order(self) -> dict[str, Any] | None:
        found = self.patient.get(f"/patients/{self.ids['patient_id']}/orders")
        assert len(found) <= 1, "an order was doubled"
        return {"order_id": found[0]["id"], "order_payment_id": self._pay("orders", found[0]["id"])} if found else None

    def _done_pay(self) -> dict[str, Any] | None:
        state = self.patient.get(f"/visits/{self.ids['visit_id']}/payment")["state"]
        return {"visit_payment_id": "held before"} if state in ("authorised", "captured") else None

    def _order_reached(self, name: str) -> dict[str, Any] | None:
        state = self.patient.get(f"/orders/{self.ids['order_id']}")["state"]
        return {"order_state": state} if REACHED.index(state) >= REACHED.index(LAST_ORDER_STATE[name]) else None

    def _done_accept_offer(self) -> dict[str, Any] | None:
        return self._order_reached("accept_offer")

    def _done_pack(self) -> dict[str, Any] | None:
        return self._order_reached("pack")

    def _done_ship(self) -> dict[str, Any] | None:
        return self._order_reached("ship")

    def _done_deliver(self) -> dict[str, Any] | None:
        return self._order_reached("deliver")

    # --- nothing acknowledged is lost, nothing doubled ---------------------------------------------

    def _remember(self) -> None:
        """Keep what the server has told by now."""
        self.acknowledged = self._told() or self.acknowledged

    def _told(self) -> dict[str, list[Any]]:
        if "patient_id" not in self.ids:
            return {}
        entries = [e["id"] for e in self.patient.get(f"/patients/{self.ids['patient_id']}/record")]
        messages, states = [], []
        if "visit_id" in self.ids:
            visit = self.ids["visit_id"]
            messages = [(m["seq"], m["client_id"], m["text"]) for m in self.patient.get(f"/visits/{visit}/messages")]
            states = [self.patient.get(f"/visits/{visit}")["state"]]
        return {"messages": messages, "entries": entries, "states": states}

    def _check_acknowledged(self) -> None:
        now = self._told()
        for kind in ("messages", "entries"):
            before, after = self.acknowledged[kind], now.get(kind, [])
            assert set(before) <= set(after), f"{kind} were lost"
            assert len(after) == len(set(after)), f"{kind} were doubled"


def money_is_even(patient: Person, ids: dict[str, Any]) -> list[str]:
    """States of both payments at the end; each was taken once."""
    found = [patient.get(f"/visits/{ids['visit_id']}/payment"), patient.get(f"/orders/{ids['order_id']}/payment")]
    for payment in found:
        assert payment["captured_fen"] <= payment["fen"], "more was taken than agreed"
    return [payment["state"] for payment in found]


__all__ = ["ApiFault", "ToughJourney", "money_is_even"]

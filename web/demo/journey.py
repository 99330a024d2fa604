"""The main job from a patient's first words to the entry in the record, through the public API.

Separate people sign in separately; each step is checked from the side of whoever must see its effect.
"""
import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image, ImageDraw

from app.kit.clock import Clock, SystemClock, local_date
from web.demo.cast import id_number
from web.demo.client import ApiFault, Person, until

STEPS = ("register", "verify_identity", "consent", "history", "triage", "forecast", "request_visit", "pay", "wait",
         "accept_visit", "message", "diagnose", "prescribe", "sign", "approve", "choose_pharmacy", "order",
         "accept_offer", "pack", "ship", "deliver", "summary", "record")
PASSWORD = "journey-demo-2026"  # noqa: S105 – an account of the demo
LINE = {"drug_id": "amlodipine", "dose": {"value": "5", "unit": "mg"}, "route": "oral", "frequency": "qd",
        "timing": "after_breakfast", "days": 7}


class CheckFailed(AssertionError):
    """A step went through but its effect is not what it must be."""


class NoDemo(Exception):
    """There is no demo to walk through at this address."""


def _cast_of(base_url: str) -> Any:
    """Whom the demo has to sign in as. Raises NoDemo."""
    try:
        reply = httpx.get(f"{base_url}/demo/cast.json", timeout=30)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise NoDemo(f"nobody answers at {base_url}: start the demo first (make run), "
                     "or name it with --base-url") from fault
    if reply.status_code != 200:
        raise NoDemo(f"{base_url} is no demo (it answers {reply.status_code}): a journey needs FUZHEN_MODE=demo")
    return reply.json()


def expect(truth: object, what: str) -> None:
    """Raise CheckFailed with `what` unless `truth`."""
    if not truth:
        raise CheckFailed(what)


@dataclass
class Journey:
    """One walk; `ids` collects what was made on the way."""

    base_url: str
    dice: random.Random = field(default_factory=random.Random)
    ids: dict[str, Any] = field(default_factory=dict)
    line_ids: dict[str, str] = field(default_factory=dict)
    bank_seconds: float = 20        # how long the bank's answer may take
    complaint: str = "hypertension_followup"
    clock: Clock = field(default_factory=SystemClock)       # the hospital's, where its demo lives at another moment

    def __post_init__(self) -> None:
        self.patient, self.doctor, self.pharmacist, self.pharmacy = (
            Person(self.base_url, now=lambda: self.clock.now().timestamp()) for _ in range(4))
        self.phone = f"139{self.dice.randrange(10**8):08d}"
        listed = _cast_of(self.base_url)
        self.cast = {row["user_name"]: row for row in (listed["cast"] if isinstance(listed, dict) else listed)}

    @property
    def today(self) -> date:
        """The calendar day in the hospital."""
        return local_date(self.clock.now())

    def run(self) -> Iterator[dict[str, Any]]:
        """Walk step by step; a failed step is the last one."""
        for name in STEPS:
            line = self.step(name, getattr(self, name))
            yield line
            if not line["ok"]:
                return

    def step(self, name: str, act: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
        """Do one step and tell how it went."""
        begun = time.perf_counter()
        try:
            made = act() or {}
        except (ApiFault, CheckFailed, TimeoutError, httpx.HTTPError, KeyError) as fault:
            return {"step": name, "ok": False, "ms": _ms(begun), "error": f"{type(fault).__name__}: {fault}"}
        self.ids.update(made)
        return {"step": name, "ok": True, "ms": _ms(begun), **{k: str(v) for k, v in made.items()}}

    def staff(self, person: Person, user_name: str) -> Person:
        """Sign in a member of staff, once."""
        if not person.token:
            row = self.cast[user_name]
            person.sign_in_staff(user_name, row["password"], row["totp_secret"])
        return person

    # --- the patient's way in --------------------------------------------------------------------

    def register(self) -> dict[str, Any]:
        self.patient.post("/codes", {"phone": self.phone})
        sent = until(lambda: self.patient.get("/demo/sms", phone=self.phone))
        code = "".join(c for c in sent[0]["text"] if c.isdigit())[:6]
        account = self.patient.post("/accounts", {"phone": self.phone, "code": code, "password": PASSWORD})
        self.patient.sign_in(self.phone, PASSWORD)
        return {"account_id": account["id"]}

    def verify_identity(self) -> dict[str, Any]:
        born = date(1968, 1, 1) + timedelta(days=self.dice.randrange(300))
        number = id_number(born, self.dice.randrange(100, 900) // 2 * 2 + 1)
        person = self.patient.post("/patients", {"name": "王建国", "id_number": number, "relation": "self"})
        self.patient.post(f"/patients/{person['id']}/identity-check")
        until(lambda: self.patient.get("/patients")[0]["realname_verified"])
        return {"patient_id": person["id"]}

    def consent(self) -> dict[str, Any]:
        path = f"/patients/{self.ids['patient_id']}/consents"
        for form in ("privacy", "sensitive_data", "informed_consent"):
            self.patient.post(path, {"form": form})
        agreed = [f["form"] for f in self.patient.get(path) if f["agreed"]]
        expect({"privacy", "sensitive_data", "informed_consent"} <= set(agreed), "three consents stand")
        return {}

    def history(self) -> dict[str, Any]:
        path = f"/patients/{self.ids['patient_id']}/history"
        answer = {"allergies": [{"text": "青霉素", "reaction": "皮疹"}], "medicines": "none"}
        expect(self.patient.put(path, answer)["missing"] == [], "nothing is missing in the history")
        confirm_history(self.patient, self.ids["patient_id"])
        return {}

    def triage(self) -> dict[str, Any]:
        begun = self.patient.post("/triages", {"patient_id": self.ids["patient_id"], "free_text": "来续降压药",
                                               "complaint": self.complaint})
        stand = self.patient.post(f"/triages/{begun['id']}/gate",
                                  {"answers": {question["id"]: "no" for question in begun["gate"]}})
        while stand["question"]:
            body = {"question": stand["question"]["id"], "value": calm_answer(stand["question"])}
            stand = self.patient.post(f"/triages/{begun['id']}/answers", body)
        stand = self.patient.post(f"/triages/{begun['id']}/finish") if stand["state"] == "open" else stand
        expect(stand["state"] == "finished", f"the triage is finished, not {stand['state']}")
        return {"triage_id": begun["id"], "level": stand["level"], "department": stand["department"]}

    def forecast(self) -> dict[str, Any]:
        patient = self.ids["patient_id"]
        path = f"/triages/{self.ids['triage_id']}/forecast"
        refused = self.patient.post(path, {"diagnosed_before": False})
        expect(refused["verdict"] == "block", "a first visit is told before any money that it is not online")
        files = [("files", ("record.png", evidence_picture(), "image/png"))]
        document = self.patient.call("POST", f"/patients/{patient}/documents", files=files)
        evidence = self.patient.post(f"/patients/{patient}/evidence", {"document_id": document["id"]})
        told = self.patient.post(path, {"evidence_ids": [evidence["id"]]})
        expect(told["verdict"] in ("allow", "warn") and told["later"], "likely, and the doctor decides later")
        return {"evidence_id": evidence["id"], "forecast": told["verdict"]}

    def request_visit(self) -> dict[str, Any]:
        visit = self.patient.post("/visits", {"triage_id": self.ids["triage_id"], "kind": "follow_up",
                                              "evidence_ids": [self.ids["evidence_id"]]})
        return {"visit_id": visit["id"], "number": visit["number"]}

    def pay(self) -> dict[str, Any]:
        return {"visit_payment_id": self._pay("visits", self.ids["visit_id"])}

    def _pay(self, kind: str, payable: str) -> str:
        """Wait until the cashier's page is open, pay, and see the money held."""
        path = f"/{kind}/{payable}/payment"
        payment = until(lambda: self.patient.get(path))
        until(lambda: self._pressed(payment["id"]))
        until(lambda: self.patient.get(path)["state"] in ("authorised", "captured"), self.bank_seconds)
        return str(payment["id"])

    def _pressed(self, payment_id: str) -> bool:
        """True once the cashier took the choice; its page opens a moment after the wish, and answers once."""
        try:
            self.patient.post(f"/payments/{payment_id}/sandbox", {"choice": "pay"})
        except ApiFault as fault:
            if fault.slug == "cashier-closed":
                return True
            if fault.status != 404:
                raise
            return False
        return True

    def wait(self) -> dict[str, Any]:
        path = f"/visits/{self.ids['visit_id']}"
        until(lambda: self.patient.get(path)["state"] == "waiting")
        place = self.patient.get(f"{path}/place")
        expect(place["high_minutes"] >= place["low_minutes"] >= 1, "an honest range of minutes")
        return {"ahead": place["ahead"]}

    # --- the visit -------------------------------------------------------------------------------

    def accept_visit(self) -> dict[str, Any]:
        doctor = self.staff(self.doctor, "lin")
        doctor.put("/duty", {"on": True})
        waiting = [row["visit"]["id"] for row in doctor.get("/queue")["waiting"]]
        expect(self.ids["visit_id"] in waiting, "the visit stands in the doctor's queue")
        visit = doctor.post(f"/visits/{self.ids['visit_id']}/accept")
        until(lambda: self.patient.get(f"/visits/{visit['id']}/payment")["state"] == "captured")
        return {"practitioner_id": visit["practitioner_id"]}

    def message(self) -> dict[str, Any]:
        path = f"/visits/{self.ids['visit_id']}/messages"
        client_id = self.line_ids.setdefault("patient", str(uuid4()))     # a device keeps its id until it is heard
        sent = self.patient.post(path, {"client_id": client_id, "text": "医生您好，药快吃完了。"})
        again = self.patient.post(path, {"client_id": client_id, "text": "医生您好，药快吃完了。"})
        expect(sent["seq"] == again["seq"], "a resend is the same message")
        self.doctor.post(path, {"client_id": self.line_ids.setdefault("doctor", str(uuid4())),
                                "text": "您好，血压控制得怎么样？"})
        texts = [m["text"] for m in self.patient.get(path)]
        expect(len([t for t in texts if t.startswith("医生您好")]) == 1 and len(texts) >= 2, "two lines, none doubled")
        return {"messages": len(texts), "call_id": self._talk()}

    def _talk(self) -> str:
        """From text to voice and back; the visit goes on."""
        rung = self.doctor.post(f"/visits/{self.ids['visit_id']}/calls", {"kind": "voice"})
        if rung["state"] == "ringing":
            self.patient.post(f"/calls/{rung['id']}/answer")
        ended = self.doctor.post(f"/calls/{rung['id']}/hang-up")
        expect(ended["state"] == "ended", "the call has ended")
        expect(self.patient.get(f"/visits/{self.ids['visit_id']}")["state"] == "in_progress", "and the visit has not")
        return str(rung["id"])

    def diagnose(self) -> dict[str, Any]:
        visit, evidence = self.ids["visit_id"], self.ids["evidence_id"]
        self.doctor.post(f"/visits/{visit}/evidence/{evidence}/accept", {
            "institution": "人民医院", "diagnosis_code": "I10",
            "diagnosed_on": (self.today - timedelta(days=60)).isoformat()})
        self.doctor.put(f"/visits/{visit}/judgement", {"is_follow_up": True, "same_condition": True,
                                                       "condition_changed": False, "evidence_id": evidence})
        made = self.doctor.post(f"/visits/{visit}/diagnoses", {"code": "I10"})
        record = self.doctor.get(f"/decisions/{made['decision_id']}")
        expect(record["record"]["decision"]["verdict"] in ("allow", "warn"), "the decision is stored and readable")
        return {"decision_id": made["decision_id"]}

    def prescribe(self) -> dict[str, Any]:
        draft = self.doctor.post(f"/visits/{self.ids['visit_id']}/prescriptions")
        found = self.doctor.get("/formulary", q="aldp")
        hit = next(row for row in found if row["drug_id"] == "amlodipine")
        product = next(p for p in hit["products"] if p["strength"] == "5 mg")
        self.doctor.post(f"/prescriptions/{draft['id']}/items", {**LINE, "product_code": product["code"]})
        self.doctor.put(f"/prescriptions/{draft['id']}/terms", {"validity_days": 3, "off_label": False})
        checks = self.doctor.get(f"/prescriptions/{draft['id']}/checks")
        for finding in checks["findings"]:
            if finding["id"] in checks["stops"]:
                self.doctor.post(f"/prescriptions/{draft['id']}/answers", {
                    "finding_id": finding["id"], "finding_digest": finding["digest"],
                    "reason_code": "monitoring_arranged", "text": "已评估，继续"})
        try:
            self.patient.get(f"/prescriptions/{draft['id']}")
        except ApiFault as fault:
            expect(fault.status == 404, "a draft does not exist for the patient")
        else:
            raise CheckFailed("the patient saw a draft")
        return {"prescription_id": draft["id"]}

    def sign(self) -> dict[str, Any]:
        rx = self.ids["prescription_id"]
        pin = self.cast["lin"].get("signing_pin", "")
        signed = self.doctor.post(f"/prescriptions/{rx}/sign", {"pin": pin})
        expect(signed["state"] == "signed" and signed["digest"], "signed, with a digest")
        self.doctor.put(f"/visits/{self.ids['visit_id']}/note", {
            "history": "高血压复诊，血压平稳。", "assessment": "高血压，控制尚可。",
            "advice": "每天早饭后服药，少盐，每天量血压。", "red_flags": "胸痛、说话不清时马上拨打 120。",
            "next_step": "四周后复诊。", "next_visit_on": (self.today + timedelta(days=28)).isoformat()})
        self.doctor.post(f"/visits/{self.ids['visit_id']}/finish")
        return {"digest": signed["digest"]}

    def approve(self) -> dict[str, Any]:
        pharmacist = self.staff(self.pharmacist, "ren")
        rx = self.ids["prescription_id"]
        queue = [row["prescription_id"] for row in pharmacist.get("/reviews")]
        expect(rx in queue, "the prescription stands in the pharmacist's queue")
        pharmacist.post(f"/prescriptions/{rx}/hold")
        asked = [f["id"] for f in pharmacist.get(f"/prescriptions/{rx}/checks")["findings"]
                 if f["severity"] == "must_confirm"]
        review = pharmacist.post(f"/prescriptions/{rx}/approve", {"confirmed": asked})
        expect(self.patient.get(f"/prescriptions/{rx}")["state"] == "approved", "the patient sees it approved")
        return {"review_id": review["id"]}

    # --- the medicine ----------------------------------------------------------------------------

    def choose_pharmacy(self) -> dict[str, Any]:
        options = self.patient.get(f"/prescriptions/{self.ids['prescription_id']}/options")
        possible = [option for option in options if option["possible"]]
        expect(len(options) >= 5 and possible, "five pharmacies, one of which can fill it all")
        self.chosen = possible[0]
        return {"pharmacy_id": possible[0]["pharmacy_id"]}

    def order(self) -> dict[str, Any]:
        channel = next(c for c in self.chosen["channels"] if c != "pickup")
        order = self.patient.post("/orders", {
            "prescription_id": self.ids["prescription_id"], "pharmacy_id": self.chosen["pharmacy_id"],
            "channel": channel, "address": "示范市河西区友谊路 8 号 3 门 502", "contact": self.phone})
        payment = self._pay("orders", order["id"])
        return {"order_id": order["id"], "delivery_code_length": len(order["delivery_code"]),
                "order_payment_id": payment}

    def accept_offer(self) -> dict[str, Any]:
        desks = {row["name_en"].removesuffix(" desk"): row["user_name"] for row in self.cast.values()
                 if row["role"] == "pharmacy"}
        desk = self.staff(self.pharmacy, desks[self.chosen["name"]["en"]])
        order = self.ids["order_id"]
        offer = until(lambda: next((r for r in desk.get("/board")["offers"] if r["order_id"] == order), None))
        expect("*" in offer["patient_name"], "an offer names nobody")
        desk.post(f"/offers/{offer['offer_id']}/accept")
        until(lambda: self.patient.get(f"/orders/{order}/payment")["state"] in ("captured", "partly_refunded"))
        expect(self.patient.get(f"/prescriptions/{self.ids['prescription_id']}")["state"] == "redeemed",
               "the claim on the prescription is made")
        return {"offer_id": offer["offer_id"]}

    def pack(self) -> dict[str, Any]:
        order = self.ids["order_id"]
        for line in self.pharmacy.get(f"/orders/{order}/pick-list"):
            for _ in range(line["packs"] - len(line["codes"])):
                code = f"{line['pack_prefix']}{self.dice.randrange(10**13):013d}"
                self.pharmacy.post(f"/orders/{order}/packs", {"code": code})
        expect(self.pharmacy.post(f"/orders/{order}/pack")["state"] == "packed", "the box is closed")
        return {}

    def ship(self) -> dict[str, Any]:
        shipped = self.pharmacy.post(f"/orders/{self.ids['order_id']}/ship", {"courier": "示范快送"})
        expect(shipped["state"] == "shipped", "the courier has it")
        return {}

    def deliver(self) -> dict[str, Any]:
        order = self.ids["order_id"]
        code = self.patient.get(f"/orders/{order}")["delivery_code"]
        expect(self.pharmacy.post(f"/orders/{order}/deliver", {"code": code})["state"] == "delivered", "delivered")
        return {}

    def summary(self) -> dict[str, Any]:
        told = self.patient.get(f"/visits/{self.ids['visit_id']}/summary")
        expect(told["visit"]["state"] == "completed" and told["advice"], "the visit is finished, with advice")
        return {"next_visit_on": told["next_visit_on"]}

    def record(self) -> dict[str, Any]:
        patient = self.ids["patient_id"]
        wanted = {"triage", "visit", "diagnosis", "prescription", "dispense", "evidence"}
        until(lambda: wanted <= {e["kind"] for e in self.patient.get(f"/patients/{patient}/record")})
        entries = self.patient.get(f"/patients/{patient}/record")
        looks = self.patient.get(f"/patients/{patient}/looks")
        expect(looks, "the patient sees who looked")
        return {"entries": len(entries), "looks": len(looks)}


def _ms(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)


CALM_NUMBERS = {"systolic": 128, "diastolic": 78}


def calm_answer(question: dict[str, Any]) -> Any:
    """An answer of somebody who is well: no, the last and mildest choice, an ordinary number."""
    if question["kind"] == "number":
        return CALM_NUMBERS.get(question["id"], "unknown")
    return question["options"][-1]["id"] if question["kind"] == "choice" else "no"


def confirm_history(person: Person, patient_id: str) -> None:
    """Say that the history is right, and that everything we once prescribed and did not bring is taken."""
    path = f"/patients/{patient_id}/history"
    asked = [one["key"] for one in person.get(path)["asked"]]
    person.post(f"{path}/confirm", {"medicines": dict.fromkeys(asked, "taking")})


def evidence_picture() -> bytes:
    """A picture of a paper, as a phone would take it."""
    picture = Image.new("RGB", (640, 880), "white")
    ImageDraw.Draw(picture).text((60, 80), "Renmin Hospital\nDiagnosis: I10 primary hypertension", fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

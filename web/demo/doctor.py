"""The doctor whom the house plays: takes who waits, talks, judges, diagnoses, prescribes, signs, finishes."""
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from app.kit.clock import local_date
from web.demo.actors import Player
from web.demo.cast import SIGNING_PIN
from web.demo.client import ApiFault

REASON = {"reason_code": "monitoring_arranged", "text": "已评估，安排监测"}
LINES: dict[str, dict[str, Any]] = {
    "I10": {"drug_id": "amlodipine", "product_code": "amlodipine-5mg-7", "dose": {"value": "5", "unit": "mg"},
            "route": "oral", "frequency": "qd", "timing": "after_breakfast", "days": 7},
    "E78": {"drug_id": "atorvastatin", "product_code": "atorvastatin-10mg-7", "dose": {"value": "10", "unit": "mg"},
            "route": "oral", "frequency": "qn", "days": 7},
    "E11": {"drug_id": "metformin", "product_code": "metformin-500mg-20", "dose": {"value": "500", "unit": "mg"},
            "route": "oral", "frequency": "bid", "days": 7},
    "J45": {"drug_id": "montelukast", "product_code": "montelukast-4mg-5", "dose": {"value": "4", "unit": "mg"},
            "route": "oral", "frequency": "qn", "days": 5},
    "J06": {"drug_id": "paracetamol", "product_code": "paracetamol-500mg-20", "dose": {"value": "500", "unit": "mg"},
            "route": "oral", "frequency": "tid", "days": 3},
}
USUAL = {"internal_medicine": "I10", "paediatrics": "J45.9", "endocrinology": "E11", "cardiology": "I10",
         "general_medicine": "I10"}
SAYS = {
    "zh": {"greet": "您好，我看过您的分诊和病历了。这几天感觉怎么样，有没有新的不舒服？",
           "heard": "明白了，谢谢您告诉我。",
           "done": "处方已经开好，药师会再审一遍，然后您就可以选药房了。按时吃药，有不舒服随时来看。",
           "advice": "先按刚才说的做，有变化随时再来。"},
    "en": {"greet": "Hello, I have read your triage and your record. How have you been these days, anything new?",
           "heard": "I see, thank you for telling me.",
           "done": "Your prescription is written. A pharmacist checks it, then you choose a pharmacy. "
                   "Take it regularly, and come back at any time.",
           "advice": "Please do as we said, and come back if anything changes."}}
NOTE = {"history": "复诊，病情平稳，无新的不适。", "assessment": "病情稳定。",
        "advice": "按时服药，注意休息，定期自测并记录。",
        "red_flags": "胸痛、呼吸困难、说话不清时马上拨打 120。", "next_step": "四周后复诊。"}
STEPS = ("greet", "listen", "read_evidence", "judge", "diagnose", "prescribe", "tell", "finish")
SILENCE = timedelta(minutes=10)
"""How long a doctor waits for the patient's words before going on without them."""


class Doctor(Player):
    """Works through one visit after another; every step is harmless when it is done twice."""

    topics = ("queue",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.step: dict[str, int] = {}
        self.since: dict[str, datetime] = {}
        self.on_duty = False

    def turn(self) -> bool:
        """Go on duty, go on with a visit in hand, or take the next who waits."""
        if not self.on_duty:
            self.person.put("/duty", {"on": True})
            self.on_duty = True
        queue = self.person.get("/queue")
        return any(self.attend(row) for row in queue["in_progress"]) or any(
            self._revise(row["visit"]["id"]) for row in queue["finished"]) or self._take(queue["waiting"])

    def _take(self, waiting: list[dict[str, Any]]) -> bool:
        for row in waiting:
            visit = row["visit"]["id"]
            self.rest(5)
            if self.once(visit, partial(self.person.post, f"/visits/{visit}/accept")):
                return True
        return False

    def attend(self, row: dict[str, Any]) -> bool:
        """Do the next step of a visit; a step that cannot be done here and now ends in advice or a referral."""
        visit = row["visit"]["id"]
        place = self.step.get(visit, 0)
        if place >= len(STEPS) or visit in self.given_up:
            return False
        if not getattr(self, STEPS[place])(row):
            return False
        self.step[visit] = place + 1
        return True

    # --- talking -----------------------------------------------------------------------------------------

    def _talk(self, visit: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.person.get(f"/visits/{visit}/messages")
        if lines:
            self.person.put(f"/visits/{visit}/marks", {"read": lines[-1]["seq"]})
        return lines

    def say(self, row: dict[str, Any], what: str) -> None:
        """Write a line in the language of the patient's account."""
        self.rest(4)
        language = self.stage.tongue(row["visit"]["id"])
        self.person.post(f"/visits/{row['visit']['id']}/messages",
                         {"client_id": str(uuid4()), "text": SAYS[language][what]})

    def greet(self, row: dict[str, Any]) -> bool:
        if not any(line["sender"] == "doctor" for line in self._talk(row["visit"]["id"])):
            self.say(row, "greet")
        return True

    def listen(self, row: dict[str, Any]) -> bool:
        """Wait for the patient's words; only a long silence ends the waiting."""
        visit, now = row["visit"]["id"], self.stage.clock.now()
        spoken = [line["sender"] for line in self._talk(visit) if line["sender"] != "house"]
        if spoken and spoken[-1] == "patient":
            self.say(row, "heard")
            return True
        return now - self.since.setdefault(visit, now) > SILENCE

    # --- judging -----------------------------------------------------------------------------------------

    def _evidence(self, row: dict[str, Any]) -> dict[str, Any] | None:
        pieces = self.person.get(f"/patients/{row['visit']['patient_id']}/evidence")
        return next((piece for piece in pieces if piece["state"] != "refused"), None)

    def _code(self, row: dict[str, Any]) -> str:
        piece = self._evidence(row)
        told = piece["diagnosis_code"] if piece else None
        return str(told or USUAL.get(row["visit"]["department"], "I10"))

    def read_evidence(self, row: dict[str, Any]) -> bool:
        """Read what the patient offered; what a partner hospital sent needs no second look."""
        piece, visit = self._evidence(row), row["visit"]["id"]
        if piece and piece["state"] == "offered":
            day = piece["diagnosed_on"] or (local_date(self.stage.clock.now()) - timedelta(days=60)).isoformat()
            read = {"institution": piece["institution"] or "人民医院", "diagnosis_code": self._code(row),
                    "diagnosed_on": day}
            self.once(f"{visit}-read", lambda: self.person.post(f"/visits/{visit}/evidence/{piece['id']}/accept", read))
        return True

    def judge(self, row: dict[str, Any]) -> bool:
        piece, visit = self._evidence(row), row["visit"]["id"]
        told: dict[str, Any] = {"is_follow_up": piece is not None, "same_condition": piece is not None,
                                "condition_changed": False}
        told |= {"evidence_id": piece["id"]} if piece else {}
        told |= {"guardian_present": True} if row["age"] < 18 else {}
        self.once(f"{visit}-judge", lambda: self.person.put(f"/visits/{visit}/judgement", told))
        return True

    def diagnose(self, row: dict[str, Any]) -> bool:
        """Advice has no diagnosis; what the rules refuse is sent to be seen in person."""
        visit = row["visit"]["id"]
        if row["visit"]["kind"] == "advice":
            return True
        if self.once(f"{visit}-dx", lambda: self.person.post(f"/visits/{visit}/diagnoses", {"code": self._code(row)})):
            return True
        letter = {"reason": "网上不能确诊，请到医院当面看。", "to_place": "就近医院门诊", "urgency": "soon"}
        self.once(f"{visit}-refer", lambda: self.person.post(f"/visits/{visit}/refer", letter))
        self.given_up.add(visit)
        return False

    # --- prescribing -------------------------------------------------------------------------------------

    def prescribe(self, row: dict[str, Any]) -> bool:
        visit, line = row["visit"]["id"], LINES.get(self._code(row)[:3])
        if row["visit"]["kind"] != "advice" and line:
            done = self.once(f"{visit}-rx", lambda: self._prescribe(visit, line))
            self.given_up.add(f"{visit}-no-rx") if not done else None
        return True

    def _prescribe(self, visit: str, line: dict[str, Any]) -> None:
        standing = self.person.get(f"/visits/{visit}/prescriptions")
        if any(rx["state"] not in ("draft", "discarded", "revoked") for rx in standing):
            return
        draft = self.person.post(f"/visits/{visit}/prescriptions")
        if not draft["items"]:
            self.person.post(f"/prescriptions/{draft['id']}/items", line)
        self._sign(draft["id"])

    def _sign(self, rx: str) -> None:
        """Answer what the checks ask, and sign; a refusal of the checks or rules stands."""
        self.person.put(f"/prescriptions/{rx}/terms", {"validity_days": 3, "off_label": False})
        checks = self.person.get(f"/prescriptions/{rx}/checks")
        for one in checks["findings"]:
            if one["id"] in checks["stops"]:
                said = {"finding_id": one["id"], "finding_digest": one["digest"]}
                self.person.post(f"/prescriptions/{rx}/answers", {**said, **REASON})
        self.rest(1)
        self.person.post(f"/prescriptions/{rx}/sign", {"pin": SIGNING_PIN})

    def _revise(self, visit: str) -> bool:
        """A returned prescription is looked at once more and signed anew, if the time for it is not over."""
        if f"{visit}-again" in self.given_up:
            return False
        for rx in self.person.get(f"/visits/{visit}/prescriptions"):
            if rx["state"] == "returned":
                self.given_up.add(f"{visit}-again")
                return self.once(f"{rx['id']}-next", partial(self._next_version, rx["id"]))
        return False

    def _next_version(self, rx: str) -> None:
        self._sign(self.person.post(f"/prescriptions/{rx}/next-version")["id"])

    # --- ending ------------------------------------------------------------------------------------------

    def tell(self, row: dict[str, Any]) -> bool:
        visit = row["visit"]["id"]
        signed = any(rx["state"] == "signed" for rx in self.person.get(f"/visits/{visit}/prescriptions"))
        self.say(row, "done" if signed else "advice")
        return True

    def finish(self, row: dict[str, Any]) -> bool:
        """Leave the patient a moment to read the last words, write the note and end the visit."""
        visit = row["visit"]["id"]
        self.rest(15)
        note = NOTE | {"next_visit_on": (local_date(self.stage.clock.now()) + timedelta(days=28)).isoformat()}
        self.once(f"{visit}-note", lambda: self.person.put(f"/visits/{visit}/note", note))
        try:
            self.person.post(f"/visits/{visit}/finish")
        except ApiFault as fault:
            if fault.status >= 500:
                raise
            self.given_up.add(visit)
        return True

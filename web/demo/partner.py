"""The stand-in for a partner hospital's program: asked by a patient, it sends an invented record as FHIR R4."""
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.text import Text
from app.work import HOUSE, House, Work, all_of
from records import api as records
from web.demo.actors import Player, Stage
from web.demo.cast import Member, cast
from web.demo.papers import OUTPATIENT, fhir_record

LABELS = {"I10": "原发性高血压", "E78.5": "高脂血症", "J45.9": "支气管哮喘"}
KNOWN = {"王建国": "I10", "周桂芬": "E78.5", "马小雨": "J45.9"}
GROWN_UP = 14
SEEN_BEFORE = timedelta(days=30)
ASKED = "partner_record"


class Nap:
    """A partner's program has no live line with us: it looks again after a while."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def wait(self, token: str, topics: tuple[str, ...], seconds: float) -> None:
        """Sleep, or end at once when the play ends."""
        self._stop.wait(seconds)

    def close(self) -> None:
        """There is nothing to hang up."""


class PartnerProgram(Player):
    """Renmin Hospital's program: fetches who asked and sends each record, through the API for partners alone.

    Each fetch is told to the patient as a look, so it fetches only when somebody has asked anew.
    """

    topics = ()

    def __init__(self, stage: Stage, member: Member) -> None:
        super().__init__(stage, member)
        self._ear = Nap(self._stop)  # type: ignore[assignment]
        self._had_a_key = False

    def _sign_in(self) -> None:
        """A key of its own, once: whoever connects another program to this hospital ends it, and it leaves."""
        if self.person.token:
            return
        if self._had_a_key:
            self._stop.set()
            return
        self.person.token, self._had_a_key = self.stage.partner_key(self.member.key), True

    def turn(self) -> bool:
        """Answer everybody who asked since the last look."""
        if not self.stage.asked(self.member.key) - self.given_up:
            return False
        self.rest(3)
        answered = [self._answer(asked) for asked in self.person.get("/partner/requests")]
        return any(answered)

    def _answer(self, asked: dict[str, Any]) -> bool:
        mark, raw = mark_of(asked["id"], datetime.fromisoformat(asked["opened_at"])), record_for(asked)
        sent = self.once(mark, lambda: self.person.call("POST", f"/partner/requests/{asked['id']}/record", content=raw))
        self.given_up.add(mark)
        return sent


def mark_of(request_id: Any, opened_at: datetime) -> str:
    """One asking; the same request asked anew is another one."""
    return f"{request_id} {opened_at.timestamp():.0f}"


def record_for(asked: dict[str, Any]) -> bytes:
    """The record of a person, the same bytes for the same asking."""
    day = local_date(datetime.fromisoformat(asked["opened_at"]))
    code = KNOWN.get(asked["name"]) or ("J45.9" if _is_child(asked["id_number"], day) else "I10")
    return fhir_record(asked["name"], asked["id_number"], code, LABELS[code], day - SEEN_BEFORE, OUTPATIENT[code])


def _is_child(id_number: str, on: date) -> bool:
    return int(id_number[6:14]) + GROWN_UP * 10_000 > int(f"{on:%Y%m%d}")


# --- what the demo knows of it: its organisation, its key, who asked, what it sent ------------------------------


def partner_of(work: Work, key: str) -> identity.Organization:
    """The partner hospital of the cast that a key names."""
    name = cast()["partners"][key]["name"]["zh"]
    return next(one for one in identity.organizations(work, "partner_hospital") if one.name_zh == name)


def open_askings(work: Work, place: identity.Organization) -> Iterator[records.AccessTask]:
    """Requests that this hospital was sent and that were not taken back, the newest first."""
    yield from all_of(work, records.AccessTask, records.AccessTask.kind == ASKED,
                      records.AccessTask.holder_id == place.id, col(records.AccessTask.closed_at).is_(None),
                      order=col(records.AccessTask.opened_at).desc())


def asked_now(house: House, key: str) -> set[str]:
    """The doorbell of the stand-in: which askings there are; names nobody and is no look into anything."""
    with house.read(HOUSE) as work:
        return {mark_of(one.id, one.opened_at) for one in open_askings(work, partner_of(work, key))}


@dataclass(frozen=True)
class Line:
    """One request or one record, as the page of the stand-in shows it."""

    who: str
    at: datetime
    what: Text


def asked_lines(work: Work, key: str) -> list[Line]:
    """Who asked for a record, by name: everybody here is invented."""
    told = Text(zh="请人民医院把以前的病历发来", en="asked Renmin Hospital for the earlier record")
    return [Line(identity.patient(work, one.patient_id).name, one.opened_at, told)
            for one in open_askings(work, partner_of(work, key))]


def sent_lines(work: Work, key: str) -> list[Line]:
    """What the stand-in has sent, the newest first."""
    place = partner_of(work, key)
    pieces = all_of(work, records.Evidence, records.Evidence.origin == "partner",
                    records.Evidence.institution_id == place.id, order=col(records.Evidence.offered_at).desc())
    return [Line(identity.patient(work, one.patient_id).name, one.offered_at, _said(one)) for one in pieces]


def _said(piece: records.Evidence) -> Text:
    code = piece.diagnosis_code or ""
    return Text(zh=f"FHIR 病历：{LABELS.get(code, '')}（{code}），{piece.diagnosed_on} 当面看诊",
                en=f"FHIR record: {code}, seen in person on {piece.diagnosed_on}")

"""Officers of a hospital who write its own rules, and the way of a version from draft to date."""
from datetime import date
from typing import Any
from uuid import UUID

from app.jobs import JobKinds
from app.kit.clock import local_date
from app.kit.ids import uuid7
from app.policy.api import Judgement, Subject, desk, fact_sheet, judge
from app.work import Actor, House
from app.worker import Worker
from tests.policy.asking import in_order

HOSPITAL = uuid7()
QIN, TANG = (Actor("compliance", account_id=uuid7(), organization_id=HOSPITAL) for _ in range(2))
DR_LIN = Actor("doctor", account_id=uuid7(), practitioner_id=uuid7(), organization_id=HOSPITAL)
TODAY = date(2026, 11, 21)
NINETY = """
params: {evidence_days: 90}
rules:
- id: H-EVIDENCE-01
  stage: [prescribe]
  effect: block
  valid_from: 2026-11-01
  when: {not: {fact: prior.date, op: days_since_le, param: evidence_days}}
  cite: [{instrument: House rule 2026-14, article: "2", confidence: text}]
  message:
    en: "Here the in-person diagnosis may be at most 90 days old. Please bring a newer record."
    zh: "本院要求线下诊断在90天以内，请补一份更近的病历。"
"""
SIXTY = NINETY.replace("evidence_days: 90", "evidence_days: 60")
WHY = "医保只支付 90 天内的复诊。"


def does(house: House, who: Actor, command: Any, *args: Any, **more: Any) -> Any:
    """One command of somebody in a Work of its own."""
    with house.write(who) as work:
        return command(work, *args, **more)


def run(house: House) -> None:
    """Everything that is due."""
    Worker(house, house.tools.get(JobKinds)).run_until_idle()


def drafted(house: House, source: str = NINETY, based_on: UUID | None = None) -> UUID:
    """A draft of Qin."""
    return does(house, QIN, desk.begin_draft, source, based_on).id


def replayed(house: House, source: str = NINETY, based_on: UUID | None = None) -> UUID:
    """A draft that is checked and replayed."""
    id = drafted(house, source, based_on)
    does(house, QIN, desk.check_version, id)
    does(house, QIN, desk.begin_replay, id)
    run(house)
    return id


def proposed(house: House, source: str = NINETY, based_on: UUID | None = None) -> UUID:
    """A version that waits for a second person."""
    id = replayed(house, source, based_on)
    does(house, QIN, desk.propose, id, local_date(house.clock.now()), WHY)
    return id


def approved(house: House, source: str = NINETY, based_on: UUID | None = None) -> UUID:
    """A version to which Tang agreed."""
    id = proposed(house, source, based_on)
    does(house, TANG, desk.approve, id, row(house, id).sha256)
    return id


def published(house: House, source: str = NINETY, on: date = TODAY, based_on: UUID | None = None) -> UUID:
    """A version that decides from a day on."""
    id = approved(house, source, based_on)
    does(house, TANG, desk.publish, id, on)
    return id


def row(house: House, id: UUID, model: Any = desk.PolicyVersion) -> Any:
    """A row as it stands."""
    with house.read(QIN) as work:
        return work.get(model, id)


def prescribe(house: House, diagnosed: str = "2026-08-01") -> Judgement:
    """A prescription of today in good order, whose in-person diagnosis is of that day."""
    with house.write(DR_LIN) as work:
        sheet = fact_sheet(work)
        for name, value in (in_order("CN-001") | {"prior.date": diagnosed}).items():
            sheet.put(name, value)
        return judge(work, "prescribe", sheet, Subject(kind="prescription", id=uuid7(), patient_id=uuid7()))

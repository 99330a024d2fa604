"""What we prescribed and may still run, as pages and programs ask a patient about it: one answer for each medicine."""
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.kit.problems import Invalid
from app.kit.text import Text
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records

Said = Literal["taking", "stopped", "unknown"]


class MedicinesUnanswered(Invalid):
    """Of these `medicines` nobody knows whether they are taken; silence is no answer, unknown is one."""

    slug = "medicines-unanswered"
    title = Text(zh="有的药还没有回答现在在不在用，不知道也可以回答",
                 en="Of some medicines it is not said whether they are taken; “unknown” is an answer too")


@dataclass(frozen=True)
class Running:
    """What we prescribed and still runs: what the record holds, and what only the patient can say."""

    held: tuple[records.MedicineLine, ...]
    unsure: tuple[records.MedicineLine, ...]
    elsewhere: tuple[prescribing.Elsewhere, ...]

    @property
    def names(self) -> dict[str, Text]:
        """Which medicines need an answer of their own, and what they are called."""
        unsure = {str(line.id): prescribing.medicine_name(line.text, line.drug_id) for line in self.unsure}
        return unsure | {one.key: Text(zh=one.item.name_zh, en=one.item.name_en) for one in self.elsewhere}


def running_of(work: Work, patient_id: UUID, found: records.HistoryView) -> Running:
    """A line that is on its way with an order of ours is not asked about: it is not there yet."""
    own = [line for line in found.medicines if not line.self_reported and line.prescription_id]
    perhaps = prescribing.perhaps_taken(work, patient_id)
    coming = {order.prescription_id for order in pharmacy.orders_of(work, patient_id)
              if order.state in pharmacy.OPEN} if perhaps else set()
    return Running(tuple(line for line in own if line.said != "unknown"),
                   tuple(line for line in own if line.said == "unknown"),
                   tuple(one for one in perhaps if one.prescription.id not in coming))


def require_known(running: Running, answers: Mapping[str, object]) -> None:
    """Raise ListChanged for an answer about something that is not asked (any more)."""
    if not running.names.keys() >= answers.keys():
        raise prescribing.ListChanged


def require_answered(running: Running, answers: Mapping[str, Said]) -> None:
    """Raise MedicinesUnanswered for what is asked and not answered."""
    silent = {key: name for key, name in running.names.items() if key not in answers}
    if silent:
        raise MedicinesUnanswered(medicines=[{"key": key, "name": {"zh": name.zh, "en": name.en}}
                                             for key, name in silent.items()])


def save_answers(work: Work, patient_id: UUID, running: Running, answers: Mapping[str, Said],
                 stopped: Collection[UUID]) -> None:
    """Each medicine of ours with its own answer; one of which the patient does not know counts as taken.

    `stopped`: those that the record holds and the patient does not take any more.
    """
    elsewhere = {one.key: one for one in running.elsewhere}
    rows = prescribing.note_taken(work, patient_id, [key for key in elsewhere if answers[key] != "stopped"])
    for key, one in elsewhere.items():
        if answers[key] == "stopped":
            records.note_not_taken(work, patient_id, one.item.name_zh)
    rows |= {str(line.id): line.id for line in running.unsure}
    records.save_taking(work, patient_id, {*stopped, *_said(rows, answers, "stopped")}, _said(rows, answers, "unknown"))


def _said(rows: Mapping[str, UUID], answers: Mapping[str, Said], what: Said) -> set[UUID]:
    return {id for key, id in rows.items() if answers[key] == what}

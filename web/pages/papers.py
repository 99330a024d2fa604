"""A record that a partner hospital's program sent, as a person reads it; the bytes are a download beside it."""
from dataclasses import dataclass

from app.kit.problems import Invalid
from app.kit.text import Text
from records import api as records

Words = Text | str
KINDS: dict[str, Text] = {
    "AMB": Text(zh="门诊", en="outpatient visit"), "IMP": Text(zh="住院", en="inpatient stay"),
    "ACUTE": Text(zh="住院", en="inpatient stay"), "NONAC": Text(zh="住院", en="inpatient stay"),
    "EMER": Text(zh="急诊", en="emergency department"), "OBSENC": Text(zh="留观", en="observation"),
    "SS": Text(zh="日间", en="day case"),
}


@dataclass(frozen=True)
class Paper:
    """Title, what stands in the head of the paper, and its sections in the words of the hospital."""

    title: Words
    hospital: Words
    head: tuple[tuple[Text, Words], ...]
    sections: tuple[tuple[Words, Words], ...]


def paper_of(data: bytes) -> Paper | None:
    """The paper in a record of FHIR; None for anything else, which is shown as it is."""
    try:
        sent = records.read_record(data)
    except Invalid:
        return None
    head: list[tuple[Text, Words]] = [
        (Text(zh="姓名", en="Name"), sent.name),
        (Text(zh="就诊", en="Visit"), KINDS.get(sent.encounter, sent.encounter)),
        (Text(zh="科室", en="Department"), sent.department),
        (Text(zh="就诊日期", en="Date of the visit"), sent.seen_on.isoformat()),
        (Text(zh="诊断", en="Diagnosis"), f"{sent.label} {sent.code}".strip()),
        (Text(zh="诊断日期", en="Diagnosed on"), sent.diagnosed_on.isoformat()),
        (Text(zh="医生", en="Doctor"), sent.author)]
    return Paper(sent.title, sent.provider, tuple((name, value) for name, value in head if value), sent.sections)

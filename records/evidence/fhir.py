"""The record of a partner hospital as FHIR R4: one Bundle with a Condition, its Encounter and a Composition.

What is read here is what evidence needs; the bytes are kept as they came, and other elements are left to whoever
reads them there. Source: HL7 FHIR R4 (4.0.1), Bundle, Condition, Encounter, Composition.
"""
import json
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.kit.clock import local_date
from records.evidence.problems import bad_record
from records.icd import require_code

MOST = 1 << 20
ICD10 = ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.3")
NATIONAL_ID = "urn:oid:2.16.156.10011.1.3"  # the resident identity number of mainland China
STAYS = ("IMP", "ACUTE", "NONAC")  # v3 ActCode: days in a bed, a diagnosis may be made on any of them
IN_PERSON = (*STAYS, "AMB", "EMER", "OBSENC", "SS")  # VR and HH are not a hospital visit
DIAGNOSIS = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
PRESENT = {"active", "recurrence", "relapse"}  # the others of R4: inactive, remission, resolved
Short = Annotated[str, StringConstraints(strict=True, max_length=300, strip_whitespace=True)]


class _Element(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Coding(_Element):
    system: Short = ""
    code: Short = ""
    display: Short = ""


class Concept(_Element):
    coding: tuple[Coding, ...] = Field((), max_length=20)
    text: Short = ""


class Identifier(_Element):
    system: Short
    value: Short


class Subject(_Element):
    """Who it is about; we know the person by the identity number and the name, never by the hospital's own number."""

    identifier: Identifier
    display: Short


class Reference(_Element):
    reference: Short = ""


class Condition(_Element):
    resource_type: Literal["Condition"] = Field(alias="resourceType")
    subject: Subject
    code: Concept
    encounter: Reference | None = None
    clinical: Concept | None = Field(None, alias="clinicalStatus")
    verification: Concept | None = Field(None, alias="verificationStatus")
    recorded: Short | None = Field(None, alias="recordedDate")


class Period(_Element):
    start: Short
    end: Short | None = None


class Named(_Element):
    display: Short = ""


class Encounter(_Element):
    resource_type: Literal["Encounter"] = Field(alias="resourceType")
    id: Short = ""
    status: Literal["finished"]
    kind: Coding = Field(alias="class")
    subject: Subject
    period: Period
    service: Concept | None = Field(None, alias="serviceType")
    provider: Named | None = Field(None, alias="serviceProvider")


class Narrative(_Element):
    div: Annotated[str, StringConstraints(strict=True, max_length=100_000)]


class Section(_Element):
    title: Short = ""
    text: Narrative | None = None


class Composition(_Element):
    resource_type: Literal["Composition"] = Field(alias="resourceType")
    status: Literal["final", "amended"]
    subject: Subject
    title: Short
    date: Short
    author: tuple[Named, ...] = Field((), max_length=10)
    section: tuple[Section, ...] = Field((), max_length=60)


class Entry(_Element):
    url: Short = Field("", alias="fullUrl")
    resource: Annotated[Condition | Encounter | Composition, Field(discriminator="resource_type")]


class Bundle(_Element):
    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    type: Literal["document", "collection"]
    entry: tuple[Entry, ...] = Field(min_length=3, max_length=3)


class SentRecord(_Element):
    """What a record proves, and the words that a person reads."""

    name: str
    id_number: str
    code: str
    label: str
    diagnosed_on: date
    seen_on: date
    encounter: str
    title: str
    department: str = ""
    author: str = ""
    provider: str = ""
    sections: tuple[tuple[str, str], ...] = ()


def read_record(raw: bytes) -> SentRecord:
    """Read and check what a partner hospital sent. Raises BadRecord with the element that is wrong."""
    bundle = _bundle(_json(raw))
    parts = {type(one.resource): one.resource for one in bundle.entry}
    condition, encounter, paper = (parts.get(kind) for kind in (Condition, Encounter, Composition))
    if not (isinstance(condition, Condition) and isinstance(encounter, Encounter) and isinstance(paper, Composition)):
        raise bad_record("Bundle.entry", "要有 Condition、Encounter、Composition 各一个。",
                     "One Condition, one Encounter and one Composition are needed.")
    _require_one_person(condition, encounter, paper)
    _require_proof(condition, encounter)
    _require_this_visit(condition, encounter, next(one.url for one in bundle.entry if one.resource is encounter))
    coding = _icd10(condition)
    seen, diagnosed = _days(condition, encounter)
    return SentRecord(
        name=condition.subject.display, id_number=condition.subject.identifier.value,
        code=require_code(coding.code, "Condition.code"), label=coding.display or condition.code.text,
        diagnosed_on=diagnosed, seen_on=seen, encounter=encounter.kind.code, title=paper.title,
        department=_words(encounter.service),
        author="、".join(one.display for one in paper.author if one.display),
        provider=encounter.provider.display if encounter.provider else "",
        sections=tuple((one.title, plain_text(one.text.div)) for one in paper.section if one.text))


def _json(raw: bytes) -> Any:
    if len(raw) > MOST:
        raise bad_record("Bundle", "记录超过 1 MiB。", "The record is larger than 1 MiB.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("an element stands twice")
        return dict(pairs)

    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise bad_record("Bundle", "不是有效的 JSON（UTF-8）。", f"This is not valid JSON in UTF-8: {error}") from error


def _bundle(data: Any) -> Bundle:
    try:
        return Bundle.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in ("Bundle", *first["loc"]))
        raise bad_record(field, f"{field} 不对：{first['msg']}", f"{field}: {first['msg']}") from error


def _require_one_person(*parts: Condition | Encounter | Composition) -> None:
    people = {(one.subject.identifier.system, one.subject.identifier.value, one.subject.display) for one in parts}
    if len(people) != 1:
        raise bad_record("subject", "三份资料不是同一个人的。", "The three resources are about different people.")
    if parts[0].subject.identifier.system != NATIONAL_ID:
        raise bad_record("subject.identifier.system", f"请用身份证号：{NATIONAL_ID}。",
                     f"The person is named by the identity number: {NATIONAL_ID}.")


def _require_proof(condition: Condition, encounter: Encounter) -> None:
    """A diagnosis that stands, made in person: refuted or suspected ones, and visits by video, prove nothing."""
    if "confirmed" not in _codes(condition.verification, DIAGNOSIS):
        raise bad_record("Condition.verificationStatus", "诊断要是已确认的。", "The diagnosis must be confirmed.")
    status = _codes(condition.clinical, CLINICAL)
    if condition.clinical and not (status and status <= PRESENT):
        raise bad_record("Condition.clinicalStatus", "要是现在还有的病，已好的不算。",
                         "The condition must be active; one that is over proves nothing.")
    if encounter.kind.code not in IN_PERSON:
        raise bad_record("Encounter.class", "要是当面就诊，网上的不算。", "It must be a visit in person, not online.")


def _require_this_visit(condition: Condition, encounter: Encounter, url: str) -> None:
    """A diagnosis that names its visit names the one that was sent; one by words or number alone cannot be told."""
    if condition.encounter is None:
        return
    named = condition.encounter.reference
    by_id = named.startswith("Encounter/") and (
        url.endswith(f"/{named}") or bool(encounter.id) and named == f"Encounter/{encounter.id}")
    if not named or not (named == url or by_id):
        raise bad_record("Condition.encounter", "诊断要是发来的这次就诊里做的。",
                         "The diagnosis must be of the encounter that was sent.")


def _days(condition: Condition, encounter: Encounter) -> tuple[date, date]:
    """The day of the visit and that of the diagnosis, which no writing down outside of the visit can move.

    Without an end the visit is its first day. Only a stay in a bed has diagnoses of later days.
    """
    seen = _day(encounter.period.start, "Encounter.period.start")
    left = _day(encounter.period.end, "Encounter.period.end") if encounter.period.end else seen
    recorded = _day(condition.recorded, "Condition.recordedDate") if condition.recorded else seen
    if left < seen:
        raise bad_record("Encounter.period.end", "就诊结束早于开始。", "The visit ends before it starts.")
    if not seen <= recorded <= left:
        raise bad_record("Condition.recordedDate", "诊断日期要在这次就诊期间。",
                         "The diagnosis must be recorded during the visit.")
    return seen, recorded if encounter.kind.code in STAYS else seen


def _codes(concept: Concept | None, system: str) -> set[str]:
    return {one.code for one in concept.coding if one.system in ("", system)} if concept else set()


def _icd10(condition: Condition) -> Coding:
    found = next((one for one in condition.code.coding if one.system in ICD10 and one.code), None)
    if found is None:
        raise bad_record("Condition.code", "要有 ICD-10 编码。", "An ICD-10 code is needed.")
    return found


def _day(text: str, field: str) -> date:
    """A FHIR date or instant as a day in the hospital; a month or a year alone is not exact enough."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no timezone")
        return local_date(moment)
    except (ValueError, OverflowError) as error:
        raise bad_record(field, "日期要写到日，时间要带时区。", "A full date, or a moment with its zone.") from error


def _words(concept: Concept | None) -> str:
    return (concept.text or next((one.display for one in concept.coding if one.display), "")) if concept else ""


class _PlainText(HTMLParser):
    """Words of a narrative without its mark-up; what a program or a style says is no word."""

    SILENT, BREAKS = ("script", "style"), ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in self.SILENT
        self.words += ["\n"] if tag in self.BREAKS else []

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        self.words += [] if self.silent else [data]


def plain_text(div: str) -> str:
    """The words of a narrative, line by line. Raises BadRecord for what is no mark-up of a text."""
    parser = _PlainText()
    try:
        parser.feed(div)
    except (AssertionError, ValueError) as error:  # the parser's answers to "<![foo[" and to "&#" with endless digits
        raise bad_record("Composition.section.text.div", "正文的标记读不了。",
                         "The mark-up of the narrative cannot be read.") from error
    lines = (" ".join(line.split()) for line in "".join(parser.words).splitlines())
    return "\n".join(line for line in lines if line)

"""A partner hospital sends its record as FHIR R4, for a patient who asked it to: strictly read, kept byte for byte."""
import copy
import hashlib
import json
from datetime import date
from typing import Any

import pytest

from app.identity import api as identity
from app.kit.clock import FrozenClock
from app.kit.problems import Invalid, NotAllowed, NotFound
from app.work import HOUSE, Actor, House, Work, all_of
from records import api as records
from tests.records.cast import Cast
from web.demo.cast import id_number
from web.demo.papers import fhir_record

DAY = date(2026, 8, 12)
NUMBER = id_number(date(1968, 3, 12), 101)
WORDS = {"主诉": "头晕 3 天。", "诊断": "<p>原发性高血压</p><script>alert(1)</script>", "处理": "氨氯地平 5 mg。"}


def record(**changes: Any) -> bytes:
    return fhir_record(**{"name": "王建国", "id_number": NUMBER, "code": "I10", "label": "原发性高血压", "day": DAY,
                          "words": WORDS, **changes})


def register_says(work: Work, person: identity.Patient, matched: bool) -> None:
    """The register answers now whether name and number belong together."""
    check = work.add(identity.RealnameCheck(patient_id=person.id, matched=matched, method="stand_in", reference="t",
                                            asked_at=work.now, answered_at=work.now))
    person.realname_check_id = check.id
    work.add(person)


@pytest.fixture
def renmin(house: House, cast: Cast) -> Actor:
    """The program of Renmin Hospital; Wang has an identity number."""
    with house.write(HOUSE) as work:
        key = identity.issue_partner_key(work, cast.renmin)
        person = work.get(identity.Patient, cast.patients["wang"], lock=True)
        person.name = "王建国"
        from app.identity.people.queries import ID_NUMBER
        from app.storage import Vault
        person.id_number_sealed = work.tool(Vault).seal(NUMBER, ID_NUMBER)
        register_says(work, person, True)
    with house.read(HOUSE) as work:
        found = identity.resolve_token(work.session, key, work.now)
    assert found is not None and found.role == "partner" and found.organization_id == cast.renmin
    return found


@pytest.fixture
def asked(house: House, cast: Cast, renmin: Actor) -> records.AccessTask:
    with house.write(cast.wang) as work:
        return records.ask_partner(work, cast.patients["wang"], cast.renmin)


def send(house: House, who: Actor, request: Any, raw: bytes | None = None) -> records.Evidence:
    with house.write(who) as work:
        return records.receive_record(work, request.id, record() if raw is None else raw)


@pytest.mark.invariant(8)
def test_the_record_comes_with_institution_code_date_and_source_and_its_bytes_are_kept(house, cast, renmin, asked):
    raw = record()
    piece = send(house, renmin, asked, raw)
    assert (piece.origin, piece.institution, piece.diagnosis_code, piece.diagnosed_on) == (
        "partner", "人民医院", "I10", DAY)
    with house.read(cast.wang) as work:
        kept, media = records.document_bytes(work, piece.document_id)
        page = records.pages_of(work, piece.document_id)[0]
    assert kept == raw and media == "application/json"
    assert page.sha256 == hashlib.sha256(raw).hexdigest()


def test_sent_twice_it_is_one_record(house, cast, renmin, asked):
    assert send(house, renmin, asked).id == send(house, renmin, asked).id
    with house.read(cast.wang) as work:
        assert len(records.timeline(work, cast.patients["wang"], kind="partner_record")) == 1


@pytest.mark.invariant(1)
def test_it_proves_nothing_before_the_doctor_of_the_visit_confirmed_it(house, cast, renmin, asked):
    piece, visit = send(house, renmin, asked), cast.treat("lin", "wang")
    with house.read(HOUSE) as work:
        assert records.evidence_for_visit(work, visit) is None
    with house.write(cast.lin) as work:
        records.attach_evidence(work, visit, piece.id)
    with house.read(HOUSE) as work:
        assert records.evidence_for_visit(work, visit).institution == "人民医院"


@pytest.mark.invariant(9)
def test_a_hospital_sees_only_who_asked_it_and_only_for_a_week(house, cast, renmin, clock: FrozenClock):
    def seen() -> list[records.Asked]:
        with house.write(renmin) as work:
            return records.open_requests(work)

    assert seen() == []
    with house.write(cast.wang) as work:
        asked = records.ask_partner(work, cast.patients["wang"], cast.renmin)
    assert [(one.name, one.id_number) for one in seen()] == [("王建国", NUMBER)]
    clock.forward(days=7, seconds=1)
    assert seen() == []
    with pytest.raises(NotFound):
        send(house, renmin, asked)


@pytest.mark.invariant(9)
def test_what_the_hospital_was_told_stands_in_the_register_once_for_each_asking(house, cast, renmin, asked, clock):
    def given() -> list[tuple[str, str, list[str], bool]]:
        with house.read(cast.wang) as work:
            return [(one.recipient.en, one.purpose.en, [kind.en for kind in one.fields], "consent" in one.basis.en)
                    for one in records.hand_overs(work, cast.patients["wang"])]

    def look() -> None:
        with house.write(renmin) as work:
            assert len(records.open_requests(work)) == 1

    line = ("Renmin Hospital", "to ask the hospital for the earlier record", ["name", "identity number"], True)
    assert given() == [], "asking alone tells nobody anything"
    look()
    look()
    assert given() == [line]
    with house.write(cast.wang) as work:
        records.stop_asking(work, cast.patients["wang"], cast.renmin)
    clock.forward(days=1)
    with house.write(cast.wang) as work:
        records.ask_partner(work, cast.patients["wang"], cast.renmin)
    assert given() == [line], "what is asked anew is told when it is looked at"
    look()
    assert given() == [line, line]


@pytest.mark.invariant(9)
def test_what_was_taken_back_is_closed_at_once(house, cast, renmin, asked):
    with house.write(cast.wang) as work:
        records.stop_asking(work, cast.patients["wang"], cast.renmin)
        assert records.asked_of(work, cast.patients["wang"]) == []
    with pytest.raises(NotFound):
        send(house, renmin, asked)
    with house.read(HOUSE) as work:
        assert all_of(work, records.Evidence) == []


@pytest.mark.invariant(9)
def test_another_hospital_and_another_role_find_no_request(house, cast, renmin, asked):
    for who in (Actor("partner", renmin.account_id, cast.hospital), cast.lin, cast.zhao, cast.bai):
        with pytest.raises(NotFound):
            send(house, who, asked)


@pytest.mark.invariant(9)
def test_nobody_else_asks_for_the_record_of_wang(house, cast, renmin):
    for who in (cast.zhao, renmin):
        with house.write(who) as work, pytest.raises(records.RecordClosed):
            records.ask_partner(work, cast.patients["wang"], cast.renmin)


@pytest.mark.invariant(9)
@pytest.mark.parametrize("matched", [None, False])
def test_without_a_confirmed_identity_no_hospital_is_asked(house, cast, renmin, matched: bool | None):
    with house.write(HOUSE) as work:
        person = work.get(identity.Patient, cast.patients["wang"], lock=True)
        person.realname_check_id = None
        if matched is not None:
            register_says(work, person, matched)
    with house.write(cast.wang) as work, pytest.raises(records.IdentityNotChecked):
        records.ask_partner(work, cast.patients["wang"], cast.renmin)
    with house.write(renmin) as work:
        assert records.open_requests(work) == []


@pytest.mark.invariant(9)
@pytest.mark.parametrize("change", ["lapsed", "denied"])
def test_an_identity_no_longer_confirmed_is_neither_shown_nor_sent_for(house, cast, renmin, clock, change: str):
    clock.forward(days=364)
    with house.write(cast.wang) as work:
        asked = records.ask_partner(work, cast.patients["wang"], cast.renmin)
    if change == "lapsed":
        clock.forward(days=1)
    else:
        with house.write(HOUSE) as work:
            register_says(work, work.get(identity.Patient, cast.patients["wang"], lock=True), False)
    with house.write(renmin) as work:
        assert records.open_requests(work) == []
    with pytest.raises(NotFound):
        send(house, renmin, asked)
    with house.read(HOUSE) as work:
        assert all_of(work, records.Document) == []


def test_a_hospital_without_a_key_cannot_be_asked_and_a_new_key_ends_the_old_one(house, cast, renmin):
    with house.write(HOUSE) as work:
        second = identity.issue_partner_key(work, cast.renmin)
    with house.read(HOUSE) as work:
        assert identity.resolve_token(work.session, second, work.now).account_id == renmin.account_id
    with house.write(HOUSE) as work:
        identity.withdraw_partner_key(work, cast.renmin)
    with house.read(HOUSE) as work:
        assert identity.resolve_token(work.session, second, work.now) is None
        assert identity.connected_partners(work) == []
    with house.write(cast.wang) as work, pytest.raises(records.NotAPartner):
        records.ask_partner(work, cast.patients["wang"], cast.renmin)
    with house.write(cast.lin) as work, pytest.raises(NotAllowed):
        identity.issue_partner_key(work, cast.renmin)


def changed(*path: Any, value: Any) -> bytes:
    """The record with one element changed; "drop" takes it away."""
    data = copy.deepcopy(json.loads(record()))
    at = data
    for step in path[:-1]:
        at = at[step]
    if value == "drop":
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(data, ensure_ascii=False).encode()


COMPOSITION, ENCOUNTER, CONDITION = (("entry", n, "resource") for n in range(3))


UNREADABLE = [
    b"", b"\xff", b"[]", b"null", b"[" * 200_000, b'{"resourceType": "Bundle", "resourceType": "Bundle"}',
    b'"' + b"a" * (records.LARGEST_RECORD + 1) + b'"',
    changed("type", value="transaction"), changed("entry", value=[]), changed(*COMPOSITION, value="drop"),
    changed(*COMPOSITION, "resourceType", value="Patient"), changed(*COMPOSITION, "status", value="preliminary"),
    changed(*ENCOUNTER, "class", "code", value="VR"), changed(*ENCOUNTER, "status", value="in-progress"),
    changed(*ENCOUNTER, "period", "start", value="2026-08"), changed(*ENCOUNTER, "period", "start", value=7),
    changed(*CONDITION, "verificationStatus", value="drop"),
    changed(*CONDITION, "verificationStatus", "coding", 0, "code", value="refuted"),
    changed(*CONDITION, "code", "coding", 0, "system", value="http://snomed.info/sct"),
    changed(*CONDITION, "code", "coding", 0, "code", value="hypertension"),
    changed(*CONDITION, "recordedDate", value="99999-99-99"),
    changed(*CONDITION, "recordedDate", value="2026-08-13"), changed(*CONDITION, "recordedDate", value="2026-08-11"),
    changed(*ENCOUNTER, "period", value={"start": "2026-08-11"}),
    changed(*ENCOUNTER, "period", value={"start": "2026-08-12", "end": "2026-08-11"}),
    changed(*CONDITION, "encounter", value={"reference": "Encounter/other"}),
    changed(*CONDITION, "encounter", value={"reference": "Encounter/"}),
    changed(*CONDITION, "encounter", value={"display": "门诊"}),
    *(changed(*CONDITION, "clinicalStatus", value={"coding": [{"code": code}]})
      for code in ("inactive", "resolved", "remission", "unheard")),
    changed(*CONDITION, "clinicalStatus", value={"text": "active"}),
    *(record(words={"诊断": text}) for text in ("<![foo[bar]]>", "<![ endif]>", "&#" + "9" * 6000 + ";")),
    changed(*CONDITION, "subject", "display", value="李四"), changed(*CONDITION, "subject", value="drop"),
    changed(*CONDITION, "subject", "identifier", "system", value="urn:local"), record(code="")]


@pytest.mark.invariant(1)
@pytest.mark.parametrize("raw", UNREADABLE)
def test_what_is_no_proof_is_refused_with_the_element_named(raw: bytes):
    with pytest.raises(Invalid) as refused:
        records.read_record(raw)
    assert refused.value.facts["errors"][0]["field"] and refused.value.facts["errors"][0]["message"]["en"]


@pytest.mark.invariant(1)
def test_a_diagnosis_is_of_the_visit_that_was_sent_not_of_the_day_it_was_written_down():
    def days(kind: str) -> tuple[date, date]:
        data = json.loads(record())
        visit, condition = (data["entry"][n]["resource"] for n in (1, 2))
        visit["class"]["code"], condition["recordedDate"] = kind, "2026-08-20"
        visit["period"] = {"start": "2026-08-12", "end": "2026-08-21T10:00:00+08:00"}
        sent = records.read_record(json.dumps(data).encode())
        return sent.seen_on, sent.diagnosed_on

    assert days("AMB") == (DAY, DAY), "a long period of clinic visits proves its first day"
    assert days("IMP") == (DAY, date(2026, 8, 20)), "in a bed a diagnosis may be made on a later day"
    without = changed(*CONDITION, "recordedDate", value="drop")
    assert records.read_record(without).diagnosed_on == DAY


@pytest.mark.parametrize(("url", "number", "named"), [
    ("urn:uuid:5f2e", "", "urn:uuid:5f2e"), ("", "v7", "Encounter/v7"),
    ("https://renmin.example/fhir/Encounter/v7", "", "Encounter/v7"),
    ("https://renmin.example/fhir/Encounter/v7", "v7", "https://renmin.example/fhir/Encounter/v7")])
def test_a_diagnosis_that_names_its_visit_and_is_active_is_read(url: str, number: str, named: str):
    data = json.loads(record())
    data["entry"][1]["fullUrl"], data["entry"][1]["resource"]["id"] = url, number
    data["entry"][2]["resource"] |= {"encounter": {"reference": named}, "clinicalStatus": {"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}}
    assert records.read_record(json.dumps(data).encode()).diagnosed_on == DAY


@pytest.mark.invariant(1)
@pytest.mark.parametrize("raw", [
    UNREADABLE[0], record(name="李四"), record(id_number=id_number(date(1970, 1, 1), 103)),
    changed(*CONDITION, "recordedDate", value="2030-01-01")])
def test_of_a_refused_record_nothing_is_kept(house, cast, renmin, asked, raw):
    with pytest.raises(Invalid):
        send(house, renmin, asked, raw)
    with house.read(HOUSE) as work:
        assert all_of(work, records.Document) == [] and all_of(work, records.Evidence) == []


def test_the_words_of_a_record_are_read_without_its_mark_up():
    sent = records.read_record(record())
    assert dict(sent.sections)["诊断"] == "原发性高血压" and sent.department == "内科门诊" and sent.author == "郭志远"

"""What can go wrong with evidence."""
from app.kit.problems import Conflict, Invalid
from app.kit.text import Text


class UndoTooLate(Conflict):
    """The few seconds for taking a decision back are over; decide anew instead."""

    slug = "undo-too-late"
    title = Text(zh="撤回的时间已过，请重新判断", en="It is too late to undo; please decide again")


class NotAccepted(Conflict):
    """Only evidence that stands accepted can be kept with a visit."""

    slug = "evidence-not-accepted"
    title = Text(zh="这份凭证还没有被采信", en="This evidence has not been accepted")


class OtherPatient(Conflict):
    """The document belongs to another patient's record."""

    slug = "document-of-another-patient"
    title = Text(zh="这份资料不属于这位就诊人", en="This document does not belong to this patient")


class NotAPartner(Invalid):
    """Only partner hospitals send records that count by their origin."""

    slug = "not-a-partner"
    title = Text(zh="这家机构不是合作医院，请上传病历照片", en="This is no partner hospital; please upload the record")


class IdentityNotChecked(Conflict):
    """A partner hospital is asked only for somebody whose name and number were checked and belong together."""

    slug = "identity-not-checked"
    title = Text(zh="请先核对这位就诊人的身份，再请医院发病历",
                 en="Please confirm this patient's identity first, then ask the hospital for the record")


class BadRecord(Invalid):
    """A record that a partner sent cannot serve as evidence; the errors name the element and say why."""

    slug = "bad-fhir-record"
    title = Text(zh="这份 FHIR 记录不能用作凭证", en="This FHIR record cannot serve as evidence")


def bad_record(field: str, zh: str, en: str) -> BadRecord:
    """The refusal of one element."""
    words = Text(zh=zh, en=en)
    return BadRecord(words, errors=[{"field": field, "message": words.model_dump()}])

"""One line of the talk as the socket sends it: facts for programs, and for patients the page's own mark-up."""
from typing import Any

from app.kit.text import Text
from app.work import Work
from consult import api as consult
from records import api as records
from web.api.schemas import MessageOut
from web.pages.patient.views_visit import Card, Message
from web.rendering import PageContext, render

CARDS = {"prescription": ("prescription", "/prescriptions/{ref}"), "referral": ("file-text", "/visits/{visit}/summary")}
FILE = "/documents/{id}/pages/1"
OPEN = Text(zh="打开", en="Open")
DOCTOR = Text(zh="医", en="D")


def facts_of(message: consult.Message) -> dict[str, Any]:
    """The message as the API gives it."""
    return MessageOut.model_validate(message).model_dump(mode="json")


def patient_line(work: Work, visit: consult.Visit, message: consult.Message) -> Message:
    """The message as the patient's pages draw it."""
    own = message.sender == "patient"
    line: dict[str, Any] = {"seq": message.seq, "at": message.at, "own": own}
    if message.card is not None:
        return _house_line(visit, message, line)
    if own:
        line |= {"state": consult.receipt(visit, "patient", message.seq), "client_id": str(message.client_id)}
    if message.document_id is None:
        return Message(kind="text", text=message.text, **line)
    kept = records.document(work, message.document_id)
    kind = "document" if message.kind == "pdf" else message.kind
    return Message(kind=kind, text=message.text, url=FILE.format(id=kept.id),  # type: ignore[arg-type]
                   name=kept.title, **line)


def _house_line(visit: consult.Visit, message: consult.Message, line: dict[str, Any]) -> Message:
    card = message.card or {}
    text = Text(zh=card["zh"], en=card["en"])
    if message.kind == "system" or card["kind"] not in CARDS:
        return Message(kind="system", text=text, **line)
    drawing, href = CARDS[card["kind"]]
    return Message(kind="card", card=Card(drawing, text, href=href.format(ref=card["ref"], visit=visit.id),
                                          action=OPEN), **line)


def drawn(work: Work, visit: consult.Visit, message: consult.Message) -> str:
    """The same escaped mark-up that draws the patient's page."""
    reader = PageContext(lang="en" if work.actor.language == "en" else "zh", now=work.now)
    return render("patient/parts/_message.html", reader,
                  m=patient_line(work, visit, message), initial=DOCTOR)

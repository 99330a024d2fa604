"""The talk as the doctor sees it."""
from typing import Any

from app.kit.text import Text
from app.work import Work
from consult import api as consult
from web.pages.cleared import talk_cleared
from web.pages.staff import views_doctor as d

MOST = 200
KINDS = {"image": "photo", "pdf": "file", "voice": "voice"}
CLEANED = Text(zh="已去除位置信息 · 原图保存", en="place removed · original kept")
CLOSED = Text(zh="就诊已结束，不能再发消息。", en="The visit is over; no more messages.")
TAGS: dict[str, tuple[Text, str]] = {
    "prescription": (Text(zh="处方", en="Prescription"), "info"),
    "referral": (Text(zh="转诊", en="Referral"), "urg"),
    "evidence": (Text(zh="凭证", en="Evidence"), "ok"),
}
LINKS = {"prescription": "/doctor/prescriptions/", "evidence": "/doctor/evidence/"}
OPEN = Text(zh="打开", en="Open")
PHRASES = (
    Text(zh="请把最近一周的血压发给我。", en="Please send me your blood pressure of this week."),
    Text(zh="请拍一张现在吃的药的药盒。", en="Please send a photo of the medicine box."),
    Text(zh="先不要停药，等我看完再说。", en="Please do not stop the medicine until I have looked at it."),
    Text(zh="如果出现胸痛、喘不上气或说话不清，马上拨打 120。",
         en="Chest pain, trouble breathing or slurred speech: call 120 at once."),
)


def talk(work: Work, visit: consult.Visit) -> d.Talk:
    """The newest lines of a visit with what is unread."""
    after = max(0, visit.last_seq - MOST)
    lines = tuple(line(visit, row) for row in consult.messages(work, visit, after))
    unread = next((one.seq for one in lines if one.seq > visit.doctor_read and one.side == "in"), None)
    running = visit.state == "in_progress"
    return d.Talk(lines, visit.last_seq, f"visit:{visit.id}", unread,
                  consult.draft_of(work, visit.id) if running else "", None, PHRASES if running else (),
                  "" if running else CLOSED, "" if lines else talk_cleared(work, visit))


def newer(work: Work, visit: consult.Visit, after: int) -> d.Talk:
    """Only the lines above `after`, for a page that shows the rest already."""
    lines = tuple(line(visit, row) for row in consult.messages(work, visit, max(0, after)))
    return d.Talk(lines, visit.last_seq, f"visit:{visit.id}")


def line(visit: consult.Visit, row: consult.Message) -> d.TalkLine:
    """One stored message."""
    if row.kind in ("system", "card"):
        return _of_the_house(row)
    side: Any = "out" if row.sender == "doctor" else "in"
    state: Any = consult.receipt(visit, "doctor", row.seq) if side == "out" else "sent"
    if row.kind == "text":
        return d.TalkLine(str(row.id), row.seq, row.at, "text", side, row.text, state)
    kind: Any = KINDS[row.kind]
    href = f"/doctor/files/{row.document_id}/1"
    name = {"photo": "", "file": "PDF"}.get(kind, "")
    return d.TalkLine(str(row.id), row.seq, row.at, kind, side, CLEANED if kind == "photo" else row.text, state,
                      href, name)


def _of_the_house(row: consult.Message) -> d.TalkLine:
    told = row.card or {}
    words = Text(zh=told.get("zh") or "—", en=told.get("en") or "—")
    if row.kind == "system":
        return d.TalkLine(str(row.id), row.seq, row.at, "system", body=words)
    tag, family = TAGS.get(told.get("kind", ""), (Text(zh="记录", en="Record"), "line"))
    base, ref = LINKS.get(told.get("kind", "")), told.get("ref")
    card = d.TalkCard(tag, family, words, href=f"{base}{ref}" if base and ref else "",  # type: ignore[arg-type]
                      link=OPEN if base and ref else "")
    return d.TalkLine(str(row.id), row.seq, row.at, "card", card=card)

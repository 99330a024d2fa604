"""A refused step as a page: its kind, what it means, and errors beside the fields of a form."""
from datetime import datetime
from typing import Any, Literal

from app.kit.problems import Problem
from app.kit.text import Text
from web.pages.staff import views as v
from web.rendering import local

Kind = Literal["held", "changed", "refused", "missing", "failed"]
KINDS: dict[str, Kind] = {"step-refused": "refused", "held-by-colleague": "held", "unavailable": "failed",
                          "another-doctor-wanted": "refused", "own-prescription": "refused"}
BACK = Text(zh="返回", en="Back")
MEANS: dict[str, Text] = {
    "wrong-state": Text(zh="这一步之前，有人或系统已经改了它的状态。什么都没有被覆盖；请看现在的情况。",
                        en="Somebody, or the system, changed its state before this step. Nothing was overwritten; "
                           "please look at how it stands now."),
    "not-on-duty": Text(zh="点一下右上角的“暂离”开始接诊，再接这位患者。",
                        en="Press “Away” at the top right to go on duty, then accept this patient."),
    "held-by-colleague": Text(zh="您可以看，不能决定；到时自动放开。",
                              en="You can read it, not decide; it is freed by itself."),
    "offer-gone": Text(zh="可能已经到时、被取消，或转给了下一家药房。您这边没有动库存，也没有收钱。",
                       en="It lapsed, was cancelled, or went to the next pharmacy. Neither stock nor money "
                           "moved here."),
    "visit-not-running": Text(zh="就诊已经结束或还没有开始，病历和处方只能在更正期限内改。",
                              en="The visit is over or has not begun; note and prescription can be corrected only "
                                 "until their deadline."),
    "signature-broken": Text(zh="内容和医生签的不一样，这张不能用；请联系开方医生重新开。",
                             en="The content is not what the doctor signed. It cannot be used; ask the doctor for a "
                                "new one."),
}


def kind_of(problem: Problem) -> Kind:
    """The family of a problem, for its tag."""
    return KINDS.get(problem.slug, "changed" if problem.status == 409 else "failed")


def stop_view(frame: v.StaffFrame, problem: Problem, back: str, why: str = "",
              sources: tuple[Text, ...] = ()) -> v.StopView:
    """What the stop page says of a problem."""
    refused = problem.slug == "step-refused"
    detail = problem.detail if refused else MEANS.get(problem.slug, problem.detail)
    facts = [*_reasons(problem)[1:], *_until(problem), *sources]
    return v.StopView(frame, kind_of(problem), problem.title, detail, tuple(facts), back, BACK, why_href=why)


def _reasons(problem: Problem) -> list[Text]:
    """Each sentence of the decisions that hold a step, once."""
    rows = problem.facts.get("reasons") or []
    return list(dict.fromkeys(Text(**row) for row in rows if isinstance(row, dict)))


def _until(problem: Problem) -> list[Text]:
    until = problem.facts.get("until")
    if not isinstance(until, str):
        return []
    at = f"{local(datetime.fromisoformat(until)):%H:%M}"
    return [Text(zh=f"持有到 {at}", en=f"Held until {at}")]


def field_errors(problem: Problem, names: dict[str, str] | None = None, href: str = "") -> tuple[v.FieldError, ...]:
    """A problem beside the fields of its form; `names` are our names for the command's fields."""
    rows: list[Any] = problem.facts.get("errors") or []
    named = tuple(v.FieldError((names or {}).get(row["field"], row["field"]), Text(**row["message"]))
                  for row in rows if isinstance(row, dict) and isinstance(row.get("message"), dict))
    return named or (v.FieldError("", problem.detail, href),)

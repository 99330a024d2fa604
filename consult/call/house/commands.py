"""The operator sets what holds for calls, and has the installation checked."""
import logging
import threading
from typing import Any
from uuid import UUID

from app.audit.entries import Trace
from app.kit.problems import NotAllowed, invalid
from app.settings import Settings
from app.work import HOUSE, House, Work
from consult.call.house.models import CallCheck, CallSettings
from consult.call.house.queries import LEAST_KBITS, MOST_KBITS, calls_here, is_checking, last_call_check

MAY = ("operator", "admin")
CHECK = "consult.check_calls"
log = logging.getLogger("fuzhen.media")


def set_calls_here(work: Work, recording: str, picture_kbits: int) -> CallSettings:
    """From now on this holds; a recording that is off now ends, its call goes on. Raises NotAllowed, Invalid."""
    _require_operator(work)
    if recording not in ("ask", "off"):
        raise invalid("recording", "请选择是否录像。", "Please choose whether calls are recorded.")
    if recording == "ask" and work.tool(Settings).recording == "off":
        raise invalid("recording", "这台服务器用 FUZHEN_RECORDING 关掉了录像，这里不能打开。",
                      "FUZHEN_RECORDING switches recording off on this server; it cannot be switched on here.")
    if not LEAST_KBITS <= picture_kbits <= MOST_KBITS:
        raise invalid("picture_kbits", f"请填 {LEAST_KBITS} 到 {MOST_KBITS} 之间的数。",
                      f"Please give a number from {LEAST_KBITS} to {MOST_KBITS}.")
    before = calls_here(work)
    made = work.add(CallSettings(set_at=work.now, set_by=_me(work), recording=recording, picture_kbits=picture_kbits))
    work.trace(Trace("calls_here_set", subject_kind="call_settings", subject_id=made.id, facts={
        "recording": [before.recording, recording], "picture_kbits": [before.picture_kbits, picture_kbits]}))
    return made


def check_calls_here(work: Work) -> CallCheck:
    """Have everything tried that a call needs; while one check runs, asking again is asking for the same."""
    _require_operator(work)
    running = last_call_check(work)
    if running is not None and is_checking(work, running):
        return running
    made = work.add(CallCheck(asked_at=work.now, asked_by=_me(work)))
    work.later(CHECK, {"check_id": str(made.id)}, f"call-check:{made.id}")
    work.trace(Trace("calls_here_checked", subject_kind="call_check", subject_id=made.id))
    return made


def begin_check(house: House, args: dict[str, Any], key: str) -> None:
    """Try everything in a thread of its own: a relay that does not answer must not keep other jobs waiting.

    Twice does no harm. A check that dies with its server is told as lost after a while.
    """
    threading.Thread(target=_check, args=(house, UUID(args["check_id"])), name="call-check", daemon=True).start()


def check_begun(work: Work, args: dict[str, Any], outcome: Any) -> None:
    """The job is done when the check has begun; what it finds is written down by itself."""


def _check(house: House, check_id: UUID) -> None:
    from consult.call.checking.all import examine  # media libraries: loaded only where calls are checked
    try:
        found = examine(house.tools.get(Settings), house.clock.now())
        with house.write(HOUSE) as work:
            write_down_check(work, check_id, [
                {"check": one.check, "verdict": one.verdict, "zh": one.text.zh, "en": one.text.en} for one in found])
    except Exception as error:      # the page tells that the check was lost
        log.error("the check of calls did not end", exc_info=error)


def write_down_check(work: Work, check_id: UUID, findings: list[dict[str, Any]]) -> None:
    """Keep what was found."""
    check = work.get(CallCheck, check_id, lock=True)
    check.findings, check.done_at = findings, work.now
    work.add(check)


def _require_operator(work: Work) -> None:
    if work.actor.role not in MAY:
        raise NotAllowed


def _me(work: Work) -> UUID:
    assert work.actor.account_id is not None
    return work.actor.account_id

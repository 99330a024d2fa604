"""Calls here: what the operator may set, what stands in the environment, and whether calls work."""
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from app.kit.text import Text, counted
from app.settings import Settings
from app.work import Work
from consult import api as consult
from web.door import Door, Gate, GuardedRoute, see_other
from web.pages.staff import views_calls as c
from web.pages.staff.desk import attempt, frame, show, stopped
from web.pages.staff.stops import field_errors

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Operator = Annotated[Door, Gate("operator", "admin")]
PAGE = "/admin/calls"
ENGINES = {"p2p": Text(zh="浏览器之间直接连接", en="from browser to browser"),
           "relay": Text(zh="经本院的媒体进程转发", en="through this server's media process"),
           "janus": Text(zh="经 Janus 转发", en="through Janus")}
ONLY = {True: Text(zh="是，双方互不知道网络地址", en="yes: neither side learns the other's address"),
        False: Text(zh="否", en="no")}
NONE = Text(zh="没有设置", en="none")


def _lines(settings: Settings) -> tuple[c.Line, ...]:
    """What only the environment says; a secret is told as set or not."""
    relays = ", ".join(settings.turn_urls)
    return (
        c.Line(Text(zh="声音和画面怎么走", en="Way of sound and picture"), ENGINES[settings.call_engine],
               "FUZHEN_CALL_ENGINE"),
        c.Line(Text(zh="中继服务器", en="Relays"), Text(zh=relays, en=relays) if relays else NONE, "FUZHEN_TURN_URLS"),
        c.Line(Text(zh="中继密码有效", en="Passwords for relays hold"),
               Text(zh=f"{settings.turn_minutes} 分钟", en=counted(settings.turn_minutes, "minute", "minutes")),
               "FUZHEN_TURN_MINUTES"),
        c.Line(Text(zh="只走中继", en="Through relays only"), ONLY[settings.turn_only], "FUZHEN_TURN_ONLY"))


def calls_view(work: Work, **typed: Any) -> c.CallsView:
    """Settings and the newest check. Cost: 2 statements besides the frame."""
    here, check = consult.calls_here(work), consult.last_call_check(work)
    settings = work.tool(Settings)
    running = consult.is_checking(work, check)
    told = {"recording": here.recording, "picture_kbits": str(here.picture_kbits), **typed}
    return c.CallsView(
        frame(work, "calls"), told["recording"], settings.recording == "off", told["picture_kbits"],
        consult.LEAST_KBITS, consult.MOST_KBITS, here.set_at, _lines(settings),
        tuple(c.Finding(one["check"], one["verdict"], Text(zh=one["zh"], en=one["en"]))
              for one in (check.findings if check else [])),
        check.done_at if check else None, running, check is not None and check.done_at is None and not running,
        f"{check.id} {check.done_at}" if check else "", told.get("errors", ()))


def _page(door: Door, status: int = 200, **typed: Any) -> Response:
    with door.read() as work:
        view = calls_view(work, **typed)
    return show(door, "staff/admin/calls.html", view, status, PAGE)


@router.get(PAGE)
def calls(door: Operator) -> Response:
    """Settings of calls, and whether they work here."""
    return _page(door)


@router.post(f"{PAGE}/settings")
def save(door: Operator, recording: Annotated[str, Form(max_length=10)] = "",
         picture_kbits: Annotated[str, Form(max_length=10)] = "") -> Response:
    """From now on this holds."""
    kbits = int(picture_kbits) if picture_kbits.isascii() and picture_kbits.isdigit() else -1
    _, problem = attempt(door, lambda work: consult.set_calls_here(work, recording, kbits))
    if problem is None:
        return see_other(PAGE)
    if problem.status != 422:
        return stopped(door, problem, PAGE, "calls")
    return _page(door, 422, recording=recording, picture_kbits=picture_kbits, errors=field_errors(problem))


@router.post(f"{PAGE}/check")
def check(door: Operator) -> Response:
    """Have everything tried that a call needs."""
    _, problem = attempt(door, consult.check_calls_here)
    return stopped(door, problem, PAGE, "calls") if problem else see_other(PAGE)

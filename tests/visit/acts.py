"""Short ways to let people act in a visit, to look at its money, and to let several act at the same moment."""
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.kit.ids import uuid7
from app.kit.problems import Problem
from app.notify import api as notify
from app.payments import api as payments
from app.work import Work
from consult import api as consult
from tests.cast import Scene


def state(scene: Scene, visit: consult.Visit) -> str:
    """The state of a visit as it stands in the database."""
    return str(scene.row(consult.Visit, visit.id).state)


def money(scene: Scene, visit: consult.Visit) -> str:
    """The state of the visit's money."""
    with scene.sees("house") as work:
        payment = payments.payment_of(work, "visit", visit.id)
        return payment.state if payment else "none"


def told(scene: Scene, who: str) -> list[str]:
    """What stands in somebody's inbox, in Chinese, newest first."""
    with scene.sees(who) as work:
        return [item.text_zh for item in notify.inbox(work, scene.people[who].account_id)]


def says(scene: Scene, who: str, visit: consult.Visit, text: str = "您好", client_id: UUID | None = None) -> Any:
    """Somebody writes a line in the talk."""
    return scene.does(who, consult.send_message, visit.id, client_id or uuid7(), "text", text)


def together(scene: Scene, *acts: tuple[str, Callable[[Work], Any]]) -> list[Any]:
    """Let everybody act at the same moment; the answers in order, problems as they were raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def one(place: int, who: str, act: Callable[[Work], Any]) -> None:
        start.wait()
        try:
            with scene.by(who) as work:
                answers[place] = act(work)
        except Exception as problem:  # judged below, in the test's own thread
            answers[place] = problem

    threads = [threading.Thread(target=one, args=(place, *act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, Problem)] == []
    return answers


def refusals(answers: list[Any]) -> list[Problem]:
    """The problems among the answers."""
    return [answer for answer in answers if isinstance(answer, Problem)]

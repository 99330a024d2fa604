"""Runs one command many times at the same moment, in real operating-system processes that share one database."""
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from app.kit.clock import FrozenClock
from app.kit.problems import Problem
from app.settings import Settings
from app.wiring import build_house
from app.work import Actor

PROCESSES = 4
PATIENCE = 240


@dataclass(frozen=True)
class Try:
    """One attempt: who runs which command ("pharmacy.api:accept_offer") with which arguments."""

    actor: Actor
    command: str
    args: tuple[Any, ...]


def race(settings: Settings, at: datetime, tries: Sequence[Try]) -> list[str]:
    """Start all tries at the same moment; returns "won" or the slug and status of the refusal for each."""
    context = multiprocessing.get_context("spawn")
    shares = [tries[n::PROCESSES] for n in range(min(PROCESSES, len(tries)))]
    with context.Manager() as manager, context.Pool(len(shares)) as pool:
        gate = manager.Barrier(len(tries))
        answers = pool.starmap_async(_run, [(settings, at, share, gate) for share in shares])
        return [answer for part in answers.get(PATIENCE) for answer in part]


def _run(settings: Settings, at: datetime, tries: Sequence[Try], gate: Any) -> list[str]:
    """The work of one process: its own house, a thread for every try."""
    house, _ = build_house(settings, FrozenClock(at))

    def one(attempt: Try) -> str:
        module, _, name = attempt.command.partition(":")
        command = getattr(import_module(module), name)
        gate.wait(PATIENCE)
        try:
            with house.write(attempt.actor) as work:
                command(work, *attempt.args)
        except Problem as problem:
            return f"{problem.slug} {problem.status}"
        return "won"

    try:
        with ThreadPoolExecutor(len(tries)) as pool:
            return list(pool.map(one, tries))
    finally:
        house.database.dispose()

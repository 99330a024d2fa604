"""Small means to measure: CPU of a process, requests a CPU second, and a bare framework to compare with."""
import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used so far (Linux)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True)
class Rate:
    """What a run cost: how many, wall seconds, CPU seconds of the server."""

    count: int
    wall: float
    cpu: float

    @property
    def a_core_second(self) -> float:
        """How many for one CPU second of the server."""
        return self.count / self.cpu if self.cpu else float("inf")


def measure(pid: int, count: int, act: Callable[[], object]) -> Rate:
    """Do something `count` times against the server process `pid`."""
    cpu, wall = cpu_seconds(pid), time.perf_counter()
    for _ in range(count):
        act()
    return Rate(count, time.perf_counter() - wall, cpu_seconds(pid) - cpu)


def _bare(port: int) -> None:
    """FastAPI that answers hello, on the same server program as ours."""
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    def hello() -> dict[str, str]:
        return {"hello": "world"}

    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="warning")


def start_bare() -> tuple[multiprocessing.Process, str]:
    """Start the bare framework in a process of its own; returns it and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=_bare, args=(port,), daemon=True)
    process.start()
    url = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            httpx.get(f"{url}/hello", timeout=1)
            return process, url
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the bare framework did not start")

"""Complete journeys a second and CPU a journey on both databases, beside the bare framework in the same run.

    python -m bench.journeys [--journeys 5]
"""
import argparse
import platform
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx

from bench.measure import Rate, cpu_seconds, measure, start_bare
from tests.postgres import start_cluster
from tests.server import Server
from web.demo.journey import STEPS, Journey


def walk(server: Server, count: int) -> tuple[Rate, Journey]:
    """Walk whole journeys one after another; a failed one ends the run."""
    pid = server.process.pid if server.process else 0
    staff: Journey | None = None
    cpu, wall = cpu_seconds(pid), 0.0
    for _ in range(count):
        journey = Journey(server.url)
        if staff is not None:       # the same staff all day: a TOTP code is good once
            journey.doctor, journey.pharmacist, journey.pharmacy = staff.doctor, staff.pharmacist, staff.pharmacy
        begun = time.perf_counter()
        lines = list(journey.run())
        wall += time.perf_counter() - begun
        if len(lines) != len(STEPS) or not lines[-1]["ok"]:
            raise SystemExit(f"a journey failed: {lines[-1]}")
        staff = journey
    return Rate(count, wall, cpu_seconds(pid) - cpu), staff  # type: ignore[return-value]


def requests(server: Server, journey: Journey, bare: str, bare_pid: int) -> dict[str, Rate]:
    """JSON read, JSON write and page of ours, and hello of the bare framework, over one connection each."""
    pid = server.process.pid if server.process else 0
    visit = journey.ids["visit_id"]
    path = f"/visits/{visit}/messages"
    plain, page = httpx.Client(base_url=bare), httpx.Client(base_url=server.url)
    return {
        "bare hello": measure(bare_pid, 1500, lambda: plain.get("/hello").raise_for_status()),
        "JSON read": measure(pid, 300, lambda: journey.patient.get(path)),
        "JSON write": measure(pid, 200, lambda: journey.patient.put(
            f"/visits/{visit}/marks", {"delivered": 1, "read": 1})),
        "page": measure(pid, 200, lambda: page.get("/sign-in").raise_for_status()),
    }


def report(name: str, walked: Rate, single: dict[str, Rate]) -> None:
    """Print what was measured, as ratios to the bare framework."""
    print(f"\n{name}")
    print(f"  journeys          {walked.count / walked.wall:6.2f} a second, one after another, "
          f"{walked.cpu / walked.count:5.2f} CPU s of the server each")
    hello = single["bare hello"].a_core_second
    for kind, rate in single.items():
        print(f"  {kind:<16} {rate.a_core_second:8.0f} a core-second   ratio {rate.a_core_second / hello:6.3f}")


def main() -> None:
    """Measure SQLite, then PostgreSQL where it is installed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--journeys", type=int, default=5)
    count = words.parse_args().journeys
    print(f"{platform.platform()}, Python {platform.python_version()}, run {uuid4().hex[:8]}")
    bare, bare_url = start_bare()
    cluster = start_cluster()
    urls = {"SQLite": "", **({"PostgreSQL": cluster.url()} if cluster else {})}
    try:
        for name, url in urls.items():
            with tempfile.TemporaryDirectory() as folder:
                server = Server(Path(folder), url).prepare().start()
                try:
                    walked, journey = walk(server, count)
                    report(name, walked, requests(server, journey, bare_url, bare.pid or 0))
                finally:
                    server.stop()
    finally:
        bare.terminate()
        if cluster:
            cluster.stop()


if __name__ == "__main__":
    main()

"""What a video call costs the server, on the same streams in one run: our relay with recording, Janus with recording,
a relay that decodes and encodes (aiortc's MediaRelay), and the recorder legs of a call from browser to browser.

    python -m bench.video [--seconds 15] [--calls 1] [--only relay,janus,mediarelay,legs]

CPU is that of the server process alone, as a share of one core and of one call of two parties.
"""
import argparse
import asyncio
import multiprocessing
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.measure import cpu_seconds
from bench.video_streams import Faults, Party, View, pictures, sounds
from consult.call.engines.engine import MediaEngine
from consult.call.engines.problems import NotSending
from consult.call.engines.relay import RelayEngine
from consult.call.media.keeper import MediaKeeper

WARM = 5.0
BITS = 500_000


@dataclass
class Streams:
    """Encoded once, sent by everybody."""

    video: list[bytes]
    audio: list[bytes]
    small: list[bytes]

    def party(self, **how: Any) -> Party:
        """Somebody with a camera."""
        return Party(self.video, self.audio, **how)


@dataclass
class Cost:
    """What one way was measured at; CPU is a share of a core for one call."""

    name: str
    cpu: float
    fps: float
    age: float
    old: float
    faults: int
    memory: float

    def line(self) -> str:
        """As printed."""
        return (f"{self.name:<34} {self.cpu:7.4f} {self.fps:6.1f} {self.age * 1000:7.0f} {self.old * 1000:7.0f} "
                f"{self.faults:6d} {self.memory:7.0f}")


def memory_of(pid: int) -> float:
    """Resident memory of a process in MB."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measured(name: str, pid: int, seconds: float, calls: int, views: list[View], faults: Faults) -> Cost:
    """Let it run warm, then count."""
    await asyncio.sleep(WARM)
    for view in views:
        view.ages.clear()
    faults.count = 0
    cpu, begun = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    cpu, wall = cpu_seconds(pid) - cpu, time.monotonic() - begun
    ages = sorted(age for view in views for age in view.ages if age == age) or [float("nan")]
    fps = min((len(view.ages) / wall for view in views), default=float("nan"))
    return Cost(name, cpu / wall / calls, fps, statistics.median(ages), ages[int(len(ages) * 0.95)], faults.count,
                memory_of(pid))


# --- engines ----------------------------------------------------------------------------------------------------


async def offered(engine: MediaEngine, room: UUID, party: UUID, whom: UUID) -> str:
    """Ask until the other one sends."""
    while True:
        try:
            return await asyncio.to_thread(engine.watch, room, party, whom)
        except NotSending:
            await asyncio.sleep(0.1)


async def carried(engine: MediaEngine, streams: Streams, keep: Callable[[UUID, UUID], None],
                  end: AsyncExitStack) -> list[View]:
    """One call of two parties over an engine, kept."""
    room, names, parties = uuid4(), (uuid4(), uuid4()), (streams.party(), streams.party())
    for name, party in zip(names, parties, strict=True):
        end.push_async_callback(party.pc.close)
        await party.take(await asyncio.to_thread(engine.publish, room, name, await party.offer()))
    views = []
    for me, other in ((0, 1), (1, 0)):
        view = View(parties[other])
        end.push_async_callback(view.pc.close)
        answer = await view.answer(await offered(engine, room, names[me], names[other]))
        await asyncio.to_thread(engine.agree, room, names[me], names[other], answer)
        views.append(view)
    for name in names:
        await asyncio.to_thread(keep, room, name)
    return views


async def relay(args: argparse.Namespace, streams: Streams, faults: Faults, folder: Path) -> Cost:
    """Our media process: what comes goes on as it came, and into encrypted WebM."""
    keeper = MediaKeeper(folder / "objects", b"b" * 32, lambda *_: None, lambda *_: None)
    engine = RelayEngine(keeper)
    try:
        async with AsyncExitStack() as end:
            def keep(room: UUID, party: UUID) -> None:
                keeper.keep(keeper.id, uuid4(), party, room, party, 0)

            views = [view for _ in range(args.calls) for view in await carried(engine, streams, keep, end)]
            return await measured("relay + recording", keeper.pid or 0, args.seconds, args.calls, views, faults)
    finally:
        await asyncio.to_thread(keeper.stop)


async def janus(args: argparse.Namespace, streams: Streams, faults: Faults, folder: Path) -> Cost:
    """Janus' video room with our configuration, recording .mjr."""
    from tests.call.janus import janus_engine

    with janus_engine(folder) as engine:
        def keep(room: UUID, party: UUID) -> None:
            engine._open().message(engine._handles[room, party, None], {
                "request": "configure", "record": True, "filename": str(folder / str(party))})

        async with AsyncExitStack() as end:
            views = [view for _ in range(args.calls) for view in await carried(engine, streams, keep, end)]
            pid = engine.server.process.pid
            cost = await measured("Janus + recording", pid, args.seconds, args.calls, views, faults)
        if not any(path.stat().st_size > 10_000 for path in folder.glob("*.mjr")):
            raise SystemExit("Janus recorded nothing")
        return cost


async def legs(args: argparse.Namespace, streams: Streams, faults: Faults, folder: Path) -> Cost:
    """A call from browser to browser: the server only receives and keeps a small copy of each side."""
    keeper = MediaKeeper(folder / "objects", b"b" * 32, lambda *_: None, lambda *_: None)
    try:
        async with AsyncExitStack() as end:
            for _ in range(2 * args.calls):
                party = Party(streams.small, streams.audio, rate=10)
                end.push_async_callback(party.pc.close)
                offer = await party.offer()
                await asyncio.to_thread(keeper.await_ready, keeper.id)
                await party.take(await asyncio.to_thread(keeper.open, keeper.id, uuid4(), uuid4(), offer, 0))
            return await measured("browser to browser, recorder legs", keeper.pid or 0, args.seconds, args.calls, [],
                                  faults)
    finally:
        await asyncio.to_thread(keeper.stop)


# --- decode and encode ------------------------------------------------------------------------------------------


def _mediarelay(line: Connection) -> None:
    """The process of a relay that decodes everything and encodes it anew, as aiortc's own example does."""
    asyncio.run(_relay_of(line))


async def _relay_of(line: Connection) -> None:
    from aiortc import RTCPeerConnection, RTCSessionDescription
    from aiortc.contrib.media import MediaRelay

    shared, waiting = MediaRelay(), []
    while (sdp := await asyncio.to_thread(line.recv)) is not None:
        pc = RTCPeerConnection()
        await pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for one in pc.getTransceivers():
            one.direction = "sendrecv"
        await pc.setLocalDescription(await pc.createAnswer())
        line.send(pc.localDescription.sdp)
        waiting.append(pc)
        if len(waiting) == 2:
            for here, there in (waiting, waiting[::-1]):
                for one, other in zip(here.getTransceivers(), there.getTransceivers(), strict=True):
                    other.sender.replaceTrack(shared.subscribe(one.receiver.track))
            waiting = []


async def mediarelay(args: argparse.Namespace, streams: Streams, faults: Faults, folder: Path) -> Cost:
    """Decode and encode every frame."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_mediarelay, args=(theirs,), daemon=True)
    process.start()
    try:
        async with AsyncExitStack() as end:
            views = []
            for _ in range(args.calls):
                parties = [streams.party(direction="sendrecv") for _ in range(2)]
                for me, other in ((0, 1), (1, 0)):
                    end.push_async_callback(parties[me].pc.close)
                    views.append(View(parties[other], parties[me].pc))
                    ours.send(await parties[me].offer())
                    await parties[me].take(await asyncio.to_thread(ours.recv))
            return await measured("MediaRelay, decode and encode", process.pid or 0, args.seconds, args.calls, views,
                                  faults)
    finally:
        process.kill()


WAYS: dict[str, Callable[..., Awaitable[Cost]]] = {"relay": relay, "janus": janus, "mediarelay": mediarelay,
                                                   "legs": legs}


async def run(args: argparse.Namespace) -> dict[str, Cost]:
    """Everything that is wanted, one after the other."""
    streams = Streams(pictures((640, 480), 30, BITS - 40_000), sounds(), pictures((320, 240), 10, 150_000))
    bits = sum(map(len, streams.video)) * 8 * 30 / len(streams.video)
    print(f"video {bits / 1000:.0f} kbit/s, 640x480, 30 a second; {args.calls} call(s) of two parties")
    print(f"{'':<34} {'CPU':>7} {'fps':>6} {'p50 ms':>7} {'p95 ms':>7} {'faults':>6} {'MB':>7}")
    faults, costs = Faults(), {}
    for name in args.only.split(","):
        if name == "janus" and shutil.which("janus") is None:
            print("Janus is not installed: apt-get install janus")
            continue
        with tempfile.TemporaryDirectory() as folder:
            costs[name] = await WAYS[name](args, streams, faults, Path(folder))
        print(f"{costs[name].line()}   load {os.getloadavg()[0]:.1f}", flush=True)
    return costs


def main() -> None:
    """Print what each way costs and how they compare."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--seconds", type=float, default=15.0)
    asking.add_argument("--calls", type=int, default=1)
    asking.add_argument("--only", default=",".join(WAYS))
    args = asking.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    costs = asyncio.run(run(args))
    for name, goal in (("janus", 3.0), ("mediarelay", 0.27)):
        if name in costs and "relay" in costs:
            print(f"relay / {name}: {costs['relay'].cpu / costs[name].cpu:.2f} (goal: at most {goal})")
    if "legs" in costs:
        print(f"recorder legs of a call: {costs['legs'].cpu:.3f} of a core (goal: at most 0.05)")


if __name__ == "__main__":
    main()

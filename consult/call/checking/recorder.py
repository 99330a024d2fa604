"""A copy is sent to a media process of its own, kept encrypted in the data folder, read again and thrown away."""
import asyncio
import io
import os
import queue
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av

from app.kit.text import Text
from app.settings import Settings
from app.storage import Streams
from consult.call.checking.findings import Finding
from consult.call.checking.sender import Sender
from consult.call.media.keeper import MediaAway, MediaKeeper, OfferRefused

SENT_SECONDS, PATIENCE = 2.5, 20.0
CODECS = {"libvpx": "VP8", "libopus": "Opus"}


def codec_finding() -> Finding:
    """Whether the media library reads and writes what browsers send."""
    missing = [name for codec, name in CODECS.items() if codec not in av.codecs_available]
    if missing:
        names = ", ".join(missing)
        return Finding("codecs", "bad", Text(zh=f"媒体库缺少 {names}。", en=f"The media library lacks {names}."))
    return Finding("codecs", "ok", Text(zh=f"VP8、Opus（PyAV {av.__version__}）",
                                        en=f"VP8, Opus (PyAV {av.__version__})"))


def recorder_finding(settings: Settings) -> Finding:
    """A short recording, really made. Without recording a fault limits nothing, so it is a warning then."""
    bad = "bad" if settings.recording == "ask" else "warning"
    try:
        with tempfile.TemporaryDirectory(dir=settings.data, prefix="video-doctor-") as folder:
            pictures, sounds = asyncio.run(_recorded(Path(folder)))
    except (MediaAway, OfferRefused, TimeoutError, OSError) as error:
        return Finding("recorder", bad, Text(zh=f"录制没有成功（{type(error).__name__}），日志里有原因。",
                                             en=f"Recording did not work ({type(error).__name__}); see the log."))
    if not pictures or not sounds:
        return Finding("recorder", bad, Text(zh="录下的文件缺少画面或声音。",
                                             en="The file that was recorded lacks picture or sound."))
    return Finding("recorder", "ok", Text(zh=f"录下并读出 {pictures} 帧画面、{sounds} 段声音，已加密，试录已删除。",
                                          en=f"Recorded, encrypted and read again {pictures} pictures and {sounds} "
                                          "pieces of sound; the trial is deleted."))


async def _recorded(folder: Path) -> tuple[int, int]:
    """Pictures and pieces of sound that could be decoded from a trial. Raises MediaAway, OfferRefused, TimeoutError."""
    told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    streams = Streams(folder, os.urandom(32))
    keeper = MediaKeeper(folder, streams.kek, lambda _, what: told.put(what), lambda _: None)
    sender, leg = Sender(), uuid4()
    try:
        keeper.start()
        await sender.take(await asyncio.to_thread(_offered, keeper, leg, await sender.offer()))
        await asyncio.to_thread(_until, told, "running")
        await asyncio.sleep(SENT_SECONDS)
        keeper.close(leg)
        kept = await asyncio.to_thread(_until, told, "segment")
    finally:
        await sender.close()
        await asyncio.to_thread(keeper.stop)
    return _decoded(streams, kept["key"])


def _offered(keeper: MediaKeeper, leg: UUID, sdp: str) -> str:
    return keeper.open(keeper.id, leg, leg, sdp, now_ms=0)


def _until(told: "queue.SimpleQueue[dict[str, Any]]", what: str) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            heard = told.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            raise TimeoutError(what) from None
        if heard["told"] == what:
            return heard


def _decoded(streams: Streams, key: str) -> tuple[int, int]:
    reader = streams.open(key)
    with av.open(io.BytesIO(b"".join(reader.read(0, reader.size))), format="webm") as file:
        frames = [frame for packet in file.demux() for frame in packet.decode()]
    pictures = sum(isinstance(frame, av.VideoFrame) for frame in frames)
    return pictures, len(frames) - pictures

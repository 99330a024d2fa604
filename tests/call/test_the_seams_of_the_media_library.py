"""What we rely on inside aiortc 1.16, place by place: when one of these falls, the pin was moved too carelessly."""
import asyncio
import inspect
import queue
import subprocess
import sys
import threading
from importlib.metadata import version

import aiortc.codecs
import aiortc.rtcrtpreceiver as receiving
import av
import pytest
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame

from consult.call.media.seams import PassThrough, ask_whole_picture, connection, take_encoded

CODECS = {one.name: one for one in (*aiortc.codecs.CODECS["audio"], *aiortc.codecs.CODECS["video"])}


@pytest.fixture
def encoded():
    kept = receiving.get_decoder
    take_encoded()
    yield
    receiving.get_decoder = kept


def test_the_version_is_the_one_that_was_looked_at():
    assert version("aiortc").startswith("1.16.")


def test_the_receiving_thread_asks_for_its_decoder_by_a_name_of_its_module(encoded):
    """It must hand our packets on to the track as they are, in order, and end with None."""
    async def passed():
        given, taken = queue.Queue(), asyncio.Queue()
        for number, data in enumerate((b"first", b"", b"second")):
            given.put((CODECS["VP8"], JitterFrame(data=data, timestamp=number * 9000)))
        given.put(None)
        thread = threading.Thread(target=receiving.decoder_worker,
                                  args=(asyncio.get_running_loop(), given, taken, threading.Event()))
        thread.start()
        return [await asyncio.wait_for(taken.get(), 20) for _ in range(3)]

    first, second, end = asyncio.run(passed())
    assert [(bytes(one), one.pts) for one in (first, second)] == [(b"first", 0), (b"second", 18_000)] and end is None


@pytest.mark.parametrize("name, rate", [("VP8", 90_000), ("opus", 48_000)])
def test_a_frame_keeps_its_bytes_and_the_clock_of_its_codec(name, rate):
    [packet] = PassThrough(CODECS[name]).decode(JitterFrame(data=b"frame", timestamp=960))
    assert isinstance(packet, av.Packet) and bytes(packet) == b"frame"
    assert (packet.pts, packet.dts, packet.time_base.denominator) == (960, 960, rate)


def test_a_decoder_has_one_duty():
    assert issubclass(PassThrough, Decoder) and Decoder.__abstractmethods__ == {"decode"}


def test_a_receiver_can_ask_for_a_whole_picture():
    assert list(inspect.signature(receiving.RTCRtpReceiver._send_rtcp_pli).parameters) == ["self", "media_ssrc"]

    class Receiver:
        def __init__(self):
            self.asked = []

        def getSynchronizationSources(self):
            return [receiving.RTCRtpSynchronizationSource(timestamp=None, source=7)]

        async def _send_rtcp_pli(self, ssrc):
            self.asked.append(ssrc)

    one = Receiver()
    asyncio.run(ask_whole_picture(one))
    assert one.asked == [7]


def test_a_connection_asks_nobody_outside_for_its_address():
    async def made():
        pc = connection()
        pc.addTransceiver("audio")
        await pc.setLocalDescription(await pc.createOffer())
        servers = [one.sender.transport.transport.iceGatherer._connection.stun_server for one in pc.getTransceivers()]
        await pc.close()
        return servers

    assert asyncio.run(made()) == [None]


def test_the_server_itself_never_loads_the_media_library():
    program = ("import sys, app.main, app.cli, app.wiring; app.wiring.import_models(); "
               "from web.site import routers; list(routers()); "
               "print(*sorted({'aiortc', 'av'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"\n"

"""A line that loses packets: a small relay of datagrams in this process, between one party and what carries the call.

Each end is told the line's address instead of the other's. Packets of sound, picture and their feedback are lost by a
drawn lot with a fixed seed; what the ends need to find each other and to agree on keys always passes.
"""
import asyncio
import random
import re
from typing import Any

CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp \d+ (\d[\d.]+) (\d+) typ host", re.IGNORECASE | re.MULTILINE)
EVERY = re.compile(r"(^a=candidate:.*\r?\n)+", re.MULTILINE)


class End(asyncio.DatagramProtocol):
    """One side of the line: what comes here goes out at the other side."""

    def __init__(self, line: "Line", seed: int) -> None:
        self.line, self._lot = line, random.Random(seed)
        self.other: End
        self.address: tuple[str, int] | None = None     # of the party or the server on this side
        self.transport: Any = None
        self.passed = self.lost = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.address = address
        if 127 < data[0] < 192 and (self._lot.random() < self.line.share or self.line.loses(data)):
            self.lost += 1
        elif self.other.address is not None:
            self.passed += 1
            self.other.transport.sendto(data, self.other.address)


class Line:
    """`share` of the packets is lost each way; `loses` may choose more of them."""

    def __init__(self, share: float, seed: int) -> None:
        self.share = share
        self.near, self.far = End(self, seed), End(self, seed + 1)
        self.near.other, self.far.other = self.far, self.near

    def loses(self, data: bytes) -> bool:
        """A packet that is lost whatever its lot."""
        return False

    async def _through(self, sdp: str, told: End, behind: End) -> str:
        """A description with the address of `told`; its own was of who stands at `behind`."""
        found = CANDIDATE.search(sdp)
        assert found is not None, sdp
        host, port = found[1], int(found[2])
        behind.address = host, port
        loop = asyncio.get_running_loop()
        for end in (self.near, self.far):
            if end.transport is None:
                await loop.create_datagram_endpoint(lambda end=end: end, local_addr=(host, 0))
        here = told.transport.get_extra_info("sockname")
        line = f"a=candidate:1 1 udp 2130706431 {here[0]} {here[1]} typ host\r\n"
        return EVERY.sub(line, sdp)

    async def from_party(self, sdp: str) -> str:
        """What the server is told of the party."""
        return await self._through(sdp, self.far, self.near)

    async def from_server(self, sdp: str) -> str:
        """What the party is told of the server."""
        return await self._through(sdp, self.near, self.far)

    def close(self) -> None:
        """No packet more."""
        for end in (self.near, self.far):
            if end.transport is not None:
                end.transport.close()

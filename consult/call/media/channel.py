"""How server and media process speak: one JSON object a line over a pair of connected sockets that nobody else has.

The pair is made before the process starts and handed to it: there is no address to find and no password to guess.
"""
import json
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

LONGEST = 1 << 20
SEND_SECONDS = 5    # an end that takes nothing for so long hangs


class Channel:
    """The server's end. Many threads may speak; one listens."""

    def __init__(self, end: socket.socket) -> None:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self._end = end
        self._lock = threading.Lock()

    def say(self, told: dict[str, Any]) -> None:
        """Send one object. Raises OSError when the other end is gone, or hangs; then the line is cut, which ends it."""
        with self._lock:
            try:
                self._end.sendall(json.dumps(told).encode() + b"\n")
            except BlockingIOError:
                self.close()
                raise

    def hear(self) -> Iterator[dict[str, Any]]:
        """Every object until the other end is gone."""
        waiting = b""
        while True:
            try:
                got = self._end.recv(65_536)
            except OSError:
                return
            if not got:
                return
            *lines, waiting = (waiting + got).split(b"\n")
            yield from (json.loads(line) for line in lines)

    def close(self) -> None:
        """Hang up: the process on the other end finishes its files and goes."""
        try:
            self._end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._end.close()

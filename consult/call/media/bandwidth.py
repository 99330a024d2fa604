"""What a line carries, as aiortc 1.16 estimates it, at a fraction of the cost: the same numbers, counted otherwise.

The library walks over every millisecond since the last packet, over a list of sixty for each picture, and does so for
each packet although it looks at those that were sent together as one.
"""
from collections import deque

from aiortc.rate import (
    MIN_FRAME_PERIOD_HISTORY_LENGTH,
    TIMESTAMP_GROUP_LENGTH_MS,
    OveruseEstimator,
    RateCounter,
    RemoteBitrateEstimator,
)

from consult.call.media.packets import Packet

TOGETHER = TIMESTAMP_GROUP_LENGTH_MS * (1 << 18) // 1000    # in the clock of what packets tell, 64 s in 24 bits


class Counter(RateCounter):
    """Bytes of the last `window_size` milliseconds."""

    def reset(self) -> None:
        """Nothing came."""
        self._came: deque[tuple[int, int]] = deque()
        self._begin: int | None = None
        self._sum = 0

    def add(self, value: int, now_ms: int) -> None:
        """So many bytes came."""
        self._forget(now_ms)
        if self._begin is None:
            self._begin = now_ms
        self._came.append((now_ms, value))
        self._sum += value

    def rate(self, now_ms: int) -> int | None:
        """Bits a second, None when too little came."""
        if self._begin is None:
            return None
        self._forget(now_ms)
        width = now_ms - self._begin + 1
        return round(self._scale * self._sum / width) if self._came and width > 1 else None

    def _forget(self, now_ms: int) -> None:
        if self._begin is None:
            return
        begin = now_ms - self._window_size + 1
        self._begin = max(self._begin, begin)
        while self._came and self._came[0][0] < begin:
            self._sum -= self._came.popleft()[1]


class Estimator(OveruseEstimator):
    """Its list keeps its own length."""

    def __init__(self) -> None:
        super().__init__()
        self.ts_delta_hist: deque[float] = deque(maxlen=MIN_FRAME_PERIOD_HISTORY_LENGTH)  # type: ignore[assignment]

    def update_min_frame_period(self, ts_delta: float) -> float:
        """The shortest of the last sixty and this one."""
        if len(self.ts_delta_hist) >= MIN_FRAME_PERIOD_HISTORY_LENGTH:
            self.ts_delta_hist.popleft()  # type: ignore[attr-defined]
        shortest = min(self.ts_delta_hist, default=ts_delta)
        self.ts_delta_hist.append(ts_delta)
        return min(ts_delta, shortest)


class Bandwidth:
    """The library's estimator with these two parts; told of packets that were sent together at once."""

    def __init__(self) -> None:
        self._estimator = RemoteBitrateEstimator()
        self._estimator.incoming_bitrate = Counter(1000, 8000)
        self._estimator.estimator = Estimator()
        self._since: int | None = None
        self._sent = self._size = self._ssrc = self._ms = 0

    def add(self, packet: Packet, now: float) -> tuple[int, list[int]] | None:
        """A packet came that tells when it was sent; returns a rate and its streams when it is time to tell them."""
        assert packet.sent_at is not None
        told = None
        if self._since is not None and ((packet.sent_at - self._since) & 0xFFFFFF > TOGETHER
                                        or packet.ssrc != self._ssrc):
            told = self._estimator.add(self._ms, self._sent, self._size, self._ssrc)
            self._since = None
        if self._since is None:
            self._since, self._size, self._ssrc = packet.sent_at, 0, packet.ssrc
        self._sent, self._ms = packet.sent_at, int(now * 1000)
        self._size += len(packet.payload)
        return told

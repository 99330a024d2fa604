"""How often a JPEG goes over its picture, told from its segments (ITU T.81, annex B) as the decoder goes through them.

A count that misses a scan lets a small file hold the decoder for minutes, so every doubt is counted: what the decoder
skips is skipped alike, and a segment hides what stands inside it only where the decoder too goes by its length.
"""
import re

from records.documents.problems import BrokenFile

START = b"\xff\xd8\xff"
SCAN, END = b"\xda", b"\xd9"
# The segments that the decoder knows. It gives up at any other marker, so that what follows one may be counted freely.
SEGMENT = re.compile(rb"\xff([\xc0-\xc4\xc9-\xcc\xd9-\xdd\xe0-\xef\xfe])")
MOST_SEGMENTS = 2000    # a photo of 20 MB with its profile, depth and preview has some 350
MOST_IDLE = 65_536      # bytes before the first scan that belong to nothing; the reader looks at each by itself


def scans_of(data: bytes) -> list[int]:
    """How many colours each scan carries, up to the end of the picture; previews are no scans. Raises BrokenFile."""
    at, idle = 2, 0
    scans: list[int] = []
    for _ in range(MOST_SEGMENTS):
        met = SEGMENT.search(data, at)
        if met is None or met[1] == END:
            break
        idle += 0 if scans else met.start() - at
        length = data[met.end():met.end() + 2]
        if met[1] == SCAN:
            scans.append(int.from_bytes(data[met.end() + 2:met.end() + 3], "big"))
        at = met.end() + max(2, int.from_bytes(length, "big"))
    else:
        raise BrokenFile()
    if not scans or idle > MOST_IDLE:
        raise BrokenFile()
    return scans

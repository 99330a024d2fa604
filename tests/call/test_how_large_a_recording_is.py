"""Twenty minutes of one party, at the most that our pages send, in an encrypted file on the disk."""
import os
import re

from app.storage import Streams
from consult.call.media.taking import MOST_BYTES, MOST_BYTES_A_SECOND, Taking
from tests.call.frames import pictures
from web.rendering import STATIC

MINUTES = 20
LIMIT = 120_000_000                 # bytes a party
SOUND, PICTURES = 64_000, 10        # bit/s of Opus, more than browsers use for speech; pictures a second


def cap() -> int:
    """Bit/s of the small copy's picture, as the page asks its browser."""
    told = re.search(r"maxBitrate: ([\d_]+)", (STATIC / "js/call/recording.js").read_text())
    assert told
    return int(told[1])


def test_twenty_minutes_at_the_default_cap_stay_under_the_limit(tmp_path):
    streams = Streams(tmp_path, os.urandom(32))
    writers = []

    def begin(at, sound, picture):
        writers.append(streams.create(f"{at}/{sound}/{picture}"))
        return writers[-1]

    taking, seconds = Taking(frozenset({"audio", "video"}), begin), MINUTES * 60
    sound, picture = os.urandom(SOUND // 8 // 50), b"\x01" + os.urandom(cap() // 8 // PICTURES - 1)
    first = pictures(1)[0].ljust(len(picture), b"\0")
    for number in range(seconds * 50):
        at = number / 50
        taking.take("audio", sound, number * 960, at)
        if number % (50 // PICTURES) == 0:
            taking.take("video", picture if number else first, number * 1800, at)
    assert not taking.is_too_much
    taking.end()
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept = streams.open(writers[0].key).kept()
    assert kept.marks[:2] == (seconds * PICTURES, seconds * 50)
    payload = seconds * (SOUND + cap()) // 8
    assert payload < kept.size <= file.stat().st_size < LIMIT / 2


def test_whoever_sends_more_than_the_limit_is_cut_off_before():
    assert MOST_BYTES + MINUTES * 60 * MOST_BYTES_A_SECOND < LIMIT

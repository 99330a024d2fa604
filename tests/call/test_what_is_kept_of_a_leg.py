"""Encoded frames become files that a player decodes without a fault, whatever comes late, stops or changes."""
import errno
from dataclasses import dataclass, field

import pytest

from consult.call.media.container import blocks, with_length
from consult.call.media.taking import Taking
from consult.call.media.webm import Sample, Webm
from tests.call.frames import SILENCE, decoded, pictures, shown, sound

BOTH = frozenset({"audio", "video"})
FULL = OSError(errno.ENOSPC, "No space left on device")


@dataclass
class File:
    """A segment in memory: its chunks, as they would lie on the disk."""

    at: float
    sound: bool
    picture: bool
    chunks: list[bytes] = field(default_factory=list)
    marks: tuple[int, int, int] = (0, 0, 0)
    closed: bool = False
    room: int = 1 << 30

    def append(self, data, marks):
        assert not self.closed
        if len(self.chunks) >= self.room:
            raise FULL
        self.chunks.append(data)
        self.marks = marks

    def close(self):
        self.closed = True

    @property
    def found(self):
        return decoded(b"".join(self.chunks))


class Leg:
    """A leg fed by hand."""

    def __init__(self, expected=BOTH):
        self.files: list[File] = []
        self.taking = Taking(expected, self._begin)

    def _begin(self, at, sound, picture):
        self.files.append(File(at, sound, picture))
        return self.files[-1]

    def feed(self, *sources):
        for one in sorted((one for source in sources for one in source), key=lambda one: one[3]):
            self.taking.take(*one)
        return self


def test_sound_and_picture_are_all_kept():
    leg = Leg().feed(sound(4), shown(pictures(40)))
    leg.taking.end()
    [file] = leg.files
    found = file.found
    assert (found.kinds, found.video, found.audio, found.faults) == (("audio", "video"), 40, 200, 0)
    assert file.marks[:2] == (40, 200) and file.closed and 3900 <= file.marks[2] <= 4000


def test_after_every_chunk_the_file_decodes_and_holds_what_its_marks_say():
    """What a process that is killed leaves: any number of whole chunks."""
    leg = Leg().feed(sound(5), shown(pictures(50)))
    [file] = leg.files
    assert len(file.chunks) >= 4 and not file.closed
    found = file.found
    assert (found.video, found.audio, found.faults) == (*file.marks[:2], 0) and found.video >= 30


def test_a_picture_that_comes_late_is_asked_for_once_a_second_and_begins_another_file():
    leg = Leg().feed(sound(7))
    assert [file.picture for file in leg.files] == [False]
    late = pictures(30)
    leg.feed(((k, b"\x01" + d[1:], t, at) for k, d, t, at in shown(late[:1], begin=7.0)))
    asked = [leg.taking.wants_picture(7.0 + tenth / 10) for tenth in range(21)]
    assert asked.count(True) == 3
    leg.feed((("audio", SILENCE, t, at) for _, _, t, at in list(sound(10))[350:500]), shown(late, begin=7.2, first=2))
    assert not leg.taking.wants_picture(20)
    leg.taking.end()
    alone, both = leg.files
    assert (alone.found.kinds, alone.found.faults) == (("audio",), 0)
    assert (both.found.video, both.found.faults) == (30, 0) and alone.found.audio + both.found.audio == 500
    assert both.at == pytest.approx(7.2)


def test_nothing_is_lost_while_waiting_for_the_second_kind():
    leg = Leg().feed(shown(pictures(30)), sound(1, begin=2.0))
    leg.taking.end()
    [file] = leg.files
    assert (file.found.video, file.found.audio, file.found.faults) == (30, 50, 0)


def test_pictures_before_the_first_whole_one_are_left_out():
    frames = pictures(40, key_every=20)
    leg = Leg().feed(sound(4), shown(frames[5:], first=5, begin=0.5))
    leg.taking.end()
    assert (leg.files[0].found.video, leg.files[0].found.faults) == (20, 0)


def test_a_muted_camera_does_not_hold_the_sound_up():
    leg = Leg().feed(sound(4.9))
    assert leg.files == []
    leg.taking.tick(5.1)
    assert len(leg.files) == 1 and not leg.files[0].picture


def test_sound_that_comes_later_begins_another_file():
    leg = Leg().feed(shown(pictures(70)))
    assert [(file.sound, file.picture) for file in leg.files] == [(False, True)]
    leg.feed(sound(1, begin=7.0))
    assert leg.taking.wants_picture(8.0)
    leg.feed(shown(pictures(20), begin=8.0, first=80))
    leg.taking.end()
    assert [(f.found.kinds, f.found.faults) for f in leg.files] == [
        (("video",), 0), (("audio",), 0), (("audio", "video"), 0)]


def test_a_change_of_size_stays_one_file_without_a_fault():
    leg = Leg().feed(sound(4), shown(pictures(20)), shown(pictures(20, (640, 480)), begin=2.0, first=20))
    leg.taking.end()
    [file] = leg.files
    assert (file.found.video, file.found.faults, file.found.sizes) == (40, 0, ((320, 240), (640, 480)))


def test_a_leg_of_sound_only_begins_at_once():
    leg = Leg(frozenset({"audio"})).feed(sound(2))
    leg.taking.end()
    assert leg.files[0].found.audio == 100 and leg.files[0].at == 0


def test_a_frame_that_comes_twice_is_kept_once():
    leg = Leg(frozenset({"audio"})).feed(sound(1), sound(1))
    leg.taking.end()
    assert leg.files[0].found.audio == 50


def test_a_leg_that_ends_at_once_keeps_what_it_had_and_one_without_anything_makes_no_file():
    leg = Leg().feed(sound(0.5))
    leg.taking.end()
    empty = Leg()
    empty.taking.end()
    assert leg.files[0].found.audio == 25 and empty.files == []


def test_a_camera_that_goes_off_does_not_hold_the_sound_up():
    leg = Leg().feed(shown(pictures(10)), sound(60))
    on_disk = sum(file.found.audio for file in leg.files)
    assert on_disk >= 59 * 50 and [file.picture for file in leg.files] == [True, False]
    assert not leg.taking.is_stalled(60) and leg.taking.wants_picture(60)
    later = ((kind, data, ticks + 60 * 48_000, at) for kind, data, ticks, at in sound(5, begin=60))
    leg.feed(later, shown(pictures(50), begin=60.0, first=600))
    leg.taking.end()
    assert [(file.found.kinds, file.found.faults) for file in leg.files] == [
        (("audio", "video"), 0), (("audio",), 0), (("audio", "video"), 0)]
    assert [sum(getattr(file.found, kind) for file in leg.files) for kind in ("video", "audio")] == [60, 65 * 50]


def test_pictures_whose_sound_stops_go_on_in_a_file_of_their_own():
    leg = Leg().feed(sound(1), shown(pictures(100, key_every=40)))
    assert leg.taking.wants_picture(9.0) is False and [file.sound for file in leg.files] == [True, False]
    leg.taking.end()
    assert sum(file.found.video for file in leg.files) == 100 and {file.found.faults for file in leg.files} == {0}


def test_a_line_that_is_cut_for_a_while_goes_on_in_the_same_file():
    leg = Leg().feed(sound(1), shown(pictures(10)))
    leg.feed(((k, d, t + 6 * 48_000, at) for k, d, t, at in sound(1, begin=6)), shown(pictures(10), begin=6, first=60))
    leg.taking.end()
    assert [(file.found.video, file.found.audio) for file in leg.files] == [(20, 100)]


def test_silence_is_told_as_stalled():
    leg = Leg(frozenset({"audio"})).feed(sound(3))
    assert not leg.taking.is_stalled(6.9) and leg.taking.is_stalled(8.1)


def test_what_comes_but_does_not_reach_the_disk_is_stalled():
    leg = Leg().feed(sound(3), ((k, b"\x01" + d[1:], t, at) for k, d, t, at in shown(pictures(100))))
    assert not leg.taking.is_stalled(9.9) and leg.taking.is_stalled(10.1) and leg.taking.last_at > 9


def test_the_length_is_written_into_the_head_for_a_player():
    file = Webm(sound=True, picture=None)
    chunks = [file.add(Sample("audio", SILENCE, number * 960)) for number in range(200)] + [file.close()]
    head, *rest = [chunk for chunk in chunks if chunk]
    patched = with_length(head, 3980)
    assert len(patched) == len(head) and decoded(patched + b"".join(rest)).seconds == pytest.approx(3.98)
    assert with_length(b"no head", 5) == b"no head"


def test_every_chunk_after_the_head_is_whole_clusters():
    leg = Leg().feed(sound(4), shown(pictures(40)))
    leg.taking.end()
    head, *clusters = leg.files[0].chunks
    assert list(blocks(head)) == [] and all(list(blocks(chunk)) for chunk in clusters)
    assert sum(len(list(blocks(chunk))) for chunk in clusters) == 240


def test_a_full_disk_leaves_no_file_open():
    leg = Leg(frozenset({"audio"})).feed(sound(1.5))
    [file] = leg.files
    file.room = len(file.chunks)
    with pytest.raises(OSError):
        leg.feed(sound(5))
    with pytest.raises(OSError):
        leg.taking.end()
    assert file.closed
    leg.taking.end()


def test_a_copy_is_too_much_when_it_is_far_larger_than_ours_are():
    leg = Leg(frozenset({"audio"}))
    for number in range(100):
        leg.taking.take("audio", b"\xfc" * 25_000, number * 9600, number * 0.2)
    assert not leg.taking.is_too_much
    for number in range(161):
        leg.taking.take("audio", b"\xfc" * 25_000, 20 * 48_000 + number, 20.0)
    assert leg.taking.is_too_much

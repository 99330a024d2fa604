"""A call that both agree to record, and what the player of the record page really plays."""
from __future__ import annotations

import time
from typing import Any

from tests.stories.windows import PATIENCE, Window
from web.demo.client import Person

ROW = "[data-call-rec]"
# What both screens have decoded: pictures, sound, and how far they are.
PLAYED = """() => [...document.querySelectorAll('[data-play-screen]')].map(video => ({
  frames: video.getVideoPlaybackQuality().totalVideoFrames, sound: video.webkitAudioDecodedByteCount,
  at: video.currentTime, width: video.videoWidth, seconds: video.duration, fault: video.error?.message ?? ''}))"""


def asked(window: Window) -> None:
    """The page asks, and says that nothing is recorded yet."""
    window.sees(f'{ROW}[data-state="asking"]', "没有在录")


def agree(window: Window) -> None:
    """This side agrees."""
    window.press_in(f'{ROW} [data-call-do="record"]')


def runs(window: Window) -> None:
    """The sign stands on the page."""
    window.sees(f'{ROW}[data-state="running"]', "正在录像")


def stop(window: Window) -> None:
    """This side does not want to be recorded any more."""
    window.press_in(f'{ROW} [data-call-do="dontRecord"]')


def kept(person: Person, visit: str, least: int = 2) -> list[dict[str, Any]]:
    """What was kept of a visit, as soon as it is so many files."""
    end = time.monotonic() + PATIENCE / 1000
    while len(found := person.get(f"/visits/{visit}/recordings")) < least:
        assert time.monotonic() < end, found
        time.sleep(0.3)
    return found


def plays(window: Window) -> list[dict[str, Any]]:
    """Play from the beginning until both screens have shown two seconds with pictures and sound."""
    window.page.bring_to_front()
    window.press_in("[data-play-go]")
    window.page.wait_for_function(
        f"() => ({PLAYED})().every(one => one.frames > 8 && one.sound > 0 && one.at > 1.5)", timeout=PATIENCE)
    found: list[dict[str, Any]] = window.page.evaluate(PLAYED)
    assert all(one["width"] > 0 and one["seconds"] < 600 and not one["fault"] for one in found)
    assert not window.page.locator("[data-play-fault]").is_visible()
    return found

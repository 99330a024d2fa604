"""A video call as both sides see it, for docs/pages.md: two browsers with made-up cameras talk in the running visit."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser import running_browser
from tests.pages.world import World
from tests.stories.flows_call import DEVICES
from web.demo.client import Person

STAGE = '[data-call][data-mode="full"]'
SEEN = """() => new Promise(done => {
  const far = document.querySelector('video[data-call-far]');
  const look = () => far.videoWidth ? done() : setTimeout(look, 100);
  look();
})"""
KNOWN = '[data-call]:not([data-quality="cut"])'
Keep = Callable[[str, str, bytes, int], None]


@contextmanager
def _window(browser: Any, world: World, who: str, lang: str, size: tuple[int, int]) -> Iterator[Any]:
    """A page of one side, signed in."""
    phone = {"is_mobile": True, "has_touch": True} if size[0] < 500 else {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce",
                                  timezone_id="Asia/Shanghai", locale="en-GB" if lang == "en" else "zh-CN",
                                  permissions=["camera", "microphone"], **phone)
    context.add_cookies([{"name": name, "value": value, "url": world.base}
                         for name, value in {**world.cookies[who], "fuzhen-lang": lang}.items()])
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def _talk(browser: Any, world: World, lang: str, keep: Keep) -> None:
    """The doctor asks, the phone rings, both see each other."""
    visit = world.ids["running_visit"]
    with (_window(browser, world, "running", lang, (390, 844)) as phone,
          _window(browser, world, "doctor", lang, (1440, 900)) as desk):
        phone.goto(f"{world.base}/visits/{visit}/chat")
        desk.goto(f"{world.base}/doctor/visits/{visit}")
        desk.click('[data-call-ask="video"]')
        phone.wait_for_selector("[data-call-rings]")
        keep("call-rings", lang, phone.screenshot(), 390)
        phone.click('[data-call-do="answer"]')
        for page, name, width in ((phone, "call-phone", 390), (desk, "call-console", 1440)):
            page.bring_to_front()
            page.wait_for_selector(STAGE)
            page.evaluate(SEEN)
            page.wait_for_selector(KNOWN)
            keep(name, lang, page.screenshot(), width)
    person = Person(world.base)
    person.token = world.cookies["running"]["fuzhen-patient"]
    for one in person.get(f"/visits/{visit}/calls"):
        if one["state"] in ("ringing", "talking"):
            person.post(f"/calls/{one['id']}/hang-up")


def photograph_calls(world: World, langs: tuple[str, ...], keep: Keep) -> None:
    """The same call once in each language."""
    with running_browser(DEVICES) as browser:
        for lang in langs:
            _talk(browser, world, lang, keep)

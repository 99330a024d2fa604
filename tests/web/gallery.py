"""Write every sample page as a file and look at it in Chromium: python -m tests.web.gallery DIR [NAME…].

Each page is opened at 320 and 390 px in both languages and sizes. Reported: sideways scroll, axe violations
(WCAG 2.2 AA and best practice), errors in the console, controls that are too small. With --shots pictures are kept.
"""

from __future__ import annotations

import argparse
import http.server
import shutil
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.web.patient_samples import LANGS, SAMPLES, page
from web.rendering import STATIC, Lang, Size

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """least => [...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea,summary')]
  .filter(e => e.checkVisibility()
    && !e.closest('p,small,cite,.nhsuk-error-summary,.ban,noscript') && !e.matches('.skip'))
  .map(e => [(e.closest('label') || e.labels?.[0]?.parentElement || e).getBoundingClientRect(), e])
  .filter(([r]) => r.height < least - 0.5 || r.width < least - 0.5)
  .map(([r, e]) => `${e.outerHTML.slice(0, 70)} ${Math.round(r.width)}x${Math.round(r.height)}`)"""


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: the findings are the output."""


def write(folder: Path, names: list[str], sizes: tuple[Size, ...]) -> list[tuple[str, Lang, Size, str]]:
    """Render the samples to files; returns name, language, size and file of each."""
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    made = []
    for name in names:
        for lang in LANGS:
            for size in sizes:
                file = f"{name}.{lang}{'.' + size if size else ''}.html"
                (folder / file).write_text(page(name, lang, size), encoding="utf-8")
                made.append((name, lang, size, file))
    return made


def findings(tab: Page, size: Size, axe: bool) -> list[str]:
    """What is wrong with the page that is open."""
    found = []
    for width in (320, 390):
        tab.set_viewport_size({"width": width, "height": 844})
        over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"scrolls {over} px sideways at {width}")
    found += [f"small: {text}" for text in tab.evaluate(SMALL, 60 if size else 44)]
    height = tab.evaluate("document.documentElement.scrollHeight")
    tab.set_viewport_size({"width": 390, "height": max(height, 844)})
    if axe:
        options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
        for one in Axe().run(tab, options=options).response["violations"]:
            found.append(f"axe {one['id']}: {one['nodes'][0]['html'][:150]}")
    return found


def look(folder: Path, made: list[tuple[str, Lang, Size, str]], shots: bool, axe: bool) -> int:
    """Open each file, print its findings, return how many there were."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    total = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(f"script: {error}"))
        for _, _, size, file in made:
            errors.clear()
            tab.goto(f"http://127.0.0.1:{server.server_port}/{file}")
            for text in findings(tab, size, axe) + errors:
                total += 1
                print(f"{file}: {text}")
            if shots:
                tab.screenshot(path=folder / f"{file}.png", full_page=True)
        browser.close()
    server.shutdown()
    return total


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("names", nargs="*")
    asked.add_argument("--shots", action="store_true")
    asked.add_argument("--no-axe", action="store_true")
    asked.add_argument("--sizes", nargs="*", default=["", "elder"])
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    made = write(given.folder, given.names or list(SAMPLES), tuple(given.sizes))
    total = look(given.folder, made, given.shots, not given.no_axe)
    print(f"{len(made)} pages, {total} findings")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())

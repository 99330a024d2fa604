"""The real Chromium of the machine, for every test that looks at a page."""
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

MISSING = "Chromium is not installed: apt-get install chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


def chromium() -> str | None:
    """Where the browser of the machine is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def running_browser(more: Sequence[str] = (), without: Sequence[str] = ()) -> Iterator[Any]:
    """One Chromium, with further arguments and `without` some that its driver sets by itself.

    While it runs, this thread has an event loop: no second one may be opened in it.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *more],
                                             ignore_default_args=list(without))
        yield running
        running.close()

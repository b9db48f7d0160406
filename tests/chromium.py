"""The Chromium of the tests: where it is, and how it is started.

Debian's own shell without a window where it is there: a third less work than the whole browser.
"""

from shutil import which
from typing import Final

from playwright.sync_api import Browser, BrowserType

NAMES: Final = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM: Final = next((path for name in NAMES if (path := which(name))), None)
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
)


def launch(kind: BrowserType, *more: str) -> Browser:
    """Start it; whoever did ends it."""
    return kind.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])

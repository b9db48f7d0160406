"""The Chromium of the tests: where it is, and how it is started.

Debian's own shell without a window where it is there: a third less work than the whole browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from typing import Final

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserType, expect, sync_playwright

from carestation.kernel import sql

NAMES: Final = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM: Final = next((path for name in NAMES if (path := which(name))), None)
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
)
# A page that comes later than usual is no fault: a busy machine takes its time.
expect.set_options(timeout=20_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it, and end it.

    Meanwhile a loop runs in this thread, which Django takes for an asynchronous view's: it has
    another connection there, which would outlive the tests, and must be told that nobody waits.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        sql._KEPT.__dict__.pop("db", None)
        browser = launch(playwright.chromium)
        try:
            yield browser
        finally:
            connections.close_all()
            browser.close()
    sql._KEPT.__dict__.pop("db", None)


def launch(kind: BrowserType, *more: str) -> Browser:
    """Start it; whoever did ends it."""
    return kind.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])


@contextmanager
def put_away(browser: Browser) -> Iterator[None]:
    """Close what a test opened in a browser of several tests: the next finds nothing of it."""
    try:
        yield
    finally:
        for context in browser.contexts:
            context.close()

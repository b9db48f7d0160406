"""A browser for the pages of the entry and of one's own account."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """Our address as a browser takes it for safe: passkeys are bound to it."""
    site = f"http://localhost:{urlsplit(live_server.url).port}"
    settings.SITE_URL = site
    settings.ALLOWED_HOSTS = ["localhost"]
    return site


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="ja-JP", viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()

"""The manual in Chromium: on a small telephone, light and dark, on paper, without JavaScript."""

from collections.abc import Iterator
from typing import Final

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.axe import AND_BEST, violations
from tests.chromium import CHROMIUM
from tests.ui.drawing import Desk, a_desk

# A list of links, and a table with lists.
PATHS: Final = ("/help/", "/help/who-reads/")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with a_desk() as desk:
        yield desk


def page_at(path: str) -> str:
    return Client().get(path).content.decode()


def width_of(page: Page) -> int:
    width: int = page.evaluate("() => document.documentElement.scrollWidth")
    return width


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_small_telephone_and_axe_finds_nothing(
    path: str, colours: str, desk: Desk
) -> None:
    with desk.looking_at(page_at(path), width=320, dark=colours == "dark") as page:
        assert width_of(page) <= 320
        assert violations(page, AND_BEST) == []
        assert desk.complaints == []


def test_text_of_twice_the_size_fits(desk: Desk) -> None:
    with desk.looking_at(page_at("/help/who-reads/"), width=160, height=422) as page:
        assert width_of(page) <= 160


def test_on_paper_stands_the_text_alone(desk: Desk) -> None:
    with desk.looking_at(page_at("/help/write/"), width=800) as page:
        page.emulate_media(media="print")

        assert page.locator("h1").is_visible()
        assert not page.locator("header").is_visible()
        assert not page.locator("nav.related").is_visible()


def test_everything_is_there_without_javascript(desk: Desk) -> None:
    with desk.looking_at(page_at("/help/"), width=390, scripts=False) as page:
        assert page.locator("main a").count() > 20
        assert page.locator("main a").first.is_visible()

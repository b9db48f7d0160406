"""A person without a mouse: what is pressed is reached by Tab first."""

from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import DESK, PHONE
from tests.browser.test_console import is_fit

STEPS: Final = 120


def reach(control: Locator) -> None:
    """Press Tab until a control has the focus."""
    expect(control).to_be_visible()
    for _ in range(STEPS):
        control.page.keyboard.press("Tab")
        if control.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{control} is not reached by Tab")


def press(control: Locator) -> None:
    """Reach a link or a button, press it, and wait for the page behind it."""
    reach(control)
    with control.page.expect_navigation():
        control.page.keyboard.press("Enter")


def is_fit_at_both_sizes(page: Page) -> None:
    """Look at a page on a telephone and on a wide screen; it stays as wide as it was."""
    size = page.viewport_size
    for one in (PHONE, DESK, size):
        page.set_viewport_size(one)  # type: ignore[arg-type]  # a TypedDict of the same two
        if one is not size:
            is_fit(page)

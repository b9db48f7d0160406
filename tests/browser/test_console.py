"""The operator's console in a real browser: entered by a passkey, and a facility frozen from it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.test_in_the_browser import with_telephone
from tests.axe import AND_BEST, violations
from tests.browser.people import DESK, PHONE, Stage

pytestmark = pytest.mark.xdist_group("site")
CUT_SECONDS: Final = 5
# Colours on their way from one scheme to the other are neither's.
AT_REST: Final = """
() => document.getAnimations().filter((one) => one instanceof CSSTransition)
  .forEach((one) => one.finish())
"""
# What is pressed and does not stand in a sentence, but is smaller than a thumb.
TOO_SMALL: Final = """
() => [...document.querySelectorAll("main a[href], main button, main summary")]
  .filter((one) => one.checkVisibility())
  .filter((one) => Math.min(one.offsetHeight, one.offsetWidth) < 44)
  .filter((one) => one.closest("p")?.matches(".eyebrow") ?? true)
  .map((one) => one.outerHTML)
"""
# Boxes of which one stands right upon the other, with no ground between them (a timeline has some).
TOUCHING: Final = """
() => [...document.querySelectorAll("main .banner--box + :not(.timeline-bg)")]
  .filter((one) => one.getBoundingClientRect().top
    - one.previousElementSibling.getBoundingClientRect().bottom < 4)
  .map((one) => one.outerHTML)
"""
FACILITY: Final = "ヘルパー事業所ゆたんぽ"
REASON: Final = "連絡がつかないため"


@contextmanager
def at_the_console(stage: Stage, size: dict[str, int]) -> Iterator[Page]:
    """Let the operator register a passkey of this browser and come to the console by it."""
    viewport = {"width": size["width"], "height": size["height"]}
    context = stage.browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]  # a TypedDict of the same two
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    page = context.new_page()
    with_telephone(page)
    stage.sign_in(page, "unei")
    page.goto(f"{stage.url}/account/passkeys/new/")
    page.get_by_label("パスキーの名前").fill("運営の電話")
    page.get_by_role("button", name="パスキーを登録する").click()
    page.wait_for_url(re.compile("/account/(codes/)?$"))
    page.goto(f"{stage.url}/")
    page.get_by_role("link", name="運営", exact=True).click()
    expect(page.get_by_role("heading", name="施設", exact=True)).to_be_visible()
    try:
        yield page
    finally:
        context.close()


def open_facility(page: Page) -> None:
    page.get_by_label("施設の名前").fill("ゆたんぽ")
    page.get_by_role("button", name="しぼり込む").press("Enter")
    page.get_by_role("link", name=re.compile(f"開く.*{FACILITY}")).press("Enter")
    page.wait_for_url("**/console/facilities/**")


def decide(page: Page, word: str) -> None:
    page.get_by_role("link", name=f"{word}…").press("Enter")
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name=word).press("Enter")
    page.wait_for_url(re.compile("/console/facilities/[^/]+/$"))


@pytest.mark.control("8.2")
def test_the_console_asks_an_operator_for_a_passkey_first(stage: Stage) -> None:
    with stage.seated("unei") as page:
        with_telephone(page)
        page.goto(f"{stage.url}/")
        page.get_by_role("link", name="運営", exact=True).click()

        expect(page.get_by_role("heading", name="パスキー")).to_be_visible()
        assert "next=%2Fconsole%2F" in page.url


@pytest.mark.control("5.18")
def test_a_frozen_facility_closes_open_pages_and_comes_back_as_it_was(stage: Stage) -> None:
    with at_the_console(stage, DESK) as console, stage.seated("otaki") as helper:
        helper.goto(f"{stage.url}/")
        helper.locator("main a.grouprow").first.click()
        helper.wait_for_url("**/groups/**")
        expect(helper.locator("#posts > li").first).to_be_visible()
        open_facility(console)
        decide(console, "凍結する")
        frozen = time.monotonic()

        cover = helper.get_by_role("heading", name="安全のため、画面を閉じました")
        expect(cover).to_be_visible(timeout=CUT_SECONDS * 1_000)
        assert time.monotonic() - frozen < CUT_SECONDS
        stage.sign_in(helper, "otaki")
        expect(helper.get_by_text(f"{FACILITY} は、いま使えません")).to_be_visible()
        expect(helper.locator("main a.grouprow")).to_have_count(0)
        expect(console.get_by_text("凍結中").first).to_be_visible()
        managers_read_why(stage)

        decide(console, "凍結を解く")
        helper.goto(f"{stage.url}/")
        expect(helper.locator("main a.grouprow").first).to_be_visible()
    for name in ("otaki", "koga"):
        stage.site.kept.pop((name, True), None)


def managers_read_why(stage: Stage) -> None:
    stage.site.kept.pop(("koga", True), None)
    with stage.seated("koga") as manager:
        manager.goto(f"{stage.url}/")
        manager.get_by_role("link", name="施設管理").click()
        expect(manager.get_by_role("heading", name="この施設は、いま使えません")).to_be_visible()
        expect(manager.get_by_text(REASON)).to_be_visible()
        is_fit(manager)
    assert "何も消えていません" in stage.letter_to(stage.site.people["koga"]["email"])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_console_fits_and_is_fit_to_be_heard(
    stage: Stage, size: dict[str, int]
) -> None:
    with at_the_console(stage, size) as page:
        is_fit(page)
        for place in ("operators", "record", "watch", "capacity", "storage", "outages"):
            page.goto(f"{stage.url}/console/{place}/")
            is_fit(page)
        page.goto(f"{stage.url}/console/")
        open_facility(page)
        is_fit(page)
        page.get_by_role("link", name="凍結する…").click()
        page.get_by_label("理由").fill("　")
        page.get_by_role("button", name="凍結する").click()
        expect(page.get_by_role("link", name=re.compile("理由"))).to_be_visible()
        is_fit(page)


def test_the_console_works_without_javascript_once_it_is_entered(stage: Stage) -> None:
    with at_the_console(stage, PHONE) as entered:
        context = stage.browser.new_context(
            java_script_enabled=False,
            locale="ja-JP",
            storage_state=entered.context.storage_state(),
        )
        page = context.new_page()
        page.goto(f"{stage.url}/console/")
        open_facility(page)
        page.get_by_role("link", name="凍結する…").click()
        page.get_by_label("理由").fill("　")
        page.get_by_role("button", name="凍結する").click()

        expect(page.get_by_role("link", name=re.compile("理由"))).to_be_visible()
        expect(page.get_by_text("利用中").first).to_be_visible()
        context.close()


def is_fit(page: Page) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, AND_BEST) == []
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(TOUCHING) == []
    _in_colours(page, "dark")
    by_night = violations(page, ["color-contrast"])
    _in_colours(page, "light")
    assert by_night == []


def _in_colours(page: Page, scheme: Literal["dark", "light"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AT_REST)

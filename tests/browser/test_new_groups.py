"""Groups are opened in a real browser: by keyboard alone, narrow and wide, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.browser.people import DESK, PHONE, Stage

pytestmark = pytest.mark.xdist_group("site")
STEPS = 80


def is_whole(page: Page) -> None:
    """Nothing runs over the edge, and axe finds nothing."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        words = page.evaluate(
            "[document.activeElement.labels?.[0]?.innerText,"
            " document.activeElement.innerText].join(' ')"
        )
        if name in str(words):
            return
    raise AssertionError(f"{name} is not reached by Tab")


def fill_by_keyboard(page: Page, said: dict[str, str]) -> None:
    for label, words in said.items():
        tab_to(page, label)
        page.keyboard.type(words)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_patients_group_is_opened_by_keyboard_and_a_namesake_is_told_apart(
    stage: Stage, size: dict[str, int]
) -> None:
    given = f"キヨ{size['width']}"
    with stage.seated("miyake", size=size) as page:
        page.goto(f"{stage.url}/")
        tab_to(page, "患者グループを作る")
        page.keyboard.press("Enter")
        page.wait_for_url("**/groups/new/patient/")
        is_whole(page)

        fill_by_keyboard(page, {"お名前": f"佐伯 {given}", "ふりがな": "さえき きよ"})
        page.get_by_label("生年月日").fill(f"1939-0{size['width'] % 9 + 1}-04")
        tab_to(page, "女性")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        told = page.get_by_text("似た方が、参加しているグループにいます")
        expect(told).to_be_visible()
        expect(page.get_by_role("link", name="佐伯 千代子")).to_be_visible()
        expect(page.get_by_label("お名前")).to_have_value(f"佐伯 {given}")
        is_whole(page)

        tab_to(page, "別の方です：")
        page.keyboard.press("Enter")
        expect(page.get_by_role("checkbox", name="別の方です")).to_be_focused()
        page.keyboard.press("Space")
        tab_to(page, "グループを作る")
        page.keyboard.press("Enter")
        page.wait_for_url("**/members/**")
        expect(page.get_by_role("heading", name="医療・介護（1人）")).to_be_visible()
        expect(page.get_by_text("グループの管理者").first).to_be_visible()
        expect(page.get_by_text(f"佐伯 {given}").first).to_be_visible()


def test_a_free_group_is_opened_without_javascript(stage: Stage) -> None:
    with stage.seated("miyake", scripts=False) as page:
        page.goto(f"{stage.url}/")
        page.get_by_role("link", name="自由グループを作る").click()
        page.get_by_role("button", name="グループを作る").click()
        expect(page.get_by_text("直すところがあります")).to_be_visible()
        page.get_by_label("グループの名前").fill("褥瘡の勉強会")
        page.get_by_role("button", name="グループを作る").click()
        page.wait_for_url("**/all/members/")

        expect(page.get_by_text("褥瘡の勉強会").first).to_be_visible()
        page.goto(f"{stage.url}/")
        expect(page.locator("a.grouprow").filter(has_text="褥瘡の勉強会")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_two_who_work_together_find_their_talk_by_keyboard(stage: Stage, *, scripts: bool) -> None:
    with stage.seated("miyake", scripts=scripts) as page:
        page.goto(f"{stage.url}/")
        page.get_by_role("link", name="個別メッセージをはじめる").press("Enter")
        page.wait_for_url("**/groups/new/talk/")
        if scripts:
            is_whole(page)
        page.get_by_label("お名前・施設の名前でさがす").fill("はやかわ")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="話す")).to_have_count(1)
        page.get_by_role("button", name="早川 誠一").press("Enter")
        page.wait_for_url("**/all/**")

        expect(page.get_by_text("早川 誠一").first).to_be_visible()


def test_the_family_finds_no_way_to_open_a_group(stage: Stage) -> None:
    with stage.seated("miki") as page:
        page.goto(f"{stage.url}/")
        expect(page.get_by_text("グループを作る")).to_have_count(0)
        page.goto(f"{stage.url}/groups/new/patient/")
        expect(page.get_by_role("heading", name="この画面は開けません")).to_be_visible()

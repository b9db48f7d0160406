"""A second factor set up, used and lost, without a mouse: the app, a recovery code, a new start."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import is_fit_at_both_sizes, press
from tests.browser.people import DESK, PHONE, Stage, code_of
from tests.browser.test_desk_by_keyboard import link_in, open_desk, tick, write

pytestmark = pytest.mark.xdist_group("site")
SETTING_UP = "2段階の確認を設定する"


def enter(page: Page, stage: Stage) -> None:
    """Sign in with address and password."""
    naito = stage.site.people["naito"]
    page.goto(f"{stage.url}/sign-in/")
    write(page, {"メールアドレス": naito["email"], "パスワード": naito["password"]})
    press(page.get_by_role("button", name="サインイン", exact=True))


def set_up(page: Page) -> str:
    """Set up the app, and return a recovery code."""
    expect(page.get_by_role("heading", name=SETTING_UP)).to_be_visible()
    secret = page.locator("[data-text]").inner_text().replace(" ", "")
    write(page, {"確認コード": code_of(secret, int(time.time() // 30))})
    press(page.get_by_role("button", name="設定を終える"))
    code = page.locator("ol li").first.inner_text()
    tick(page, re.compile("回復コードを控えました"))
    press(page.get_by_role("button", name="設定を終える"))
    return code


def enter_by_code(page: Page, stage: Stage, code: str) -> None:
    enter(page, stage)
    write(page, {"確認コード": code})
    press(page.get_by_role("button", name="確認して進む"))


@pytest.mark.control("5.17")
def test_a_telephone_is_lost_and_the_owner_alone_begins_anew_by_keyboard(stage: Stage) -> None:
    first, second = (stage.browser.new_page(locale="ja-JP", viewport=PHONE) for _ in range(2))  # type: ignore[arg-type]  # a TypedDict of the same two
    enter(first, stage)
    code = set_up(first)
    enter_by_code(second, stage, code)
    second.goto(f"{stage.url}/account/")
    expect(second.get_by_text("残り 9個")).to_be_visible()
    is_fit_at_both_sizes(second)
    press(second.get_by_role("button", name=re.compile("ほかをすべて切る")))
    first.goto(f"{stage.url}/account/")
    expect(first).to_have_url(re.compile("/sign-in/"))

    with stage.seated("okamura", size=DESK) as manager:
        open_desk(manager, stage, "スタッフ")
        press(manager.get_by_role("link", name=re.compile("変更.*内藤 早紀")))
        press(manager.get_by_role("button", name="2段階の確認のやりなおしを案内する"))
    first.goto(link_in(stage.letter_to(stage.site.people["naito"]["email"])))
    is_fit_at_both_sizes(first)
    write(first, {"パスワード": stage.site.people["naito"]["password"]})
    press(first.get_by_role("button", name="やりなおす"))
    press(first.get_by_role("link", name="サインインする"))
    enter(first, stage)

    expect(first.get_by_role("heading", name=SETTING_UP)).to_be_visible()
    second.goto(f"{stage.url}/account/")
    expect(second).to_have_url(re.compile("/sign-in/"))
    for page in (first, second):
        page.close()

"""Emergency access in a real browser: sought, told to all, read by a manager, ended at once."""

import re
import time
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import press
from tests.browser.people import DESK, PHONE, Stage
from tests.browser.test_console import is_fit
from tests.browser.test_story import open_group

pytestmark = pytest.mark.xdist_group("site")
REASON: Final = "夜間に意識がなく、薬を確かめるため"
CUT_SECONDS: Final = 5


def leave(page: Page, url: str) -> None:
    page.goto(f"{url}members/")
    page.get_by_role("link", name=re.compile("脱退する.*根岸")).click()
    page.get_by_role("button", name="脱退する").click()
    page.wait_for_url(re.compile("/$"))


def seek(page: Page, stage: Stage, *, kana: str = "さえき ちよ") -> None:
    page.goto(f"{stage.url}/")
    press(page.get_by_role("link", name="参加していない患者さんを、緊急に見る"))
    page.get_by_label("患者さんのふりがな").fill(kana)
    page.get_by_label("患者さんの生年月日").fill("1940-02-03")
    page.get_by_label("いま見なければならない理由").fill(REASON)
    page.get_by_label("命や安全にかかわるため").check()
    press(page.get_by_role("button", name="緊急の閲覧をはじめる"))
    page.wait_for_load_state()


@pytest.mark.control("8.3")
def test_an_emergency_opens_the_group_tells_everyone_and_a_manager_ends_it(stage: Stage) -> None:
    with (
        stage.seated("negishi") as clerk,
        stage.seated("hayakawa", size=DESK) as doctor,
        stage.seated("miki") as daughter,
    ):
        url = open_group(doctor, stage)
        leave(clerk, url)
        seek(clerk, stage, kana="さえき")
        expect(clerk.get_by_text("見つかりません").first).to_be_visible()
        expect(clerk.get_by_label("いま見なければならない理由")).to_have_value(REASON)
        is_fit(clerk)
        seek(clerk, stage)
        clerk.wait_for_url("**/groups/**")
        expect(clerk.get_by_text("緊急の閲覧中です。")).to_be_visible()
        expect(clerk.locator("#posts > li").first).to_be_visible()
        is_fit(clerk)

        daughter.goto(f"{stage.url}/")
        expect(daughter.get_by_text("緊急の閲覧がはじまっています")).to_be_visible()
        assert "緊急の閲覧がありました" in stage.letter_to(stage.site.people["miki"]["email"])
        doctor.goto(f"{stage.url}/desk/")
        doctor.locator("nav.console__side a:visible").filter(has_text="緊急の閲覧").click()
        expect(doctor.get_by_text(REASON)).to_be_visible()
        is_fit(doctor)
        doctor.get_by_role("button", name="すぐに終わらせる").click()
        ended = time.monotonic()

        gone = clerk.get_by_role("heading", name=re.compile("外れ|閉じ|開けません")).first
        expect(gone).to_be_visible(timeout=CUT_SECONDS * 1_000)
        assert time.monotonic() - ended < CUT_SECONDS
        expect(doctor.get_by_text("確認済み").first).to_be_visible()
        doctor.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of the same two
        doctor.goto(f"{url}members/")
        expect(doctor.get_by_text("管理者が確かめました").first).to_be_visible()
        is_fit(doctor)
        assert clerk.goto(url) is not None
        expect(clerk.get_by_role("heading", name="この画面は開けません")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_works_without_javascript_and_keeps_what_was_typed(
    stage: Stage, size: dict[str, int]
) -> None:
    with stage.seated("negishi", size=size, scripts=False) as page:
        seek(page, stage, kana="だれでもない")

        expect(page.get_by_text("見つかりません").first).to_be_visible()
        expect(page.get_by_label("患者さんのふりがな")).to_have_value("だれでもない")
        expect(page.get_by_label("命や安全にかかわるため")).to_be_checked()

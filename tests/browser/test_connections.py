"""Two people who share no group find each other, by keyboard: offered, agreed, and they talk."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import is_fit_at_both_sizes, press, reach
from tests.browser.people import DESK, Stage

pytestmark = pytest.mark.xdist_group("site")
WORDS = "はじめまして。お薬手帳のことで、ご相談です。"


@pytest.mark.control("5.18")
def test_a_connection_is_offered_agreed_to_and_a_talk_begins_from_it(stage: Stage) -> None:
    with stage.seated("katagiri") as pharmacist, stage.seated("shiina", size=DESK) as nurse:
        pharmacist.goto(f"{stage.url}/")
        press(pharmacist.get_by_role("link", name="つながり", exact=True))
        is_fit_at_both_sizes(pharmacist)
        reach(pharmacist.get_by_label("メールアドレス"))
        pharmacist.keyboard.type(stage.site.people["shiina"]["email"])
        press(pharmacist.get_by_role("button", name="申し込む"))
        waiting = pharmacist.get_by_role("region", name="返事を待っている申し込み（1件）")
        expect(waiting).to_be_visible()
        # Nothing is told of them before they agree.
        expect(pharmacist.get_by_text("椎名 かおる")).to_have_count(0)
        is_fit_at_both_sizes(pharmacist)

        nurse.goto(f"{stage.url}/")
        press(nurse.get_by_role("link", name="つながりの申し込み 1件"))
        is_fit_at_both_sizes(nurse)
        press(nurse.get_by_role("button", name=re.compile("つながる.*片桐 奈央")))
        expect(nurse.get_by_role("heading", name="つながっている方（1人）")).to_be_visible()
        is_fit_at_both_sizes(nurse)

        pharmacist.reload()
        press(pharmacist.get_by_role("button", name=re.compile("話す.*椎名 かおる")))
        pharmacist.wait_for_url("**/groups/*/all/**")
        press(pharmacist.get_by_role("link", name="投稿を書く"))
        reach(pharmacist.get_by_label("本文"))
        pharmacist.keyboard.type(WORDS)
        press(pharmacist.get_by_role("button", name="投稿する"))
        expect(pharmacist.locator("#posts > li").filter(has_text=WORDS)).to_have_count(1)

        nurse.goto(f"{stage.url}/")
        press(nurse.locator("main a.grouprow").filter(has_text="片桐 奈央"))
        expect(nurse.locator("#posts > li").filter(has_text=WORDS)).to_have_count(1)

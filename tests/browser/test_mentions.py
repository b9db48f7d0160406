"""Naming someone in a post: by an @ in the text, with the keyboard or a press."""

import re

import pytest
from playwright.sync_api import expect

from tests.axe import AND_BEST, violations
from tests.browser.people import Stage
from tests.browser.test_story import open_group, words, write

pytestmark = pytest.mark.xdist_group("site")


def test_an_at_sign_offers_the_people_of_this_side(stage: Stage) -> None:
    body = words()
    with stage.seated("nakanishi") as manager:
        open_group(manager, stage)
        write(manager, f"{body} ")
        expect(manager.locator("cs-mentions:defined")).to_be_attached()
        field = manager.get_by_label("本文")
        field.press_sequentially("@薬")
        option = manager.get_by_role("option", name="小野寺 健　薬剤師")
        expect(option).to_have_attribute("aria-selected", "true")
        others = manager.get_by_role("option").filter(has_not_text="薬剤師")
        expect(others).to_have_count(0)
        for typed in ("ミヤケ", "ﾐﾔｹ", "みやけ", "三宅"):
            field.fill(f"{body} @{typed}")
            expect(manager.get_by_role("option")).to_have_text(re.compile("三宅"))
        field.fill(f"{body} @薬")
        assert violations(manager, AND_BEST) == []
        field.press("Enter")

        expect(field).to_have_value(f"{body} ")
        expect(manager.get_by_text("相手をえらぶ：小野寺 健")).to_be_visible()
        manager.get_by_role("button", name="医療・介護に投稿する").click()
        post = manager.locator("#posts > li").filter(has_text=body)
        expect(post.locator(".mention")).to_have_text("@小野寺 健")


def test_the_list_is_walked_and_closed_and_the_text_stays(stage: Stage) -> None:
    with stage.seated("nakanishi") as manager:
        open_group(manager, stage)
        write(manager, "")
        expect(manager.locator("cs-mentions:defined")).to_be_attached()
        field = manager.get_by_label("本文")
        field.press_sequentially("見て @")
        options = manager.get_by_role("option")
        expect(options.first).to_have_attribute("aria-selected", "true")
        field.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        field.press("ArrowUp")
        field.press("ArrowUp")
        expect(options.last).to_have_attribute("aria-selected", "true")
        assert manager.get_by_role("option", name="佐伯").count() == 0
        field.press("Escape")

        expect(options.first).to_be_hidden()
        expect(field).to_have_value("見て @")
        field.fill("")

"""The key / leads to the search field, once it is switched on, and is a letter in every field."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import is_fit_at_both_sizes, press
from tests.browser.people import DESK, Stage
from tests.browser.test_story import open_group, write

pytestmark = pytest.mark.xdist_group("site")
HELD = "() => { document.activeElement.blur(); return document.activeElement === document.body; }"


def slash_leads(page: Page, url: str) -> bool:
    page.goto(url)
    page.evaluate(HELD)
    page.keyboard.press("/")
    return bool(page.evaluate("() => document.activeElement.type === 'search'"))


def test_a_slash_leads_to_the_search_field_once_switched_on_and_stays_in_what_is_written(
    stage: Stage,
) -> None:
    with stage.seated("miyake", size=DESK) as nurse:
        base = open_group(nurse, stage)
        before = slash_leads(nurse, f"{stage.url}/search/")
        nurse.goto(f"{stage.url}/account/")
        press(nurse.get_by_role("button", name="「/」のキーを使う"))
        switch = nurse.get_by_role("button", name="「/」のキーを切る")
        expect(switch).to_be_visible()
        is_fit_at_both_sizes(nurse)
        after = slash_leads(nurse, f"{stage.url}/search/")
        nurse.keyboard.type("122/66")
        expect(nurse.get_by_label("さがす言葉")).to_have_value("122/66")
        nurse.goto(base)
        write(nurse, "")
        nurse.get_by_label("本文").press_sequentially("122/66")
        expect(nurse.get_by_label("本文")).to_have_value("122/66")
        nurse.goto(f"{stage.url}/account/")
        press(nurse.get_by_role("button", name="「/」のキーを切る"))
        expect(nurse.get_by_role("button", name="「/」のキーを使う")).to_be_visible()
        off_again = slash_leads(nurse, f"{stage.url}/search/")

    assert (before, after, off_again) == (False, True, False)
